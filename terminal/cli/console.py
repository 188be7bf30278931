"""The operator at a console: Enter does what the terminal asks, other keys are the wrong turns."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from getpass import getpass

from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, RemoveCard, Role, Show
from terminal.text import Pin
from terminal.trace.names import card_name
from virtual_card.card import VirtualCard
from virtual_card.slot import Slot

CANCEL, WAIT, OTHER = "c", "w", "o"


class Dialogue:
    """What a person at the console is asked besides moving cards; PINs are read hidden where stdin is a terminal.

    Asks on stderr, reads from stdin. Ctrl-C and the end of the input cancel.
    """

    def enter_pin(self, request: EnterPin) -> Pin:
        """Read a PIN; what cannot be one is asked for again."""
        left = request.tries_left
        tries = "" if left is None else f"{left} {'try' if left == 1 else 'tries'} left, "
        while True:
            typed = _read(f"{request.text} ({tries}c cancels) ", hidden=True)
            if typed == CANCEL:
                raise OperatorCancelledError("cancelled at the PIN")
            try:
                return Pin(typed)
            except ValueError as error:
                sys.stderr.write(f"{error}\n")

    def confirm(self, request: Confirm) -> bool:
        """Yes only for an explicit y."""
        return _choose(str(request.text), {"y": "yes", "n": "no", "": "no"}) == "y"

    def show(self, request: Show) -> None:
        """Nothing to do: what is shown is part of the output."""

    def print_receipt(self, request: PrintReceipt) -> None:
        """Nothing to do: the receipt is part of the output."""


@dataclass(frozen=True, slots=True)
class ConsoleOperator(Dialogue):
    """A person with virtual cards in hand, `old` (if there is one) and `new`."""

    cards: Mapping[str, VirtualCard]
    slots: Mapping[Role, Slot]

    def insert_card(self, request: InsertCard) -> None:
        """Put the card asked for into the slot, or the other one."""
        wanted = request.role.value
        other = "new" if wanted == "old" else "old"
        names = {name: card_name(card.kind).en for name, card in self.cards.items()}
        keys = {"": f"insert the {names[wanted]}"}
        if other in names:
            keys[OTHER] = f"insert the {names[other]}"
        key = _choose(str(request.text), keys)
        slot = self.slots[request.role]
        slot.remove()
        slot.insert(self.cards[other if key == OTHER else wanted])

    def remove_card(self, request: RemoveCard) -> None:
        """Take the card out."""
        _choose(str(request.text), {"": "take it out"})
        self.slots[request.role].remove()


def _choose(text: str, keys: Mapping[str, str]) -> str:
    offered = {**keys, WAIT: "wait until the terminal gives up", CANCEL: "cancel"}
    menu = "".join(f"  {key or 'Enter':<7}{meaning}\n" for key, meaning in offered.items())
    while True:
        typed = _read(f"{text}\n{menu}> ").lower()
        if typed == CANCEL:
            raise OperatorCancelledError("cancelled at the console")
        if typed == WAIT:
            raise OperatorTimeoutError("nobody acted")
        if typed in offered:
            return typed


def _read(prompt: str, *, hidden: bool = False) -> str:
    try:
        if hidden and sys.stdin.isatty():
            return getpass(prompt).strip()
        sys.stderr.write(prompt)
        sys.stderr.flush()
        typed = sys.stdin.readline()
        if not sys.stdin.isatty():
            sys.stderr.write("\n")
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")
        raise OperatorCancelledError("cancelled at the console") from None
    if not typed:
        raise OperatorCancelledError("the input ended")
    return typed.strip()
