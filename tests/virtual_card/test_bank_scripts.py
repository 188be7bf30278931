"""Issuer scripts: which situations accept them, and what they do (JR/T 0025.5, EMV Book 3 section 10.10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bank_samples import DEBIT, PPSE, PSE, SELECT_SSSE, Desk, bank, bank_card, cells, desk
from card_samples import SELECT_DF04

from apdu.crypto.algorithm import Algorithm
from virtual_card.applications.pboc.contents import BankBehaviour, BankContents, Blocked
from virtual_card.errors import TornError

BLOCK, UNBLOCK, CARD_BLOCK, PIN_UNBLOCK = "841E0000", "84180000", "84160000", "84240000"
PUT_LIMIT = "04DA9F58"
KNOWN = {
    Algorithm.DES: ("841E0000047F27079E", "8418000004A7FD9BCF", "8416000004ABEC3022", "842400000491A4E649"),
    Algorithm.SM4: ("841E000004FD82B319", "84180000041E427702", "8416000004504276D3", "8424000004CF387A02"),
}
Situation = Callable[[Desk], object]


def asked(counter: Desk) -> None:
    """ARQC given, issuer not authenticated."""
    counter.begin()
    counter.first()


def proven(counter: Desk) -> None:
    asked(counter)
    counter.authenticate()


def finished(counter: Desk) -> None:
    counter.online()


def denied(counter: Desk) -> None:
    asked(counter)
    counter.authenticate(right=False)


def offline(counter: Desk) -> None:
    counter.begin()
    counter.first(0x40)


def raised(counter: Desk) -> None:
    """TC asked, ARQC given, because the last online transaction was not completed."""
    asked(counter)
    counter.begin()
    counter.first(0x40)
    assert counter.kind == 0x80


def before(counter: Desk) -> None:
    counter.begin()


def used(pin: str = "1234") -> BankContents:
    contents = bank(offline_pin=pin)
    contents.online_counter = 1
    return contents


@pytest.mark.parametrize("algorithm", list(KNOWN))
@pytest.mark.parametrize("index", range(4))
def test_known_scripts_are_accepted(algorithm: Algorithm, index: int) -> None:
    from virtual_card.applications.pboc.contents import Processing

    contents = used()
    options = Processing(b"\x7c\x00", b"\x08\x01\x01\x00")
    contents.processing = {Algorithm.DES: options, Algorithm.SM4: options}
    counter = desk(contents, algorithm=algorithm)
    asked(counter)
    assert counter(KNOWN[algorithm][index]) == "9000"


@pytest.mark.parametrize("script", [BLOCK, UNBLOCK, PIN_UNBLOCK])
@pytest.mark.parametrize(
    ("situation", "word"),
    [
        (asked, "9000"),
        (proven, "9000"),
        (finished, "9000"),
        (raised, "9000"),
        (denied, "6985"),
        (offline, "6985"),
        (before, "6985"),
    ],
)
def test_situations_that_accept_scripts(situation: Situation, word: str, script: str) -> None:
    counter = desk(used())
    situation(counter)
    assert counter.script(script) == word


@pytest.mark.parametrize("with_proof", [True, False])
def test_blocked_application_is_released_after_asking_for_its_issuer(with_proof: bool) -> None:
    contents = bank()
    contents.blocked = Blocked.APPLICATION
    counter = desk(contents)
    asked(counter)
    assert counter.kind == 0
    if with_proof:
        assert counter.authenticate() == "9000"
    assert counter.script(UNBLOCK) == "9000"
    assert counter(DEBIT)[-4:] == "9000"


@pytest.mark.parametrize(("length", "word"), [(3, "6700"), (4, "9000"), (8, "9000"), (9, "6700")])
def test_lengths_of_the_mac(length: int, word: str) -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script(UNBLOCK, mac_length=length) == word


def test_wrong_mac_is_6988_ends_scripts_and_shows_next_time() -> None:
    counter = desk(used())
    proven(counter)
    assert counter.script(BLOCK, wrong=True) == "6988"
    assert counter.script(BLOCK) == "6985"
    counter.second()
    counter.begin()
    assert counter.first() == "03A00008"


def test_missing_mac_is_6700_and_wrong_parameters_are_6a86() -> None:
    counter = desk(used())
    asked(counter)
    assert counter.word("84180000") == "6700"
    for header in ("84180001", "841E0100", "84160001", "84240003", "84240100"):
        assert counter.script(header) == "6A86"


def test_commands_after_the_second_cryptogram_are_counted() -> None:
    counter = desk(used())
    counter.online()
    for _ in range(3):
        assert counter.script(PIN_UNBLOCK) == "9000"
    counter.begin()
    assert counter.first() == "03A00030"
    assert counter.authenticate() == "9000"
    counter.second()
    counter.begin()
    assert counter.first() == "03A00000"


@pytest.mark.parametrize("blocked", [Blocked.NONE, Blocked.APPLICATION])
def test_blocking_twice_and_releasing_twice_is_9000(blocked: Blocked) -> None:
    contents = used()
    contents.blocked = blocked
    counter = desk(contents)
    asked(counter)
    assert [counter.script(script) for script in (BLOCK, BLOCK, UNBLOCK, UNBLOCK)] == ["9000"] * 4


def test_blocking_works_at_once_and_stays() -> None:
    counter = desk(used())
    proven(counter)
    assert counter.script(BLOCK) == "9000"
    counter.second()
    assert counter.kind == 0
    counter.card.power_on()
    assert counter(DEBIT)[-4:] == "6283"
    assert counter(PSE)[-4:] == "9000"


def test_permanently_blocked_application_cannot_be_released() -> None:
    contents = used()
    contents.counter = 0xFFFE
    counter = desk(contents)
    asked(counter)
    assert counter.script(UNBLOCK) == "6985"


def test_bank_card_block_ends_the_whole_chip_for_ever() -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script(CARD_BLOCK) == "9000"
    everything = (PSE, PPSE, DEBIT, SELECT_SSSE, SELECT_DF04, "80CA9F3600", "00B2011400", "00840000 08")
    for _ in range(2):
        assert {counter(command) for command in everything} == {"6A81"}
        counter.card.power_on()


def test_bank_card_block_can_leave_the_social_side_alone() -> None:
    contents = bank(behaviour=BankBehaviour(blocks_chip=False))
    counter = desk(contents)
    asked(counter)
    assert counter.script(CARD_BLOCK) == "9000"
    assert counter("80CA9F3600") == "6A81"
    assert {counter(name) for name in (PSE, PPSE, DEBIT)} == {"6A81"}
    assert counter.word(SELECT_SSSE) == "9000"
    counter.card.power_on()
    assert counter(DEBIT) == "6A81"
    assert counter.word(SELECT_SSSE) == "9000"


def test_social_card_block_ends_the_bank_side_unless_it_outlives_it() -> None:
    for outlives, word in ((False, "6A81"), (True, "9000")):
        card = bank_card(bank(behaviour=BankBehaviour(outlives_card_block=outlives)))
        card.flags[0] = 1
        card.power_on()
        counter = Desk(card)
        assert counter(SELECT_SSSE) == "6A81"
        assert counter(DEBIT)[-4:] == word
        assert counter.word("00B2011400") == word
        assert counter(SELECT_SSSE) == "6A81"


def test_put_data_is_read_back() -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script(PUT_LIMIT, b"\x03") == "9000"
    assert counter("80CA9F5800") == "9F5801039000"
    assert counter.script("04DA9F79", bytes.fromhex("000000010000")) == "9000"
    assert counter("80CA9F7900") == "9F79060000000100009000"


@pytest.mark.parametrize("tag", ["9F36", "9F52", "9F99"])
def test_put_data_of_other_objects_is_6a88(tag: str) -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script(f"04DA{tag}", b"\0") == "6A88"


def test_put_data_of_another_length_is_6700() -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script("04DA9F79", b"\0" * 11) == "6700"
    assert counter.script("04DA9F58") == "6700"


RECORD = bytes.fromhex("70045F340102")


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("04DC020C", "6A83"),
        ("04DC000C", "6A83"),
        ("04DC0124", "6A82"),
        ("04DC015C", "6A82"),
        ("04DC010A", "6A86"),
        ("04DC010C", "9000"),
    ],
)
def test_update_record_replaces_existing_records_only(header: str, word: str) -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script(header, RECORD) == word
    if word == "9000":
        assert counter("00B2010C00") == RECORD.hex().upper() + "9000"


def test_update_record_wants_a_template() -> None:
    counter = desk(used())
    asked(counter)
    assert counter.script("04DC010C", b"\x5f\x34\x01\x01") == "6700"


@pytest.mark.parametrize("header", [PUT_LIMIT, "04DC010C"])
@pytest.mark.parametrize("torn_at", range(8))
def test_torn_writes_leave_the_old_value_or_the_new_one(header: str, torn_at: int) -> None:
    data = b"\x03" if header == PUT_LIMIT else RECORD
    read = "80CA9F5800" if header == PUT_LIMIT else "00B2010C00"
    counter = desk(used())
    counter(DEBIT)
    old = counter(read)
    asked(counter)
    counter.card.arm_tear(torn_at)
    try:
        counter.script(header, data)
        finished_write = True
    except TornError:
        finished_write = False
    counter.card.power_on()
    counter(DEBIT)
    new = ("9F580103" if header == PUT_LIMIT else RECORD.hex().upper()) + "9000"
    assert counter(read) in ((new,) if finished_write else (old, new))


def test_no_script_reaches_the_social_side() -> None:
    counter = desk(used())
    before_ = cells(counter.card, of_bank=False)
    proven(counter)
    for header, data in ((PUT_LIMIT, b"\x02"), ("04DC010C", RECORD), (BLOCK, b""), (UNBLOCK, b"")):
        assert counter.script(header, data) == "9000"
    counter.change_pin("654321")
    counter.second()
    assert cells(counter.card, of_bank=False) == before_
