"""Nothing done in one environment of the chip reaches files, keys, PIN or security state of the other."""

from __future__ import annotations

from bank_samples import DEBIT, PPSE, PSE, SELECT_SSSE, Desk, bank, bank_card, cells
from card_samples import SELECT_DF04, VERIFY
from hypothesis import given, settings
from hypothesis import strategies as st

from virtual_card.card import ProcessorCard

OPTIONS = "80A800000C830A" + "00" * 10 + "00"
CRYPTOGRAM = "80AE800034" + "00" * 52 + "00"
BANK_COMMANDS = (
    DEBIT,
    PSE,
    PPSE,
    OPTIONS,
    CRYPTOGRAM,
    "80AE400022" + "3030" + "00" * 32,
    "00B2011400",
    "80CA9F3600",
    "0020008008241234FFFFFFFFFF",
    "0020008008249999FFFFFFFFFF",
    "0084000008",
    "008200000A" + "00" * 10,
    "0088000004A1A2A3A4",
    "841E000004AABBCCDD",
    "8424000004AABBCCDD",
    "04DC010C0A70045F340101AABBCCDD",
    "0020000003123456",
    "00D6870002ABCD",
    "00DC01040401020304",
)
SOCIAL_COMMANDS = (
    SELECT_SSSE,
    SELECT_DF04,
    "00A4000002DF04",
    VERIFY,
    "0020000003999999",
    "0084000008",
    "0082000410" + "00" * 16,
    "0088000010" + "00" * 16,
    "00B2012C00",
    "00DC014C030A0177",
    "00DC01340290009191",
    "805E010107123456FF654321",
    "841E000104AABBCCDD",
    "80A8000002830000",
    "80AE400000",
    "80CA9F3600",
)
bank_steps = st.lists(
    st.sampled_from(BANK_COMMANDS) | st.binary(min_size=4, max_size=20).map(bytes.hex), max_size=15
)
social_steps = st.lists(
    st.sampled_from(SOCIAL_COMMANDS) | st.binary(min_size=4, max_size=20).map(bytes.hex), max_size=15
)


def card() -> ProcessorCard:
    return bank_card(bank(offline_pin="1234"))


def drive(card_: ProcessorCard, commands: list[str], stays: bool) -> None:
    """Send the commands; whenever the environment was left, send the next ones no more."""
    for command in commands:
        Desk(card_)(command)
        if card_.foreign is not stays:
            return


def social_state(card_: ProcessorCard) -> tuple[object, ...]:
    """Security state of the social side, and everything it may be asked."""
    return (card_.granted, card_.verified, card_.challenge, card_.file, card_.record, card_.directory.name)


@settings(max_examples=60, deadline=None)
@given(social_steps, bank_steps)
def test_nothing_done_at_the_bank_reaches_the_social_side(social: list[str], banking: list[str]) -> None:
    visited, untouched = card(), card()
    for one in (visited, untouched):
        Desk(one)(SELECT_SSSE)
        drive(one, social, stays=False)
        Desk(one)(DEBIT)
    before = cells(visited, of_bank=False)
    drive(visited, banking, stays=True)
    assert cells(visited, of_bank=False) == before
    for one in (visited, untouched):
        Desk(one)(SELECT_SSSE)
    assert social_state(visited) == social_state(untouched)


@settings(max_examples=60, deadline=None)
@given(bank_steps, social_steps)
def test_nothing_done_on_the_social_side_reaches_the_bank(banking: list[str], social: list[str]) -> None:
    visited, untouched = card(), card()
    for one in (visited, untouched):
        Desk(one)(DEBIT)
        drive(one, banking, stays=True)
        Desk(one)(SELECT_SSSE)
    before = cells(visited, of_bank=True)
    drive(visited, social, stays=False)
    assert cells(visited, of_bank=True) == before
    answers = []
    for one in (visited, untouched):
        one.random = bytes
        counter = Desk(one)
        answers.append([counter(command) for command in (DEBIT, "80CA9F1700", OPTIONS, CRYPTOGRAM)])
    assert answers[0] == answers[1]


def test_social_pin_opens_no_bank_side_and_the_other_way_round() -> None:
    counter = Desk(card())
    counter(SELECT_SSSE)
    assert counter(VERIFY) == "9000"
    counter(DEBIT)
    assert counter("0020008008249999FFFFFFFFFF") == "63C2"
    assert counter("0020008008241234FFFFFFFFFF") == "9000"
    fresh = Desk(card())
    fresh(DEBIT)
    fresh("0020008008241234FFFFFFFFFF")
    fresh(SELECT_DF04)
    assert fresh("00B2012C00") == "6982"


def test_identifiers_open_no_more_than_names_do() -> None:
    by_name, by_identifier = Desk(card()), Desk(card())
    for counter, select in ((by_name, SELECT_DF04), (by_identifier, "00A4000002DF04")):
        counter(SELECT_SSSE)
        counter(VERIFY)
        counter(DEBIT)
        counter("0020008008241234FFFFFFFFFF")
        counter(select)
    assert social_state(by_name.card) == social_state(by_identifier.card)
    assert cells(by_name.card, of_bank=True) == cells(by_identifier.card, of_bank=True)
    assert by_identifier("80CA9F1700") == "6D00"


def test_social_pin_stays_verified_across_a_visit_to_the_bank() -> None:
    counter = Desk(card())
    counter(SELECT_SSSE)
    counter(VERIFY)
    counter(DEBIT)
    counter(SELECT_DF04)
    assert counter.word("00B2012C00") == "9000"


def test_an_answer_waiting_on_one_side_cannot_be_fetched_on_the_other() -> None:
    chip = card()
    chip.transmit(bytes.fromhex(DEBIT))
    chip.transmit(bytes.fromhex("00A4040006D15600000599"))
    assert chip.transmit(bytes.fromhex("00C000004F")).hex().upper() == "6F00"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(min_size=0, max_size=40), max_size=12))
def test_any_bytes_to_the_bank_give_a_status_word(commands: list[bytes]) -> None:
    chip = card()
    chip.transmit(bytes.fromhex(DEBIT))
    for raw in commands:
        assert len(chip.transmit(raw)) >= 2
