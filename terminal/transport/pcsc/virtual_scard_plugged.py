"""The virtual readers that are plugged in: they come and go, and are looked at while no program asks."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Condition, Thread

from terminal.transport.base import Reader, ReaderError, TransportError
from terminal.transport.pcsc.scard import PNP_NOTIFICATION
from terminal.transport.pcsc.virtual_scard_reader import Token, VirtualSlot

_WATCH_S = 0.2


class PluggedReaders:
    """Virtual readers by name, in the order in which they came; what a test or a program that hosts them moves.

    `count` is raised whenever one comes or goes. `moved` wakes whoever waits for a reader or a card; hold it while
    looking at both.
    """

    def __init__(self) -> None:
        self.slots: dict[str, VirtualSlot] = {}
        self.moved = Condition()
        self.count = 0

    def add(self, name: str, reader: Reader, token: Token | None = None) -> None:
        """Plug a virtual reader in; `token` tells a card from the next where `card_present` cannot.

        Raises ReaderError where the name is taken by another virtual reader.
        """
        if name in self.slots or name.lower() == PNP_NOTIFICATION.lower():
            raise ReaderError(f"there is a virtual reader {name!r} already; readers need different names")
        slot = VirtualSlot(name, reader, self.moved, token)
        slot.look(wait=True)
        with self.moved:
            self.slots[name] = slot
            self._plug()
        Thread(target=self._watch, args=(slot,), name=f"watch {name}", daemon=True).start()

    def remove(self, name: str) -> None:
        """Unplug a virtual reader: its card is gone for every program that uses it. Raises ReaderError for no such."""
        with self.moved:
            slot = self.slots.pop(name, None)
            if slot is None:
                known = ", ".join(self.slots) or "none"
                raise ReaderError(f"no virtual reader is called {name!r}; there are: {known}")
            self._plug()
        slot.unplug()

    def remove_all(self) -> None:
        """Unplug every reader."""
        for name in list(self.slots):
            self.remove(name)

    def look(self, name: str) -> None:
        """Take note of a card that was just moved, before any program asks."""
        self.slots[name].look(wait=True)

    def among(self, names: Iterable[str]) -> dict[str, VirtualSlot]:
        """Those of the names that are virtual readers."""
        with self.moved:
            return {name: slot for name in names if (slot := self.slots.get(name))}

    def _plug(self) -> None:
        self.count += 1
        self.moved.notify_all()

    def _watch(self, slot: VirtualSlot) -> None:
        try:
            while not slot.gone:
                slot.reader.wait(not slot.present, _WATCH_S)
                slot.look()
        except TransportError:
            if self.slots.get(slot.name) is slot:
                self.remove(slot.name)
