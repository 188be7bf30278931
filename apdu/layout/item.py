"""One item of a card file: tag, names, coding and secrecy; the way from its bytes to its value and back."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import Enum
from typing import Any

from construct import GreedyBytes, Int8ub, Prefixed, Struct

from apdu.fields import Coding, FieldError, opaque
from apdu.layout.code import Code

RECORD = Struct("tag" / Int8ub, "value" / Prefixed(Int8ub, GreedyBytes))
"""Simple TLV of every record: one tag byte, one length byte, value (LD/T 32.6 section 5; never BER tags)."""

REUSED = 0xEE
"""Last byte of a 1.0 record that carries the 2.0 meaning of its tag (LD/T 32.6 annex C)."""


class Secrecy(Enum):
    """What may be shown of a value: OPEN all, IDENTITY its ends, SECRET nothing."""

    OPEN = "open"
    IDENTITY = "identity"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Item:
    """One TLV item, or a field at `offset` (cyclic records, transparent files).

    `coding` is None for a composite, whose value is the tuple of its children's values in table order: a
    B-TLV (children with tags) or a record (children with offsets). `codes` name the digit groups of a coded
    value. `also` lists lengths that are read beside `length`. `reused_as` is the 2.0 item a 1.0 record of
    this tag may carry instead, told by a last byte EE; where the length of both is the same, it is told by
    the record whose tag `follows` names, and only the whole file shows it. An empty `source` means that of
    the file.
    """

    tag: int | None
    name: str
    name_zh: str
    coding: Coding | None = None
    _: KW_ONLY
    secrecy: Secrecy = Secrecy.OPEN
    offset: int | None = None
    children: tuple[Item, ...] = ()
    occurs: int = 1
    codes: tuple[type[Code], ...] = ()
    also: Container[int] = ()
    reused_as: Item | None = None
    follows: int | None = None
    source: str = ""

    @property
    def type(self) -> str:
        """ "cn", "an", "b"; "B-TLV" or "record" for composites."""
        if self.coding is not None:
            return str(self.coding.kind)
        return "B-TLV" if self.children[0].tag is not None else "record"

    @property
    def length(self) -> int:
        """Bytes of the value, tag and length not counted."""
        if self.coding is not None:
            return int(self.coding.length)
        if self.type == "B-TLV":
            return sum(2 + child.length for child in self.children)
        return max((child.offset or 0) + child.length for child in self.children)

    @property
    def key(self) -> int | str:
        """The tag, or the name of an item without one."""
        return self.name if self.tag is None else self.tag

    @property
    def label(self) -> str:
        """Tag and name for people: `05 Issue date`."""
        return self.name if self.tag is None else f"{self.tag:02X} {self.name}"

    @property
    def empty(self) -> bytes:
        """The value bytes of an unset item."""
        if self.coding is not None:
            return bytes(self.coding.empty)
        return _assemble(self, [child.empty for child in self.children])

    def decode(self, raw: bytes) -> ItemValue:
        """Value bytes to value; raises FieldError with the offset inside `raw`."""
        try:
            return self._decode(raw)
        except FieldError as error:
            raise error.within(0, self.label) from None

    def _decode(self, raw: bytes) -> ItemValue:
        if self.reused_as is not None and self.follows is None and raw[-1:] == bytes((REUSED,)):
            return self._decode_reused(self.reused_as, raw)
        if len(raw) != self.length and len(raw) not in self.also:
            at = (
                min(len(raw), self.length) if self.tag is None else -1
            )  # the length byte stands before the value
            raise FieldError(at, f"{len(raw)} value bytes, {self.length} are defined")
        if self.coding is not None:
            return ItemValue(self, self.coding.parse(raw[: self.length]), raw)
        parts = tuple(_split(self, raw))
        return ItemValue(self, tuple(part.value for part in parts), raw, parts)

    def _decode_reused(self, later: Item, raw: bytes) -> ItemValue:
        if len(raw) != self.length or raw[later.length :].strip(bytes((REUSED,))):
            raise FieldError(later.length, f"the 2.0 value is filled with EE up to {self.length} bytes")
        return ItemValue(later, later.decode(raw[: later.length]).value, raw)

    def encode(self, value: Any) -> bytes:
        """Value to padded value bytes; raises FieldError for a value the coding cannot carry."""
        if self.coding is not None:
            try:
                return bytes(self.coding.build(value))
            except FieldError as error:
                raise error.within(0, self.label) from None
        if not isinstance(value, Sequence) or len(value) != len(self.children):
            raise FieldError(0, f"{len(self.children)} child values are expected", self.label)
        return _assemble(self, [child.encode(part) for child, part in zip(self.children, value, strict=True)])

    def meanings(self, value: str) -> tuple[Code, ...]:
        """A coded value as members of its tables, one for each digit group; unlisted codes are kept."""
        found: list[Code] = []
        for table in self.codes:
            width = table.width()
            found.append(table(value[:width]))
            value = value[width:]
        return tuple(found)

    def describe(self, value: str) -> tuple[str, str] | None:
        """What a coded value means, English and Chinese; None where the item has no codes or none matches."""
        known = [code for code in self.meanings(value) if code.known]
        if not known:
            return None
        return ", ".join(code.en for code in known), "，".join(code.zh for code in known)


@dataclass(frozen=True, slots=True, repr=False)
class ItemValue:
    """One decoded item: `value` in Python terms, `raw` its value bytes as they stood, `parts` of a composite.

    A value that was read and not changed is built from `raw` again, so that padding other than ours survives.
    """

    item: Item
    value: Any
    raw: bytes
    parts: tuple[ItemValue, ...] = ()

    @property
    def tag(self) -> int | None:
        """The item's tag."""
        return self.item.tag

    def __repr__(self) -> str:
        shown = repr(self.value) if self.item.secrecy is Secrecy.OPEN and not self.parts else "..."
        return f"ItemValue({self.item.label}: {shown})"


