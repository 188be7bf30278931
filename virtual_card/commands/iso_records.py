"""READ, WRITE, UPDATE, APPEND and ERASE RECORD(S) (ISO/IEC 7816-4 section 11.4), odd INS for parts of a record.

P2: short identifier (0 the current file) and mode. Record 1 of a cyclic file is the newest. Addressing by
identifier and position moves the record pointer, addressing by number does not.
"""

from __future__ import annotations

from typing import cast

from apdu.tlv import Tlv, TlvError, parse
from virtual_card import status
from virtual_card.commands.iso_access import Right, refusal
from virtual_card.commands.iso_binary import DISCRETIONARY, combine, offset_of, room
from virtual_card.commands.records import DOWN_TO, FROM, NUMBER, PREVIOUS, locate
from virtual_card.iso_card import Channel, IsoCard, Reply, Request
from virtual_card.iso_filesystem import IsoFile

RESERVED_SHORT_IDENTIFIER = 0x1F
RESERVED_RECORD = 0xFF
MODE = 0x07


def read_record(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """READ RECORD(S) B2: one record, or several joined (modes 5 and 6) within Ne."""
    file = addressed(card, channel, request, Right.READ, modes=range(DOWN_TO + 1))
    if isinstance(file, bytes):
        return file
    records = records_of(card, file)
    mode = request.p2 & MODE
    number = _number(channel, file, records, request.p1, mode)
    if not number:
        return status.RECORD_NOT_FOUND
    _point(channel, file, request, number)
    if mode <= NUMBER:
        data = records[number - 1]
    else:
        chosen = range(number, len(records) + 1) if mode == FROM else range(len(records), number - 1, -1)
        data = b"".join(records[chosen_one - 1] for chosen_one in chosen)[: request.ne]
    complete = request.every or len(data) >= request.ne
    return Reply(data, status.OK if complete else status.END_REACHED)


def odd_read_record(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """READ RECORD B3: a part of one record, from the offset in 54; the bytes in 53, Ne counts tag and length too."""
    place = _part(card, channel, request, Right.READ)
    if isinstance(place, bytes):
        return place
    file, number, offset, rest = place
    record = records_of(card, file)[number - 1]
    if rest:
        return status.DATA
    if offset >= len(record):
        return card.past_end
    _point(channel, file, request, number)
    data = record[offset : offset + room(request.ne)]
    complete = request.every or offset + room(request.ne) <= len(record)
    return Reply(Tlv(DISCRETIONARY[0], data).encode(), status.OK if complete else status.END_REACHED)


def odd_update_record(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """UPDATE RECORD DD: the bytes in 53 take the place of those from the offset in 54 on, within the record."""
    place = _part(card, channel, request, Right.UPDATE)
    if isinstance(place, bytes):
        return place
    file, number, offset, rest = place
    if len(rest) != 1 or rest[0].tag not in DISCRETIONARY or not rest[0].value:
        return status.DATA
    record, new = records_of(card, file)[number - 1], rest[0].value
    if offset >= len(record):
        return card.past_end
    if offset + len(new) > len(record):
        return status.NO_ROOM
    card.memory.put(file.cell, number - 1, record[:offset] + new + record[offset + len(new) :])
    _point(channel, file, request, number)
    return status.OK


def update_record(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """UPDATE RECORD DC: replace a record; the previous one of a cyclic file means appending a new one."""
    file = addressed(card, channel, request, Right.UPDATE, modes=range(NUMBER + 1))
    if isinstance(file, bytes):
        return file
    unfit = _unfit(file, request.data)
    if unfit is not None:
        return unfit
    if file.structure == "cyclic" and request.p2 & MODE == PREVIOUS:
        return _append(card, channel, file, request.data)
    return _replace(card, channel, file, request, request.data)


def write_record(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """WRITE RECORD D2: combine with the record there, as the file's data coding byte says; same length."""
    file = addressed(card, channel, request, Right.WRITE, modes=range(NUMBER + 1))
    if isinstance(file, bytes):
        return file
    records = records_of(card, file)
    number = _number(channel, file, records, request.p1, request.p2 & MODE)
    if not number:
        return status.RECORD_NOT_FOUND
    old = records[number - 1]
    if len(old) != len(request.data):
        return status.LENGTH
    combined = combine(file.writing, old, request.data, file.erased)
    return status.CONDITIONS if combined is None else _replace(card, channel, file, request, combined)


def append_record(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """APPEND RECORD E2: a new last record (6A84 where the file is full); of a cyclic file the new record 1."""
    if request.p1:
        return status.PARAMETERS
    file = addressed(card, channel, request, Right.WRITE, modes=range(1))
    if isinstance(file, bytes):
        return file
    unfit = _unfit(file, request.data)
    return _append(card, channel, file, request.data) if unfit is None else unfit


def erase_records(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """ERASE RECORD(S) 0C: the record P1 (mode 4) or all from it on (mode 5) to the erased state; none goes."""
    file = addressed(card, channel, request, Right.UPDATE, modes=range(NUMBER, FROM + 1))
    if isinstance(file, bytes):
        return file
    records = records_of(card, file)
    number = _number(channel, file, records, request.p1, NUMBER)
    if not number:
        return status.RECORD_NOT_FOUND
    last = number if request.p2 & MODE == NUMBER else len(records)
    for index in range(number - 1, last):
        card.memory.put(file.cell, index, file.erased * len(records[index]))
    channel.use(file)
    return status.OK


def _part(
    card: IsoCard, channel: Channel, request: Request, right: Right
) -> tuple[IsoFile, int, int, tuple[Tlv, ...]] | bytes:
    """File, record number, offset and the data objects after it that an odd INS means; else why not."""
    file = addressed(card, channel, request, right, modes=range(NUMBER + 1))
    if isinstance(file, bytes):
        return file
    number = _number(channel, file, records_of(card, file), request.p1, request.p2 & MODE)
    if not number:
        return status.RECORD_NOT_FOUND
    try:
        objects = parse(request.data)
    except TlvError:
        return status.DATA
    offset = offset_of(objects)
    return status.DATA if offset is None else (file, number, offset, objects[1:])


def _point(channel: Channel, file: IsoFile, request: Request, number: int) -> None:
    """Addressing by identifier moves the record pointer, addressing by number does not."""
    channel.use(file, number if request.p2 & MODE < NUMBER else None)


def addressed(
    card: IsoCard, channel: Channel, request: Request, right: Right, modes: range
) -> IsoFile | bytes:
    """The file that P2 names, checked; else why not."""
    mode, identifier = request.p2 & MODE, request.p2 >> 3
    if mode not in modes or identifier == RESERVED_SHORT_IDENTIFIER or request.p1 == RESERVED_RECORD:
        return status.PARAMETERS
    if right is not Right.READ and mode < NUMBER and request.p1:
        return status.PARAMETERS
    file = channel.directory.by_sfi.get(identifier) if identifier else channel.file
    if file is None:
        return status.FILE_NOT_FOUND if identifier else status.NO_CURRENT_FILE
    refused = refusal(card, channel, file, right, transparent=False)
    return file if refused is None else refused


def records_of(card: IsoCard, file: IsoFile) -> list[bytes]:
    """The records of a file, the newest of a cyclic file first."""
    return cast("list[bytes]", card.memory.cells[file.cell])


def _number(channel: Channel, file: IsoFile, records: list[bytes], p1: int, mode: int) -> int:
    """The number of an existing record that P1 and mode mean, 0 where there is none."""
    pointer = channel.pointer(file)
    number = locate(records, p1, mode, pointer) if mode < NUMBER else p1 or pointer
    return number if number <= len(records) else 0


def _unfit(file: IsoFile, data: bytes) -> bytes | None:
    """The refusal of a record of the wrong length (6700), or one longer than the file takes (6A84)."""
    if file.structure != "linear-variable":
        return None if len(data) == file.record_length else status.LENGTH
    return None if len(data) <= file.record_length else status.NO_ROOM


def _replace(card: IsoCard, channel: Channel, file: IsoFile, request: Request, record: bytes) -> bytes:
    mode = request.p2 & MODE
    number = _number(channel, file, records_of(card, file), request.p1, mode)
    if not number:
        return status.RECORD_NOT_FOUND
    card.memory.put(file.cell, number - 1, record)
    _point(channel, file, request, number)
    return status.OK


def _append(card: IsoCard, channel: Channel, file: IsoFile, record: bytes) -> bytes:
    count = len(records_of(card, file))
    if file.structure == "cyclic":
        card.memory.push(file.cell, record, file.capacity)
        channel.use(file, 1)
        return status.OK
    if count >= file.capacity:
        return status.NO_ROOM
    card.memory.put(file.cell, count, record)
    channel.use(file, count + 1)
    return status.OK
