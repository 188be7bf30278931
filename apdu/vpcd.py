"""How a card is carried over a TCP connection to a virtual reader: the protocol of vsmartcard's vpcd.

Each message is two bytes of length, most significant first, and that many bytes. The reader's side speaks first. A
message of one byte is a control; a longer one is a command APDU; only an APDU and the control ATR are answered, with
one message. Removing a card is closing the connection. No I/O here.
Source: vsmartcard, virtualsmartcard/src/vpcd and its documentation of the protocol.
"""

from __future__ import annotations

from enum import IntEnum

LENGTH_BYTES = 2
LONGEST = 0xFFFF
DEFAULT_PORT = 0x8C7B
"""Where Debian's vpcd listens for the card of its first reader; the second one is the next port."""


class FramingError(ValueError):
    """A message that nobody who speaks this protocol sends."""


class Control(IntEnum):
    """What a reader asks of a card besides APDUs; only ATR is answered."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    ATR = 4

    @property
    def message(self) -> bytes:
        """The whole message, with its length."""
        return frame(bytes((self,)))


def frame(payload: bytes) -> bytes:
    """The message that carries these bytes; raises FramingError above 65535 bytes."""
    if len(payload) > LONGEST:
        raise FramingError(f"{len(payload)} bytes do not fit into one message of at most {LONGEST}")
    return len(payload).to_bytes(LENGTH_BYTES, "big") + payload


def parse_control(payload: bytes) -> Control | None:
    """The control a message from the reader is, None for an APDU; raises FramingError for anything else."""
    if len(payload) > 1:
        return None
    if not payload:
        raise FramingError("a reader sends no empty message")
    try:
        return Control(payload[0])
    except ValueError:
        raise FramingError(f"{payload.hex().upper()} is no control (00, 01, 02, 04)") from None


class Unframer:
    """Cuts what a connection delivers, in pieces of any size, into payloads."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = b""

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is not complete."""
        return bool(self._buffer)

    def feed(self, piece: bytes) -> list[bytes]:
        """The payloads that this piece completes, in order; usually none or one."""
        buffer = self._buffer + piece if self._buffer else piece
        payloads = []
        start, end = 0, len(buffer)
        while end - start >= LENGTH_BYTES:
            stop = start + LENGTH_BYTES + (buffer[start] << 8) + buffer[start + 1]
            if stop > end:
                break
            payloads.append(buffer[start + LENGTH_BYTES : stop])
            start = stop
        self._buffer = buffer[start:]
        return payloads
