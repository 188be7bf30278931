"""What goes over the private socket between the native libraries and the service: frames of fields.

A frame is its length (4 bytes, big-endian, of what follows), the number of its fields (2 bytes), and each field as
length (4 bytes) and bytes. A request is a function's name and its input arguments, numbers in decimal digits; an answer
is a code in decimal digits and the content of the output buffer. The first frame of a connection says hello.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

HELLO, VERSION = b"hello", b"1"
"""A connection begins with these two, the token, and optionally the encoding of its texts."""

LONGEST = 1 << 16
"""Bytes after a frame's length: the longest arguments of one function have 22 thousand characters."""

MOST_FIELDS = 16
_LENGTH, _COUNT = struct.Struct(">I"), struct.Struct(">H")


class FrameError(ValueError):
    """What came is no frame."""


def pack(*fields: bytes) -> bytes:
    """A frame with these fields."""
    body = _COUNT.pack(len(fields)) + b"".join(_LENGTH.pack(len(field)) + field for field in fields)
    return _LENGTH.pack(len(body)) + body


def unpack(body: bytes) -> list[bytes]:
    """The fields of a frame without its length. Raises FrameError."""
    if len(body) < _COUNT.size:
        raise FrameError("the frame ends before its number of fields")
    (count,) = _COUNT.unpack_from(body)
    if count > MOST_FIELDS:
        raise FrameError(f"a frame has no more than {MOST_FIELDS} fields")
    fields, at = [], _COUNT.size
    for _ in range(count):
        start = at + _LENGTH.size
        if start > len(body):
            raise FrameError("the frame ends before a field's length")
        at = start + _LENGTH.unpack_from(body, at)[0]
        if at > len(body):
            raise FrameError("a field is longer than its frame")
        fields.append(body[start:at])
    if at != len(body):
        raise FrameError("something follows the last field")
    return fields


def read(receive: Callable[[int], bytes]) -> list[bytes] | None:
    """The fields of the next frame; None where the line ended before it.

    `receive(n)` gives 1 to n bytes, b"" at the end. Raises FrameError, also where the line ends within a frame.
    """
    header = _exactly(receive, _LENGTH.size)
    if header is None:
        return None
    (length,) = _LENGTH.unpack(header)
    if length > LONGEST:
        raise FrameError(f"a frame has no more than {LONGEST} bytes")
    body = _exactly(receive, length)
    if body is None:
        raise FrameError("the line ended within a frame")
    return unpack(body)


def _exactly(receive: Callable[[int], bytes], count: int) -> bytes | None:
    """So many bytes; None where the line ended before the first of them."""
    got = b""
    while len(got) < count:
        piece = receive(count - len(got))
        if not piece:
            if got:
                raise FrameError("the line ended within a frame")
            return None
        got += piece
    return got
