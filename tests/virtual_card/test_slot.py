from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.applications.memory import MemoryCard
from virtual_card.errors import CardMuteError, CardRemovedError, ConnectionClosedError, NoCardError
from virtual_card.faults import POWER_ON, Fault, FaultKind, FaultPlan
from virtual_card.slot import Slot

READ = bytes.fromhex("FFB0000002")
PRESENT = bytes.fromhex("FF20000003FFFFFF")
WRITE = bytes.fromhex("FFD6000002ABCD")
CONTENTS = b"\xa2\x13\x10\x91"


def card() -> MemoryCard:
    return MemoryCard("sle4442", CONTENTS)


def slot_with(*faults: Fault) -> Slot:
    slot = Slot("A", FaultPlan(faults), sleep=lambda seconds: None)
    slot.insert(card())
    return slot


def memory(held: MemoryCard) -> bytes:
    return bytes.fromhex(held.state()["contents"])[:2]


def test_empty_slot_says_so():
    slot = Slot("A")
    assert not slot.card_present()
    assert slot.remove() is None
    with pytest.raises(NoCardError, match="no card in A"):
        slot.connect()


def test_connection_carries_atr_protocol_and_answers():
    slot = slot_with()
    connection = slot.connect()
    assert slot.card_present()
    assert (connection.atr.hex().upper(), connection.protocol) == ("3B04A2131091", "raw")
    assert connection.transmit(READ) == b"\xa2\x13\x90\x00"
    assert connection.reset() == connection.atr


def test_full_slot_takes_no_second_card():
    slot = slot_with()
    with pytest.raises(ValueError, match="slot A holds a sle4442 card"):
        slot.insert(card())


def test_removed_card_leaves_a_dead_connection_and_loses_its_session():
    slot = slot_with()
    connection = slot.connect()
    connection.transmit(PRESENT)
    removed = slot.remove()
    for use in (lambda: connection.transmit(READ), connection.reset):
        with pytest.raises(CardRemovedError, match="removed from A"):
            use()
    connection.close()
    assert removed is not None
    slot.insert(removed)
    assert slot.connect().transmit(WRITE) == b"\x69\x82"
    with pytest.raises(CardRemovedError):
        connection.transmit(READ)


def test_power_loss_keeps_the_card_in_and_loses_its_session():
    slot = slot_with()
    connection = slot.connect()
    connection.transmit(PRESENT)
    slot.power_loss()
    assert slot.card_present()
    with pytest.raises(CardMuteError, match="no power"):
        connection.transmit(READ)
    assert slot.connect().transmit(WRITE) == b"\x69\x82"


def test_closed_and_replaced_connections_are_refused():
    slot = slot_with()
    first = slot.connect()
    second = slot.connect()
    with pytest.raises(ConnectionClosedError, match="replaced"):
        first.transmit(READ)
    first.close()
    assert second.transmit(READ)[-2:] == b"\x90\x00"
    second.close()
    second.close()
    with pytest.raises(ConnectionClosedError, match="closed"):
        second.transmit(READ)


def test_exchanges_are_counted_over_the_life_of_the_slot():
    slot = slot_with()
    slot.connect().transmit(READ)
    connection = slot.connect()
    connection.transmit(READ)
    connection.reset()
    assert slot.exchanges == 2


def test_card_pulled_before_a_command_did_not_see_it():
    slot = slot_with(Fault(FaultKind.PULL_BEFORE, at=2))
    held = slot.card
    connection = slot.connect()
    connection.transmit(PRESENT)
    with pytest.raises(CardRemovedError, match="pulled out of A"):
        connection.transmit(WRITE)
    assert not slot.card_present()
    assert memory(held) == CONTENTS[:2]


def test_card_pulled_after_a_command_has_done_it():
    slot = slot_with(Fault(FaultKind.PULL_AFTER, instruction="WRITE MEMORY"))
    held = slot.card
    connection = slot.connect()
    connection.transmit(PRESENT)
    with pytest.raises(CardRemovedError):
        connection.transmit(WRITE)
    assert memory(held) == b"\xab\xcd"


