"""BER-TLV as control information and directories use it, and the one-byte TLV of the card's records.

BER-TLV keeps order and duplicates, and knows tags of several bytes (9F0C) and lengths of one to three (81,
82). The records of the social side are simple TLV: item tags such as 1F or 5F are one byte there (LD/T 32.3
section 5.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class TlvError(ValueError):
    """Bytes that are no TLV; `offset` counts from the start of the outermost input."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Tlv:
    """One data object: the tag as a number (0x84, 0x9F0C) and the bytes of its value.

    `offset` is where the value began in the input; it takes no part in comparison.
    """

    tag: int
    value: bytes
    offset: int = field(default=0, compare=False)

    @classmethod
    def of(cls, tag: int, *children: Tlv) -> Tlv:
        """A template whose value is its children, in the order given."""
        return cls(tag, encode(children))

    @property
    def children(self) -> tuple[Tlv, ...]:
        """The data objects inside the value; raises TlvError where the value is none."""
        return parse(self.value, self.offset)

    def encode(self) -> bytes:
        """Tag, length and value."""
        return _encode_tag(self.tag) + _encode_length(len(self.value)) + self.value

    def __repr__(self) -> str:
        return f"Tlv({self.tag:02X}, {len(self.value)} bytes)"


def parse(raw: bytes, base: int = 0) -> tuple[Tlv, ...]:
    """The data objects of `raw` in order; 00 between them is padding and skipped.

    Raises TlvError with the offset (plus `base`) of the first byte that does not fit.
    """
    return tuple(_objects(raw, base))


def _objects(raw: bytes, base: int) -> Iterator[Tlv]:
    at = 0
    while at < len(raw):
        if raw[at] == 0:
            at += 1
            continue
        tag, at = _parse_tag(raw, at, base)
        length, at = _parse_length(raw, at, base, tag)
        if length > len(raw) - at:
            raise TlvError(base + at, f"tag {tag:02X} announces {length} bytes, {len(raw) - at} follow")
        yield Tlv(tag, bytes(raw[at : at + length]), base + at)
        at += length


def tag_end(raw: bytes, start: int) -> int:
    """Where the tag that begins at `start` ends; past the end of `raw` where it is cut off."""
    end = start + 1
    if raw[start] & 0x1F == 0x1F:
        while end < len(raw) and raw[end] & 0x80:
            end += 1
        end += 1
    return end


def _parse_tag(raw: bytes, start: int, base: int) -> tuple[int, int]:
    end = tag_end(raw, start)
    if end > len(raw):
        raise TlvError(base + len(raw), f"the tag that begins with {raw[start]:02X} is cut off")
    return int.from_bytes(raw[start:end], "big"), end


def _parse_length(raw: bytes, at: int, base: int, tag: int) -> tuple[int, int]:
    if at >= len(raw):
        raise TlvError(base + at, f"the length of tag {tag:02X} is missing")
    first = raw[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if count not in (1, 2):
        raise TlvError(base + at, f"length byte {first:02X} of tag {tag:02X} is none of 00..7F, 81, 82")
    if at + 1 + count > len(raw):
        raise TlvError(base + len(raw), f"the length of tag {tag:02X} is cut off")
    return int.from_bytes(raw[at + 1 : at + 1 + count], "big"), at + 1 + count


def encode(objects: Iterable[Tlv]) -> bytes:
    """The bytes of data objects in order; raises ValueError for a tag or length that cannot be coded."""
    return b"".join(item.encode() for item in objects)


def _encode_tag(tag: int) -> bytes:
    raw = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8), "big")
    if tag == 0 or _parse_tag(raw + b"\0", 0, 0)[1] != len(raw):
        raise ValueError(f"{tag:02X} is no BER-TLV tag")
    return raw


def _encode_length(length: int) -> bytes:
    if length > 0xFFFF:
        raise ValueError(f"a value of {length} bytes exceeds 65535")
    if length < 0x80:
        return bytes((length,))
    return bytes((0x81, length)) if length < 0x100 else b"\x82" + length.to_bytes(2, "big")


def find(objects: Iterable[Tlv], *path: int) -> Tlv | None:
    """The first data object at the end of `path` (6F, A5, 9F0C, 86); every matching branch is tried."""
    for item in objects:
        if item.tag != path[0]:
            continue
        found = item if len(path) == 1 else find(item.children, *path[1:])
        if found is not None:
            return found
    return None


class SimpleTlv(NamedTuple):
    """One record item: one-byte tag, value, and the offset of the tag."""

    tag: int
    value: bytes
    offset: int


def parse_simple(raw: bytes) -> list[SimpleTlv]:
    """The items of joined records: one-byte tag, one-byte length, value; raises TlvError with the offset."""
    items: list[SimpleTlv] = []
    at = 0
    while at < len(raw):
        if at + 1 == len(raw):
            raise TlvError(at + 1, f"the length of tag {raw[at]:02X} is missing")
        end = at + 2 + raw[at + 1]
        if end > len(raw):
            raise TlvError(
                at + 2, f"tag {raw[at]:02X} announces {raw[at + 1]} bytes, {len(raw) - at - 2} follow"
            )
        items.append(SimpleTlv(raw[at], bytes(raw[at + 2 : end]), at))
        at = end
    return items
