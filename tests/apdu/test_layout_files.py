"""The files beside SSSE and DF04: sizes, repeated tags, B-TLV, fixed and cyclic records, what 1.0 cards hold."""

from __future__ import annotations

from datetime import date

import pytest

from apdu.command import Command
from apdu.explain import Explainer
from apdu.layout import (
    EVERYTHING,
    VERSIONS,
    CardOptions,
    FileSpec,
    Item,
    LayoutError,
    Secrecy,
    Structure,
    card_layout,
    every_file,
    local,
)
from apdu.response import Response


def file_at(path: str, version: str = "2.0", options: CardOptions = EVERYTHING) -> FileSpec:
    name, fid = path.split("/")
    directory = next(entry for entry in card_layout(version, options=options) if entry.name == name)
    found = directory.file(int(fid, 16))
    assert found is not None, path
    return found


@pytest.mark.parametrize(
    ("path", "sizes"),
    [
        (
            "DF01",
            {0x05: 91, 0x06: 173, 0x07: 3, 0x08: 3, 0x09: 87, 0x0A: 15, 0x15: 165, 0x16: 296, 0x1A: 296},
        ),
        ("DF02", {0x05: 436, 0x06: 46, 0x09: 101, 0x15: 83}),
        ("DF03", {0x05: 43, 0x06: 401, 0x07: 34, 0x15: 17, 0x16: 8, 0x17: 165, 0x18: 25, 0x19: 164}),
        ("DF05", {0x05: 506}),
        ("DF06", {0x05: 167, 0x06: 217}),
        ("DF07", {0x05: 24, 0x06: 83, 0x07: 9}),
    ],
)
def test_blank_files_have_the_sizes_of_the_standard(path: str, sizes: dict[int, int]) -> None:
    assert {fid: len(file_at(f"{path}/EF{fid:02X}").blank()) for fid in sizes} == sizes


def test_cyclic_files_have_the_records_of_the_standard() -> None:
    found = {
        path: (file_at(path).record_length, file_at(path).min_records) for path in ("DF02/EF07", "DF02/EF16")
    }
    assert found == {"DF02/EF07": (85, 4), "DF02/EF16": (18, 4)}


def test_insurance_certificates_are_fixed_records_with_their_tags() -> None:
    certificates = file_at("DF03/EF19")
    assert (certificates.structure, certificates.record_length) == (Structure.FIXED, 41)
    record = bytes.fromhex(
        "79271803333130 1903990100 1A0420200101 1B0420231231 1C0400123456 1D03303438 1E0420240102"
    )
    value = ("310", "990100", date(2020, 1, 1), date(2023, 12, 31), 123456, "048", date(2024, 1, 2))
    assert certificates.decode_record(record).value == value
    assert certificates.encode_record(0x79, value) == record


def test_repeated_tag_is_told_apart_by_its_place() -> None:
    education = file_at("DF01/EF15")
    first, second = ("203", "110101", "测试学校"), ("302", "", "")
    content = education.parse(education.build({0x2A: "21", 0x40: [first, second]}))
    degrees = [content.get(0x40, place) for place in (1, 2, 3, 4)]
    assert [degree and degree.value for degree in degrees] == [first, second, ("", "", ""), None]
    with pytest.raises(LayoutError, match="at most 3 times"):
        education.build({0x40: [first] * 4})


@pytest.mark.parametrize("raw", ["1F", "01", "F1"])
def test_relation_in_one_digit_is_read_in_every_padding(raw: str) -> None:
    relatives = file_at("DF03/EF18")
    assert relatives.decode_record(bytes.fromhex("7601" + raw)).value == "1"
    assert relatives.encode_record(0x76, "1").hex().upper() == "76011F"


def test_kinds_and_forms_of_a_registration_are_explained_together() -> None:
    item = file_at("DF02/EF06").item(0x4F)
    assert item.describe("100000") is not None
    assert item.meanings("201060")[0].name == "REGISTRATION_CANCELLED"
    assert [code.known for code in item.meanings("77xx00")] == [False, False, True]


@pytest.mark.parametrize(
    ("path", "record", "name", "value"),
    [
        ("DF01/EF09", "32033131EE", "Identity class", "11"),
        ("DF01/EF0A", "3704444555EE", "Nationality", "DEU"),
        ("DF02/EF06", "4B0410010EEE", "Employment registration kind and form", "10010"),
        ("DF02/EF06", "4F04100000EE", "Unemployment registration kind, reason, cancellation reason", "100000"),
        ("DF02/EF06", "4D04990100EE", "Employment registration region", "990100"),
        ("DF02/EF09", "550A1234567890123456EEEE", "Employment and unemployment certificate number", "1234567890123456"),
        ("DF03/EF05", "6104990100EE", "Unemployment insurance region", "990100"),
        ("DF03/EF07", "7104990100EE", "Pension insurance region", "990100"),
    ],
)  # fmt: skip
def test_reused_record_of_the_first_generation_has_the_later_meaning(
    path: str, record: str, name: str, value: str
) -> None:
    file = file_at(path, "1.0")
    content = file.parse(bytes.fromhex(record))
    (found,) = content.values
    assert (found.item.name, found.value) == (name, value)
    assert file.build(content).hex().upper() == record


