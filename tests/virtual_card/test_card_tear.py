"""Tearing: whatever the command and wherever power fails, the old contents or the new, LD/T 32.7 14."""

from __future__ import annotations

import pytest
from card_samples import SELECT_DF04, VERIFY, authenticate, cells, sample_card, send
from hypothesis import given
from hypothesis import strategies as st

from virtual_card.card import ProcessorCard
from virtual_card.errors import CardMuteError, TornError
from virtual_card.nonvolatile import NonVolatile

WRITES = [
    "00DC0A48030A0155",
    "00DC0A48070A055566778899",
    "00DC054C030C0155",
    "00DC0228050203313233",
    "00D6870203AABBCC",
    "0020000003999999",
    VERIFY,
    "805E010007123456FF654321",
    "805E010007999999FF654321",
    "0082000410" + "00" * 16,
]
CYCLIC_WRITES = ["00DC0043020404", "00DC0144020505"]


def ready(in_df04: bool) -> ProcessorCard:
    card = sample_card()
    authenticate(card, "UKSSSE", 4)
    send(card, "0020000003888888", "0084000008")
    if in_df04:
        send(card, SELECT_DF04)
    return card


@given(
    apdu=st.sampled_from([(apdu, False) for apdu in WRITES] + [(apdu, True) for apdu in CYCLIC_WRITES]),
    after_bytes=st.integers(0, 12),
)
def test_torn_command_leaves_old_or_new_never_mixed(apdu: tuple[str, bool], after_bytes: int) -> None:
    command, in_df04 = apdu
    card = ready(in_df04)
    before = cells(card)
    whole = card.fork()
    twin = ready(in_df04)
    send(twin, command)
    after = cells(twin)
    assert cells(whole) == before
    card.arm_tear(after_bytes)
    try:
        send(card, command)
    except TornError:
        with pytest.raises(CardMuteError):
            send(card, "0020000000")
        assert cells(card.fork()) in (before, after)
        card.power_on()
        assert cells(card) in (before, after)
    else:
        assert cells(card) == after


@pytest.mark.parametrize(
    ("after_bytes", "torn", "new"), [(2, True, False), (3, True, False), (4, True, True), (5, False, True)]
)
def test_where_a_three_byte_write_is_torn(after_bytes: int, torn: bool, new: bool) -> None:
    card = ready(in_df04=False)
    card.arm_tear(after_bytes)
    if torn:
        with pytest.raises(TornError):
            send(card, "00D6870203AABBCC")
        card.power_on()
    else:
        assert send(card, "00D6870203AABBCC") == "9000"
    assert send(card, "00B0870203") == ("AABBCC9000" if new else "0203049000")


def test_torn_bytes_really_reach_the_memory_before_power_on() -> None:
    card = ready(in_df04=False)
    card.arm_tear(2)
    with pytest.raises(TornError):
        send(card, "00D6870203AABBCC")
    assert bytes(card.memory.cells[5][2:5]) == bytes.fromhex("AABB04")  # type: ignore[arg-type]
    assert card.state() == ready(in_df04=False).state()


def test_tear_armed_for_a_command_that_writes_nothing_is_over_after_it() -> None:
    card = ready(in_df04=False)
    card.arm_tear(0)
    assert send(card, "0020000000") == "63C5"
    assert send(card, "00D6870203AABBCC") == "9000"


def test_negative_tear_is_refused() -> None:
    with pytest.raises(ValueError, match="0 bytes or more"):
        sample_card().arm_tear(-1)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.binary(min_size=1, max_size=4)), max_size=8)
)
def test_rollback_restores_any_sequence_of_writes(writes: list[tuple[int, int, bytes]]) -> None:
    memory = NonVolatile(("bytes", "list", "ring"), [bytearray(8), [b"a", b"b"], [b"cc", b"dd"]])
    before = [cell[:] for cell in memory.cells]
    for kind, place, data in writes:
        if kind == 0:
            memory.write(0, place, data)
        elif kind == 1:
            memory.put(1, min(place, len(memory.cells[1])), data)
        else:
            memory.push(2, data, capacity=3)
    memory.rollback()
    assert memory.cells == before
    assert not memory.pending
