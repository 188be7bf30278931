"""Replacing the master key and the administrator's PIN: encrypted, with a MAC that begins with the challenge.

What is inside is our reading: of the master key what a PSAM's CHANGE KEY carries, three bytes and the key
(LD/T 32.9 section 9.6), of the PIN its length and packed digits (LD/T 32.5 section 6.8), each under its predecessor.
"""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from apdu.crypto import Algorithm, key_loading_mac, message_decrypt
from apdu.crypto.pki import KEY_LENGTH
from apdu.pki import Secret
from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status
from virtual_card.applications.pki.application import PkiSide, current
from virtual_card.commands.pin import well_formed
from virtual_card.commands.sam_keys import CHANGE_HEAD
from virtual_card.secure_messaging import Unsealed

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

REPLACE = 0x01
MASTER_KEY_LENGTH, PIN_LENGTH = 0x24, 0x14


def update_master_key(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Replace the master key, which must have been proved; 6A80 where what is inside is no key."""
    side = current(card)
    header = bytes((0x84, 0xD4, p1, p2))
    message = _opened(side, Secret.MASTER_KEY, header, data, MASTER_KEY_LENGTH)
    if isinstance(message, bytes):
        return message
    if len(message.body) != CHANGE_HEAD + KEY_LENGTH:
        return status.DATA
    side.replace(Secret.MASTER_KEY, message.body[CHANGE_HEAD:])
    return status.OK


def change_administrator_pin(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Replace the administrator's PIN, which must have been verified; 6A80 where what is inside is no PIN."""
    side = current(card)
    header = bytes((0x84, 0x5E, p1, p2))
    message = _opened(side, Secret.ADMINISTRATOR_PIN, header, data, PIN_LENGTH)
    if isinstance(message, bytes):
        return message
    if not well_formed(message.body):
        return status.DATA
    side.replace(Secret.ADMINISTRATOR_PIN, message.body)
    return status.OK


def _opened(side: PkiSide, secret: Secret, header: bytes, data: bytes, length: int) -> Unsealed | bytes:
    """What is inside, or 6A86 P1 P2, 6700, 6982 not proved, 6984 no challenge, 6988 MAC or cipher text."""
    if header[2:] != bytes((REPLACE, 0)):
        return status.PARAMETERS
    if len(data) != length:
        return status.LENGTH
    if not side.holds(secret):
        return status.SECURITY
    challenge = side.take_challenge()
    return _decrypted(side.key(secret), challenge, header, data) if challenge else status.NO_CHALLENGE


def _decrypted(key: bytes, challenge: bytes, header: bytes, data: bytes) -> Unsealed | bytes:
    cipher, received = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    message = header + bytes((len(data),)) + cipher
    if not compare_digest(key_loading_mac(Algorithm.SM4, key, challenge, message), received):
        return status.MAC_WRONG
    try:
        return Unsealed(message_decrypt(Algorithm.SM4, key, cipher), key)
    except ValueError:
        return status.MAC_WRONG
