"""SELECT on the bank's side, GET RESPONSE, and which commands each selection answers (EMV Book 1 section 12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from apdu.pboc import DEBIT_AID, PSE_NAME
from virtual_card import status
from virtual_card.applications.pboc import pin, reading, scripts, transaction
from virtual_card.applications.pboc.application import Bank, Commands, current
from virtual_card.applications.pboc.contents import Blocked
from virtual_card.commands.select import (
    BY_NAME,
    NEXT,
    by_name_from_neighbour,
    by_social_identifier,
    identifier,
)
from virtual_card.half_duplex import ANSWER_MAX

if TYPE_CHECKING:
    from virtual_card.card import Handler, ProcessorCard

CLASSES = frozenset({0x00, 0x04, 0x80, 0x84})


def select_bank(bank: Bank, card: ProcessorCard, p2: int, name: bytes) -> bytes | None:
    """Select by whole or partial name; P2 02 goes on after the current selection; None: no such name."""
    found = _found(bank, p2, name)
    if found is None:
        return None
    if Blocked.CARD in bank.blocked:
        return status.NOT_SUPPORTED
    card.waiting = b""
    bank.reset()
    bank.name = found
    card.enter_neighbour(bank, DEBIT if found == DEBIT_AID else PSE if found == PSE_NAME else PPSE)
    blocked = bank.application_blocked or bank.used_up
    warning = blocked if found == DEBIT_AID else found == PSE_NAME and Blocked.DIRECTORY in bank.blocked
    return bank.deliver(card, bank.contents.names[found], warning=warning)


def _found(bank: Bank, p2: int, name: bytes) -> bytes | None:
    names = list(bank.contents.names)
    if p2 == NEXT and bank.name.startswith(name) and bank.name in names:
        names = names[names.index(bank.name) + 1 :]
    return next((known for known in names if known.startswith(name)), None)


def select_anywhere(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """SELECT while the bank's side is current: names on the whole card, its own first; directories by identifier.

    The bank's side has no identifiers of its own, and files of the social side are not found from here: 6A82.
    """
    if p1 == BY_NAME:
        return by_name_from_neighbour(card, p2, data)
    fid = identifier(p1, p2, data)
    if isinstance(fid, bytes):
        return fid
    answered = by_social_identifier(card, p1, fid)
    return status.FILE_NOT_FOUND if answered is None else answered


def get_response(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Fetch what waits, in pieces as large as the card gives; 6283 ends the answer of a blocked application."""
    bank = current(card)
    if p1 or p2:
        return status.PARAMETERS
    if data:
        return status.LENGTH
    if not card.waiting:
        return status.NO_DATA
    piece = bank.contents.behaviour.piece
    length = min(len(card.waiting), piece)
    wanted = le or (ANSWER_MAX if length == ANSWER_MAX else 0)
    if not 0 < wanted <= length:
        return status.right_length(length)
    part, card.waiting = card.waiting[:wanted], card.waiting[wanted:]
    card.unfinished = bool(card.waiting)
    if card.waiting:
        return part + status.waiting(min(len(card.waiting), piece))
    return part + (b"\x62\x83" if bank.warning else status.OK)


def refusal(bank: Bank, head: bytes) -> bytes:
    """6D00 for what the current selection does not know, 6E00 for a class or a class and instruction."""
    if len(head) < 2:
        return status.LENGTH
    if Blocked.CARD in bank.blocked:
        return status.NOT_SUPPORTED
    if head in DEBIT:
        return status.INSTRUCTION
    known = head[1] in {entry[1] for entry in DEBIT}
    return status.CLASS if known or head[0] not in CLASSES else status.INSTRUCTION


def _dropping(handler: Handler) -> Handler:
    """`handler`, after which a challenge is used up: it is good for the next command only."""

    def run(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
        bank = current(card)
        try:
            return handler(card, p1, p2, data, le)
        finally:
            bank.challenge = b""

    return run


def _table(entries: Iterable[tuple[str, Handler]]) -> Commands:
    return {bytes.fromhex(head): handler for head, handler in entries}


_SELECTION: tuple[tuple[str, Handler], ...] = (("00A4", select_anywhere), ("00C0", get_response))
_APPLICATION: tuple[tuple[str, Handler], ...] = (
    ("00B2", reading.read_record),
    ("80CA", reading.get_data),
    ("0020", pin.verify),
    ("80A8", transaction.get_processing_options),
    ("80AE", transaction.generate_cryptogram),
    ("0082", transaction.external_authenticate),
    ("0088", transaction.internal_authenticate),
    ("841E", scripts.block_application),
    ("8418", scripts.unblock_application),
    ("8416", scripts.block_card),
    ("8424", scripts.change_pin),
    ("04DA", scripts.put_data),
    ("04DC", scripts.update_record),
)

DEBIT: Commands = _table(
    (
        *_SELECTION,
        ("0084", pin.get_challenge),
        *((head, _dropping(handler)) for head, handler in _APPLICATION),
    )
)
PSE: Commands = _table((*_SELECTION, ("00B2", reading.read_directory)))
PPSE: Commands = _table(_SELECTION)
