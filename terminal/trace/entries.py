"""What a trace consists of: one entry for each thing that happened, without anything secret in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apdu.explain import Explanation
from terminal.backoffice.ports import Refusal
from terminal.flow.steps import Receipt
from terminal.text import Text

Slots = Mapping[str, str | None]
"""Kind of card in each slot, None where empty: `old`, `new` (or `reader` for both), `psam`."""


@dataclass(frozen=True, slots=True)
class StateEntry:
    """The flow entered a state."""

    state: str
    text: Text


@dataclass(frozen=True, slots=True)
class PowerEntry:
    """The card in a slot was powered on; `atr` in hex."""

    slot: str
    reader: str
    kind: str | None
    atr: str


@dataclass(frozen=True, slots=True)
class ExchangeEntry:
    """One command and its answer, explained and masked; `number` counts the exchanges of the trace from 1."""

    number: int
    slot: str
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Value:
    """One named value of a message; `key` is its name for machines, `data` stands in for the text with them."""

    key: str
    text: Text
    value: str
    data: str | int | None = None


@dataclass(frozen=True, slots=True)
class CentreEntry:
    """One request to the back office: what was sent and what came back, masked.

    `answer` is empty where it refused or did not answer; `failure` then says why.
    """

    request: str
    text: Text
    sent: tuple[Value, ...]
    answer: tuple[Value, ...] = ()
    refusal: Refusal | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class OperatorEntry:
    """What the terminal said and what the person did: `action` insert, remove, pin, confirm or show.

    `result` is done, cancelled or timed-out; `slots` how the slots stand after it.
    """

    action: str
    text: Text
    result: str
    slots: Slots
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """The receipt that was printed."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class EndEntry:
    """How it ended."""

    outcome: str
    exit_code: int
    text: Text
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact before and after; `changed` also where the values shown are masked alike."""

    path: str
    text: Text
    before: str
    after: str
    changed: bool


@dataclass(frozen=True, slots=True)
class ComparisonEntry:
    """A card or the centre, before and after side by side; `columns` are the headings of the two."""

    subject: str
    text: Text
    rows: tuple[Row, ...]
    columns: tuple[str, str] = ("before 之前", "after 之后")


Entry = (
    StateEntry
    | PowerEntry
    | ExchangeEntry
    | CentreEntry
    | OperatorEntry
    | ReceiptEntry
    | EndEntry
    | ComparisonEntry
)
