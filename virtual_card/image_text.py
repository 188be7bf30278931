"""The text of a card image: a header line, the card in JSON lines, a journal of what was committed since.

Header: format, version, kind, number of lines and SHA-256 of the card. A journal line carries the changes of
one command and a checksum that continues the line before it, so that a changed, lost or moved line is
noticed. A line is written with one call and ends in its newline: text after the last newline is a torn write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from virtual_card.nonvolatile import Change

FORMAT = "ssc-card-image"
VERSION = 1
CHAIN_DIGITS = 16
REPAIR = (
    "Restore the file from a copy, or issue the card again with `ssc card new`; the file was left as it is."
)


class DamagedImageError(Exception):
    """A file that holds no usable card image: `path`, `place`, `reason`; the message ends in the cure."""

    def __init__(self, path: str, place: str, reason: str, next_step: str = REPAIR) -> None:
        super().__init__(f"{path}: {place}: {reason}. {next_step}")
        self.path = path
        self.place = place
        self.reason = reason
        self.next_step = next_step


@dataclass(frozen=True, slots=True, repr=False)
class ImageText:
    """An image taken apart: the card's state, the committed changes after it with the number of the line each
    stands in, where the intact text ends (bytes), and the checksum that the next journal line continues."""

    state: dict[str, Any]
    changes: tuple[tuple[int, Change], ...]
    intact: int
    chain: str


def encode(state: dict[str, Any]) -> tuple[str, str]:
    """The text of a state without journal, and the checksum that a journal continues."""
    card = {name: value for name, value in state.items() if name != "directories"}
    lines = [_json({"card": card}), *(_json({"directory": entry}) for entry in state.get("directories", ()))]
    body = "".join(f"{line}\n" for line in lines)
    checksum = hashlib.sha256(body.encode()).hexdigest()
    header = {
        "format": FORMAT,
        "version": VERSION,
        "kind": state["kind"],
        "lines": len(lines),
        "sha256": checksum,
    }
    return f"{_json(header)}\n{body}", checksum[:CHAIN_DIGITS]


def journal_line(changes: Sequence[Change], chain: str) -> tuple[str, str]:
    """One journal line with its newline, and the checksum the next one continues."""
    text = _json(
        [
            [name, place, value.hex() if isinstance(value, bytes) else [record.hex() for record in value]]
            for name, place, value in changes
        ]
    )
    chain = _chained(chain, text)
    return f"{chain} {text}\n", chain


def decode(raw: bytes, path: str) -> ImageText:
    """Take the bytes of an image apart; raises DamagedImageError. A last line without newline is torn: left out."""
    lines = raw.split(b"\n")
    header = _header(lines[0], path)
    count = header["lines"]
    if len(lines) < count + 2:
        raise DamagedImageError(
            path, f"line {len(lines)}", f"the image is truncated: {count} lines were to follow the header"
        )
    body = lines[1 : count + 1]
    if hashlib.sha256(b"\n".join([*body, b""])).hexdigest() != header["sha256"]:
        raise DamagedImageError(
            path,
            f"lines 2 to {count + 1}",
            "the card does not match its checksum: something was changed or lost",
        )
    state = _state(body, path)
    if state.get("kind") != header.get("kind"):
        raise DamagedImageError(
            path, "line 1", f"the header names another kind of card than {state.get('kind')}"
        )
    start = sum(map(len, lines[: count + 1])) + count + 1
    changes, intact, chain = _journal(lines, count + 1, header["sha256"][:CHAIN_DIGITS], path)
    return ImageText(state, tuple(changes), start + intact, chain)


def _header(line: bytes, path: str) -> dict[str, Any]:
    if not line:
        raise DamagedImageError(path, "line 1", "the file is empty or does not begin with a header")
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise DamagedImageError(
            path,
            "line 1",
            "this is no card image",
            "Name a file that `ssc card new` wrote; the file was left as it is.",
        )
    if header.get("version") != VERSION:
        raise DamagedImageError(
            path,
            "line 1",
            f"image version {header.get('version')!r} is not the version {VERSION} that this program reads",
            "Use the version of the program that wrote it; the file was left as it is.",
        )
    lines = header.get("lines")
    if not isinstance(lines, int) or lines < 1 or not isinstance(header.get("sha256"), str):
        raise DamagedImageError(path, "line 1", "the header lacks the number of lines or the checksum")
    return header


def _state(body: list[bytes], path: str) -> dict[str, Any]:
    try:
        card, *directories = (json.loads(line) for line in body)
        state = dict(card["card"])
        if directories:
            state["directories"] = [entry["directory"] for entry in directories]
    except (ValueError, TypeError, KeyError):
        raise DamagedImageError(path, f"lines 2 to {len(body) + 1}", "these lines describe no card") from None
    return state


def _journal(
    lines: list[bytes], first: int, chain: str, path: str
) -> tuple[list[tuple[int, Change]], int, str]:
    """The changes from line index `first` on, each with its line's number; intact bytes; the last checksum."""
    changes: list[tuple[int, Change]] = []
    intact = 0
    for number, line in enumerate(lines[first:-1], first + 1):
        entry = _journal_entry(line, chain)
        if entry is None:
            raise DamagedImageError(
                path, f"line {number}", "this journal line is damaged or does not continue the line before it"
            )
        found, chain = entry
        changes.extend((number, change) for change in found)
        intact += len(line) + 1
    return changes, intact, chain


def _journal_entry(line: bytes, chain: str) -> tuple[list[Change], str] | None:
    try:
        checksum, text = line.decode().split(" ", 1)
        if checksum != _chained(chain, text):
            return None
        return list(_changes(json.loads(text))), checksum
    except (ValueError, TypeError):
        return None


def _changes(entries: list[list[Any]]) -> Iterator[Change]:
    for name, place, value in entries:
        yield (
            name,
            place,
            bytes.fromhex(value) if isinstance(value, str) else [bytes.fromhex(v) for v in value],
        )


def _chained(chain: str, text: str) -> str:
    return hashlib.sha256(f"{chain} {text}".encode()).hexdigest()[:CHAIN_DIGITS]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
