"""The PSAM's session keys: INITIALIZE ENVIRONMENT, DELIVERY SESSION KEY, CIPHER DATA (LD/T 32.9 section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.crypto import block_cipher, diversify, session_key
from apdu.crypto.session import cbc_last_block, mac_tail
from virtual_card import status
from virtual_card.half_duplex import answer
from virtual_card.sam_memory import LEVEL_SHIFT, TYPE_BITS, find
from virtual_card.sam_session import ENCRYPTION_TYPES, MAC_TYPES, SamSession

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.state import SamKey

FACTOR = 8
MAX_LEVELS = 3
MAX_BLOCKS = 8
ENCRYPT_LAST, ENCRYPT_MORE = 0x00, 0x02
MAC_SINGLE, MAC_FIRST, MAC_MIDDLE, MAC_LAST = 0x05, 0x07, 0x03, 0x01
OPERATIONS = frozenset({ENCRYPT_LAST, ENCRYPT_MORE, MAC_SINGLE, MAC_FIRST, MAC_MIDDLE, MAC_LAST})


def initialize_environment(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Take note of the user card's province (1 byte); this PSAM serves all of them alike."""
    if p1 or p2:
        return status.PARAMETERS
    return status.OK if len(data) == 1 else status.LENGTH


def delivery_session_key(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Diversify key P2 and derive a session key: factors of card, city, province, then the card's challenge.

    P1 is the usage: number of levels (bits 8 to 6) and type. 6A88 no such key, 6A80 wrong number of levels.
    """
    card.sam_session = None
    algorithm = card.directory.algorithm
    levels, rest = divmod(len(data) - algorithm.block, FACTOR)
    if rest or not 0 <= levels <= MAX_LEVELS:
        return status.LENGTH
    switches = card.profile.contents
    key = working_key(card, p1 & TYPE_BITS, p2, switches.lenient_type)
    if key is None:
        return status.KEY_NOT_FOUND
    if key.levels != levels or (p1 >> LEVEL_SHIFT != levels and not switches.level_by_lc):
        return status.DATA
    factors, challenge = data[: levels * FACTOR], data[levels * FACTOR :]
    session = session_key(algorithm, card_key(card, key, factors), challenge)
    card.sam_session = SamSession(algorithm, session, key.type)
    return status.OK


def initialize_for_des(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """INS 1A of generic bank PSAMs, where the switch is on: delivers a session key too; else unknown (6D00)."""
    if not card.profile.contents.accepts_801a:
        return status.INSTRUCTION
    return delivery_session_key(card, p1, p2, data, le)


def working_key(card: ProcessorCard, type: int, id: int, lenient: bool) -> SamKey | None:
    """The working key of this type and id in the current directory, see `sam_memory.find`."""
    cell = card.directory.sam_keys
    return None if cell is None else find(card.memory.cells[cell], type, id, lenient)


def card_key(card: ProcessorCard, key: SamKey, factors: bytes) -> bytes:
    """The user card's key: factors come card, city, province, and are used the other way round."""
    path = [factors[start : start + FACTOR] for start in range(len(factors) - FACTOR, -1, -FACTOR)]
    return diversify(card.directory.algorithm, key.value, *path)


def cipher_data(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Encrypt or MAC whole blocks under the delivered key; 05 and 07 begin with the initial block.

    6901 without a delivered key or where it is used up for this kind of operation, 6985 where its type
    forbids it.
    """
    if p2 or p1 not in OPERATIONS:
        return status.PARAMETERS
    block = card.directory.algorithm.block
    blocks, rest = divmod(len(data), block)
    if rest or not (2 if p1 == MAC_SINGLE else 1) <= blocks <= MAX_BLOCKS:
        return status.LENGTH
    session = card.sam_session
    if not isinstance(session, SamSession):
        return status.STATE
    if p1 in (ENCRYPT_LAST, ENCRYPT_MORE):
        return _encrypt(card, session, p1, data)
    return _mac(card, session, p1, data)


def _encrypt(card: ProcessorCard, session: SamSession, p1: int, data: bytes) -> bytes:
    if session.type not in ENCRYPTION_TYPES:
        return status.CONDITIONS
    if session.encryption_spent:
        return status.STATE
    session.encryption_spent = p1 == ENCRYPT_LAST
    return answer(card, block_cipher(session.algorithm, session.key)(data))


def _mac(card: ProcessorCard, session: SamSession, p1: int, data: bytes) -> bytes:
    if session.type not in MAC_TYPES:
        return status.CONDITIONS
    begins = p1 in (MAC_SINGLE, MAC_FIRST)
    if session.mac_spent or not (begins or session.chain):
        return status.STATE
    block = session.algorithm.block
    initial, rest = (data[:block], data[block:]) if begins else (session.chain, data)
    session.chain = cbc_last_block(session.algorithm, session.key, rest, initial)
    if p1 in (MAC_FIRST, MAC_MIDDLE):
        return status.OK
    session.mac_spent = True
    last = session.chain
    return answer(card, last if block == 8 else mac_tail(session.algorithm, last))
