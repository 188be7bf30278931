"""The status words of this engine, as the two bytes that end an answer (LD/T 32.5 section 5.4, table 5)."""

from __future__ import annotations

OK = b"\x90\x00"
END_REACHED = b"\x62\x82"
DEACTIVATED = b"\x62\x83"
MEMORY_FAILURE = b"\x65\x81"
LENGTH = b"\x67\x00"
NO_CHANNEL = b"\x68\x81"
NO_SECURE_MESSAGING = b"\x68\x82"
NO_CHAINING = b"\x68\x84"
STATE = b"\x69\x01"
STRUCTURE = b"\x69\x81"
SECURITY = b"\x69\x82"
BLOCKED = b"\x69\x83"
NO_CHALLENGE = b"\x69\x84"
CONDITIONS = b"\x69\x85"
NO_CURRENT_FILE = b"\x69\x86"
MAC_MISSING = b"\x69\x87"
MAC_WRONG = b"\x69\x88"
DATA = b"\x6a\x80"
NOT_SUPPORTED = b"\x6a\x81"
FILE_NOT_FOUND = b"\x6a\x82"
RECORD_NOT_FOUND = b"\x6a\x83"
NO_ROOM = b"\x6a\x84"
TLV_LENGTH = b"\x6a\x85"
PARAMETERS = b"\x6a\x86"
LENGTH_FOR_PARAMETERS = b"\x6a\x87"
KEY_NOT_FOUND = b"\x6a\x88"
OFFSET = b"\x6b\x00"
INSTRUCTION = b"\x6d\x00"
CLASS = b"\x6e\x00"
NO_DATA = b"\x6f\x00"
INTERNAL_ERROR = b"\x6f\x00"
PURSE_MAC_WRONG = b"\x93\x02"
APPLICATION_BLOCKED = b"\x93\x03"
AMOUNT = b"\x94\x01"
COUNTER = b"\x94\x02"
KEY_INDEX = b"\x94\x03"
NO_PROOF = b"\x94\x06"

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