@given(st.integers(0, 6))
def test_torn_write_removes_the_card_with_old_or_new_contents(after_bytes):
    slot = slot_with(Fault(FaultKind.TEAR, at=2, after_bytes=after_bytes))
    held = slot.card
    connection = slot.connect()
    connection.transmit(PRESENT)
    with pytest.raises(CardRemovedError):
        connection.transmit(WRITE)
    assert not slot.card_present()
    assert memory(held) == (CONTENTS[:2] if after_bytes <= 2 else b"\xab\xcd")


def test_tear_of_a_command_that_writes_nothing_is_a_pull_and_does_not_linger():
    slot = slot_with(Fault(FaultKind.TEAR, at=1, after_bytes=0))
    held = slot.card
    with pytest.raises(CardRemovedError):
        slot.connect().transmit(READ)
    slot.insert(held)
    connection = slot.connect()
    connection.transmit(PRESENT)
    assert connection.transmit(WRITE) == b"\x90\x00"


def test_mute_card_needs_a_reset():
    slot = slot_with(Fault(FaultKind.MUTE, at=2))
    connection = slot.connect()
    connection.transmit(PRESENT)
    for _ in range(2):
        with pytest.raises(CardMuteError, match="does not answer"):
            connection.transmit(WRITE)
    connection.reset()
    assert connection.transmit(WRITE) == b"\x69\x82"


def test_mute_power_on_strikes_the_nth_power_on():
    slot = slot_with(Fault(FaultKind.MUTE, instruction=POWER_ON, nth=2))
    connection = slot.connect()
    with pytest.raises(CardMuteError):
        connection.reset()
    assert connection.reset() == connection.atr


def test_slow_exchange_sleeps_through_the_clock_given():
    slept: list[float] = []
    slot = Slot("A", FaultPlan((Fault(FaultKind.SLOW, at=1, seconds=4),)), sleep=slept.append)
    slot.insert(card())
    assert slot.connect().transmit(READ) == b"\xa2\x13\x90\x00"
    assert slept == [4]


def test_garbled_answer_has_every_bit_inverted():
    slot = slot_with(Fault(FaultKind.GARBLE, at=1))
    assert slot.connect().transmit(READ) == b"\x5d\xec\x6f\xff"


def test_injected_status_word_hides_the_command_from_the_card():
    slot = slot_with(Fault(FaultKind.STATUS, instruction="WRITE MEMORY", sw=0x6581))
    connection = slot.connect()
    connection.transmit(PRESENT)
    assert connection.transmit(WRITE) == b"\x65\x81"
    assert connection.transmit(READ) == b"\xa2\x13\x90\x00"
    assert connection.transmit(WRITE) == b"\x90\x00"


def test_faults_of_one_exchange_add_up():
    slept: list[float] = []
    plan = FaultPlan((Fault(FaultKind.SLOW, at=1, seconds=2), Fault(FaultKind.PULL_AFTER, at=1)))
    slot = Slot("A", plan, sleep=slept.append)
    slot.insert(card())
    with pytest.raises(CardRemovedError):
        slot.connect().transmit(READ)
    assert slept == [2]


def test_too_short_apdu_still_counts_as_an_exchange():
    slot = slot_with()
    assert slot.connect().transmit(b"\xff") == b"\x67\x00"
    assert slot.exchanges == 1


def test_memory_failure_answers_6581_and_writes_nothing():
    slot = slot_with(Fault(FaultKind.MEMORY_FAILURE, at=2))
    connection = slot.connect()
    connection.transmit(PRESENT)
    assert connection.transmit(WRITE) == b"\x65\x81"
    assert memory(slot.card) == CONTENTS[:2]
    assert connection.transmit(WRITE) == b"\x90\x00"
    assert memory(slot.card) == b"\xab\xcd"
