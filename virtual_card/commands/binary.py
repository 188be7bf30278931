"""READ BINARY and UPDATE BINARY (LD/T 32.5 sections 6.9 and 6.12)."""

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

SHORT_FORM = 0x80
SHORT_IDENTIFIER = 0x1F


def addressed(run: FileCommand, carries_data: bool) -> Handler:
    """`run` on the file that P1 names: a short identifier (100xxxxx) or the current file."""

    def handle(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
        if p1 & 0xE0 not in (SHORT_FORM, 0x00, 0x20, 0x40, 0x60):
            return status.PARAMETERS
        if bool(data) is not carries_data:
            return status.LENGTH
        short_identifier = p1 & SHORT_IDENTIFIER if p1 & SHORT_FORM else 0
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


def offset_of(p1: int, p2: int) -> int:
    """The offset a header names: 0 to 255 beside a short identifier, else 0 to 32767."""
    return p2 if p1 & SHORT_FORM else p1 << 8 | p2


def read(card: ProcessorCard, file: FileNode, p1: int, p2: int, le: int) -> bytes:
    """Le bytes from the offset; Le beyond the end, or 00 with fewer than 256 bytes left: 6Cxx."""
    body = cast("bytearray", card.memory.cells[file.cell])
    offset = offset_of(p1, p2)
    left = len(body) - offset
    if left <= 0:
        return status.OFFSET
    if 0 < le <= left:
        return bytes(body[offset : offset + le]) + status.OK
    return exact(card, bytes(body[offset : offset + ANSWER_MAX]), le)


def update(card: ProcessorCard, file: FileNode, p1: int, p2: int, data: bytes) -> bytes:
    """Overwrite from the offset; the file does not grow: start outside 6B00, end outside 6700."""
    offset = offset_of(p1, p2)
    size = len(card.memory.cells[file.cell])
    if offset >= size:
        return status.OFFSET
    if offset + len(data) > size:
        return status.LENGTH
    card.memory.write(file.cell, offset, data)
    return status.OK


def update_secured(card: ProcessorCard, file: FileNode, p1: int, p2: int, data: bytes) -> bytes:
    """The same with a MAC under the directory's STK behind the data (CLA 04)."""
    if len(data) <= MAC_LENGTH:
        return status.MAC_MISSING
    message = unseal(card, message_key(card), bytes((0x04, 0xD6, p1, p2)), data)
    return message if isinstance(message, bytes) else update(card, file, p1, p2, message.body)


read_binary = addressed(reading(read, transparent=True), carries_data=False)
update_binary = addressed(updating(update, transparent=True), carries_data=True)
update_binary_secured = addressed(updating(update_secured, transparent=True), carries_data=True)
