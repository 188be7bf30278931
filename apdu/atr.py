"""Answer to reset, both ways (LD/T 32.2 sections 8.2 to 8.4, ISO/IEC 7816-3 section 8).

A social security card answers `3B 6D 00 00` and 13 historical bytes; over the contactless interface PC/SC
shows the same 13 as `3B 8D 80 01 ... TCK`, and a memory card's four bytes as `3B 04 ...`. The historical
bytes are therefore found by walking the interface bytes, never by cutting the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import xor

DIRECT_CONVENTION = 0x3B
INVERSE_CONVENTION = 0x3F
LENGTH_MAX = 33

InterfaceByte = tuple[str, int]
CONTACT: tuple[InterfaceByte, ...] = (("TB1", 0x00), ("TC1", 0x00))
"""Interface bytes of the contact form: no programming voltage, no extra guard time."""
CONTACTLESS: tuple[InterfaceByte, ...] = (("TD1", 0x00), ("TD2", 0x01))
"""Interface bytes PC/SC shows for every contactless card (PC/SC part 3 section 3.1.3.2.3)."""


class AtrError(ValueError):
    """Bytes that are no answer to reset; `offset` is the offending byte, counted from TS = 0."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset} of the answer to reset: {reason}")
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Atr:
    """One answer to reset; `interface` is (name, value) in the order sent, `tck` None where none is sent."""

    ts: int
    t0: int
    interface: tuple[InterfaceByte, ...]
    historical_bytes: bytes
    tck: int | None

    @property
    def protocols(self) -> tuple[int, ...]:
        """The transmission protocols announced, in order; T=0 where none is, T=15 (global bytes) left out."""
        announced = dict.fromkeys(_protocols(self.interface))
        return tuple(protocol for protocol in announced if protocol != 15) or (0,)

    def encode(self) -> bytes:
        """The bytes as the card sends them."""
        body = bytes((self.ts, self.t0, *(value for _, value in self.interface))) + self.historical_bytes
        return body if self.tck is None else body + bytes((self.tck,))


def _protocols(interface: Sequence[InterfaceByte]) -> list[int]:
    return [value & 0x0F for name, value in interface if name.startswith("TD")]


def parse(raw: bytes) -> Atr:
    """Read an answer to reset; raises AtrError naming the byte.

    TCK must be there, and make the XOR of T0 to TCK zero, where anything but T=0 is announced; it must not be
    there otherwise (LD/T 32.8 section 5.1.3.4).
    """
    _check_frame(raw)
    interface, at = _walk_interface(raw)
    count = raw[1] & 0x0F
    end = at + count
    if end > len(raw):
        raise AtrError(len(raw), f"T0 announces {count} historical bytes, {len(raw) - at} follow")
    tck = _check_tck(raw, end) if any(_protocols(interface)) else None
    expected = end + (tck is not None)
    if len(raw) > expected:
        reason = (
            "TCK though only T=0 is announced"
            if tck is None and len(raw) == end + 1
            else "nothing may follow"
        )
        raise AtrError(expected, reason)
    return Atr(raw[0], raw[1], interface, bytes(raw[at:end]), tck)


def is_contactless(raw: bytes) -> bool:
    """Whether this is the form PC/SC gives every contactless card: T=0 and T=1 announced and nothing else."""
    return raw[1:2] >= b"\x80" and raw[1] < 0x90 and raw[2:4] == b"\x80\x01"


def _check_frame(raw: bytes) -> None:
    if len(raw) < 2:
        raise AtrError(len(raw), f"at least TS and T0 are needed, {len(raw)} bytes given")
    if raw[0] not in (DIRECT_CONVENTION, INVERSE_CONVENTION):
        raise AtrError(0, f"TS is {raw[0]:02X}, neither 3B nor 3F")
    if len(raw) > LENGTH_MAX:
        raise AtrError(LENGTH_MAX, f"{len(raw)} bytes, at most 32 may follow TS")


def _walk_interface(raw: bytes) -> tuple[tuple[InterfaceByte, ...], int]:
    """The interface bytes and where the historical bytes begin."""
    interface: list[InterfaceByte] = []
    at, level, present, announcer = 2, 1, raw[1] >> 4, "T0"
    while present:
        following = 0
        for bit, letter in enumerate("ABCD"):
            if not present & 1 << bit:
                continue
            name = f"T{letter}{level}"
            if at == len(raw):
                raise AtrError(at, f"{name}, announced by {announcer}, is missing")
            interface.append((name, raw[at]))
            if letter == "D":
                following = raw[at] >> 4
            at += 1
        present, announcer, level = following, f"TD{level}", level + 1
    return tuple(interface), at


def _check_tck(raw: bytes, at: int) -> int:
    if at >= len(raw):
        raise AtrError(at, "TCK is missing though a protocol other than T=0 is announced")
    expected = reduce(xor, raw[1:at])
    if raw[at] != expected:
        raise AtrError(at, f"TCK is {raw[at]:02X}, the bytes before give {expected:02X}")
    return raw[at]


def build(historical_bytes: bytes, interface: Sequence[InterfaceByte] = CONTACT) -> Atr:
    """An answer to reset in direct convention with these historical bytes (0 to 15) and interface bytes.

    `interface` lists (name, value) in sending order; of a TDi only the protocol nibble counts, the other
    nibble and T0 and TCK are computed. Raises ValueError where order, names or lengths make no answer to
    reset.
    """
    if len(historical_bytes) > 15:
        raise ValueError(f"an answer to reset has at most 15 historical bytes, not {len(historical_bytes)}")
    present: defaultdict[int, int] = defaultdict(int)
    for name, _ in interface:
        present[int(name[2:])] |= 1 << "ABCD".index(name[1])
    coded = tuple(
        (name, present[int(name[2:]) + 1] << 4 | value & 0x0F if name[1] == "D" else value)
        for name, value in interface
    )
    t0 = present[1] << 4 | len(historical_bytes)
    body = bytes((t0, *(value for _, value in coded))) + historical_bytes
    tck = reduce(xor, body) if any(_protocols(coded)) else None
    atr = Atr(DIRECT_CONVENTION, t0, coded, bytes(historical_bytes), tck)
    if parse(atr.encode()) != atr:
        raise ValueError(
            f"{', '.join(name for name, _ in interface)}: not in the order an answer to reset sends them"
        )
    return atr