@pytest.mark.parametrize(
    ("last", "kind", "start"),
    [
        ("7104990100EE", "Pension insurance kind", "Pension paid from"),
        ("710400123456", "Months of pension contributions", "Pension account changed on"),
    ],
)
def test_records_of_unchanged_length_follow_their_partner(last: str, kind: str, start: str) -> None:
    pension = file_at("DF03/EF07", "1.0")
    raw = bytes.fromhex(f"7003313130 {last} 6F0420240102")
    content = pension.parse(raw)
    assert [value.item.name for value in content][::2] == [kind, start]
    assert pension.build(content) == raw


def test_default_card_has_the_directories_of_its_version() -> None:
    names = {version: [entry.name for entry in card_layout(version)] for version in VERSIONS}
    assert names["1.0"] == ["SSSE", "DF04", "DF01", "DF02", "DF03"]
    assert names["2.0"] == names["3.0"] == ["SSSE", "DF04", "DF01", "DF02", "DF03", "DF07"]


def test_unpublished_files_are_opaque_and_only_there_on_request() -> None:
    paths = {"DF03/EF08", "DF03/EF09", "DF03/EF0A", "DF04/EF09"}
    plain = {file.path for entry in card_layout("1.0") for file in entry.files}
    assert not paths & plain
    asked = {file.path: file for entry in card_layout("1.0", options=EVERYTHING) for file in entry.files}
    assert all(asked[path].opaque_records and asked[path].read.alternatives for path in paths)
    assert frozenset() not in {term for path in paths for term in asked[path].read.alternatives}
    assert str(asked["DF03/EF08"].read) == "(PIN and RK3DF03) or UK4DF03"
    assert str(asked["DF02/EF09"].read) == "PIN"


def test_local_directory_takes_its_number() -> None:
    extra = local.directory(0x0A, "本地应用")
    layout = card_layout("3.0", options=CardOptions(local=(extra,)))
    assert (layout[-1].name, layout[-1].df_name.hex(), layout[-1].fid) == ("DF0A", "d1560000050a", 0xDF0A)
    with pytest.raises(ValueError, match="DF0A to DF1E"):
        local.directory(0x04, "社会保险")


def test_two_files_under_one_identifier_are_refused() -> None:
    with pytest.raises(ValueError, match="2 files EF0D"):
        card_layout("2.0", 0xEF0D, CardOptions(personnel_file=True))


def _holders(item: Item) -> list[str]:
    found = [item.name] if item.secrecy is Secrecy.IDENTITY else []
    return found + [name for child in item.children for name in _holders(child)]


def test_only_these_items_hold_an_identity_number() -> None:
    found = {
        (file.path, name)
        for version in VERSIONS
        for entry in card_layout(version, options=EVERYTHING)
        for file in entry.files
        for item in file.items
        for name in _holders(item)
    }
    assert found == {("SSSE/EF06", "Social security number"), ("SSSE/EF0D", "Personnel number")}


def explained(path: str, answer: str, command: str = "00B2000400") -> dict[str, str]:
    explainer = Explainer("ssc-2.0")
    name, fid = path.split("/")
    directory = next(entry for entry in card_layout("2.0") if entry.name == name)
    select = Command.parse(bytes.fromhex(f"00A40400{len(directory.df_name):02X}") + directory.df_name)
    explainer.explain(select, Response.parse(bytes.fromhex("9000")))
    explainer.explain(Command.parse(bytes.fromhex(f"00A4020002{fid}")), Response.parse(bytes.fromhex("9000")))
    exchange = explainer.explain(Command.parse(bytes.fromhex(command)), Response.parse(bytes.fromhex(answer)))
    return {field.path: field.value for field in exchange.fields} | {"hex": exchange.response_hex}


def test_child_of_a_repeated_record_is_explained_with_its_path() -> None:
    record = "4A61 13023230 140131 1514" + "00" * 20 + "160420240102 173C" + "00" * 60
    found = explained("DF03/EF06", record + "9000")
    assert found["DF03/EF06/4A/14"].startswith("1 (Confirmed")
    assert found["DF03/EF06/4A/13"].startswith("20 (Confirmation of longer paid leave")


def test_cyclic_record_is_explained_by_its_offsets() -> None:
    record = "32303230313031 20200101 20231231" + "测试单位".encode("gbk").ljust(70, b"\0").hex()
    found = explained("DF02/EF07", record + "9000")
    assert found["DF02/EF07+00"] == "2020101"
    assert found["DF02/EF07+0B"] == "2023-12-31"
    assert found["DF02/EF07+0F"] == "测试单位"


def test_identity_number_in_a_free_text_item_is_masked() -> None:
    number = b"990100199003070019"
    found = explained("DF03/EF06", "4514" + number.ljust(20, b"\0").hex() + "9000")
    assert found["DF03/EF06/45"] == "990100**********19"
    assert number.hex() not in found["hex"].lower()


def test_personnel_number_of_a_local_file_is_masked() -> None:
    number = b"990100000001"
    found = explained("SSSE/EF0D", "EA0C" + number.hex() + "9000")
    assert found["SSSE/EF0D/EA"] == "990100****01"
    assert number.hex() not in found["hex"].lower()


def test_status_file_takes_the_place_of_a_local_file() -> None:
    environment = every_file("3.0", 0xEF0D)[0]
    found = environment.file(0xEF0D)
    assert found is not None and found.name == "Application status"
