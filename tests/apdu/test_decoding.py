"""Pasted bytes are read as what they are; others are named, malformed ones refused with their byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.atr import CONTACTLESS, build
from apdu.decoding import Decoded, DecodingError, context, decode
from apdu.decoding_card import Context
from apdu.decoding_forms import Form
from apdu.layout import card_layout
from apdu.pboc import CVR, TVR

ATR = "3B6D000000815431086609901000000001"
CONTACTLESS_ATR = build(bytes.fromhex(ATR)[4:], CONTACTLESS).encode().hex()
FCI = "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103"
GPO = "800E7C000801020010010300180102019000"
ID_RECORD = "0812" + b"99010019900307001X".hex()
ANY = context()


def told(text: str, known: Context = ANY, form: Form | None = None) -> Decoded:
    return decode(bytes.fromhex(text), known, form)


def values(text: str, known: Context = ANY, form: Form | None = None) -> dict[str, str]:
    return {field.path: field.value or field.raw for field in told(text, known, form).reading.fields}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (ATR, Form.ATR),
        (CONTACTLESS_ATR, Form.ATR),
        ("00A404000F7378312E73682EC9E7BBE1B1A3D5CF", Form.COMMAND),
        ("00B2082C00", Form.COMMAND),
        ("80A800000B8309" + "00" * 9, Form.COMMAND),
        ("FFB0000010", Form.COMMAND),
        ("9000", Form.STATUS),
        ("63C5", Form.STATUS),
        ("6A82", Form.STATUS),
        (FCI, Form.TLV),
        (FCI + "9000", Form.RESPONSE),
        (GPO, Form.RESPONSE),
        (ID_RECORD, Form.RECORD),
        (ID_RECORD + "0A0131", Form.FILE),
        ("03A48000", Form.CARD_RESULTS),
        ("0801020010010300", Form.LOCATOR),
        ("8000008000", Form.TERMINAL_RESULTS),
    ],
)
def test_bytes_are_taken_for_what_they_are(text: str, form: Form) -> None:
    assert told(text).reading.form is form


def test_record_is_found_by_its_tag_and_length_and_masked() -> None:
    reading = told(ID_RECORD).reading
    assert reading.path == "SSSE/EF06"
    assert [field.value for field in reading.fields] == ["990100**********1X"]
    assert {field.raw for field in reading.fields} == {"**" * 18}


def test_identity_is_shown_only_when_asked_for() -> None:
    known = context("ssc-3.0", "SSSE/EF06", masked=False)
    assert values(ID_RECORD, known)["SSSE/EF06/08"] == "99010019900307001X"


def test_pin_of_a_command_is_masked_and_shown_only_when_asked_for() -> None:
    assert values("0020000003123456")["data"] == "******"
    assert values("0020000003123456", context(masked=False))["data"] == "123456"


def test_control_information_gives_name_and_algorithm() -> None:
    found = values(FCI)
    assert found["6F/84"] == "sx1.sh.社会保障"
    assert found["6F/A5/9F0C/86"] == "03 SM4"


def test_status_word_means_what_the_instruction_makes_of_it() -> None:
    general = told("63C5").reading.fields[0].value
    verify = told("63C5", context(instruction=b"\x20")).reading.fields[0]
    assert verify.value == "PIN not verified, 5 tries left 密码未通过校验，剩余5次"
    assert verify.value != general


def test_status_word_alone_tells_its_general_meaning_and_those_in_commands() -> None:
    fields = told("6283").reading.fields
    assert "deactivated (blocked)" in fields[0].value
    assert [(field.name, field.value) for field in fields[2:]] == [
        ("In SELECT", "selected, but blocked 已选择，但应用已锁定")
    ]
    assert all("unknown" not in field.value for field in fields)
    assert len(told("6283", context(instruction=b"\xa4")).reading.fields) == 2
    assert len(told("9000").reading.fields) == 1


def test_answer_is_read_by_the_command_it_answers() -> None:
    known = context("ssc-3.0", "SSSE/EF06", bytes.fromhex("00B2083400"))
    found = values(ID_RECORD + "9000", known)
    assert found["SSSE/EF06/08"] == "990100**********1X"
    assert found["data"].count("**") == 18


def test_ambiguous_bytes_name_every_reading() -> None:
    decoded = told("800420300101")
    assert decoded.reading.form is Form.TLV
    assert [(other.form, other.path) for other in decoded.others] == [(Form.RECORD, "DF04/EF05")]


@pytest.mark.parametrize(
    ("text", "form", "byte"),
    [
        ("3B6D0000" + "00" * 5, None, "byte 9"),
        ("6F05840100", None, "byte 2"),
        ("08020A", None, "byte 2"),
        ("00A404", Form.COMMAND, "byte 3"),
        ("90", Form.RESPONSE, "byte 1"),
        ("900000", Form.STATUS, "byte 3"),
        ("0801", Form.LOCATOR, "byte 2"),
        ("80000080", Form.TERMINAL_RESULTS, "byte 4"),
        ("0A0231", Form.RECORD, "byte 1"),
    ],
)
def test_malformed_bytes_are_refused_with_their_byte(text: str, form: Form | None, byte: str) -> None:
    with pytest.raises(DecodingError, match=byte):
        told(text, ANY, form)


def test_unknown_kind_file_command_and_instruction_are_refused() -> None:
    for arguments in (
        ("ssc-9.0",),
        ("ssc-3.0", "SSSE/EF99"),
        (None, None, b"\x00\xa4"),
        (None, None, None, b"\xee"),
    ):
        with pytest.raises(DecodingError, match=r"known|byte"):
            context(*arguments)


def test_every_flag_of_tvr_and_cvr_is_told() -> None:
    tvr = told("FFFFFFFFFF", ANY, Form.TERMINAL_RESULTS).reading.fields
    assert {field.name for field in tvr} == {bit.en for bit in TVR}
    cvr = told("03FFFFFF", ANY, Form.CARD_RESULTS).reading.fields
    assert {field.name for field in cvr} >= {bit.en for bit in CVR}


def test_card_number_in_a_template_is_masked() -> None:
    found = values("700C5A0A62123400000000000070")["70/5A"]
    assert found.startswith("621234") and "**" in found
    assert values("700C5A0A62123400000000000070", context(masked=False))["70/5A"] == "62123400000000000070"


@pytest.mark.parametrize(
    "data", ["5A0A62123400000000000070", "700C5A0A621234000000000000", "700D5A0A62123400000000000070"]
)
def test_card_number_in_an_answer_is_masked_even_where_it_is_cut_off(data: str) -> None:
    fields = told(f"{data}9000", ANY, Form.RESPONSE).reading.fields
    assert "62123400000000" not in "".join(field.value + field.raw for field in fields)


def test_gpo_answer_lists_the_records_of_the_locator() -> None:
    assert values(GPO)["80/94/02"] == "record 1-3"


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_blank_contents_of_every_file_are_read(version: str) -> None:
    for directory in card_layout(version):
        for file in directory.files:
            known = context(f"ssc-{version}", file.path)
            if file.blank():
                assert decode(file.blank(), known, Form.FILE).reading.path == file.path


@given(st.binary(max_size=60), st.sampled_from([None, *Form]))
def test_any_bytes_are_read_or_refused(raw: bytes, form: Form | None) -> None:
    refused = ""
    try:
        decode(raw, ANY, form)
    except DecodingError as error:
        refused = str(error)
    assert "\n" not in refused
