"""Response APDUs, ISO/IEC 7816-4 5.1: data and the status word."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.command import MalformedApduError


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """What a card answered: `data` (0 to 65536 bytes) and the status word `sw` (two bytes, big-endian)."""

    data: bytes
    sw: int

    @property
    def sw1(self) -> int:
        """The first byte of the status word."""
        return self.sw >> 8

    @property
    def sw2(self) -> int:
        """The second byte of the status word."""
        return self.sw & 0xFF

    @property
    def ok(self) -> bool:
        """True for 9000 alone; warnings are not success here."""
        return self.sw == 0x9000

    def encode(self) -> bytes:
        """Data followed by the status word."""
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes) -> Response:
        """Split an answer; raises MalformedApduError where it is too short for a status word."""
        if len(raw) < 2:
            raise MalformedApduError(
                len(raw), f"a response ends in a 2-byte status word, {len(raw)} bytes given"
            )
        return cls(bytes(raw[:-2]), int.from_bytes(raw[-2:], "big"))

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.sw:04X})"
