"""APPLICATION BLOCK and CARD BLOCK: for ever, there is no command that undoes them (LD/T 32.5 sections 6.1, 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status
from virtual_card.filesystem import CARD_FLAG, FLAGS
from virtual_card.secure_messaging import ENVIRONMENT_KEY, message_key, unseal

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import KeyNode

BLOCK_KEY = 0x05
PERMANENT = 0x01
BLOCKED = b"\x01"


def application_block(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Block the current application: 9303 from then on. Needs its LK authenticated; without an LK: 6985."""
    if p1 or p2 != PERMANENT:
        return status.PARAMETERS
    if len(data) != MAC_LENGTH:
        return status.LENGTH
    directory = card.directory
    permit = directory.named.get(f"LK{directory.name}")
    if permit is None:
        return status.CONDITIONS
    header = bytes((0x84, 0x1E, p1, p2))
    return _block(card, directory.flag, permit=permit, key=message_key(card), header=header, data=data)


def card_block(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Block the card: 6A81 to everything from then on. Needs BK authenticated."""
    if p1 or p2:
        return status.PARAMETERS
    if len(data) != MAC_LENGTH:
        return status.LENGTH
    keys = card.directory.keys
    permit = keys.get(BLOCK_KEY)
    if permit is None:
        return status.KEY_NOT_FOUND
    header = bytes((0x84, 0x16, p1, p2))
    return _block(card, CARD_FLAG, permit=permit, key=keys.get(ENVIRONMENT_KEY), header=header, data=data)


def _block(
    card: ProcessorCard, flag: int, *, permit: KeyNode, key: KeyNode | None, header: bytes, data: bytes
) -> bytes:
    """Set a blocked flag once `permit` is authenticated and the MAC is right; wrong ones count no tries."""
    if not card.granted & permit.bit:
        return status.SECURITY
    message = unseal(card, key, header, data)
    if isinstance(message, bytes):
        return message
    card.memory.write(FLAGS, flag, BLOCKED)
    card.enter(card.directory)
    return status.OK
