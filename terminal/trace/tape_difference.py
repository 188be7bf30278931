"""Events of a tape in words, and the difference between the one that was recorded and the one that came.

Nothing secret is in them, not even where the tape was recorded without redaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apdu.command import Command, MalformedApduError
from apdu.instructions import find
from apdu.redact import hidden_in_command, masked_hex, redact_command
from terminal.text import Text
from terminal.trace.tape_bodies import TEXT_KIND
from terminal.trace.tape_events import (
    CardReset,
    ClockRead,
    CommandSent,
    Inserted,
    OfficeAnswered,
    OfficeAsked,
    OfficeRefused,
    OfficeUnreachable,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    PadAsked,
    PoweredOff,
    PoweredOn,
    RandomDrawn,
    ReaderFailed,
    ReaderOpened,
    Removed,
    ResponseReceived,
    TapeEvent,
    WaitEnded,
)
from terminal.trace.tape_redaction import Redactor

SHOWN_DIFFERENCES = 4
_HEADER = ("CLA", "INS", "P1", "P2")
SECRET_KEYS = frozenset({"pin", "id_number"})


def describe(event: TapeEvent, redactor: Redactor) -> str:
    """What an event is, in one line."""
    said = _SAID[type(event)](event, redactor)
    lane = getattr(event, "lane", None)
    return said if lane is None else f"{lane}: {said}"


def _command(event: CommandSent | PadAsked, redactor: Redactor) -> str:
    raw = event.apdu if isinstance(event, CommandSent) else event.template
    where = "at the keypad: " if isinstance(event, PadAsked) else ""
    try:
        command = Command.parse(raw)
    except MalformedApduError:
        return f"{where}command {masked_hex(raw, range(5, len(raw)))}"
    known = find(command.cla, command.ins)
    title = str(Text(known.name, known.name_zh)) if known else "unknown command 未知命令"
    return f"{where}command {redact_command(command, redactor.place(event.lane))} {title}"


_SAID: Mapping[type, Callable[[Any, Redactor], str]] = {
    ReaderOpened: lambda event, _: f"the reader {event.name!r} is opened",
    Inserted: lambda event, _: f"the terminal looks, and a card is there (look {event.looks})",
    Removed: lambda event, _: f"the terminal looks, and the card is gone (look {event.looks})",
    WaitEnded: lambda event, _: "the terminal waits for a card in vain",
    PoweredOn: lambda event, _: "the card is powered on",
    CommandSent: _command,
    PadAsked: _command,
    ResponseReceived: lambda event, _: (
        f"answer of {len(event.answer)} bytes, {event.answer[-2:].hex().upper()}"
    ),
    CardReset: lambda event, _: "the card is reset",
    PoweredOff: lambda event, _: "the card is powered off",
    ReaderFailed: lambda event, _: f"{event.doing.value} fails, {event.failure.value}: {event.message}",
    OperatorAsked: lambda event, _: f"operator: asked {event.kind} {_asked_text(event.body)}".rstrip(),
    OperatorDid: lambda event, _: "operator: does it",
    OperatorDidNot: lambda event, _: f"operator: does not do it, {event.why.value}",
    OfficeAsked: lambda event, _: f"centre: asked {event.kind}",
    OfficeAnswered: lambda event, _: (
        f"centre: answers {'' if event.kind == TEXT_KIND else event.kind}".rstrip()
    ),
    OfficeRefused: lambda event, _: "centre: refuses",
    OfficeUnreachable: lambda event, _: "centre: does not answer",
    ClockRead: lambda event, _: "the clock is read",
    RandomDrawn: lambda event, _: f"{len(event.drawn)} random bytes are drawn",
}


def _asked_text(body: Any) -> str:
    text = body.get("text") if isinstance(body, dict) else None
    return str(text.get("en", "")) if isinstance(text, dict) else ""


def differing(expected: TapeEvent, came: TapeEvent) -> Iterator[str]:
    """Lines that say where two events of one kind differ; nothing for two that cannot be compared."""
    if isinstance(expected, CommandSent) and isinstance(came, CommandSent) and expected.lane == came.lane:
        yield from _bytes(expected.apdu, came.apdu)
    elif (
        isinstance(expected, OperatorAsked | OfficeAsked)
        and isinstance(came, OperatorAsked | OfficeAsked)
        and expected.kind == came.kind
    ):
        yield from (f"  differs   {line}" for line in _fields(expected.body, came.body, expected.kind))


def _bytes(expected: bytes, came: bytes) -> Iterator[str]:
    hidden = _hidden(expected) | _hidden(came)
    places = [
        place
        for place in range(max(len(expected), len(came)))
        if expected[place : place + 1] != came[place : place + 1]
    ]
    for place in places[:SHOWN_DIFFERENCES]:
        both = (_shown(raw, place, hidden) for raw in (expected, came))
        yield "  differs   byte {} ({}): {} expected, {} came".format(place, _part(came, place), *both)
    if len(places) > SHOWN_DIFFERENCES:
        yield f"  differs   and {len(places) - SHOWN_DIFFERENCES} bytes more"


def _shown(raw: bytes, place: int, hidden: set[int]) -> str:
    if place >= len(raw):
        return "nothing"
    return "**" if place in hidden else f"{raw[place]:02X}"


def _hidden(raw: bytes) -> set[int]:
    """Offsets that no difference may show: wherever the card stands, what may be secret is."""
    try:
        command = Command.parse(raw)
    except MalformedApduError:
        return set(range(5, len(raw)))
    start = 7 if command.extended else 5
    return {start + offset for offset in hidden_in_command(command, Redactor().place(""))}


def _part(raw: bytes, place: int) -> str:
    """What the byte at a place of a command is: header, length, data or Le."""
    if place < len(_HEADER):
        return _HEADER[place]
    try:
        command = Command.parse(raw)
    except MalformedApduError:
        return "after the header"
    if not command.data:
        return "Le"
    start = 7 if command.extended else 5
    if place < start:
        return "Lc"
    return f"data, byte {place - start}" if place < start + len(command.data) else "Le"


def _fields(expected: Any, came: Any, path: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(came, dict):
        for key in dict.fromkeys((*expected, *came)):
            yield from _fields(expected.get(key), came.get(key), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(came, list) and len(expected) == len(came):
        for number, (one, other) in enumerate(zip(expected, came, strict=True)):
            yield from _fields(one, other, f"{path}[{number}]")
    elif expected != came:
        secret = path.rpartition(".")[2] in SECRET_KEYS
        shown = ("****", "****") if secret else (repr(expected), repr(came))
        yield "{}: {} expected, {} came".format(path, *shown)
