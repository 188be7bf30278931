"""The offline PIN of the bank's side (EMV Book 3 sections 6.5.12 and 10.5.1)."""

from __future__ import annotations

import pytest
from bank_samples import DEBIT, Desk, bank, desk

from apdu.bank_keys import TEST_CARD
from apdu.crypto.algorithm import Algorithm
from virtual_card.applications.pboc.contents import BankBehaviour
from virtual_card.applications.pboc.options import Activation

RIGHT, WRONG = "0020008008241234FFFFFFFFFF", "0020008008249999FFFFFFFFFF"


def with_pin(**options: object) -> Desk:
    contents = bank(offline_pin="1234", **options)  # type: ignore[arg-type]
    contents.online_counter = 1
    counter = desk(contents)
    counter(DEBIT)
    return counter


def test_card_without_offline_pin_knows_neither_verify_nor_counter() -> None:
    counter = desk()
    counter(DEBIT)
    assert (counter(RIGHT), counter("80CA9F1700")) == ("6D00", "6A88")
    counter.begin()
    counter.first()
    assert counter.script("84240000") == "6D00"


def test_three_wrong_tries_count_down_and_the_session_then_says_6983() -> None:
    counter = with_pin()
    assert [counter(WRONG) for _ in range(4)] == ["63C2", "63C1", "63C0", "6983"]
    assert counter(RIGHT) == "6983"
    assert counter("80CA9F1700") == "9F1701009000"


@pytest.mark.parametrize("word", [0x6984, 0x6983])
def test_next_session_says_what_the_card_was_made_to_say(word: int) -> None:
    counter = with_pin(behaviour=BankBehaviour(pin_blocked_word=word))
    for _ in range(3):
        counter(WRONG)
    counter(DEBIT)
    assert counter(RIGHT) == f"{word:04X}"


def test_right_pin_fills_the_counter() -> None:
    counter = with_pin()
    assert [counter(command) for command in (WRONG, RIGHT, WRONG)] == ["63C2", "9000", "63C2"]


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("0020008108" + "241234FFFFFFFFFF", "6A86"),
        ("0020018008" + "241234FFFFFFFFFF", "6A86"),
        ("0020008007" + "241234FFFFFFFF", "6700"),
        ("0020008008" + "141234FFFFFFFFFF", "6A80"),
        ("0020008808" + "241234FFFFFFFFFF", "6700"),
    ],
)
def test_malformed_verify_uses_no_try(command: str, word: str) -> None:
    counter = with_pin()
    assert counter(command) == word
    assert counter("80CA9F1700") == "9F1701039000"


def test_results_tell_of_the_pin() -> None:
    for tries, results in (([RIGHT], "03A40000"), ([WRONG], "03A60000"), ([WRONG] * 3, "03A64000")):
        counter = with_pin()
        counter.begin()
        for command in tries:
            counter(command)
        assert counter.first() == results


def test_last_wrong_try_blocks_the_application_where_the_default_action_says_so() -> None:
    contents = bank(offline_pin="1234")
    contents.online_counter = 1
    contents.objects[0x9F52] = b"\x80\x80"
    counter = desk(contents)
    counter.begin()
    for _ in range(3):
        counter(WRONG)
    assert counter.first(0x00) == "03864200"
    assert counter(DEBIT)[-4:] == "6283"


@pytest.mark.parametrize(("action", "asked", "kind"), [("8040", 0x80, 0x00), ("8020", 0x40, 0x80)])
def test_pin_used_up_before_declines_or_asks_as_the_default_action_says(
    action: str, asked: int, kind: int
) -> None:
    contents = bank(Activation.PIN_LOCKED)
    contents.online_counter = 1
    contents.objects[0x9F52] = bytes.fromhex(action)
    counter = desk(contents)
    counter.begin()
    counter.first(asked)
    assert counter.kind == kind


def test_enciphered_pin_needs_a_fresh_challenge() -> None:
    def block(counter: Desk, challenge: bytes, pin: str = "241234FFFFFFFFFF") -> str:
        plain = b"\x7f" + bytes.fromhex(pin) + challenge + bytes(111)
        return "0020008880" + TEST_CARD.public.encipher(plain).hex()

    counter = with_pin()
    challenge = counter.send(bytes.fromhex("0084000008"))[:8]
    assert counter(block(counter, challenge)) == "9000"
    assert counter(block(counter, challenge)) == "6985"
    challenge = counter.send(bytes.fromhex("0084000008"))[:8]
    assert counter(block(counter, challenge, "249999FFFFFFFFFF")) == "63C2"
    challenge = counter.send(bytes.fromhex("0084000008"))[:8]
    counter("80CA9F3600")
    assert counter(block(counter, challenge)) == "6985"
    counter.send(bytes.fromhex("0084000008"))
    assert counter(block(counter, bytes(8))) == "6A80"
    counter.send(bytes.fromhex("0084000008"))
    assert counter("0020008880" + "FF" * 128) == "6A80"


@pytest.mark.parametrize("algorithm", [Algorithm.DES, Algorithm.SM4])
@pytest.mark.parametrize("current", [None, "1234"])
@pytest.mark.parametrize("mask", ["encryption", "cryptogram"])
def test_changed_pin_works_and_has_all_its_tries(
    algorithm: Algorithm, current: str | None, mask: str
) -> None:
    contents = bank(offline_pin="1234", behaviour=BankBehaviour(pin_mask=mask))  # type: ignore[arg-type]
    contents.pin_tries = 0
    counter = desk(contents, algorithm=algorithm)
    counter.begin()
    counter.first()
    key = getattr(counter.keys, mask)
    assert counter.change_pin("654321", current, mask=key) == "9000"
    assert counter("0020008008" + "26654321FFFFFFFF") == "9000"
    assert counter(RIGHT) == "63C2"


def test_change_under_another_key_or_another_current_pin_changes_nothing() -> None:
    counter = with_pin()
    counter.begin()
    counter.first()
    assert counter.change_pin("654321", "9999") == "6A80"
    assert counter.change_pin("654321", mask=b"\xa5" * 16) == "6A80"
    assert counter(RIGHT) == "9000"


def test_unblock_resets_the_tries_and_application_unblock_does_not() -> None:
    counter = desk(bank(Activation.PIN_LOCKED))
    counter.begin()
    counter.first()
    assert counter.script("84180000") == "9000"
    assert counter("80CA9F1700") == "9F1701009000"
    assert counter.script("84240000") == "9000"
    assert counter("80CA9F1700") == "9F1701039000"
