"""What may happen on a tape: one class for each kind of event, its fields in the order in which they are written.

`looks` counts how often the terminal looked for a card since the last event of that reader, or since the operator
last answered, until it saw the change; 0: the change was there before the terminal looked (a person moved the card,
an exchange failed). So a replay sees a card come and go at the very look at which it came and went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class Doing(Enum):
    """What failed at a reader."""

    OPEN = "open"
    LOOK = "look"
    WAIT = "wait"
    POWER = "power"
    COMMAND = "command"
    RESET = "reset"


class Failure(Enum):
    """How it failed; each is an error of the transport seam, but for Ctrl-C."""

    REMOVED = "removed"
    NO_CARD = "no-card"
    UNPOWERED = "unpowered"
    WAS_RESET = "was-reset"
    MUTE = "mute"
    ADDRESS = "address"
    DAMAGED = "damaged"
    NOT_TYPED = "not-typed"
    NOT_AGREED = "not-agreed"
    KEYPAD = "keypad"
    READER = "reader"
    TRANSPORT = "transport"
    INTERRUPTED = "interrupted"


class Undone(Enum):
    """Why the person did not do what was asked."""

    TIMED_OUT = "timed-out"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NO_INPUT = "no-input"
    INTERRUPTED = "interrupted"


class PadAction(Enum):
    """What a reader's keypad is asked for."""

    VERIFY = "verify"
    CHANGE = "change"


class _Veiled:
    """An event whose fields may hold secrets: a tape that was recorded without redaction has them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


@dataclass(frozen=True, slots=True)
class ReaderOpened:
    """A reader was opened; `name` is what people call it."""

    lane: str
    name: str


@dataclass(frozen=True, slots=True)
class Inserted:
    """There is a card in the reader now."""

    lane: str
    looks: int


@dataclass(frozen=True, slots=True)
class Removed:
    """There is no card in the reader any more."""

    lane: str
    looks: int


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """Waiting for a card to come or go ended without it."""

    lane: str
    looks: int


@dataclass(frozen=True, slots=True)
class PoweredOn:
    """A card was powered; `keypad`: the reader has one of its own."""

    lane: str
    protocol: str
    keypad: bool
    atr: bytes


@dataclass(frozen=True, slots=True, repr=False)
class CommandSent(_Veiled):
    """An APDU to the card, T=0 completion included."""

    lane: str
    apdu: bytes


@dataclass(frozen=True, slots=True, repr=False)
class PadAsked(_Veiled):
    """A PIN was asked for at the reader's keypad; `template` is the command without it."""

    lane: str
    action: PadAction
    template: bytes


@dataclass(frozen=True, slots=True, repr=False)
class ResponseReceived(_Veiled):
    """The card's answer: data and status word."""

    lane: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class CardReset:
    """The card was reset and answered."""

    lane: str
    atr: bytes


@dataclass(frozen=True, slots=True)
class PoweredOff:
    """The card was powered off."""

    lane: str


@dataclass(frozen=True, slots=True, repr=False)
class ReaderFailed(_Veiled):
    """What the terminal did at a reader ended in an error."""

    lane: str
    doing: Doing
    looks: int
    failure: Failure
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class OperatorAsked(_Veiled):
    """A person was asked; `kind` is the step (`InsertCard`) or what was read (`Line`), `body` its fields."""

    kind: str
    body: Any


@dataclass(frozen=True, slots=True, repr=False)
class OperatorDid(_Veiled):
    """The person did it; `body` is the answer, None where there is none."""

    body: Any


@dataclass(frozen=True, slots=True, repr=False)
class OperatorDidNot(_Veiled):
    """The person did not do it."""

    why: Undone
    message: str


@dataclass(frozen=True, slots=True, repr=False)
class OfficeAsked(_Veiled):
    """A request to the back office; `kind` is its type, `body` its fields."""

    kind: str
    body: Any


@dataclass(frozen=True, slots=True, repr=False)
class OfficeAnswered(_Veiled):
    """Its answer; `kind` is the answer's type, `text` for an HSM's."""

    kind: str
    body: Any


@dataclass(frozen=True, slots=True, repr=False)
class OfficeRefused(_Veiled):
    """The back office decided against the request; `body` is the refusal."""

    body: Any


@dataclass(frozen=True, slots=True, repr=False)
class OfficeUnreachable(_Veiled):
    """The back office did not answer; `detail` is what is known about it."""

    detail: str


@dataclass(frozen=True, slots=True)
class ClockRead:
    """The terminal looked at its clock."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class RandomDrawn:
    """The terminal drew random bytes."""

    drawn: bytes


Presence = Inserted | Removed | WaitEnded
ReaderEvent = (
    ReaderOpened
    | Presence
    | PoweredOn
    | CommandSent
    | PadAsked
    | ResponseReceived
    | CardReset
    | PoweredOff
    | ReaderFailed
)
TapeEvent = (
    ReaderEvent
    | OperatorAsked
    | OperatorDid
    | OperatorDidNot
    | OfficeAsked
    | OfficeAnswered
    | OfficeRefused
    | OfficeUnreachable
    | ClockRead
    | RandomDrawn
)


def lane_of(event: TapeEvent) -> str | None:
    """The reader an event belongs to, None for those of people, back office, clock and chance."""
    return getattr(event, "lane", None)
