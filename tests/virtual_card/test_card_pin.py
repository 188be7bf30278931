"""VERIFY and CHANGE PIN, LD/T 32.5 sections 6.14 and 6.3."""

from __future__ import annotations

import pytest
from card_samples import SELECT_DF04, VERIFY, sample_card, sample_contents, send

QUERY = "0020000000"
WRONG = "0020000003999999"
CHANGE = "805E010007123456FF654321"


def test_query_tells_the_tries_and_uses_none() -> None:
    card = sample_card()
    assert [send(card, QUERY), send(card, "00200000"), send(card, VERIFY, QUERY)] == ["63C6"] * 3


def test_query_without_a_pin_answers_9000() -> None:
    contents = sample_contents()
    contents.pin = b""
    assert send(sample_card(contents), QUERY) == "9000"


def test_wrong_pin_counts_down_to_blocked_and_survives_power() -> None:
    card = sample_card()
    assert [send(card, WRONG) for _ in range(7)] == ["63C5", "63C4", "63C3", "63C2", "63C1", "63C0", "6983"]
    card.power_on()
    assert [send(card, VERIFY), send(card, QUERY), send(card, CHANGE)] == ["6983", "63C0", "6983"]


def test_right_pin_fills_the_counter_again() -> None:
    card = sample_card()
    assert send(card, WRONG, WRONG, VERIFY) == "9000"
    assert send(card, QUERY) == "63C6"


def test_wrong_pin_takes_an_earlier_verification_back() -> None:
    card = sample_card()
    assert send(card, SELECT_DF04, VERIFY, "00B2012C03") == "8101449000"
    assert send(card, WRONG, "00B2012C03") == "6982"


def test_pin_counts_as_wrong_where_none_is_set() -> None:
    contents = sample_contents()
    contents.pin = b""
    assert send(sample_card(contents), VERIFY) == "63C5"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("002000000112", "6700"),
        ("0020000009" + "12" * 9, "6700"),
        ("0020000003", "6700"),
        ("0020000103123456", "6A86"),
        ("0020010003123456", "6A86"),
    ],
)
def test_malformed_verify_uses_no_try(apdu: str, status: str) -> None:
    card = sample_card()
    assert send(card, apdu) == status
    assert send(card, QUERY) == "63C6"


def test_change_replaces_the_pin_and_fills_the_counter() -> None:
    card = sample_card()
    assert send(card, WRONG, CHANGE) == "9000"
    assert send(card, QUERY) == "63C6"
    assert [send(card, VERIFY), send(card, "0020000003654321")] == ["63C5", "9000"]


def test_change_does_not_verify() -> None:
    assert send(sample_card(), SELECT_DF04, CHANGE, "00B2012C03") == "6982"


def test_change_keeps_an_earlier_verification() -> None:
    assert send(sample_card(), SELECT_DF04, VERIFY, CHANGE, "00B2012C03") == "8101449000"


def test_wrong_current_pin_counts_down() -> None:
    assert send(sample_card(), "805E010007999999FF654321") == "63C5"


def test_missing_current_part_counts_down_where_a_pin_is_set() -> None:
    assert send(sample_card(), "805E010004FF654321") == "63C5"


def test_pin_can_be_removed_and_set_again() -> None:
    card = sample_card()
    assert send(card, "805E010004123456FF") == "9000"
    assert send(card, QUERY) == "9000"
    assert send(card, SELECT_DF04, "00B2012C03") == "8101449000"
    assert send(card, "805E010004FF112233") == "9000"
    assert send(card, "00B2012C03") == "6982"
    assert send(card, "0020000003112233", "00B2012C03") == "8101449000"


@pytest.mark.parametrize("new", ["12345F", "1234", "1234567890123456"])
def test_pins_of_4_to_16_digits_are_accepted(new: str) -> None:
    length = 4 + len(new) // 2
    card = sample_card()
    assert send(card, f"805E0100{length:02X}123456FF{new}") == "9000"
    assert send(card, f"00200000{len(new) // 2:02X}{new}") == "9000"


@pytest.mark.parametrize("new", ["123F", "12F4", "1A34", "12", "12345678901234567890"])
def test_malformed_new_pin_answers_6a80_and_uses_no_try(new: str) -> None:
    card = sample_card()
    assert send(card, f"805E0100{4 + len(new) // 2:02X}123456FF{new}") == "6A80"
    assert send(card, QUERY) == "63C6"


@pytest.mark.parametrize(
    ("apdu", "status"),
    [
        ("805E000007123456FF654321", "6A86"),
        ("805E010107123456FF654321", "6A86"),
        ("805E01000212FF", "6700"),
        ("805E010012" + "12" * 18, "6700"),
        ("805E010006123456654321", "6A80"),
        ("005E010007123456FF654321", "6E00"),
    ],
)
def test_refused_changes(apdu: str, status: str) -> None:
    assert send(sample_card(), apdu) == status
