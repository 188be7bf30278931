"""Data object lists: which values a card asks for, in which order and length (EMV Book 3 section 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from apdu.tags import BY_TAG, tag_bytes
from apdu.tlv import TlvError, tag_end

_PAD_RIGHT = frozenset({"cn"})
_KEEP_RIGHT = frozenset({"n"})


class DolEntry(NamedTuple):
    """One wish: a tag and how many bytes of it."""

    tag: int
    length: int


Dol = tuple[DolEntry, ...]


def parse_dol(raw: bytes) -> Dol:
    """The entries of a list; raises TlvError with the offset where a tag or length is cut off."""
    entries: list[DolEntry] = []
    at = 0
    while at < len(raw):
        end = tag_end(raw, at)
        if end >= len(raw):
            raise TlvError(len(raw), f"the data object list ends inside the entry that begins at {at}")
        entries.append(DolEntry(int.from_bytes(raw[at:end], "big"), raw[end]))
        at = end + 1
    return tuple(entries)


def encode_dol(dol: Dol) -> bytes:
    """The bytes of a list."""
    return b"".join(tag_bytes(entry.tag) + bytes((entry.length,)) for entry in dol)


def total(dol: Dol) -> int:
    """How many bytes of data the list asks for."""
    return sum(entry.length for entry in dol)


def fill(dol: Dol, values: Mapping[int, bytes]) -> bytes:
    """The data for a list, without tags; what is not known is zeros.

    Numbers are cut and filled on the left, digits filled with F on the right, everything else cut and filled
    with 00 on the right.
    """
    return b"".join(_fitted(entry, values.get(entry.tag, b"")) for entry in dol)


def _fitted(entry: DolEntry, value: bytes) -> bytes:
    known = BY_TAG.get(entry.tag)
    form = known.form if known else "b"
    if not value:
        return bytes(entry.length)
    if form in _KEEP_RIGHT:
        return value[-entry.length :].rjust(entry.length, b"\0")
    return value[: entry.length].ljust(entry.length, b"\xff" if form in _PAD_RIGHT else b"\0")


def split(dol: Dol, data: bytes) -> dict[int, bytes]:
    """The values in data made for a list; raises ValueError where their length does not fit it."""
    if len(data) != total(dol):
        raise ValueError(f"the list asks for {total(dol)} bytes, {len(data)} are there")
    values: dict[int, bytes] = {}
    at = 0
    for entry in dol:
        values[entry.tag] = data[at : at + entry.length]
        at += entry.length
    return values
