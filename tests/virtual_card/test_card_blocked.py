"""Blocked application (9303) and blocked card (6A81), LD/T 32.5 sections 6.1 and 6.2."""

from __future__ import annotations

import pytest
from card_samples import (
    ATR,
    SELECT_DF03,
    SELECT_DF04,
    SELECT_SSSE,
    VERIFY,
    sample_card,
    sample_contents,
    send,
)

from virtual_card.card import ProcessorCard


def blocked_application() -> ProcessorCard:
    contents = sample_contents()
    contents.directory("DF04").blocked = True
    return sample_card(contents)


def blocked_card() -> ProcessorCard:
    contents = sample_contents()
    contents.blocked = True
    return sample_card(contents)


@pytest.mark.parametrize("apdu", [SELECT_DF04, "00A4000002DF04"])
def test_blocked_application_answers_9303_without_control_information(apdu: str) -> None:
    card = blocked_application()
    assert send(card, apdu) == "9303"
    assert send(card, "00C000000A") == "9303"


@pytest.mark.parametrize(
    "apdu",
    [VERIFY, "0084000008", "00B2010400", "00A4020002EF05", "00A4000002EF05", "805E010007123456FF654321"],
)
def test_everything_answers_9303_while_it_is_current(apdu: str) -> None:
    assert send(blocked_application(), SELECT_DF04, apdu) == "9303"


def test_verify_in_a_blocked_application_uses_no_try() -> None:
    card = blocked_application()
    assert send(card, SELECT_DF04, "0020000003999999") == "9303"
    assert send(card, SELECT_SSSE, "0020000000") == "63C6"


@pytest.mark.parametrize(("apdu", "status"), [("00FE000000", "6D00"), ("C0B2010400", "6E00")])
def test_unknown_commands_are_told_before_the_block(apdu: str, status: str) -> None:
    assert send(blocked_application(), SELECT_DF04, apdu) == status


@pytest.mark.parametrize("apdu", [SELECT_SSSE, SELECT_DF03, "00A40000023F00"])
def test_other_directories_are_selected_normally(apdu: str) -> None:
    card = blocked_application()
    assert send(card, SELECT_DF04, apdu)[:2] == "61"
    assert send(card, "0020000000") == "63C6"


@pytest.mark.parametrize("apdu", [SELECT_SSSE, SELECT_DF04, "00C0000000", VERIFY, "00FE000000", "", "FF"])
def test_blocked_card_answers_6a81_to_everything(apdu: str) -> None:
    card = blocked_card()
    assert send(card, apdu) == "6A81"
    assert card.reset() == ATR
    assert send(card, apdu) == "6A81"


def test_blocked_card_moves_no_counter() -> None:
    card = blocked_card()
    before = card.state()
    send(card, "0020000003999999")
    assert card.state() == before
