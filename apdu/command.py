"""Command APDUs, ISO/IEC 7816-3 12.1 and 7816-4 5.1: cases 1 to 4, short and extended."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apdu.instructions import showable_data

SHORT_LE_MAX = 256
EXTENDED_LE_MAX = 65536


class MalformedApduError(ValueError):
    """Bytes that are no APDU; says which byte is wrong and why."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """One command APDU.

    `le` is the number of bytes expected, 1 to 256 (short) or 65536 (extended); None means no answer data
    expected. Raises ValueError for a header byte outside 00..FF or a length no APDU can carry.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int | None = None
    extended: bool = False

    def __post_init__(self) -> None:
        for name in ("cla", "ins", "p1", "p2"):
            value = getattr(self, name)
            if not 0 <= value <= 0xFF:
                raise ValueError(f"{name.upper()} {value} is outside 00..FF")
        limit = EXTENDED_LE_MAX if self.extended else SHORT_LE_MAX
        if len(self.data) >= limit:
            raise ValueError(f"{len(self.data)} data bytes exceed the {limit - 1} of this APDU form")
        if self.le is not None and not 1 <= self.le <= limit:
            raise ValueError(f"Le {self.le} is outside 1..{limit}")

    @property
    def header(self) -> bytes:
        """CLA INS P1 P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    @property
    def case(self) -> int:
        """1: no data, 2: answer only, 3: data only, 4: both."""
        return 1 + (self.le is not None) + 2 * bool(self.data)

    def encode(self) -> bytes:
        """The bytes of the APDU: header, [Lc data], [Le]."""
        if self.extended:
            return self._encode_extended()
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.le is None else bytes((self.le & 0xFF,))
        return self.header + body + tail

    def _encode_extended(self) -> bytes:
        if self.case == 1:
            return self.header
        body = len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        tail = b"" if self.le is None else (self.le & 0xFFFF).to_bytes(2, "big")
        return self.header + b"\0" + body + tail

    def with_le(self, le: int | None) -> Command:
        """The same command with another Le."""
        return replace(self, le=le)

    @classmethod
    def parse(cls, raw: bytes) -> Command:
        """Read an APDU; raises MalformedApduError naming the offending byte (counted from 0)."""
        if len(raw) < 4:
            raise MalformedApduError(len(raw), f"the header CLA INS P1 P2 needs 4 bytes, {len(raw)} given")
        header = (raw[0], raw[1], raw[2], raw[3])
        body = raw[4:]
        if not body:
            return cls(*header)
        if len(body) == 1:
            return cls(*header, le=body[0] or SHORT_LE_MAX)
        if body[0] == 0:
            return cls._parse_extended(header, body)
        return cls._parse_short(header, body)

    @classmethod
    def _parse_short(cls, header: tuple[int, int, int, int], body: bytes) -> Command:
        lc = body[0]
        rest = len(body) - 1 - lc
        if rest < 0:
            raise MalformedApduError(4, f"Lc announces {lc} data bytes, {len(body) - 1} follow")
        if rest > 1:
            raise MalformedApduError(
                5 + lc, f"{rest} bytes after the {lc} data bytes of Lc, at most Le may follow"
            )
        le = (body[-1] or SHORT_LE_MAX) if rest else None
        return cls(*header, data=bytes(body[1 : 1 + lc]), le=le)

    @classmethod
    def _parse_extended(cls, header: tuple[int, int, int, int], body: bytes) -> Command:
        if len(body) < 3:
            raise MalformedApduError(4, "Lc is 00: neither a short length nor a complete extended one")
        length = int.from_bytes(body[1:3], "big")
        if len(body) == 3:
            return cls(*header, le=length or EXTENDED_LE_MAX, extended=True)
        if length == 0:
            raise MalformedApduError(5, "extended Lc is 0000 but bytes follow")
        rest = len(body) - 3 - length
        if rest < 0:
            raise MalformedApduError(5, f"extended Lc announces {length} data bytes, {len(body) - 3} follow")
        if rest not in (0, 2):
            raise MalformedApduError(7 + length, f"{rest} bytes after the data, extended Le has 2")
        le = (int.from_bytes(body[-2:], "big") or EXTENDED_LE_MAX) if rest else None
        return cls(*header, data=bytes(body[3 : 3 + length]), le=le, extended=True)

    def __repr__(self) -> str:
        shown = (
            self.data.hex() if showable_data(self.cla, self.ins, self.data) else f"({len(self.data)} bytes)"
        )
        return f"Command({self.header.hex()} data={shown if self.data else '-'} le={self.le})"
