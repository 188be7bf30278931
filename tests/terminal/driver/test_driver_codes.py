"""The return codes are those of the reader specification, and a status word becomes its negative decimal number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.driver.codes import (
    BEYOND_THE_TEXT,
    FALLBACK,
    LISTED_STATUS_WORDS,
    CallError,
    ReturnCode,
    from_authentication_status,
    from_pin_status,
    from_status,
    meaning_of,
    refuse,
)

SMALL = [
    0,
    -1,
    -2,
    -3,
    -4,
    -5,
    -11,
    -12,
    -13,
    -14,
    -15,
    -20,
    -21,
    -22,
    -23,
    -24,
    -31,
    -32,
    -33,
    -34,
    -35,
    -36,
]
SMALL += [-41, -42, -51, -52, -2201, -2202, -2203, -2204, -27272]
LISTED = [
    -25536,
    -25537,
    -25538,
    -26368,
    -26881,
    -27009,
    -27010,
    -27011,
    -27012,
    -27013,
    -27016,
    -27264,
    -27265,
]
LISTED += [-27266, -27267, -27272, -37634, -37635, -37891, -37894]


def test_the_numbers_are_those_of_the_text() -> None:
    assert {int(code) for code in ReturnCode} - {int(code) for code in BEYOND_THE_TEXT} == set(SMALL)
    assert sorted(-sw for sw in LISTED_STATUS_WORDS) == sorted(LISTED)


@pytest.mark.parametrize("code", ReturnCode)
def test_a_code_has_a_meaning_in_both_languages_and_a_cause(code: ReturnCode) -> None:
    assert code.en.isascii()
    assert not code.zh.isascii()
    assert code.zh.encode("gbk")
    assert code.cause.value.zh


def test_five_codes_lead_from_the_psam_to_the_hsm() -> None:
    assert sorted(FALLBACK) == [-27272, -2203, -2202, -2201, -24]
    assert ReturnCode.NO_HSM_NEEDED not in FALLBACK
    assert -37891 not in FALLBACK


@pytest.mark.parametrize(
    ("sw", "code"),
    [
        (0x6700, -26368), (0x6901, -26881), (0x6981, -27009), (0x6982, -27010), (0x6983, -27011), (0x6984, -27012),
        (0x6985, -27013), (0x6988, -27016), (0x6A80, -27264), (0x6A81, -27265), (0x6A82, -27266), (0x6A83, -27267),
        (0x6A86, -27270), (0x6A88, -27272), (0x9302, -37634), (0x9303, -37635), (0x9403, -37891), (0x9406, -37894),
    ],
)  # fmt: skip
def test_a_status_word_is_its_negative_decimal_number_with_its_meaning(sw: int, code: int) -> None:
    error = from_status(sw)
    assert error.code == code
    assert f"{sw:04X}" in error.text


@pytest.mark.parametrize(("tries", "code"), [(3, -25539), (2, -25538), (1, -25537), (0, -25536)])
def test_a_failed_authentication_is_numbered_by_its_status_word(tries: int, code: int) -> None:
    error = from_authentication_status(0x63C0 + tries)
    assert error.code == code
    assert f"{tries} tries left" in error.text
    assert f"{tries}次" in error.text


@pytest.mark.parametrize(("tries", "code"), [(3, -25539), (2, -25536), (1, -25537), (0, -25538)])
def test_the_literal_order_has_two_tries_left_first(tries: int, code: int) -> None:
    error = from_authentication_status(0x63C0 + tries, literal_order=True)
    assert error.code == code
    assert f"{tries} tries left" in error.text


def test_a_locked_key_is_its_status_word_in_either_order() -> None:
    assert from_authentication_status(0x6983, literal_order=True).code == -27011
    assert from_authentication_status(0x6984).code == -27012


@pytest.mark.parametrize("tries", [0, 1, 5, 15])
def test_a_wrong_pin_tells_the_tries_left(tries: int) -> None:
    error = from_pin_status(0x63C0 + tries)
    assert error.code == -51
    assert f"{tries} tries left" in error.text


def test_a_locked_pin_and_other_refusals_of_verify_have_their_codes() -> None:
    assert from_pin_status(0x6983).code == -52
    assert from_pin_status(0x6700).code == -26368


@given(st.integers(-70000, 10))
def test_every_number_has_a_text_that_gbk_can_carry(code: int) -> None:
    assert meaning_of(code).encode("gbk")


def test_an_unknown_code_says_so() -> None:
    assert "unknown error -37" in meaning_of(-37)
    assert CallError(-37).text == meaning_of(-37)


def test_an_error_says_what_is_wrong_in_particular() -> None:
    error = refuse(ReturnCode.BAD_DATA, "地址为空", "the address is empty")
    assert (error.code, error.text) == (
        -23,
        "传入数据不合法：地址为空 the data passed are invalid: the address is empty",
    )
    assert str(error) == f"-23 {error.text}"
