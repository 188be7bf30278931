"""The lists a bank card has told, by which the untagged bytes of later commands and answers are read.

A card that has told none is read by the lists PBOC cards have.
"""

from __future__ import annotations

from apdu.dol import Dol, parse_dol
from apdu.pboc import DYNAMIC_LIST, FIRST_LIST, LOG_FORMAT, LOG_SFI, PROCESSING_LIST, SECOND_LIST
from apdu.tlv import Tlv, TlvError, parse

Told = tuple[tuple[int, bytes], ...]
"""Tags and values, at most one of each tag."""

PROCESSING, FIRST, SECOND, DYNAMIC, LOG, LOG_ENTRY = 0x9F38, 0x8C, 0x8D, 0x9F49, 0x9F4F, 0x9F4D
USUAL = {
    PROCESSING: PROCESSING_LIST,
    FIRST: FIRST_LIST,
    SECOND: SECOND_LIST,
    DYNAMIC: DYNAMIC_LIST,
    LOG: LOG_FORMAT,
    LOG_ENTRY: bytes((LOG_SFI, 0)),
}
TEMPLATES = frozenset({0x6F, 0xA5, 0xBF0C, 0x70})


def learned(told: Told, data: bytes) -> Told:
    """`told` and what an answer adds to it; data that are no data objects add nothing."""
    try:
        found = dict(_lists(parse(data)))
    except TlvError:
        return told
    return tuple((dict(told) | found).items()) if found else told


def _lists(objects: tuple[Tlv, ...]) -> list[tuple[int, bytes]]:
    found = [(item.tag, item.value) for item in objects if item.tag in USUAL]
    for item in objects:
        if item.tag in TEMPLATES:
            found += _lists(parse(item.value))
    return found


def list_of(told: Told, tag: int) -> Dol:
    """The list of a tag: the card's own, where it is one, else the usual one."""
    try:
        return parse_dol(dict(told).get(tag, USUAL[tag]))
    except TlvError:
        return parse_dol(USUAL[tag])


def log_file(told: Told) -> int:
    """The short identifier of the transaction log."""
    return (dict(told).get(LOG_ENTRY) or USUAL[LOG_ENTRY])[0]
