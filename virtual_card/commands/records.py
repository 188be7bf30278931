"""READ RECORD and UPDATE RECORD in all reference modes (LD/T 32.5 sections 6.10 and 6.13, LD/T 32.3 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status
from virtual_card.access import FileCommand, reading, updating
from virtual_card.half_duplex import ANSWER_MAX, exact
from virtual_card.secure_messaging import message_key, unseal

if TYPE_CHECKING:
    from virtual_card.card import Handler, ProcessorCard
    from virtual_card.filesystem import FileNode

FIRST, LAST, NEXT, PREVIOUS, NUMBER, FROM, DOWN_TO = range(7)
READ_MODES = frozenset({FIRST, LAST, NEXT, PREVIOUS, NUMBER, FROM, DOWN_TO})
UPDATE_MODES = frozenset({FIRST, LAST, NEXT, PREVIOUS, NUMBER})
RESERVED = 0xFF


def addressed(run: FileCommand, modes: frozenset[int], carries_data: bool) -> Handler:
    """`run` on the file that P2 names: a short identifier (which makes it current) or 0, the current file."""

    def handle(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
        if p2 & 7 not in modes or p1 == RESERVED:
            return status.PARAMETERS
        if bool(data) is not carries_data:
            return status.LENGTH
        short_identifier = p2 >> 3
        if short_identifier:
            file = card.directory.by_sfi.get(short_identifier)
            if file is None:
                return status.FILE_NOT_FOUND
            card.file = file
            card.record = 0
        else:
            file = card.file
            if file is None:
                return status.NO_CURRENT_FILE
        return run(card, file, p1, p2, data if carries_data else le)

    return handle


def locate(records: list[bytes], identifier: int, mode: int, current: int) -> int:
    """The number (from 1) of the record that an identifier mode means, 0 where there is none.

    `identifier` 00 means whatever record comes in that position; `current` is the record pointer, 0 for none.
    """
    count = len(records)
    if mode == FIRST or (mode == NEXT and not current):
        candidates = range(1, count + 1)
    elif mode == LAST or not current:
        candidates = range(count, 0, -1)
    elif mode == NEXT:
        candidates = range(current + 1, count + 1)
    else:
        candidates = range(current - 1, 0, -1)
    for number in candidates:
        if not identifier or records[number - 1][:1] == bytes((identifier,)):
            return number
    return 0


def read(card: ProcessorCard, file: FileNode, p1: int, p2: int, le: int) -> bytes:
    """One record with tag and length, or several joined (modes 5 and 6, cut at 256 bytes); wrong Le: 6Cxx."""
    records = cast("list[bytes]", card.memory.cells[file.cell])
    mode = p2 & 7
    if mode < NUMBER:
        if p1 and file.structure == "CYCLIC":
            return status.STRUCTURE
        number = locate(records, p1, mode, card.record)
        if number:
            card.record = number
    else:
        number = p1 or card.record
    if not 0 < number <= len(records):
        return status.RECORD_NOT_FOUND
    if mode <= NUMBER:
        return exact(card, records[number - 1], le)
    chosen = (
        records[number - 1 :] if mode == FROM else records[: number - 2 : -1] if number > 1 else records[::-1]
    )
    return exact(card, b"".join(chosen)[:ANSWER_MAX], le)


def update(card: ProcessorCard, file: FileNode, p1: int, p2: int, data: bytes) -> bytes:
    """Replace a record or append one; a cyclic file only takes new ones (mode 3, or number 1 as the field
    does).
    """
    refusal = _unfit(file, p1, p2, data)
    if refusal is not None:
        return refusal
    if file.structure == "CYCLIC":
        card.memory.push(file.cell, data, file.max_records)
        card.record = 1
        return status.OK
    records = cast("list[bytes]", card.memory.cells[file.cell])
    number = _target(records, p1, p2 & 7, card.record)
    if not 0 < number <= len(records) + 1:
        return status.RECORD_NOT_FOUND
    if number > file.max_records:
        return status.NO_ROOM
    card.memory.put(file.cell, number - 1, data)
    if p2 & 7 != NUMBER or not p1:
        card.record = number
    return status.OK


def update_secured(card: ProcessorCard, file: FileNode, p1: int, p2: int, data: bytes) -> bytes:
    """The same with a MAC under the directory's STK behind the record (CLA 04).

    Data that are a whole record by themselves lack their MAC.
    """
    if len(data) <= MAC_LENGTH or _unfit(file, p1, p2, data) is None:
        return status.MAC_MISSING
    message = unseal(card, message_key(card), bytes((0x04, 0xDC, p1, p2)), data)
    return message if isinstance(message, bytes) else update(card, file, p1, p2, message.body)


def _unfit(file: FileNode, p1: int, p2: int, data: bytes) -> bytes | None:
    """The refusal of a record that does not fit the file's structure."""
    mode = p2 & 7
    if file.structure == "CYCLIC":
        if mode != PREVIOUS and (mode, p1) != (NUMBER, 1):
            return status.STRUCTURE
    elif p1 and mode < NUMBER and data[0] != p1:
        return status.TLV_LENGTH
    if file.structure == "VARIABLE":
        if len(data) < 2 or data[1] != len(data) - 2:
            return status.TLV_LENGTH
    elif len(data) != file.record_length:
        return status.LENGTH
    return None


def _target(records: list[bytes], p1: int, mode: int, current: int) -> int:
    """The number to write: an existing record, one beyond the last (append), or 0 where there is none."""
    if mode == NUMBER:
        return p1 or current
    number = locate(records, p1, mode, current)
    if not number and p1 and not locate(records, p1, FIRST, 0):
        return len(records) + 1
    return number


read_record = addressed(reading(read, transparent=False), READ_MODES, carries_data=False)
update_record = addressed(updating(update, transparent=False), UPDATE_MODES, carries_data=True)
update_record_secured = addressed(
    updating(update_secured, transparent=False), UPDATE_MODES, carries_data=True
)
