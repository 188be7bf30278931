"""What a card file is: the vocabulary of the layout; the files are declared in the modules beside it.

A `FileSpec` says where a file is, who may read and update it, and which items it holds; from it follow the
bytes of a blank card, the parse of contents that were read and the build of contents to be written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from apdu.fields import FieldError
from apdu.layout.item import REUSED, Item, ItemValue, Secrecy, join_record, opaque_item, split_record

__all__ = [
    "Access",
    "DirectorySpec",
    "FileContent",
    "FileSpec",
    "Item",
    "ItemValue",
    "LayoutError",
    "Secrecy",
    "Structure",
    "Vector",
]


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
class Access:
    """A right to read or update: any of the alternatives, each a set of terms that must all be fulfilled.

    Terms are "PIN" or key names of `apdu.keys`. Free is one empty alternative, never is none.
    """

    alternatives: tuple[frozenset[str], ...]

    @classmethod
    def parse(cls, text: str) -> Access:
        """Read "free", "never", "PIN or RK1DF04", "(PIN and RK3DF03) or UK4DF03"."""
        if text == "free":
            return cls((frozenset(),))
        if text == "never":
            return cls(())
        alternatives = tuple(frozenset(part.strip(" ()").split(" and ")) for part in text.split(" or "))
        if not all(re.fullmatch(r"[A-Z0-9-]+", term) for terms in alternatives for term in terms):
            raise ValueError(
                f"access rule {text!r}: expected free, never, or PIN and key names joined by and/or"
            )
        return cls(alternatives)

    @property
    def terms(self) -> frozenset[str]:
        """Every term that any alternative names."""
        return frozenset().union(*self.alternatives)

    def allows(self, fulfilled: Collection[str]) -> bool:
        """Whether the fulfilled terms satisfy one alternative."""
        return any(terms <= set(fulfilled) for terms in self.alternatives)

    def __str__(self) -> str:
        if not self.alternatives:
            return "never"
        if frozenset() in self.alternatives:
            return "free"
        parts = [
            " and ".join(sorted(terms, key=lambda term: (term != "PIN", term))) for terms in self.alternatives
        ]
        return " or ".join(f"({part})" if " and " in part and len(parts) > 1 else part for part in parts)


FREE = Access.parse("free")
NEVER = Access.parse("never")


@dataclass(frozen=True, slots=True)
class Vector:
    """Contents of a file in hex and what they mean: (tag or name, value) of each item in file order."""

    contents: str
    expected: tuple[tuple[int | str, Any], ...]

    @property
    def raw(self) -> bytes:
        """The contents as bytes."""
        return bytes.fromhex(self.contents)


@dataclass(frozen=True, slots=True, repr=False)
class FileContent:
    """A parsed file: its items in the order of the bytes, and the bytes themselves."""

    values: tuple[ItemValue, ...]
    raw: bytes

    def __iter__(self) -> Iterator[ItemValue]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def get(self, key: int | str, occurrence: int = 1) -> ItemValue | None:
        """The n-th item with this tag or name; None where the file holds fewer."""
        matching = [value for value in self.values if value.item.key == key]
        return matching[occurrence - 1] if len(matching) >= occurrence else None

    def __repr__(self) -> str:
        return f"FileContent({len(self.values)} items, {len(self.raw)} bytes)"


Values = Mapping[int | str, Any]
"""Values to build a file from, by tag or name; a list of values for items that occur several times."""


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One elementary file: place, names, structure, rights, items, sizes and vectors.

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

    def encode_record(self, key: int | str, value: Any) -> bytes:
        """The complete record for a value: tag, length, padded value; a cyclic record is the value alone."""
        item = self.item(key)
        try:
            encoded = item.encode(value)
        except FieldError as error:
            raise LayoutError(self.path, error.item or item.label, error.offset, error.reason) from None
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

    def parse(self, contents: bytes) -> FileContent:
        """Every item of the file; raises LayoutError at the first byte that does not fit or is too many."""
        if self.structure is Structure.TRANSPARENT:
            return FileContent(tuple(self._fields(contents)), bytes(contents))
        values = tuple(self.decode_record(record, start) for start, record in self._records(contents))
        counts: dict[int | str, int] = {}
        unlimited = self.structure is Structure.CYCLIC or self.opaque_records
        for value in values:
            counts[value.item.key] = counts.get(value.item.key, 0) + 1
            if not unlimited and counts[value.item.key] > value.item.occurs:
                raise LayoutError(
                    self.path, value.item.label, 0, f"occurs more than {value.item.occurs} times"
                )
        return FileContent(self._followed(values), bytes(contents))

    def _followed(self, values: tuple[ItemValue, ...]) -> tuple[ItemValue, ...]:
        """Items whose later meaning another record tells, read with that meaning (LD/T 32.6 annex C)."""
        reused = {value.tag for value in values if value.raw.endswith(bytes((REUSED,)))}
        return tuple(
            item.reused_as.decode(value.raw)
            if (item := value.item).reused_as is not None and item.follows in reused
            else value
            for value in values
        )

    def build(self, content: FileContent | Values) -> bytes:
        """Contents to write, from parsed items (unchanged ones keep their bytes) or values by tag or name."""
        if isinstance(content, FileContent):
            if self.structure is Structure.TRANSPARENT:
                return self._overlay(content.raw, [(value.item, self._kept(value)) for value in content])
            return b"".join(self._record_of(value) for value in content)
        if self.structure is Structure.TRANSPARENT:
            blank = self.blank()
            return self._overlay(
                blank, [(self.item(key), self._value(key, value)) for key, value in content.items()]
            )
        return b"".join(self.records(content))

    def records(self, values: Values) -> tuple[bytes, ...]:
        """Every defined record in table order, from its value or empty; of a cyclic file those given."""
        for key in values:
            self.item(key)
        if self.structure is Structure.CYCLIC:
            return tuple(self.encode_record(key, value) for key, given in values.items() for value in given)
        found: list[bytes] = []
        for item in self.items:
            given: Sequence[Any] = ()
            if item.key in values:
                given = values[item.key] if item.occurs > 1 else (values[item.key],)
            if len(given) > item.occurs:
                raise LayoutError(self.path, item.label, 0, f"occurs at most {item.occurs} times")
            found += [self.encode_record(item.key, value) for value in given]
            found += [join_record(item.tag or 0, item.empty)] * (item.occurs - len(given))
        return tuple(found)

    def blank_records(self) -> tuple[bytes, ...]:
        """The records of a card on which nothing is personalised; none in a cyclic file."""
        return self.records({})

    def blank(self) -> bytes:
        """Initial contents: empty records joined, or `size` fill bytes."""
        if self.structure is Structure.TRANSPARENT:
            return bytes((self.blank_fill,)) * (self.size or 0)
        return b"".join(self.blank_records())

    def _records(self, contents: bytes) -> Iterator[tuple[int, bytes]]:
        start = 0
        while start < len(contents):
            if self.structure is Structure.CYCLIC:
                end = start + (self.record_length or 0)
            elif start + 1 < len(contents):
                end = start + 2 + contents[start + 1]
            else:
                raise LayoutError(
                    self.path, "", start, "a record begins with tag and length; one byte is left over"
                )
            if end > len(contents):
                raise LayoutError(
                    self.path, "", len(contents), f"the file ends inside the record that begins at {start}"
                )
            yield start, contents[start:end]
            start = end

    def _fields(self, contents: bytes) -> Iterator[ItemValue]:
        size = self.size or 0
        if len(contents) != size:
            raise LayoutError(
                self.path, "", min(len(contents), size), f"{len(contents)} bytes, the file has {size}"
            )
        for item in self.items:
            start = item.offset or 0
            try:
                yield item.decode(contents[start : start + item.length])
            except FieldError as error:
                raise LayoutError(self.path, error.item, start + error.offset, error.reason) from None

    def _record_of(self, value: ItemValue) -> bytes:
        kept = self._kept(value)
        return kept if value.item.tag is None else join_record(value.item.tag, kept)

    def _kept(self, value: ItemValue) -> bytes:
        """The bytes of a value: those it was read from while it is unchanged, else encoded anew."""
        if self.opaque_records and value.tag is not None:
            return bytes(value.value)
        declared = self.item(value.item.key)
        reader = declared if declared.follows is None else value.item
        try:
            unchanged = reader.decode(value.raw).value == value.value
        except FieldError:
            unchanged = False
        if unchanged:
            return value.raw
        encoded = self._value(value.item.key, value.value, value.item)
        return encoded if value.item == declared else encoded.ljust(declared.length, b"\xee")

    def _value(self, key: int | str, value: Any, item: Item | None = None) -> bytes:
        item = item or self.item(key)
        try:
            return item.encode(value)
        except FieldError as error:
            raise LayoutError(self.path, error.item or item.label, error.offset, error.reason) from None

    def _overlay(self, contents: bytes, fields: Sequence[tuple[Item, bytes]]) -> bytes:
        whole = bytearray(contents)
        for item, raw in fields:
            start = item.offset or 0
            whole[start : start + len(raw)] = raw
        return bytes(whole)


@dataclass(frozen=True, slots=True)
class DirectorySpec:
    """One directory: its name on the card (DF name or AID), its FID where one is fixed, its files.

    `internal` files are kept by the card's own software; no command selects or reads them.
    """

    name: str
    df_name: bytes
    fid: int | None
    label_zh: str
    files: tuple[FileSpec, ...]
    internal: tuple[FileSpec, ...] = ()

    def file(self, fid: int) -> FileSpec | None:
        """The file with this FID; None where the directory has none."""
        return next((file for file in self.files if file.fid == fid), None)

    def file_by_sfi(self, sfi: int) -> FileSpec | None:
        """The file with this short file identifier; None where the directory has none."""
        return next((file for file in self.files if file.sfi == sfi), None)
