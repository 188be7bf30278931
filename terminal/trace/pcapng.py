"""Writes pcapng: packets of any link type with a time and a comment, on named interfaces.

Blocks as in the pcapng draft (draft-ietf-opsawg-pcapng): section header, interface description, enhanced packet; little
endian, times in microseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SECTION_HEADER, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
BYTE_ORDER = 0x1A2B3C4D
COMMENT, IF_NAME, IF_DESCRIPTION, IF_RESOLUTION, APPLICATION = 1, 2, 3, 9, 4
MICROSECONDS = b"\x06"
NO_LIMIT = 0


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets are captured: its name, a description, and what its packets begin with (link type)."""

    name: str
    description: str
    link_type: int


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `at_us` are microseconds since 1970-01-01 UTC, `interface` counts from 0."""

    interface: int
    at_us: int
    data: bytes
    comment: str = ""


def pcapng(application: str, interfaces: Sequence[Interface], packets: Sequence[Packet]) -> bytes:
    """A capture file of one section."""
    return b"".join(_blocks(application, interfaces, packets))


def _blocks(application: str, interfaces: Sequence[Interface], packets: Sequence[Packet]) -> Iterator[bytes]:
    head = struct.pack("<IHHq", BYTE_ORDER, 1, 0, -1)
    yield _block(SECTION_HEADER, head + _options((APPLICATION, application.encode())))
    for interface in interfaces:
        body = struct.pack("<HHI", interface.link_type, 0, NO_LIMIT)
        yield _block(
            INTERFACE,
            body
            + _options(
                (IF_NAME, interface.name.encode()),
                (IF_DESCRIPTION, interface.description.encode()),
                (IF_RESOLUTION, MICROSECONDS),
            ),
        )
    for packet in packets:
        high, low = divmod(packet.at_us, 1 << 32)
        length = len(packet.data)
        body = struct.pack("<IIIII", packet.interface, high, low, length, length) + _padded(packet.data)
        yield _block(PACKET, body + _options((COMMENT, packet.comment.encode())))


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _options(*options: tuple[int, bytes]) -> bytes:
    """The options that say something, and the mark of their end; nothing where none does."""
    said = [struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options if value]
    return b"".join(said) + bytes(4) if said else b""


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
