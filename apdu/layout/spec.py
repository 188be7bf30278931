"""What a card file is: the vocabulary of the layout; the files are declared in the modules beside it.

A `FileSpec` says where a file is, who may read and update it, and which items it holds; from it follow the
bytes of a blank card, the parse of contents that were read and the build of contents to be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apdu.fields import FieldError
from apdu.layout.declaration import FileDeclaration, LayoutError, Structure
from apdu.layout.item import REUSED, Item, ItemValue, join_record


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
class FileSpec(FileDeclaration):
    """One elementary file: what is declared of it, and from that its contents as a whole, parsed, built and blank."""

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
            given = [(self.item(key), value) for key, value in content.items()]
            return self._overlay(
                self.blank(), [(item, self.encode_value(item, value)) for item, value in given]
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
        encoded = self.encode_value(value.item, value.value)
        return encoded if value.item == declared else encoded.ljust(declared.length, b"\xee")

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
