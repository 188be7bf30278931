"""A tape: what happened between a terminal, its readers, the person and the back office, as a text file.

Read strictly: a tape that was cut off or altered is damaged, and the error names file, line and next step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, TextIO

from terminal.trace.tape_events import TapeEvent
from terminal.trace.tape_format import VERSION, LineError, read_line, write_line

MAGIC = "ssc-tape"
MAX_BYTES = 64_000_000
AGAIN = "copy it whole, or record it again"


class DamagedTapeError(ValueError):
    """A file that is no tape, or no longer a whole one; names file, line, what is wrong and the next step."""


@dataclass(frozen=True, slots=True)
class TapeHeader:
    """What stands at the head of a tape; `command` is the command line that was recorded, empty where there is none.

    `redacted`: stand-ins took the place of PINs, keys and numbers that identify a person.
    """

    tool: str
    created: datetime
    redacted: bool
    command: tuple[str, ...] = ()

    @classmethod
    def now(cls, created: datetime, *, redacted: bool = True, command: Sequence[str] = ()) -> TapeHeader:
        """The header of a tape that begins at `created`, by this version of the program."""
        return cls(f"ssc-terminal {version('ssc-terminal')}", created, redacted, tuple(command))


@dataclass(frozen=True, slots=True)
class TapeEntry:
    """One event, when it happened (ms after the beginning) and on which line of the file it stands."""

    at_ms: int
    event: TapeEvent
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Tape:
    """A whole tape and the name of its file."""

    name: str
    header: TapeHeader
    entries: tuple[TapeEntry, ...]

    def text(self) -> str:
        """The tape as it is written, without remarks."""
        lines = [
            *header_lines(self.header),
            *(write_line(entry.at_ms, entry.event) for entry in self.entries),
        ]
        return "\n".join((*lines, f"end {len(self.entries)}", ""))


def header_lines(header: TapeHeader) -> Iterator[str]:
    """The lines of a header, an empty one behind them."""
    yield f"{MAGIC} {VERSION}"
    yield f"tool {header.tool}"
    yield f"created {header.created.isoformat()}"
    yield f"secrets {'redacted' if header.redacted else 'unredacted'}"
    yield f"command {json.dumps(header.command, ensure_ascii=False)}"
    yield ""


class TapeWriter:
    """Writes a tape while it happens, each line at once; `elapsed_s` gives the seconds since some fixed instant."""

    def __init__(self, file: TextIO, header: TapeHeader, elapsed_s: Callable[[], float]) -> None:
        self._file = file
        self._elapsed_s = elapsed_s
        self._start_s = elapsed_s()
        self._lock = Lock()
        self.events = 0
        for line in header_lines(header):
            self._line(line)

    def event(self, event: TapeEvent) -> None:
        """Write an event with the time of now."""
        with self._lock:
            self.events += 1
            self._line(write_line(max(0, round((self._elapsed_s() - self._start_s) * 1000)), event))

    def remark(self, text: str) -> None:
        """Write a remark for people; readers skip it."""
        with self._lock:
            self._line(f"# {' '.join(text.split())}")

    def end(self) -> None:
        """Write the last line, without which a tape counts as cut off."""
        self._line(f"end {self.events}")

    def _line(self, line: str) -> None:
        self._file.write(line + "\n")
        self._file.flush()


def read_tape(path: str | Path) -> Tape:
    """The tape in a file; raises OSError and DamagedTapeError."""
    with Path(path).open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise DamagedTapeError(f"{path}: larger than {MAX_BYTES} bytes; record shorter sessions")
    try:
        return parse_tape(raw.decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DamagedTapeError(f"{path}:{line}: no UTF-8 text; {AGAIN}") from None


def parse_tape(text: str, name: str) -> Tape:
    """The tape that a text is; raises DamagedTapeError, `name` is what it calls the file."""
    return _Parser(name).parse(text)


class _Parser:
    """Goes through the lines; `_number` is where it stands."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0

    def parse(self, text: str) -> Tape:
        lines = text.split("\n")
        header = self._header(lines)
        entries: list[TapeEntry] = []
        for self._number, line in enumerate(lines[5:], 6):
            if line.startswith("#") or not line:
                continue
            if line.startswith("end "):
                self._end(line, len(entries), lines[self._number :])
                return Tape(self._name, header, tuple(entries))
            entries.append(self._entry(line, entries[-1].at_ms if entries else 0))
        raise self._damaged(f"the tape is cut off: its last line, `end {len(entries)}`, is missing", AGAIN)

    def _header(self, lines: list[str]) -> TapeHeader:
        self._number = 1
        magic, _, number = lines[0].partition(" ")
        if magic != MAGIC:
            raise self._damaged(f"this is no tape: its first line is not `{MAGIC} {VERSION}`", "name a tape")
        if number != str(VERSION):
            raise self._damaged(
                f"a tape of format {number!r}; this program reads format {VERSION}",
                "record it again, or use the version of ssc-terminal that wrote it",
            )
        readers: tuple[tuple[str, Callable[[str], Any], str], ...] = (
            ("tool", str, "the program that wrote it"),
            ("created", _moment, "a time with its zone, ISO 8601"),
            ("secrets", {"redacted": True, "unredacted": False}.__getitem__, "redacted or unredacted"),
            ("command", _words, "a JSON list of texts"),
        )
        values = [self._headed(lines, place, *entry) for place, entry in enumerate(readers, 2)]
        return TapeHeader(*values)

    def _headed(self, lines: list[str], number: int, key: str, read: Callable[[str], Any], what: str) -> Any:
        self._number = number
        found, _, value = (lines[number - 1] if number <= len(lines) else "").partition(" ")
        if found != key:
            raise self._damaged(f"the header has `{key}` here, {what}", AGAIN)
        try:
            return read(value)
        except (ValueError, KeyError, RecursionError):
            raise self._damaged(f"`{key}` should be {what}", AGAIN) from None

    def _entry(self, line: str, before_ms: int) -> TapeEntry:
        try:
            at_ms, event = read_line(line)
        except LineError as error:
            raise self._damaged(str(error), "correct the line, or record the tape again") from None
        if at_ms < before_ms:
            raise self._damaged(f"+{at_ms} is before +{before_ms}, the event above it", "restore the order")
        return TapeEntry(at_ms, event, self._number)

    def _end(self, line: str, count: int, after: list[str]) -> None:
        if line != f"end {count}":
            raise self._damaged(f"{count} events stand above, `{line[:40]}` says otherwise", AGAIN)
        for number, extra in enumerate(after, self._number + 1):
            if extra:
                self._number = number
                raise self._damaged(
                    "something stands after the end of the tape", "remove it, or record again"
                )

    def _damaged(self, what: str, step: str) -> DamagedTapeError:
        return DamagedTapeError(f"{self._name}:{self._number}: {what}; {step}")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _words(text: str) -> tuple[str, ...]:
    words = json.loads(text)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(text)
    return tuple(words)
