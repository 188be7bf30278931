"""VERIFY and CHANGE PIN (LD/T 32.5 sections 6.14 and 6.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtual_card import status
from virtual_card.filesystem import PIN, PIN_TRIES_INDEX, TRIES

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

PIN_LENGTHS = range(2, 9)
CHANGE_LENGTHS = range(0x03, 0x12)
SEPARATOR = 0xFF


def verify(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Compare the PIN (2 to 8 bytes BCD); no data asks how many tries are left, and uses none."""
    if p1 or p2:
        return status.PARAMETERS
    if not data:
        if le:
            return status.LENGTH
        return status.tries_left(card.pin_tries) if card.pin else status.OK
    if len(data) not in PIN_LENGTHS:
        return status.LENGTH
    if not card.pin_tries:
        return status.BLOCKED
    refusal = _compare(card, data)
    card.grant_pin(refusal is None)
    return status.OK if refusal is None else refusal


def change_pin(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Replace the PIN: current part, FF, new part; an absent part means no PIN; verifies nothing."""
    if p1 != 1 or p2:
        return status.PARAMETERS
    if len(data) not in CHANGE_LENGTHS:
        return status.LENGTH
    if not card.pin_tries:
        return status.BLOCKED
    current, separator, new = data.partition(bytes((SEPARATOR,)))
    if not separator or not (new == b"" or well_formed(new)):
        return status.DATA
    refusal = _compare(card, current)
    if refusal is not None:
        return refusal
    card.memory.put(PIN, 0, new)
    card.grant_pin(card.verified)
    return status.OK


def well_formed(pin: bytes) -> bool:
    """Whether this is a PIN: 4 to 16 decimal digits packed, the last nibble F where their number is odd."""
    digits = pin.hex()
    if digits.endswith("f"):
        digits = digits[:-1]
    return len(pin) in PIN_LENGTHS and digits.isdecimal() and len(digits) >= 4


def _compare(card: ProcessorCard, presented: bytes) -> bytes | None:
    """None where the PIN is right (the counter is full again), else 63Cx with one try less."""
    limit = card.profile.contents.pin_limit
    tries = card.pin_tries
    if presented == card.pin:
        if tries != limit:
            card.memory.write(TRIES, PIN_TRIES_INDEX, bytes((limit,)))
        return None
    card.memory.write(TRIES, PIN_TRIES_INDEX, bytes((tries - 1,)))
    return status.tries_left(tries - 1)
