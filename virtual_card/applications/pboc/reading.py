"""READ RECORD and GET DATA of the bank's side: open before GPO and on a blocked application too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from apdu.pboc import DIRECTORY_SFI
from apdu.tlv import Tlv
from virtual_card import status
from virtual_card.applications.pboc.application import OBJECT_NOT_FOUND, Bank, current
from virtual_card.commands.records import NUMBER
from virtual_card.half_duplex import exact

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard


def read_record(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """A record by number in the file of the short identifier in P2; the log is file 0B, newest first."""
    if data:
        return status.LENGTH
    return _read(card, current(card).records(p2 >> 3), p1, p2, le)


def read_directory(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """A directory record while the PSE is selected."""
    records = current(card).contents.directory if p2 >> 3 == DIRECTORY_SFI else None
    return status.LENGTH if data else _read(card, records, p1, p2, le)


def _read(card: ProcessorCard, records: list[bytes] | None, p1: int, p2: int, le: int) -> bytes:
    if p2 & 7 != NUMBER:
        return status.PARAMETERS
    if records is None:
        return status.FILE_NOT_FOUND
    if not 0 < p1 <= len(records):
        return status.RECORD_NOT_FOUND
    return exact(card, records[p1 - 1], le)


def get_data(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """One data object with tag and length; 6A88 for one the card does not have."""
    if data:
        return status.LENGTH
    tag = p1 << 8 | p2
    bank = current(card)
    counted = _COUNTED.get(tag)
    value = counted(bank) if counted else bank.object(tag)
    return OBJECT_NOT_FOUND if value is None else exact(card, Tlv(tag, value).encode(), le)


_COUNTED: Mapping[int, Callable[[Bank], bytes | None]] = {
    0x9F36: lambda bank: bank.counter.to_bytes(2, "big"),
    0x9F13: lambda bank: bank.online_counter.to_bytes(2, "big"),
    0x9F17: lambda bank: bytes((bank.tries,)) if bank.pin else None,
}
