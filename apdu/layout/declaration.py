"""What a card file is declared to be: its place, its rights, its items, and each item's bytes by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from apdu.fields import FieldError
from apdu.layout.access import Access
from apdu.layout.item import Item, ItemValue, join_record, opaque_item, split_record


class Structure(Enum):
    """Structure of an elementary file (LD/T 32.3 section 5.1.2); INTERNAL: kept by the card, not selectable."""

    TRANSPARENT = "transparent"
    VARIABLE = "variable records"
    FIXED = "fixed records"
    CYCLIC = "cyclic"
    INTERNAL = "internal"


class LayoutError(ValueError):
    """What a file's declaration does not allow: `path` of the file, `item`, `offset` of the byte in it."""

    def __init__(self, path: str, item: str, offset: int, reason: str) -> None:
        subject = f", item {item}" if item else ""
        super().__init__(f"{path}{subject}, byte {offset}: {reason}")
        self.path = path
        self.item = item
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Vector:
    """Contents of a file in hex and what they mean: (tag or name, value) of each item in file order."""

    contents: str
    expected: tuple[tuple[int | str, Any], ...]

    @property
    def raw(self) -> bytes:
        """The contents as bytes."""
        return bytes.fromhex(self.contents)


@dataclass(frozen=True, slots=True)
class FileDeclaration:
    """Where a file is, and the coding of its items one by one: place, names, structure, rights, items, sizes, vectors.

    `size` is the length of a transparent file; `record_length` that of each fixed or cyclic record,
    `min_records` how many a cyclic file must at least hold. A cyclic file has one item, its record.
    `blank_fill` is the byte a transparent file is made of before anything was written. `optional`: not every
    card of the version has the file. The records of an `opaque_records` file are not published: any tag is
    read, its value as bytes.
    """

    directory: str
    fid: int
    name: str
    name_zh: str
    structure: Structure
    read: Access
    update: Access
    items: tuple[Item, ...]
    source: str
    size: int | None = None
    record_length: int | None = None
    min_records: int | None = None
    vectors: tuple[Vector, ...] = ()
    blank_fill: int = 0
    optional: bool = False
    opaque_records: bool = False

    @property
    def sfi(self) -> int:
        """Short file identifier: the low five bits of the FID."""
        return self.fid & 0x1F

    @property
    def path(self) -> str:
        """Where the file is: `SSSE/EF05`; the memory of a card without files (FID 0) is its directory."""
        if self.structure is Structure.INTERNAL:
            return f"{self.directory}/{self.name}"
        if not self.fid:
            return self.directory
        return (
            f"{self.directory}/{self.fid:04X}"
            if self.fid < 0xEF00
            else f"{self.directory}/EF{self.fid & 0xFF:02X}"
        )

    @property
    def max_records(self) -> int | None:
        """How many records the declaration fills; None where it fills none (transparent, cyclic, opaque)."""
        if self.structure not in (Structure.VARIABLE, Structure.FIXED) or self.opaque_records:
            return None
        return sum(item.occurs for item in self.items)

    def item(self, key: int | str) -> Item:
        """The item with this tag or name; raises LayoutError where the file has none."""
        found = next((item for item in self.items if item.key == key), None)
        if found is None:
            shown = key if isinstance(key, str) else f"{key:02X}"
            raise LayoutError(self.path, shown, 0, "this file has no such item")
        return found

    def encode_value(self, item: Item, value: Any) -> bytes:
        """The padded value of an item alone; raises LayoutError where it does not fit."""
        try:
            return item.encode(value)
        except FieldError as error:
            raise LayoutError(self.path, error.item or item.label, error.offset, error.reason) from None

    def encode_record(self, key: int | str, value: Any) -> bytes:
        """The complete record for a value: tag, length, padded value; a cyclic record is the value alone."""
        item = self.item(key)
        encoded = self.encode_value(item, value)
        return encoded if item.tag is None else join_record(item.tag, encoded)

    def encode_text(self, key: int | str, text: str) -> bytes:
        """The complete record for a value written as plain text (dates as YYYYMMDD), as messages carry it."""
        item = self.item(key)
        if item.coding is None:
            raise LayoutError(self.path, item.label, 0, "a composite has no text form")
        try:
            return self.encode_record(key, item.coding.from_text(text))
        except FieldError as error:
            raise LayoutError(self.path, item.label, error.offset, error.reason) from None

    def decode_record(self, raw: bytes, offset: int = 0) -> ItemValue:
        """One record as READ RECORD returns it, header included; `offset` is where it stands in the file."""
        try:
            if self.structure is Structure.CYCLIC:
                return self.items[0].decode(raw)
            tag, value = split_record(raw)
            item = next((item for item in self.items if item.tag == tag), None)
            if item is None and self.opaque_records:
                item = opaque_item(tag, len(value))
            if item is None:
                raise FieldError(0, f"tag {tag:02X} is not defined in this file")
            try:
                return item.decode(value)
            except FieldError as error:
                raise error.within(2, item.label) from None
        except FieldError as error:
            raise LayoutError(self.path, error.item, offset + error.offset, error.reason) from None
