"""Four ways to a card, each with the same two hands: in process, under pyscard, through a PC/SC daemon, from a tape."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from terminal.trace.tape import read_tape
from terminal.trace.tape_deck import Deck
from terminal.trace.tape_decks import record_tape, replay_tape
from terminal.transport.base import Reader
from terminal.transport.pcsc.readers import PcscReader
from terminal.transport.pcsc.scard import system_scard
from terminal.transport.storage import StorageReader
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.slot import Slot

PATIENCE_S = 60.0
Faults = Iterable[Mapping[str, Any]]


class Hands(Protocol):
    """Moves cards in and out of the slots `old card`, `new card` and `PSAM`."""

    def reader(self, slot: str) -> Reader:
        """The reader of a slot."""

    def insert(self, slot: str, card: VirtualCard, faults: Faults = ()) -> None:
        """Put a card in; it is there when this returns."""

    def remove(self, slot: str) -> None:
        """Pull it; it is gone when this returns."""


@dataclass
class InProcess:
    """Virtual slots, nothing between."""

    make_slot: Callable[..., Slot]
    slots: dict[str, Slot] = field(default_factory=dict)

    def reader(self, slot: str) -> Reader:
        return _LateReader(lambda: self._slot(slot), slot)

    def insert(self, slot: str, card: VirtualCard, faults: Faults = ()) -> None:
        self.slots[slot] = self.make_slot(card, faults, name=slot)

    def remove(self, slot: str) -> None:
        self._slot(slot).remove()

    def _slot(self, name: str) -> Slot:
        return self.slots.setdefault(name, self.make_slot(name=name))


class _LateReader:
    """A reader over the slot of the moment: a card with a fault plan comes with a slot of its own."""

    def __init__(self, slot: Callable[[], Slot], name: str) -> None:
        self._slot = slot
        self.name = name

    def card_present(self) -> bool:
        return VirtualReader(self._slot()).card_present()

    def connect(self) -> Any:
        return VirtualReader(self._slot()).connect()

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        return VirtualReader(self._slot()).wait(present, timeout_s)


class UnderPyscard:
    """Virtual readers that pyscard takes for real ones, and our PC/SC layer on top."""

    def __init__(self, readers: Any, make_slot: Callable[..., Slot]) -> None:
        self._readers = readers
        self._make_slot = make_slot
        for name in ("old card", "new card", "PSAM"):
            readers.add_reader(name)

    def reader(self, slot: str) -> Reader:
        return StorageReader(PcscReader(slot, system_scard()))

    def insert(self, slot: str, card: VirtualCard, faults: Faults = ()) -> None:
        if faults:
            self._readers.remove_reader(slot)
            self._readers.add_reader(slot, self._make_slot(card, faults, name=slot))
        else:
            self._readers.insert(slot, card)

    def remove(self, slot: str) -> None:
        self._readers.remove(slot)


class ThroughDaemon:
    """A real pcscd with the vpcd driver."""

    def __init__(self, daemon: Any) -> None:
        self._daemon = daemon

    def reader(self, slot: str) -> Reader:
        return StorageReader(PcscReader(self._daemon.readers[slot], system_scard()))

    def insert(self, slot: str, card: VirtualCard, faults: Faults = ()) -> None:
        self._daemon.insert(slot, card, faults)
        assert self.reader(slot).wait(True, PATIENCE_S)

    def remove(self, slot: str) -> None:
        self._daemon.remove(slot)
        assert self.reader(slot).wait(False, PATIENCE_S)


class OnTape:
    """Readers that a deck records or replays; in a replay nobody's hands move anything."""

    def __init__(self, deck: Deck, stack: ExitStack, hands: Hands | None) -> None:
        self._deck = deck
        self._stack = stack
        self._hands = hands
        self._readers: dict[str, Reader] = {}

    def reader(self, slot: str) -> Reader:
        if slot not in self._readers:
            role = {"old card": "old", "new card": "new", "PSAM": "psam"}[slot]
            opened = self._deck.reader(role, slot, lambda: self._open(slot))
            self._readers[slot] = self._stack.enter_context(opened)
        return self._readers[slot]

    def insert(self, slot: str, card: VirtualCard, faults: Faults = ()) -> None:
        if self._hands is not None:
            self._hands.insert(slot, card, faults)

    def remove(self, slot: str) -> None:
        if self._hands is not None:
            self._hands.remove(slot)

    @contextmanager
    def _open(self, slot: str) -> Iterator[Reader]:
        assert self._hands is not None, "a replay opens nothing"
        yield self._hands.reader(slot)


Body = Callable[[Hands, Deck], None]
Run = Callable[[Body], None]
TRANSPORTS = ("in process", "virtual reader inside pyscard", "pcscd", "tape")


@pytest.fixture(params=TRANSPORTS)
def on_transport(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs the body of a test on one transport; on the tape twice, once recorded and once replayed."""
    make_slot = request.getfixturevalue("ssc_slot")
    if request.param == "pcscd":
        return lambda body: body(ThroughDaemon(request.getfixturevalue("ssc_pcscd")), Deck())
    if request.param == "virtual reader inside pyscard":
        readers = request.getfixturevalue("ssc_virtual_readers")
        return lambda body: body(UnderPyscard(readers, make_slot), Deck())
    if request.param == "in process":
        return lambda body: body(InProcess(make_slot), Deck())
    return lambda body: _recorded_and_replayed(body, make_slot, tmp_path / "contract.tape")


def _recorded_and_replayed(body: Body, make_slot: Callable[..., Slot], path: Path) -> None:
    created = datetime(2030, 1, 8, tzinfo=UTC)
    with record_tape(path, created, elapsed_s=time.monotonic) as deck, ExitStack() as stack:
        body(OnTape(deck, stack, InProcess(make_slot)), deck)
    with replay_tape(read_tape(path)) as replayed, ExitStack() as stack:
        body(OnTape(replayed, stack, None), replayed)
