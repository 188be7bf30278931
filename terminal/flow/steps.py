"""What a flow may ask for: typed requests to named parties, each answered by whoever drives the flow.

A flow is a generator that yields steps and knows no I/O; `terminal.session` performs them. Card procedures yield
bare commands; `on` addresses them to a slot.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from apdu.command import Command
from apdu.response import Response
from terminal.backoffice.ports import Request
from terminal.text import Text

if TYPE_CHECKING:
    from terminal.flow.sales import BookStep

T = TypeVar("T")


class Role(Enum):
    """What a slot is for in this session; one reader may serve both card roles in turn."""

    OLD = "old"
    NEW = "new"
    PSAM = "psam"

    @property
    def text(self) -> Text:
        """The slot's name for people."""
        return _ROLE_TEXT[self]


_ROLE_TEXT = {
    Role.OLD: Text("old medical card", "医保卡"),
    Role.NEW: Text("social security card", "社会保障卡"),
    Role.PSAM: Text("PSAM", "终端安全模块"),
}


@dataclass(frozen=True, slots=True)
class PowerOn:
    """Power the card in this slot. Answer: its answer to reset, bytes."""

    role: Role


@dataclass(frozen=True, slots=True)
class PowerOff:
    """Power the slot off; harmless when it is off."""

    role: Role


@dataclass(frozen=True, slots=True)
class Exchange:
    """Send a command to a card. Answer: the completed Response."""

    role: Role
    command: Command


@dataclass(frozen=True, slots=True)
class InsertCard:
    """Ask the person for a card. Answer: None, once a card is in the slot."""

    role: Role
    text: Text


@dataclass(frozen=True, slots=True)
class RemoveCard:
    """Ask the person to take the card out. Answer: None, once the slot is empty."""

    role: Role
    text: Text


@dataclass(frozen=True, slots=True)
class EnterPin:
    """Ask for a PIN. `tries_left` is what the holder is told, None of a PIN that is chosen. Answer: Pin."""

    text: Text
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask a yes-or-no question. Answer: bool."""

    text: Text


@dataclass(frozen=True, slots=True)
class Show:
    """Tell the person something. Answer: None."""

    text: Text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is printed for the holder: label and value, in order; numbers that identify a person are masked."""

    title: Text
    lines: tuple[tuple[Text, str], ...]


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the receipt. Answer: None."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class StateEntered:
    """Announce the flow's state to whoever watches. Answer: None."""

    state: Enum


@dataclass(frozen=True, slots=True)
class Draw:
    """Draw random bytes of the terminal. Answer: bytes."""

    length: int


@dataclass(frozen=True, slots=True)
class ReadClock:
    """Read the terminal's clock. Answer: an aware datetime."""


OperatorStep = InsertCard | RemoveCard | EnterPin | Confirm | Show | PrintReceipt
Step: TypeAlias = (
    "PowerOn | PowerOff | Exchange | StateEntered | Draw | ReadClock | OperatorStep | BookStep | Request"
)

Procedure = Generator[Command, Response, T]
"""Talks to one card and knows nothing else: yields commands, is sent responses, returns T."""

Flow = Generator[Step, Any, T]
"""Talks to card, PSAM, people and centre: yields steps, is sent their answers, returns T."""


def on(role: Role, procedure: Procedure[T]) -> Flow[T]:
    """Run a card procedure against the card in one slot."""
    try:
        command = next(procedure)
        while True:
            response = yield Exchange(role, command)
            command = procedure.send(response)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        procedure.close()
