"""SEARCH RECORD: the numbers of the records that hold a string (ISO/IEC 7816-4 section 11.4.7, ETSI TS 102 221 11.1.7).

P2: short identifier (0 the current file) and how: 4 from record P1 on, 5 from record P1 back, 6 as the first two
bytes of the data say: which way and from where in the file, then where in a record the string may begin.
"""

from __future__ import annotations

from virtual_card import status
from virtual_card.commands.iso_access import Right
from virtual_card.commands.iso_records import MODE, addressed, records_of
from virtual_card.iso_card import Channel, IsoCard, Reply, Request

FORWARD, BACKWARD, ENHANCED = 4, 5, 6
FROM_NEXT, FROM_PREVIOUS = 6, 7
AFTER_VALUE = 0x08
INDICATION = 2


def search_record(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """The numbers of the matching records, the first becomes current; 6282 without a match.

    6A83 where the search begins at no record, 6A80 where the data hold no string or no such indication.
    """
    file = addressed(card, channel, request, Right.READ, modes=range(FORWARD, ENHANCED + 1))
    if isinstance(file, bytes):
        return file
    records, wanted = records_of(card, file), request.data
    way, start, value = request.p2 & MODE, 0, None
    if way == ENHANCED:
        if len(wanted) <= INDICATION or wanted[0] & ~(MODE | AFTER_VALUE) or not wanted[0] & FORWARD:
            return status.DATA
        way = wanted[0] & MODE
        value = wanted[1:2] if wanted[0] & AFTER_VALUE else None
        start = 0 if value else wanted[1]
        wanted = wanted[INDICATION:]
    numbers = _in_order(way, request.p1 or channel.pointer(file), len(records))
    if numbers is None:
        return status.RECORD_NOT_FOUND
    found = bytes(number for number in numbers if _holds(records[number - 1], wanted, start, value))
    if not found:
        return status.END_REACHED
    channel.use(file, found[0])
    return Reply(found)


def _in_order(way: int, number: int, count: int) -> range | None:
    """The record numbers to look at; None where the search begins outside the file."""
    if not 0 < number <= count:
        return None
    if way in (FORWARD, FROM_NEXT):
        return range(number + (way == FROM_NEXT), count + 1)
    return range(number - (way == FROM_PREVIOUS), 0, -1)


def _holds(record: bytes, wanted: bytes, start: int, value: bytes | None) -> bool:
    """Whether the string lies in the record, from the offset on or behind the first byte of this value."""
    if value is not None:
        start = record.find(value) + 1
        if not start:
            return False
    return record.find(wanted, start) >= 0
