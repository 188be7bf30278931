"""What differs between two cards, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from virtual_card.card import VirtualCard

_LABELS = ("name", "fid")
_SECRET = frozenset({"pin", "versions", "value", "code", "cryptogram", "encryption", "mac", "key", "private"})


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """One difference: `path` (`SSSE/EF05/records/2`), the value on either card as text (None: not there).

    `secret`: the values are a PIN or key and must not be shown.
    """

    path: str
    before: str | None
    after: str | None
    secret: bool

    def __repr__(self) -> str:
        shown = "(secret)" if self.secret else f"{self.before} -> {self.after}"
        return f"Difference({self.path}: {shown})"


def diff(a: VirtualCard, b: VirtualCard) -> list[Difference]:
    """The differences between two cards, in the order of the first one; empty for equal cards."""
    before, after = dict(_fields(a.state())), dict(_fields(b.state()))
    return [
        Difference("/".join(path), before.get(path), after.get(path), not _SECRET.isdisjoint(path))
        for path in before | after
        if before.get(path) != after.get(path)
    ]


def _fields(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _fields(entry, path if name in ("directories", "files") else (*path, name))
    elif isinstance(value, list):
        for number, entry in enumerate(value, 1):
            yield from _fields(entry, (*path, _label(entry, number)))
    else:
        yield path, str(value)


def _label(entry: Any, number: int) -> str:
    if isinstance(entry, Mapping):
        return next((str(entry[label]) for label in _LABELS if label in entry), str(number))
    return str(number)
