"""The status words of this engine, as the two bytes that end an answer (LD/T 32.5 section 5.4, table 5)."""

from __future__ import annotations

OK = b"\x90\x00"
LENGTH = b"\x67\x00"
STATE = b"\x69\x01"
STRUCTURE = b"\x69\x81"
SECURITY = b"\x69\x82"
BLOCKED = b"\x69\x83"
NO_CHALLENGE = b"\x69\x84"
KEY_TYPE = b"\x69\x85"
NO_CURRENT_FILE = b"\x69\x86"
DATA = b"\x6a\x80"
NOT_SUPPORTED = b"\x6a\x81"
FILE_NOT_FOUND = b"\x6a\x82"
RECORD_NOT_FOUND = b"\x6a\x83"
NO_ROOM = b"\x6a\x84"
TLV_LENGTH = b"\x6a\x85"
PARAMETERS = b"\x6a\x86"
KEY_NOT_FOUND = b"\x6a\x88"
OFFSET = b"\x6b\x00"
INSTRUCTION = b"\x6d\x00"
CLASS = b"\x6e\x00"
NO_DATA = b"\x6f\x00"
INTERNAL_ERROR = b"\x6f\x00"
APPLICATION_BLOCKED = b"\x93\x03"

MAINTENANCE_FAILED = b"\x63\xcf"


def waiting(count: int) -> bytes:
    """61xx: `count` bytes wait for GET RESPONSE; 256 is written 00."""
    return bytes((0x61, count & 0xFF))


def right_length(count: int) -> bytes:
    """6Cxx: Le was wrong, `count` is right; 256 is written 00."""
    return bytes((0x6C, count & 0xFF))


def tries_left(count: int) -> bytes:
    """63Cx: the comparison failed (or was only asked about), `count` tries are left."""
    return bytes((0x63, 0xC0 | count))
