"""What the driver tells whoever watches it, in order; whoever writes it down masks it.

Powered cards, exchanges and the key machine's answers are told as every session tells them (`terminal.session`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from terminal.driver.ports import Answer, Argument, Prompt
from terminal.flow.steps import Role
from terminal.session import CardExchanged, CardPowered, CentreAnswered


@dataclass(frozen=True, slots=True, repr=False)
class CallBegun:
    """A function was called, by the name the caller used."""

    function: str
    arguments: tuple[Argument, ...]

    def __repr__(self) -> str:
        return f"CallBegun({self.function}, {len(self.arguments)} arguments)"


@dataclass(frozen=True, slots=True)
class CardPoweredOff:
    """A slot was powered off."""

    role: Role


@dataclass(frozen=True, slots=True)
class KeypadUsed:
    """The holder was asked at the keypad; `failure` is the error's name where there was no PIN."""

    prompt: Prompt
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class StepsDropped:
    """Pending steps ended without their next one: the caller went away, called something else, or took too long."""

    function: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The function returned."""

    function: str
    answer: Answer


Event = (
    CallBegun
    | CardPowered
    | CardExchanged
    | CardPoweredOff
    | KeypadUsed
    | CentreAnswered
    | StepsDropped
    | CallAnswered
)
Listener = Callable[[Event], None]
