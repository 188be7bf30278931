"""SELECT of the PKI environment, its application and files, and which commands each selection answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from apdu.pki import APPLICATION_FID, APPLICATION_NAME, ENVIRONMENT_NAME
from virtual_card import status
from virtual_card.applications.pki import certificates, key_pair, loading, proving, sm2
from virtual_card.applications.pki.application import PkiSide, current
from virtual_card.commands.select import (
    BY_FID_DIRECTORY,
    BY_FID_FILE,
    BY_NAME,
    FIRST,
    by_name_from_neighbour,
    by_social_identifier,
    identifier,
)
from virtual_card.filesystem import tlv
from virtual_card.half_duplex import answer, get_response

if TYPE_CHECKING:
    from virtual_card.card import Handler, ProcessorCard

CLASSES = frozenset({0x00, 0x80, 0x84})


def select_pki(side: PkiSide, card: ProcessorCard, p2: int, name: bytes) -> bytes | None:
    """Select the environment or its application by whole name; 6A82 where the library for SM2 is missing."""
    if p2 != FIRST or name not in (ENVIRONMENT_NAME, APPLICATION_NAME):
        return None
    if not sm2.available():
        return status.FILE_NOT_FOUND
    if card.neighbour is not side or name == ENVIRONMENT_NAME:
        side.reset()
    return _enter(side, card, inside=name == APPLICATION_NAME)


def _enter(side: PkiSide, card: ProcessorCard, *, inside: bool) -> bytes:
    side.enter(inside=inside)
    card.enter_neighbour(side, APPLICATION if inside else ENVIRONMENT)
    name = tlv(b"\x84", APPLICATION_NAME if inside else ENVIRONMENT_NAME)
    return answer(card, tlv(b"\x6f", name))


def select_anywhere(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """SELECT while this side is current: names on the whole card; its own application and files, else a directory."""
    if p1 == BY_NAME:
        return by_name_from_neighbour(card, p2, data)
    fid = identifier(p1, p2, data)
    if isinstance(fid, bytes):
        return fid
    return _by_identifier(current(card), card, p1, fid)


def _by_identifier(side: PkiSide, card: ProcessorCard, p1: int, fid: int) -> bytes:
    """The application, one of its files where it is selected, or a directory of the social side."""
    if fid == APPLICATION_FID and p1 != BY_FID_FILE:
        return _enter(side, card, inside=True)
    file = side.profile.files.get(fid) if side.inside and p1 != BY_FID_DIRECTORY else None
    if file is not None:
        side.file = file
        return status.OK
    answered = by_social_identifier(card, p1, fid)
    return status.FILE_NOT_FOUND if answered is None else answered


def refusal(head: bytes) -> bytes:
    """6D00 for what the current selection does not know, 6E00 for a class or a class and instruction."""
    if len(head) < 2:
        return status.LENGTH
    if head in APPLICATION:
        return status.INSTRUCTION
    known = head[1] in {entry[1] for entry in APPLICATION}
    return status.CLASS if known or head[0] not in CLASSES else status.INSTRUCTION


def _table(commands: Mapping[str, Handler]) -> Mapping[bytes, Handler]:
    return {bytes.fromhex(head): handler for head, handler in commands.items()}


_COMMON: Mapping[str, Handler] = {
    "00A4": select_anywhere,
    "00C0": get_response,
    "0084": proving.get_challenge,
    "0020": proving.verify,
    "0082": proving.external_authenticate,
    "84D4": loading.update_master_key,
    "845E": loading.change_administrator_pin,
}
ENVIRONMENT = _table(_COMMON)
APPLICATION = _table(
    {
        **_COMMON,
        "00B0": certificates.read,
        "00D6": certificates.update,
        "8040": key_pair.generate,
        "80C9": key_pair.get_public_key,
    }
)
"""The key envelope (804E, 804A, 80C2) is not published beyond its headers: 6D00."""