def opaque_item(tag: int, length: int) -> Item:
    """The item of a record whose contents are not published: bytes as they stand."""
    return Item(tag, "Unpublished item", "未公布数据项", opaque(length))


def split_record(raw: bytes) -> tuple[int, bytes]:
    """Tag and value of one record that fills `raw`; raises FieldError at the byte that does not fit."""
    if len(raw) < 2:
        raise FieldError(len(raw), "a record begins with tag and length")
    if raw[1] != len(raw) - 2:
        raise FieldError(1, f"the length byte announces {raw[1]} value bytes, {len(raw) - 2} follow")
    parsed = RECORD.parse(raw)
    return int(parsed.tag), bytes(parsed.value)


def join_record(tag: int, value: bytes) -> bytes:
    """Tag, length and value as the card stores them."""
    return bytes(RECORD.build({"tag": tag, "value": value}))


def _split(item: Item, raw: bytes) -> Iterator[ItemValue]:
    if item.type == "record":
        for child in item.children:
            start = child.offset or 0
            if start < len(raw):
                yield _shifted(child, raw[start : start + child.length], start)
        return
    position = 0
    for child in item.children:
        if raw[position] != child.tag:
            raise FieldError(position, f"tag {raw[position]:02X} where {child.label} is expected")
        if raw[position + 1] != child.length:
            raise FieldError(
                position + 1, f"length {raw[position + 1]}, {child.length} is defined", child.label
            )
        yield _shifted(child, raw[position + 2 : position + 2 + child.length], position + 2)
        position += 2 + child.length


def _shifted(child: Item, raw: bytes, start: int) -> ItemValue:
    try:
        return child.decode(raw)
    except FieldError as error:
        raise error.within(start, child.label) from None


def _assemble(item: Item, parts: Sequence[bytes]) -> bytes:
    if item.type == "B-TLV":
        return b"".join(
            join_record(child.tag or 0, part) for child, part in zip(item.children, parts, strict=True)
        )
    whole = bytearray(item.length)
    for child, part in zip(item.children, parts, strict=True):
        start = child.offset or 0
        whole[start : start + len(part)] = part
    return bytes(whole)
