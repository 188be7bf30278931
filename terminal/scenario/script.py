"""The operator's part of a scenario: what a person does, step by step, as data.

Every step answers one prompt of the terminal. A prompt that meets another kind of step, and steps left over at the
end, are disagreements between script and terminal; both are reported with the step's number. In a scenario they are
failures; where the script stands in for a person (`strict` off) the visit goes on to its own ending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, Receipt, RemoveCard, Role, Show
from terminal.text import Pin, Text
from virtual_card.card import VirtualCard
from virtual_card.slot import Slot

OLD_PIN = "old"
INITIAL_PIN = "initial"

CardName = Annotated[str, msgspec.Meta(min_length=1)]


class Insert(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="insert"):
    """Put a card, by its name in the scenario, into the slot that was asked for."""

    card: CardName


class Remove(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="remove"):
    """Take the card out."""


class EnterPinStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="pin"):
    """Type a PIN: digits, or `old` or `initial` for the one the scenario's holder has."""

    pin: str

    def __post_init__(self) -> None:
        if self.pin not in (OLD_PIN, INITIAL_PIN):
            Pin(self.pin)

    def __repr__(self) -> str:
        return "EnterPinStep(pin='****')"


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="answer"):
    """Answer a yes-or-no question (`yes` itself is a boolean to YAML, so it cannot be the key)."""

    agree: bool


class Cancel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="cancel"):
    """Press cancel."""


class Wait(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="wait"):
    """Do nothing until the terminal gives up."""


ScriptStep = Insert | Remove | EnterPinStep | Answer | Cancel | Wait


class ScriptMismatchError(Exception):
    """Script and terminal disagree: the prompt that came and the step that was there."""


@dataclass(slots=True)
class ScriptOperator:
    """Plays a script. `cards` by name and `slots` by role are what its hands can reach; `pins` by name.

    With `strict` off (where a visit may end early or be repeated) leftover steps are forgiven, a card is taken out
    without a step for it, and other prompts that find no fitting step are answered by waiting.
    """

    steps: Sequence[ScriptStep]
    cards: Mapping[str, VirtualCard]
    slots: Mapping[Role, Slot]
    pins: Mapping[str, str] = field(repr=False)
    strict: bool = True
    shown: list[Text] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    _next: int = 0

    def insert_card(self, request: InsertCard) -> None:
        """Put the script's card into the slot."""
        step = self._take(Insert, f"insert the {request.role.text.en}")
        slot = self.slots[request.role]
        slot.remove()
        slot.insert(self._card(step.card))

    def remove_card(self, request: RemoveCard) -> None:
        """Take the card out of the slot."""
        step = self.steps[self._next] if self._next < len(self.steps) else None
        if self.strict or isinstance(step, Remove | Cancel | Wait):
            self._take(Remove, "remove the card")
        self.slots[request.role].remove()

    def enter_pin(self, request: EnterPin) -> Pin:
        """Type the script's PIN."""
        step = self._take(EnterPinStep, "enter the PIN")
        return Pin(self.pins.get(step.pin, step.pin))

    def confirm(self, request: Confirm) -> bool:
        """Give the script's answer."""
        return bool(self._take(Answer, f"confirm: {request.text.en}").agree)

    def show(self, request: Show) -> None:
        """Remember what was shown."""
        self.shown.append(request.text)

    def print_receipt(self, request: PrintReceipt) -> None:
        """Keep the receipt."""
        self.receipts.append(request.receipt)

    def leftover(self) -> list[str]:
        """The steps that no prompt asked for, as text."""
        return [f"step {number}: {describe(step)}" for number, step in self._remaining()]

    def _remaining(self) -> list[tuple[int, ScriptStep]]:
        return list(enumerate(self.steps, 1))[self._next :]

    def _card(self, name: str) -> VirtualCard:
        if name not in self.cards:
            raise ScriptMismatchError(
                f"the script inserts {name!r}; the scenario's cards are {', '.join(self.cards)}"
            )
        return self.cards[name]

    def _take(self, kind: type, prompt: str) -> Any:
        step = self.steps[self._next] if self._next < len(self.steps) else None
        self._next += step is not None
        if isinstance(step, Cancel):
            raise OperatorCancelledError(f"cancelled at: {prompt}")
        if isinstance(step, Wait):
            raise OperatorTimeoutError(f"nobody acted at: {prompt}")
        if not isinstance(step, kind):
            there = f"step {self._next} is {describe(step)}" if step else "the script has no step left"
            raise (ScriptMismatchError if self.strict else OperatorTimeoutError)(
                f"the terminal says {prompt!r}, but {there}"
            )
        return step


def describe(step: ScriptStep) -> str:
    """A step in words, without what was typed."""
    if isinstance(step, Insert):
        return f"insert {step.card}"
    return "pin ****" if isinstance(step, EnterPinStep) else str(type(step).__struct_config__.tag)
