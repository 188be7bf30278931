"""The lines of a tape: one event a line, told by who it concerns and a verb. Declared once, for writing and reading.

`+1204 old > 00B2050400` is 1204 ms after the beginning, the reader `old`, the verb, and the fields of the event.
docs/tapes.md describes the same for people.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

from terminal.trace.tape_events import (
    CardReset,
    ClockRead,
    CommandSent,
    Doing,
    Failure,
    Inserted,
    OfficeAnswered,
    OfficeAsked,
    OfficeRefused,
    OfficeUnreachable,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    PadAction,
    PadAsked,
    PoweredOff,
    PoweredOn,
    RandomDrawn,
    ReaderFailed,
    ReaderOpened,
    Removed,
    ResponseReceived,
    TapeEvent,
    Undone,
    WaitEnded,
)

VERSION = 1
"""Raised when a tape written before can no longer be read the same way."""

LANE = re.compile(r"[a-z][a-z0-9-]*")
OPERATOR, CENTRE, CLOCK, RANDOM = "operator", "centre", "clock", "random"
TAKEN = frozenset({OPERATOR, CENTRE, CLOCK, RANDOM})
"""What no reader may be called."""

_KIND = re.compile(r"[A-Za-z]+")
_HEX = re.compile(r"(?:[0-9A-F]{2})+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}")
_STAMP = re.compile(r"\+(0|[1-9][0-9]{0,11})")
NO_BYTES = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a line: what it is, its text, and its value; `rest`: it takes all that is left of the line.

    `read` raises ValueError on what is no such text.
    """

    what: str
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    rest: bool = False


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _read_hex(text: str) -> bytes:
    return b"" if text == NO_BYTES else bytes.fromhex(_matching(_HEX, text))


def _read_text(text: str) -> str:
    value = json.loads(text)
    if not isinstance(value, str):
        raise ValueError(text)
    return value


def _read_moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _word(kind: type[Enum]) -> Column:
    return Column(
        f"one of {', '.join(member.value for member in kind)}", lambda value: str(value.value), kind
    )


HEX = Column("bytes in capital hex digits, or -", lambda raw: raw.hex().upper() or NO_BYTES, _read_hex)
NUMBER = Column("a number", str, lambda text: int(_matching(_NUMBER, text)))
KIND = Column("the name of a type", str, lambda text: _matching(_KIND, text))
TEXT = Column("a text in double quotes", _json_text, _read_text, rest=True)
JSON = Column(
    "a JSON value", _json_text, lambda text: json.loads(text, parse_constant=_refuse_constant), rest=True
)
MOMENT = Column("a time with its zone, ISO 8601", lambda moment: str(moment.isoformat()), _read_moment)
PROTOCOL = Column("T=0, T=1 or raw", str, lambda text: _matching(re.compile(r"T=0|T=1|raw"), text))
KEYPAD = Column(
    "keypad or plain",
    lambda keypad: "keypad" if keypad else "plain",
    lambda text: {"keypad": True, "plain": False}[text],
)

READER_LINES: Mapping[str, tuple[type, tuple[Column, ...]]] = {
    "reader": (ReaderOpened, (TEXT,)),
    "insert": (Inserted, (NUMBER,)),
    "remove": (Removed, (NUMBER,)),
    "wait-over": (WaitEnded, (NUMBER,)),
    "power": (PoweredOn, (PROTOCOL, KEYPAD, HEX)),
    ">": (CommandSent, (HEX,)),
    "keypad": (PadAsked, (_word(PadAction), HEX)),
    "<": (ResponseReceived, (HEX,)),
    "reset": (CardReset, (HEX,)),
    "off": (PoweredOff, ()),
    "error": (ReaderFailed, (_word(Doing), NUMBER, _word(Failure), TEXT)),
}
"""The lines of a reader, after its name: verb, event and columns."""

OTHER_LINES: Mapping[tuple[str, str], tuple[type, tuple[Column, ...]]] = {
    (OPERATOR, "ask"): (OperatorAsked, (KIND, JSON)),
    (OPERATOR, "did"): (OperatorDid, (JSON,)),
    (OPERATOR, "not"): (OperatorDidNot, (_word(Undone), TEXT)),
    (CENTRE, ">"): (OfficeAsked, (KIND, JSON)),
    (CENTRE, "<"): (OfficeAnswered, (KIND, JSON)),
    (CENTRE, "refused"): (OfficeRefused, (JSON,)),
    (CENTRE, "unreachable"): (OfficeUnreachable, (TEXT,)),
    (CLOCK, "read"): (ClockRead, (MOMENT,)),
    (RANDOM, "drawn"): (RandomDrawn, (HEX,)),
}
"""The lines of everybody else: who and verb, event and columns."""

_READER_VERBS = {kind: (verb, columns) for verb, (kind, columns) in READER_LINES.items()}
_OTHER_VERBS = {kind: (*who, columns) for who, (kind, columns) in OTHER_LINES.items()}


class LineError(ValueError):
    """A line that is no event: what is wrong with it."""


def event_text(event: TapeEvent) -> str:
    """An event as it stands behind its time."""
    values = [getattr(event, entry.name) for entry in fields(event)]
    if type(event) in _READER_VERBS:
        verb, columns = _READER_VERBS[type(event)]
        who, *values = values
    else:
        who, verb, columns = _OTHER_VERBS[type(event)]
    shown = (column.write(value) for column, value in zip(columns, values, strict=True))
    return " ".join((who, verb, *shown))


def write_line(at_ms: int, event: TapeEvent) -> str:
    """The line of an event, without line end."""
    return f"+{at_ms} {event_text(event)}"


def read_line(line: str) -> tuple[int, TapeEvent]:
    """Time and event of a line; raises LineError."""
    stamp, _, rest = line.partition(" ")
    if not _STAMP.fullmatch(stamp):
        raise LineError("a line begins with its time in ms, as in +120, or with # for a remark")
    who, _, rest = rest.partition(" ")
    verb, _, rest = rest.partition(" ")
    if who in TAKEN:
        known = OTHER_LINES.get((who, verb))
        verbs = [verb for name, verb in OTHER_LINES if name == who]
        leading: list[Any] = []
    else:
        if not LANE.fullmatch(who):
            raise LineError(f"{who!r} is no name of a reader: small letters, digits and hyphens")
        known = READER_LINES.get(verb)
        verbs, leading = list(READER_LINES), [who]
    if known is None:
        raise LineError(f"{who} has no {verb!r}; there are {', '.join(verbs)}")
    kind, columns = known
    event: TapeEvent = kind(*leading, *_values(columns, rest))
    return int(stamp[1:]), event


def _values(columns: tuple[Column, ...], rest: str) -> list[Any]:
    values = []
    for number, column in enumerate(columns, 1):
        text, _, left = (rest, "", "") if column.rest else rest.partition(" ")
        try:
            values.append(column.read(text))
        except (ValueError, KeyError, RecursionError):
            raise LineError(f"field {number} should be {column.what}") from None
        rest = left
    if rest:
        raise LineError(f"{len(columns)} fields belong here; more follow")
    return values
