"""Nothing done in the PKI application reaches the social side or the bank's, nor the other way round."""

from __future__ import annotations

import pytest
from bank_samples import DEBIT, bank
from card_samples import SELECT_DF04, SELECT_SSSE, VERIFY, sample_card, sample_contents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pki_samples import ASK, BY_FID, ENVIRONMENT, FETCH, GENERATE, Kiosk, fixed_pairs

from virtual_card.applications.pki.contents import PkiContents
from virtual_card.card import ProcessorCard
from virtual_card.nonvolatile import Cell

PKI_COMMANDS = (
    BY_FID,
    GENERATE,
    ASK,
    FETCH,
    "0084000008",
    "0020018110" + "00" * 16,
    "0020010010" + "00" * 16,
    "0082000010" + "00" * 16,
    "84D4010024" + "00" * 36,
    "845E010014" + "00" * 20,
    "00A40200020018",
    "00D6000004AABBCCDD",
    "00B0980010",
    VERIFY,
    "805E010107123456FF654321",
    "00DC0104030A0177",
)
OTHER_COMMANDS = (
    VERIFY,
    SELECT_DF04,
    SELECT_SSSE,
    DEBIT,
    "0020000003999999",
    "0020008008241234FFFFFFFFFF",
    "80A800000C830A" + "00" * 10 + "00",
    "0084000008",
    "0082000410" + "00" * 16,
    "00D6870002ABCD",
    "00DC01440101",
)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
noise = st.binary(min_size=4, max_size=20).map(bytes.hex)


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


def chip() -> ProcessorCard:
    contents = sample_contents()
    contents.bank, contents.pki = bank(offline_pin="1234"), PkiContents()
    return sample_card(contents)


def cells(card: ProcessorCard, *, of_pki: bool) -> dict[str, Cell]:
    pairs = zip(card.memory.names, card.memory.cells, strict=True)
    return {name: cell[:] for name, cell in pairs if name.startswith("pki/") is of_pki}


def in_pki(card: ProcessorCard) -> bool:
    return card.neighbour is not None and card.neighbour is card.neighbours[1]


def drive(card: ProcessorCard, commands: list[str], *, stays_in_pki: bool) -> None:
    for command in commands:
        card.transmit(bytes.fromhex(command))
        if in_pki(card) is not stays_in_pki:
            return


@quick
@given(st.lists(st.sampled_from(PKI_COMMANDS) | noise, max_size=15), st.booleans())
def test_nothing_done_in_pki_reaches_the_others(commands: list[str], opened: bool) -> None:
    card = chip()
    Kiosk(card)(SELECT_SSSE)
    Kiosk(card)(VERIFY)
    before = cells(card, of_pki=False)
    Kiosk(card).enter()
    if opened:
        Kiosk(card).user()
    drive(card, commands, stays_in_pki=True)
    assert cells(card, of_pki=False) == before
    Kiosk(card)(SELECT_SSSE)
    assert (card.granted, card.verified, card.challenge, card.file, card.foreign) == (
        1,
        True,
        b"",
        None,
        False,
    )


@quick
@given(st.lists(st.sampled_from(OTHER_COMMANDS) | noise, max_size=15))
def test_nothing_done_elsewhere_reaches_pki(commands: list[str]) -> None:
    card = chip()
    Kiosk(card).enter()
    Kiosk(card).user()
    before = cells(card, of_pki=True)
    Kiosk(card)(SELECT_SSSE)
    drive(card, commands, stays_in_pki=False)
    assert cells(card, of_pki=True) == before
    Kiosk(card).enter()
    assert Kiosk(card)(GENERATE) == "6982"


def test_social_pin_is_no_pki_pin_and_the_other_way_round() -> None:
    card = chip()
    desk = Kiosk(card)
    desk.enter()
    assert desk.user() == "9000"
    desk(SELECT_DF04)
    assert desk("00B2012C00") == "6982"
    assert desk(VERIFY) == "9000"
    desk.enter()
    assert desk(GENERATE) == "6982"
    assert desk(VERIFY) == "6A86"


def test_a_challenge_of_one_side_serves_no_other() -> None:
    desk = Kiosk(chip())
    desk(SELECT_SSSE)
    desk("0084000008")
    desk.enter()
    assert desk("0020018110" + "00" * 16) == "6984"
    desk("0084000008")
    desk(SELECT_SSSE)
    assert desk("0082000410" + "00" * 16) == "6984"


def test_answer_waiting_from_pki_is_lost_with_the_next_command() -> None:
    card = chip()
    card.transmit(bytes.fromhex(ENVIRONMENT))
    card.transmit(bytes.fromhex("00A4040006D15600000599"))
    assert card.transmit(bytes.fromhex("00C0000010")).hex().upper() == "6F00"


@quick
@given(st.lists(st.binary(min_size=0, max_size=40), max_size=12))
def test_any_bytes_give_a_status_word(commands: list[bytes]) -> None:
    card = chip()
    Kiosk(card).enter()
    for raw in commands:
        assert len(card.transmit(raw)) >= 2
