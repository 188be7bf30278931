"""The strings of base data and steps: exact fields on output, every form met in the field on input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.crypto import Algorithm
from terminal.driver.base_strings import BaseData, BaseKey, BaseRequest, CardInfo
from terminal.driver.codes import CallError, ReturnCode
from terminal.driver.profile import BaseOutput, CentreAnswer, Profile
from terminal.driver.strings import (
    Authentication,
    AuthenticationRequest,
    Numbers,
    SecureMessageRequest,
    sealed_command,
)

CARD_ID = "990100D15600000500A1B2C3D4E5F607"
HISTORICAL = "0081544B318660990100A1B2C3"
BASE = BaseData(
    social_number="990100199001010012",
    number="T00000001",
    card_id=CARD_ID,
    name="测试甲",
    reset_information=HISTORICAL,
    version="3.00",
    issued="20240101",
    valid_until="20340101",
)
SAMPLE = (
    "990100|990100199001010012|T00000001|990100D15600000500A1B2C3D4E5F607|测试甲|"
    "0081544B318660990100A1B2C3|3.00|20240101|20340101|000000000000||"
)
ANY_CENTRE = Profile(centre_answer=CentreAnswer.ANY)
EIGHT = st.binary(min_size=8, max_size=8)
NUMBERS = st.builds(Numbers, EIGHT, EIGHT)
PAIRS = st.builds(Authentication, EIGHT, EIGHT)


def _refused(parse: object, *arguments: object) -> int:
    with pytest.raises(CallError) as caught:
        parse(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_base_data_are_eleven_fields_of_which_the_last_ends_with_a_separator() -> None:
    assert BASE.render() == SAMPLE
    assert len(SAMPLE.split("|")) == 12
    assert SAMPLE.endswith("||")


def test_a_card_number_has_nine_characters_whatever_is_on_the_card() -> None:
    assert replace(BASE, number="T000000012345").render() == SAMPLE


def test_terminal_and_device_number_fill_the_last_fields() -> None:
    shown = replace(BASE, terminal_number="990100000001", device_number="D" * 32).render()
    assert shown.split("|")[9:] == ["990100000001", "D" * 32, ""]


def test_a_twelfth_value_is_for_the_builds_that_have_it() -> None:
    twelve = Profile(base_output=BaseOutput.TWELVE)
    assert BASE.render(twelve) == SAMPLE + "0" * 32 + "|"
    assert replace(BASE, device_number="D" * 32).render(twelve).split("|")[11] == "D" * 32


INTERNAL = Numbers(process=bytes.fromhex("1122334455667788"), raw=bytes.fromhex("a1a2a3a4a5a6a7a8"))
EXTERNAL = Numbers(process=bytes(8), raw=b"\xff" * 8)


def test_step_1_has_eight_fields_with_the_external_ones_filled_for_a_card_that_asks_for_them() -> None:
    request = BaseRequest(CARD_ID, HISTORICAL, Algorithm.SM4, INTERNAL, EXTERNAL)
    assert request.render() == (
        f"990100|{HISTORICAL}|03|{CARD_ID}|1122334455667788|A1A2A3A4A5A6A7A8|0000000000000000|FFFFFFFFFFFFFFFF|"
    )


def test_step_1_has_both_external_fields_empty_for_older_cards() -> None:
    request = BaseRequest(CARD_ID, HISTORICAL, Algorithm.DES, INTERNAL)
    assert request.render() == f"990100|{HISTORICAL}|01|{CARD_ID}|1122334455667788|A1A2A3A4A5A6A7A8|||"
    assert request.render().count("|") == 8


def test_a_ninth_field_is_the_terminal_code_or_zeros() -> None:
    request = BaseRequest(CARD_ID, HISTORICAL, Algorithm.DES, INTERNAL)
    nine = Profile(step1_ninth_field=True)
    assert request.render(nine) == request.render() + "0" * 32 + "|"
    assert request.render(nine, "D" * 32).split("|")[8] == "D" * 32


@pytest.mark.parametrize("tail", ["||", "|", ""])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_a_key_for_an_older_card_has_one_pair(tail: str, case: object) -> None:
    text = case("1122334455667788a1a2a3a4a5a6a7a8")  # type: ignore[operator]
    key = BaseKey.parse(text + tail)
    assert (key.internal.data.hex(), key.internal.raw.hex()) == ("1122334455667788", "a1a2a3a4a5a6a7a8")
    assert key.external is None


@given(PAIRS, PAIRS, st.sampled_from(["|", "", "||"]), st.booleans())
def test_a_key_for_a_newer_card_has_two_pairs(
    inner: Authentication, outer: Authentication, tail: str, lower: bool
) -> None:
    text = BaseKey(inner, outer).render().removesuffix("|") + tail
    key = BaseKey.parse(text.lower() if lower else text)
    assert (key.internal, key.external) == (inner, outer)


@pytest.mark.parametrize(
    "text",
    ["", "|", "||", "1122|", "11" * 15 + "|", "11" * 17 + "|", "GG" * 16 + "||", "11" * 16 + "|22|",
     "|" + "11" * 16 + "|", "11" * 8 + " " + "11" * 8 + "||", "11" * 16 + "|" + "22" * 16 + "|" + "33" * 16 + "|"],
)  # fmt: skip
def test_a_base_key_of_another_shape_is_invalid_data(text: str) -> None:
    assert _refused(BaseKey.parse, text) == ReturnCode.BAD_DATA


@given(NUMBERS, st.sampled_from(Algorithm), st.sampled_from([0x004C, 0x0090, 0x0182]))
def test_step_1_of_read_write_and_pin_is_four_fields(
    numbers: Numbers, algorithm: Algorithm, address: int
) -> None:
    fields = AuthenticationRequest(algorithm, address, numbers).render().split("|")
    assert fields == [
        f"0{algorithm.value}",
        f"{address:04X}",
        numbers.process.hex().upper(),
        numbers.raw.hex().upper(),
        "",
    ]


@given(PAIRS, st.sampled_from(["", "|"]), st.booleans())
def test_a_step_2_key_is_32_digits(pair: Authentication, tail: str, lower: bool) -> None:
    text = pair.render() + tail
    assert len(pair.render()) == 32
    assert Authentication.parse(text.lower() if lower else text) == pair


@pytest.mark.parametrize("text", ["", "11" * 8, "11" * 24, "1" * 31, "11" * 16 + "|x|"])
def test_a_step_2_key_of_another_length_is_invalid_data(text: str) -> None:
    assert _refused(Authentication.parse, text) == ReturnCode.BAD_DATA


R = bytes.fromhex("0102030405060708")


@pytest.mark.parametrize(
    ("algorithm", "header", "pin", "text"),
    [
        (Algorithm.DES, "842400010C", "123456", "01|0173|0102030405060708|842400010C|123456|"),
        (Algorithm.SM4, "8424000114", "123456", "03|0173|0102030405060708|8424000114|123456|"),
        (Algorithm.SM4, "8424000004", "", "03|0173|0102030405060708|8424000004||"),
    ],
)
def test_step_2_asks_for_a_secure_message(algorithm: Algorithm, header: str, pin: str, text: str) -> None:
    request = SecureMessageRequest(algorithm, R, bytes.fromhex(header), pin)
    assert request.render() == text
    assert "123456" not in repr(request)


@pytest.mark.parametrize(("header", "length"), [("842400010C", 34), ("8424000114", 50), ("8424000004", 18)])
def test_a_secure_message_begins_with_its_header(header: str, length: int) -> None:
    text = header + "ab" * ((length - 10) // 2)
    assert len(text) == length
    command = sealed_command(text + "|", bytes.fromhex(header))
    assert command == bytes.fromhex(text)


@pytest.mark.parametrize(("header", "length"), [("842400010C", 24), ("8424000114", 40), ("8424000004", 8)])
def test_a_secure_message_without_header_is_given_it_where_the_build_tolerates_that(
    header: str, length: int
) -> None:
    body = "ab" * (length // 2)
    assert sealed_command(body, bytes.fromhex(header), ANY_CENTRE) == bytes.fromhex(header + body)
    assert _refused(sealed_command, body, bytes.fromhex(header)) == ReturnCode.BAD_DATA


def test_a_secure_message_with_another_header_or_length_is_invalid_data() -> None:
    header = bytes.fromhex("842400010C")
    for text in ("8424000114" + "ab" * 12, "842400010C" + "ab" * 11, "842400010C" + "ab" * 20, "", "x" * 34):
        assert _refused(sealed_command, text, header, ANY_CENTRE) == ReturnCode.BAD_DATA


@pytest.mark.parametrize("text", [f"{CARD_ID}|T00000001|", f"{CARD_ID.lower()}|T00000001"])
def test_card_info_is_two_fields(text: str) -> None:
    info = CardInfo.parse(text)
    assert info == CardInfo(CARD_ID, "T00000001")
    assert info.render() == f"{CARD_ID}|T00000001|"


def test_the_check_digit_of_a_card_number_is_not_looked_at() -> None:
    assert {CardInfo.parse(f"{CARD_ID}|T0000000{digit}|").number[-1] for digit in range(10)} == set(
        "0123456789"
    )


def test_a_malformed_identification_code_has_a_code_of_its_own() -> None:
    for card_id in ("", CARD_ID[:-1], CARD_ID + "0", CARD_ID[:-1] + "G"):
        assert _refused(CardInfo.parse, f"{card_id}|T00000001|") == ReturnCode.CARD_ID


@pytest.mark.parametrize("text", ["", CARD_ID, f"{CARD_ID}|T1|x|"])
def test_card_info_of_another_shape_is_invalid_data(text: str) -> None:
    assert _refused(CardInfo.parse, text) == ReturnCode.BAD_DATA


def test_no_error_quotes_what_was_passed() -> None:
    with pytest.raises(CallError) as caught:
        Authentication.parse("SECRETSECRET")
    assert "SECRET" not in str(caught.value)
    assert "测试甲" not in repr(BASE)


FIELDS = st.text(st.characters(exclude_characters="|", exclude_categories=["C"]), min_size=1, max_size=20)


@given(st.builds(BaseData, *[FIELDS] * 2, st.just(CARD_ID), *[FIELDS] * 7), st.sampled_from(BaseOutput))
def test_base_data_survive_rendering(data: BaseData, output: BaseOutput) -> None:
    short = replace(data, number=data.number[:9])
    assert BaseData.parse(data.render(Profile(base_output=output))) == short
    assert short.card_info.render() == f"{CARD_ID}|{short.number}|"


def test_base_data_without_device_number_are_read_and_another_region_is_not() -> None:
    assert BaseData.parse(SAMPLE) == BaseData.parse(SAMPLE.rstrip("|") + "|") == BASE
    for text in (SAMPLE.replace("990100|", "330100|", 1), "|".join(SAMPLE.split("|")[:9]), ""):
        assert _refused(BaseData.parse, text) == ReturnCode.BAD_DATA


@given(NUMBERS, st.none() | NUMBERS, st.sampled_from(Algorithm), st.booleans())
def test_step_1_of_the_base_read_survives_rendering(
    inner: Numbers, outer: Numbers | None, algorithm: Algorithm, nine: bool
) -> None:
    request = BaseRequest(CARD_ID, HISTORICAL, algorithm, inner, outer)
    assert BaseRequest.parse(request.render(Profile(step1_ninth_field=nine))) == request


@given(NUMBERS, st.sampled_from(Algorithm), st.integers(0, 0xFFFF))
def test_step_1_of_everything_else_survives_rendering(
    numbers: Numbers, algorithm: Algorithm, address: int
) -> None:
    request = AuthenticationRequest(algorithm, address, numbers)
    assert AuthenticationRequest.parse(request.render()) == request


@given(EIGHT, st.binary(min_size=5, max_size=5), st.sampled_from(Algorithm), st.sampled_from(["", "123456"]))
def test_a_request_for_a_secure_message_survives_rendering(
    process: bytes, header: bytes, algorithm: Algorithm, pin: str
) -> None:
    request = SecureMessageRequest(algorithm, process, header, pin)
    assert SecureMessageRequest.parse(request.render()) == request


@pytest.mark.parametrize(
    "text", ["", "04|0090|" + "00" * 8 + "|" + "00" * 8 + "|", "1|0090|00|00|", "01|90|00|00|"]
)
def test_a_step_string_of_another_form_is_invalid_data(text: str) -> None:
    for parse in (AuthenticationRequest.parse, SecureMessageRequest.parse, BaseRequest.parse):
        assert _refused(parse, text) == ReturnCode.BAD_DATA
    other_key = "01|0090|" + "00" * 8 + "|8424000004||"
    assert _refused(SecureMessageRequest.parse, other_key) == ReturnCode.BAD_DATA
