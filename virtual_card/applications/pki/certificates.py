"""READ and UPDATE BINARY of the PKI application: certificate files, written in pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtual_card import status
from virtual_card.access import granted
from virtual_card.applications.pki.application import PkiSide, current
from virtual_card.commands import binary

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import FileNode

IDENTIFIER_BITS = 0x60


def read(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Le bytes from the offset in the current file, or in the one of a short identifier."""
    if data:
        return status.LENGTH
    side = current(card)
    file = _addressed(side, p1)
    if isinstance(file, bytes):
        return file
    return binary.read(card, file, p1, p2, le) if granted(file.read, side.granted) else status.SECURITY


def update(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Overwrite from the offset."""
    if not data:
        return status.LENGTH
    side = current(card)
    file = _addressed(side, p1)
    if isinstance(file, bytes):
        return file
    return binary.update(card, file, p1, p2, data) if granted(file.update, side.granted) else status.SECURITY


def _addressed(side: PkiSide, p1: int) -> FileNode | bytes:
    """The file that P1 names, which becomes the current one, or why there is none."""
    if not p1 & binary.SHORT_FORM:
        return side.file or status.NO_CURRENT_FILE
    if p1 & IDENTIFIER_BITS:
        return status.PARAMETERS
    sfi = p1 & binary.SHORT_IDENTIFIER
    for file in side.profile.files.values():
        if file.fid & binary.SHORT_IDENTIFIER == sfi:
            side.file = file
            return file
    return status.FILE_NOT_FOUND
