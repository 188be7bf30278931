"""Names in the shell: directories, files and items as a person types them, and values as the layout reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from apdu.fields import FieldError
from apdu.layout import DirectorySpec, FileSpec, Item, ItemValue, LayoutError, Secrecy, Structure
from apdu.layout.code import Code


class NoSuchNameError(click.ClickException):
    """A name that leads nowhere on this card; says what would be one."""


@dataclass(frozen=True, slots=True)
class Target:
    """An item of a file: the item itself, which occurrence of it, and the child inside a composite."""

    item: Item
    occurrence: int = 1
    child: Item | None = None

    @property
    def written(self) -> Item:
        """What a value is for: the child where there is one."""
        return self.child or self.item


def find_directory(directories: Iterable[DirectorySpec], name: str) -> DirectorySpec | None:
    """The directory of this name, AID or DF name in hex; None where none is declared."""
    wanted = name.upper()
    for entry in directories:
        if wanted in (entry.name.upper(), entry.df_name.hex().upper() or None):
            return entry
    return None


def find_file(
    directories: tuple[DirectorySpec, ...], current: DirectorySpec | None, name: str
) -> tuple[DirectorySpec, FileSpec]:
    """The file of `EF05`, `DF04/EF05`, a FID in hex, or the memory of a card without files by its own name."""
    place, _, last = name.rpartition("/")
    directory = find_directory(directories, place) if place else current
    if directory is None and not place:
        raise NoSuchNameError("no directory of the layout is current; select one with `cd`")
    if directory is None:
        known = ", ".join(entry.name for entry in directories)
        raise NoSuchNameError(f"{place}: no such directory; known are {known}")
    wanted = last.upper()
    for file in directory.files:
        if wanted in (file.path.rpartition("/")[2].upper(), f"{file.fid:04X}"):
            return directory, file
    known = ", ".join(file.path.rpartition("/")[2] for file in directory.files)
    raise NoSuchNameError(f"{directory.name} has no file {last}; it has {known or 'no declared files'}")


def find_target(file: FileSpec, text: str) -> Target:
    """The item of `07`, `81/9A` (a child), `9D.2` (the second of its kind), or a field by its offset `+10` or name."""
    first, _, inner = text.partition("/")
    tag, _, occurrence = first.partition(".")
    item = _find_item(file.items, tag)
    if item is None or (occurrence and not occurrence.isdecimal()):
        known = ", ".join(dict.fromkeys(item_name(item) for item in file.items))
        raise NoSuchNameError(f"{file.path} has no item {first}; it has {known or 'none that is declared'}")
    number = int(occurrence or 1)
    if not 1 <= number <= item.occurs and not file.opaque_records:
        raise NoSuchNameError(f"{file.path} item {tag} occurs {item.occurs} times, not {number}")
    child = _find_item(item.children, inner) if inner else None
    if inner and child is None:
        known = ", ".join(item_name(child) for child in item.children)
        raise NoSuchNameError(f"{file.path} item {tag} has no part {inner}; it has {known or 'none'}")
    return Target(item, number, child)


def _find_item(items: Iterable[Item], name: str) -> Item | None:
    wanted = name.casefold()
    return next(
        (
            item
            for item in items
            if wanted in (item_name(item).casefold(), item.name.casefold(), item.name_zh)
        ),
        None,
    )


def item_name(item: Item) -> str:
    """How an item is typed: its tag, or `+` and the offset of a field, both in hex."""
    return f"{item.tag:02X}" if item.tag is not None else f"+{item.offset or 0:02X}"


def parse_value(item: Item, text: str) -> Any:
    """A value as it is typed: codes by code or English word, amounts in yuan, days, times, hex, else text.

    `-` is the unset value. Raises NoSuchNameError naming the item and what is expected.
    """
    coding = item.coding
    if coding is None:
        parts = ", ".join(item_name(child) for child in item.children)
        raise NoSuchNameError(f"{item.label} has parts; write one of them: {parts}")
    empty = coding.parse(coding.empty)
    if text == "-":
        return empty
    try:
        if coding.unit == "fen":
            return _fen(text)
        if isinstance(empty, int):
            return int(text, 0)
        if isinstance(empty, bytes):
            return bytes.fromhex(text)
        if empty is None:
            return _moment(text, coding.length)
    except ValueError:
        shown = repr(text) if item.secrecy is Secrecy.OPEN else "this"
        raise NoSuchNameError(f"{item.label}: {shown} is no {expected(item)}") from None
    return _code(item, text)


def expected(item: Item) -> str:
    """What a value of an item looks like, for people."""
    coding = item.coding
    if coding is None:
        return "composite"
    if coding.unit == "fen":
        return "amount in yuan such as 12.50"
    empty = coding.parse(coding.empty)
    if isinstance(empty, int):
        return "whole number"
    if isinstance(empty, bytes):
        return f"hex of {coding.length} bytes"
    if empty is None:
        return "time such as 2030-01-08T10:00:00" if coding.length == 7 else "day such as 2030-01-08"
    return "code" if item.codes else f"text of at most {coding.length} bytes"


def values_of(item: Item) -> tuple[Code, ...]:
    """The values an item may be completed to: those of its one code table."""
    return tuple(item.codes[0]) if len(item.codes) == 1 else ()


def _fen(text: str) -> int:
    whole, _, cents = text.partition(".")
    if len(cents) > 2 or not whole.isdecimal() or not (cents or "0").isdecimal():
        raise ValueError(text)
    return int(whole) * 100 + int(cents.ljust(2, "0"))


def _moment(text: str, length: int) -> date | datetime:
    return datetime.fromisoformat(text) if length == 7 else date.fromisoformat(text)


def _code(item: Item, text: str) -> str:
    for code in values_of(item):
        if text.casefold() in (code.casefold(), code.en.casefold(), code.zh):
            return str(code)
    return text


def record_with(file: FileSpec, target: Target, value: Any, present: bytes | None) -> bytes:
    """The record to write; `present` is the one on the card, whose other parts stay. Raises LayoutError."""
    if target.child is None:
        return file.encode_record(target.item.key, value)
    if present is None:
        raise LayoutError(
            file.path, target.item.label, 0, "the card has no such record whose other parts could stay"
        )
    parts: tuple[ItemValue, ...] = file.decode_record(present).parts
    values = [value if part.item == target.child else part.value for part in parts]
    return file.encode_record(target.item.key, values)


def field_bytes(file: FileSpec, target: Target, value: Any) -> bytes:
    """The bytes of a field of a transparent file; raises LayoutError."""
    assert file.structure is Structure.TRANSPARENT
    try:
        return target.item.encode(value)
    except FieldError as error:
        raise LayoutError(file.path, error.item or target.item.label, error.offset, error.reason) from None
