"""GET CHALLENGE, INTERNAL and EXTERNAL AUTHENTICATION (LD/T 32.5 section 6, LD/T 32.4 section 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.crypto.session import authentication_data
from virtual_card import status
from virtual_card.filesystem import TRIES
from virtual_card.half_duplex import answer

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import DirectoryNode, KeyNode

CHALLENGE_LENGTHS = (4, 8, 16)
DATA_LENGTHS = (16, 17)
INTERNAL_KEY = 0x00
MESSAGE_KEY = 0x02
KEY_NUMBER = 0x0F
DEFAULT_VERSION = 1


def get_challenge(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """4, 8 or (16-byte ciphers) 16 random bytes: the latest counts, once, while the directory stays."""
    if p1 or p2:
        return status.PARAMETERS
    if data or le not in CHALLENGE_LENGTHS or le > card.directory.algorithm.block:
        return status.LENGTH
    card.challenge = challenge = card.random(le)
    return challenge + status.OK


def external_authenticate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Check the terminal's proof that it knows key P2.

    Data: 8 bytes of authentication data, the 8 they were made from, an optional key version. 6983 blocked,
    6984 no challenge, 6A88 unknown key or version, 63Cx wrong (63CF where the key never locks). The challenge
    is used up by right and wrong proofs alike.
    """
    if p1:
        return status.PARAMETERS
    if len(data) not in DATA_LENGTHS:
        return status.LENGTH
    key = _provable_key(card.directory, p2)
    if key is not None and key.limit and not card.tries[key.counter]:
        return status.BLOCKED
    challenge = card.challenge
    if not challenge:
        return status.NO_CHALLENGE
    version = data[16] if len(data) > 16 else DEFAULT_VERSION
    if key is None or version not in key.versions:
        return status.KEY_NOT_FOUND
    card.challenge = b""
    session = key.session_key(version, challenge)
    right = authentication_data(key.algorithm, session, data[8:16]) == data[:8]
    return _succeeded(card, key) if right else _failed(card, key)


def internal_authenticate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Prove that the card is genuine: 8 bytes from the two randoms in the data, under the
    environment's IRK.
    """
    if p1 or p2:
        return status.PARAMETERS
    if len(data) not in DATA_LENGTHS:
        return status.LENGTH
    key = card.directory.keys.get(INTERNAL_KEY)
    version = data[16] if len(data) > 16 else DEFAULT_VERSION
    if key is None or version not in key.versions:
        return status.KEY_NOT_FOUND
    session = key.session_key(version, data[:8])
    return answer(card, authentication_data(key.algorithm, session, data[8:16]))


def _provable_key(directory: DirectoryNode, reference: int) -> KeyNode | None:
    """The key a terminal may prove: none that serve the card itself, but each of a PSAM's own."""
    if directory.sam_keys is None and reference & KEY_NUMBER in (INTERNAL_KEY, MESSAGE_KEY):
        return None
    return directory.keys.get(reference)


def _succeeded(card: ProcessorCard, key: KeyNode) -> bytes:
    card.granted |= key.bit
    if key.limit and card.tries[key.counter] != key.limit:
        card.memory.write(TRIES, key.counter, bytes((key.limit,)))
    return status.OK


def _failed(card: ProcessorCard, key: KeyNode) -> bytes:
    card.granted &= ~key.bit
    if not key.limit:
        return status.MAINTENANCE_FAILED
    left = card.tries[key.counter] - 1
    card.memory.write(TRIES, key.counter, bytes((left,)))
    return status.tries_left(left)
