"""PIN CHANGE/UNBLOCK: fill the PIN's tries, give it a new value or take it away (LD/T 32.5 section 6.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.crypto.session import message_decrypt
from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status
from virtual_card.commands.pin import well_formed
from virtual_card.filesystem import PIN, PIN_TRIES_INDEX, TRIES
from virtual_card.secure_messaging import ENVIRONMENT_KEY, Unsealed, unseal

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import KeyNode

UNBLOCK, RELOAD = 0x00, 0x01
UNBLOCK_KEY = 0x06
NOTHING = MAC_LENGTH
LONGEST_MESSAGE = 16
"""An encrypted PIN with its length byte: one block or, where the cipher has blocks of 8, two."""


def pin_change_unblock(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """P2 00 fills the try counter, P2 01 sets the PIN that is encrypted in the data (none: the card has no PIN).

    Needs PUK authenticated (6982) and a challenge (6984). A wrong MAC or undecodable block (6988) uses up a try
    of PUK; the last one takes the authentication away. A malformed PIN answers 6A80.
    """
    if p1 or p2 not in (UNBLOCK, RELOAD):
        return status.PARAMETERS
    block = card.directory.algorithm.block
    lengths = [NOTHING] + [NOTHING + size for size in range(block, LONGEST_MESSAGE + 1, block)]
    if len(data) not in (lengths if p2 == RELOAD else lengths[:1]):
        return status.LENGTH
    puk = card.directory.keys.get(UNBLOCK_KEY)
    if puk is None:
        return status.KEY_NOT_FOUND
    if not card.granted & puk.bit:
        return status.SECURITY
    key = card.directory.keys.get(ENVIRONMENT_KEY)
    message = unseal(card, key, bytes((0x84, 0x24, p1, p2)), data)
    if isinstance(message, bytes):
        return _count_down(card, puk) if message == status.MAC_WRONG else message
    return _changed(card, puk, message, reload=p2 == RELOAD)


def _changed(card: ProcessorCard, puk: KeyNode, message: Unsealed, *, reload: bool) -> bytes:
    if reload:
        new = _decrypted(card, message)
        if new is None:
            return _count_down(card, puk)
        if new and not well_formed(new):
            return status.DATA
        card.memory.put(PIN, 0, new)
        card.grant_pin(card.verified)
    _fill(card, PIN_TRIES_INDEX, card.profile.contents.pin_limit)
    _fill(card, puk.counter, puk.limit)
    return status.OK


def _decrypted(card: ProcessorCard, message: Unsealed) -> bytes | None:
    """The new PIN, empty for none; None where the block cannot be decoded (16-byte ciphers demand a PIN)."""
    if not message.body:
        return b""
    algorithm = card.directory.algorithm
    try:
        new = message_decrypt(algorithm, message.session, message.body)
    except ValueError:
        return None
    return new if new or algorithm.block == 8 else None


def _count_down(card: ProcessorCard, puk: KeyNode) -> bytes:
    left = card.tries[puk.counter] - 1
    card.memory.write(TRIES, puk.counter, bytes((left,)))
    if not left:
        card.granted &= ~puk.bit
    return status.MAC_WRONG


def _fill(card: ProcessorCard, index: int, limit: int) -> None:
    if card.tries[index] != limit:
        card.memory.write(TRIES, index, bytes((limit,)))
