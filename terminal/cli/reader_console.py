"""The operator at real readers: says what to do, and waits until the card is in or out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal.cli.console import Dialogue
from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.flow.steps import InsertCard, RemoveCard, Role
from terminal.text import Text
from terminal.trace.entries import Slots
from terminal.trace.tape_deck import beneath
from terminal.transport.base import Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard


@dataclass(frozen=True, slots=True)
class ReaderOperator(Dialogue):
    """Waits up to `timeout_s` for each card; in a virtual reader the terminal moves the card itself."""

    readers: Mapping[Role, Reader]
    timeout_s: float
    _in_hand: dict[int, VirtualCard] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in (Role.OLD, Role.NEW):
            if role in self.readers:
                self._take_out(self.readers[role])

    def insert_card(self, request: InsertCard) -> None:
        """Return once there is a card; raises OperatorTimeoutError, OperatorCancelledError."""
        reader = self.readers[request.role]
        virtual = beneath(reader)
        if isinstance(virtual, VirtualReader) and (card := self._in_hand.pop(id(virtual), None)):
            virtual.slot.insert(card)
        self._wait(reader, present=True, asked=request.text)

    def remove_card(self, request: RemoveCard) -> None:
        """Return once the slot is empty; raises OperatorTimeoutError, OperatorCancelledError."""
        reader = self.readers[request.role]
        self._take_out(reader)
        self._wait(reader, present=False, asked=request.text)

    def slots(self) -> Slots:
        """Which readers hold a card."""
        return occupied(self.readers)

    def _take_out(self, reader: Reader) -> None:
        virtual = beneath(reader)
        if isinstance(virtual, VirtualReader) and (card := virtual.slot.remove()):
            self._in_hand[id(virtual)] = card

    def _wait(self, reader: Reader, *, present: bool, asked: Text) -> None:
        sys.stderr.write(f"{asked} ({reader.name})\n")
        try:
            if reader.wait(present, self.timeout_s):
                return
        except KeyboardInterrupt:
            raise OperatorCancelledError("cancelled at the console") from None
        move = "inserted into" if present else "taken out of"
        raise OperatorTimeoutError(f"no card was {move} {reader.name} within {self.timeout_s:g} s")


def occupied(readers: Mapping[Role, Reader]) -> Slots:
    """Which readers hold a card: `card` for one that nobody has looked at yet."""
    names = {role: role.value for role in readers}
    if readers[Role.OLD] is readers[Role.NEW]:
        names = {Role.OLD: "reader"} | {role: name for role, name in names.items() if role is Role.PSAM}
    present = {name: readers[role].card_present() for role, name in names.items()}
    return {name: _seen(name) if there else None for name, there in present.items()}


def _seen(slot: str) -> str:
    return "psam" if slot == Role.PSAM.value else "card"
