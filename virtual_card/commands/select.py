"""SELECT: environments, applications and files by name, AID or file identifier (LD/T 32.5 section 6.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from virtual_card import status
from virtual_card.filesystem import CARD_FLAG
from virtual_card.half_duplex import answer

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import DirectoryNode

BY_FID, BY_FID_DIRECTORY, BY_FID_FILE, BY_NAME = 0x00, 0x01, 0x02, 0x04
FIRST, NEXT = 0x00, 0x02
MASTER_FILE = 0x3F00
NAME_LENGTHS = range(5, 17)

Reference = TypeVar("Reference", int, bytes)


def select(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Select a directory (its FCI) or a file of the current directory (9000 alone).

    P1 04: name or AID of 5 to 16 bytes. P1 00: the MF (3F00 or no data), a directory, or else a file: field
    programs send 00 for files too. P1 01: a directory, P1 02: a file. Names are searched on the whole card.
    """
    if p1 == BY_NAME and p2 in (FIRST, NEXT):
        return _by_name(card, p2, data)
    fid = identifier(p1, p2, data)
    if isinstance(fid, bytes):
        return fid
    answered = by_social_identifier(card, p1, fid)
    if answered is not None:
        return answered
    return status.FILE_NOT_FOUND if p1 == BY_FID_DIRECTORY else _file(card, fid)


def identifier(p1: int, p2: int, data: bytes) -> int | bytes:
    """The file identifier a SELECT names, no data meaning the MF; or the status word of one that is malformed."""
    if p2 or p1 not in (BY_FID, BY_FID_DIRECTORY, BY_FID_FILE):
        return status.PARAMETERS
    if len(data) != 2 and (data or p1 != BY_FID):
        return status.LENGTH
    return int.from_bytes(data, "big") if data else MASTER_FILE


def find(
    card: ProcessorCard, index: Mapping[Reference, tuple[DirectoryNode, ...]], reference: Reference
) -> DirectoryNode | None:
    """The directory of this name or identifier: one of the current environment before any other."""
    found = index.get(reference)
    if found is None:
        return None
    environment = card.directory.environment
    for directory in found:
        if directory.environment == environment:
            return directory
    return found[0]


def _by_name(card: ProcessorCard, p2: int, name: bytes) -> bytes:
    if len(name) not in NAME_LENGTHS:
        return status.LENGTH
    if p2 == NEXT:  # whole names only: a name has no second occurrence
        return status.FILE_NOT_FOUND
    answered = by_social_name(card, name)
    if answered is None:
        answered = card.select_neighbour(p2, name)
    return status.FILE_NOT_FOUND if answered is None else answered


def by_name_from_neighbour(card: ProcessorCard, p2: int, name: bytes) -> bytes:
    """SELECT by name while a neighbour is current: the names of all neighbours, then those of the card's own side."""
    if p2 not in (FIRST, NEXT):
        return status.PARAMETERS
    if len(name) not in NAME_LENGTHS:
        return status.LENGTH
    answered = card.select_neighbour(p2, name)
    if answered is None and p2 == FIRST:
        answered = by_social_name(card, name)
    return status.FILE_NOT_FOUND if answered is None else answered


def by_social_identifier(card: ProcessorCard, p1: int, fid: int) -> bytes | None:
    """Select the MF or a directory of the card's own side; None where it has none, or P1 asks for a file.

    Identifiers of directories are unique on the card and found from any of its sides (LD/T 32.3 section 5.2).
    """
    if p1 == BY_FID_FILE:
        return None
    directory = card.profile.root if fid == MASTER_FILE else find(card, card.profile.by_fid, fid)
    return None if directory is None else _enter(card, directory)


def by_social_name(card: ProcessorCard, name: bytes) -> bytes | None:
    """Select a directory of the card's own side by name; None where it has none of this name."""
    directory = find(card, card.profile.by_name, name)
    return None if directory is None else _enter(card, directory)


def _enter(card: ProcessorCard, directory: DirectoryNode) -> bytes:
    if not card.enter(directory):
        return status.NOT_SUPPORTED if card.flags[CARD_FLAG] else status.APPLICATION_BLOCKED
    return answer(card, directory.fci) if directory.fci else status.OK


def _file(card: ProcessorCard, fid: int) -> bytes:
    if card.blocked:
        return status.APPLICATION_BLOCKED
    file = card.directory.by_fid.get(fid)
    if file is None:
        return status.FILE_NOT_FOUND
    card.file = file
    card.record = 0
    card.sam_session = None
    return status.OK
