"""Card values as text and back: the forms of the specification, the possibilities of the layout's codings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apdu.layout import VERSIONS, DirectorySpec, FileSpec, Item, ItemValue, Structure, every_file
from apdu.layout.declaration import Vector
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.values import encode_content, encode_record, encode_value, record_text, text_of


def _file(path: str, version: str = "3.0") -> FileSpec:
    return next(file for entry in every_file(version) for file in entry.files if file.path == path)


def _encoded(path: str, tag: int, text: str, version: str = "3.0") -> str:
    file = _file(path, version)
    return encode_record(file.item(tag), text).hex().upper()


def _refused(path: str, tag: int, text: str) -> int:
    with pytest.raises(CallError) as caught:
        _encoded(path, tag, text)
    return caught.value.code


@pytest.mark.parametrize(
    ("path", "record", "text"),
    [
        ("SSSE/EF06", "091EB2E2CAD4BCD7" + "00" * 24, "测试甲"),
        ("SSSE/EF06", "0B0101", "01"),
        ("SSSE/EF05", "0304322E3000", "2.0"),
        ("SSSE/EF05", "0110990100D15600000500000002FFFFFFFF", "990100D15600000500000002FFFFFFFF"),
        ("SSSE/EF05", "050420240102", "20240102"),
        ("SSSE/EF05", "0604FFFFFFFF", ""),
        ("DF04/EF05", "8403990100", "990100"),
        ("DF04/EF05", "8403FFFFFF", ""),
        ("DF04/EF05", "8C011F", "1"),
        ("DF04/EF06", "920400012345", "00012345"),
        ("DF04/EF06", "9204FFFFFFFF", ""),
        ("DF01/EF15", "4034" + "5703313233" + "5803123456" + "5928B2E2CAD4D1A7D0A3" + "00" * 32, "123^123456^测试学校"),
        ("DF01/EF15", "4034" + "5703000000" + "5803FFFFFF" + "5928" + "00" * 40, "^^"),
    ],
)  # fmt: skip
def test_a_record_is_text_without_its_padding(path: str, record: str, text: str) -> None:
    assert record_text(_file(path), bytes.fromhex(record)) == text


def test_a_record_of_a_cyclic_file_has_a_separator_after_every_field() -> None:
    raw = bytes.fromhex("0001 32 990100000001 20240102030405 00000FA0 00000000 000000C8")
    shown = record_text(_file("DF04/EF08"), raw)
    assert shown == "0001^2^990100000001^20240102030405^00000FA0^00000000^000000C8^"


def test_a_short_record_of_the_account_only_mode_has_five_fields() -> None:
    raw = bytes.fromhex("0001 32 990100000001 20240102030405 00000FA0")
    assert record_text(_file("DF04/EF08"), raw) == "0001^2^990100000001^20240102030405^00000FA0^"


def test_a_record_of_the_first_generation_with_its_later_meaning_is_read_so() -> None:
    raw = bytes.fromhex("8146" + b"39100000".ljust(70, b"\xee").hex())
    assert record_text(_file("DF04/EF05", "1.0"), raw) == "39100000"


@pytest.mark.parametrize(
    ("path", "tag", "text", "record"),
    [
        ("DF01/EF07", 0x29, "1", "290131"),
        ("DF01/EF0A", 0x37, "CHN", "370343484E"),
        ("DF01/EF0A", 0x37, "", "3703000000"),
        ("DF01/EF0A", 0x39, "20190901", "390420190901"),
        ("DF01/EF0A", 0x39, "", "3904FFFFFFFF"),
        ("DF04/EF05", 0x8C, "1", "8C011F"),
        ("DF04/EF06", 0x92, "00012345", "920400012345"),
        ("SSSE/EF05", 0x01, "990100d15600000500000001a1b2c3d4", "0110990100D15600000500000001A1B2C3D4"),
        ("DF01/EF15", 0x40, "123^123456^测试学校", "40345703313233580312345659" + "28B2E2CAD4D1A7D0A3" + "00" * 32),
        ("DF01/EF15", 0x40, "^^", "4034" + "5703000000" + "5803FFFFFF" + "5928" + "00" * 40),
    ],
)  # fmt: skip
def test_text_becomes_the_record_that_the_card_keeps(path: str, tag: int, text: str, record: str) -> None:
    assert _encoded(path, tag, text) == record


@pytest.mark.parametrize("character", ["|", "$", "^", ":", "\n", "\0"])
def test_separators_and_control_characters_cannot_stand_in_a_value(character: str) -> None:
    assert _refused("DF04/EF05", 0x8A, f"A{character}B") == ReturnCode.CHARACTER


@pytest.mark.parametrize(
    ("tag", "text", "code"),
    [
        (0x84, "99010", ReturnCode.OK),
        (0x84, "9901000", ReturnCode.LENGTH),
        (0x84, "99O100", ReturnCode.CHARACTER),
        (0x84, "99010A", ReturnCode.CHARACTER),
        (0x80, "20240102", ReturnCode.OK),
        (0x80, "2024", ReturnCode.LENGTH),
        (0x80, "20241302", ReturnCode.BAD_DATA),
        (0x80, "2024010２", ReturnCode.CHARACTER),
        (0x8F, "12", ReturnCode.LENGTH),
        (0x83, "测试", ReturnCode.CHARACTER),
        (0x8A, "1234567890123456", ReturnCode.LENGTH),
    ],
)  # fmt: skip
def test_a_value_is_refused_for_its_character_or_its_length(tag: int, text: str, code: int) -> None:
    if code == ReturnCode.OK:
        assert _encoded("DF04/EF05", tag, text)
    else:
        assert _refused("DF04/EF05", tag, text) == code


def test_characters_outside_gbk_are_illegal_and_chinese_counts_two() -> None:
    assert _refused("SSSE/EF06", 0x09, "𠮷") == ReturnCode.CHARACTER
    assert _encoded("SSSE/EF06", 0x09, "测" * 15)
    assert _refused("SSSE/EF06", 0x09, "测" * 16) == ReturnCode.LENGTH


def test_a_composite_has_as_many_parts_as_it_has_sub_fields() -> None:
    assert _refused("DF01/EF15", 0x40, "123^123456") == ReturnCode.BAD_DATA
    assert _refused("DF01/EF15", 0x40, "123^12345X^") == ReturnCode.CHARACTER
    assert _refused("DF01/EF15", 0x40, "123^1234567^") == ReturnCode.LENGTH


def test_a_new_record_of_a_cyclic_file_is_written_with_or_without_its_last_separator() -> None:
    file = _file("DF04/EF15")
    assert encode_content(file, "0002^9^") == encode_content(file, "0002^9") == bytes.fromhex("000239")
    with pytest.raises(CallError) as caught:
        encode_content(file, "0002^9^1^")
    assert caught.value.code == ReturnCode.BAD_DATA


def test_a_transparent_file_is_written_as_a_whole_in_hex() -> None:
    file = _file("DF01/EF16")
    whole = bytes(index % 251 for index in range(file.size or 0))
    assert encode_content(file, whole.hex()) == whole
    for text, code in (("00", ReturnCode.LENGTH), ("0", ReturnCode.LENGTH), ("0G", ReturnCode.CHARACTER)):
        with pytest.raises(CallError) as caught:
            encode_content(file, text)
        assert caught.value.code == code


def _declared() -> Iterator[tuple[str, DirectorySpec, FileSpec, Vector]]:
    for version in VERSIONS:
        for entry in every_file(version):
            for file in entry.files:
                if not file.opaque_records:
                    yield from ((version, entry, file, vector) for vector in file.vectors)


@pytest.mark.parametrize(
    ("file", "vector"),
    [pytest.param(file, vector, id=f"{version}-{file.path}-{len(vector.raw)}")
     for version, _, file, vector in _declared()],
)  # fmt: skip
def test_every_value_of_the_layout_survives_its_text(file: FileSpec, vector: Vector) -> None:
    for value in file.parse(vector.raw):
        if file.structure is Structure.TRANSPARENT and len(file.items) == 1:
            assert encode_content(file, text_of(value)) == value.raw
        elif "\ufffd" not in text_of(value):
            again = value.item.decode(encode_value(value.item, text_of(value)))
            assert _comparable(again) == _comparable(value)


def _comparable(value: ItemValue) -> list[object]:
    """The value, and of a short record what is not there as zeros."""
    parts = [part.value for part in value.parts] or [value.value]
    return [*parts, *([0] * (len(value.item.children) - len(value.parts)))] if value.parts else parts


def test_no_error_quotes_the_value() -> None:
    item: Item = _file("SSSE/EF06").item(0x08)
    with pytest.raises(CallError) as caught:
        encode_value(item, "990100199003070019X")
    assert "1990" not in str(caught.value)
