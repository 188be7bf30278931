"""GENERATE KEY PAIR and GET PUBLIC KEY of the PKI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.pki import KEY_PAIR_FILES, PUBLIC_KEY_HEAD, Secret
from virtual_card import status
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.application import current
from virtual_card.applications.pki.memory import PRIVATE_LENGTH, record_of
from virtual_card.half_duplex import exact

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

SIGNING_PAIR = 0x82
ASK, FETCH = 0x00, 0x80


def generate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Make the signing key pair, anew where there is one; that the user's PIN is wanted (6982) is our reading."""
    side = current(card)
    if p1 or p2:
        return status.PARAMETERS
    if len(data) != len(KEY_PAIR_FILES):
        return status.LENGTH
    if not side.holds(Secret.USER_PIN):
        return status.SECURITY
    if data != KEY_PAIR_FILES:
        return status.DATA
    side.exporting = False
    side.memory.put(side.profile.key_pair, 0, record_of(sm2.new_key_pair(card.random)))
    return status.OK


def get_public_key(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Ask for the public key (P2 00), then fetch it (P2 80): two bytes, X, Y. 6A88 without, 6985 unasked.

    What asking carries as data is not published: anything is taken.
    """
    side = current(card)
    if p1 != SIGNING_PAIR or p2 not in (ASK, FETCH):
        return status.PARAMETERS
    pair = side.key_pair
    if not pair:
        return status.KEY_NOT_FOUND
    if p2 == ASK:
        side.exporting = True
        return status.OK
    if data:
        return status.LENGTH
    if not side.exporting:
        return status.CONDITIONS
    return exact(card, PUBLIC_KEY_HEAD + pair[PRIVATE_LENGTH:], le)
