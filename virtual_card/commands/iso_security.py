"""VERIFY and GET CHALLENGE of a plain card (ISO/IEC 7816-4 section 11.6)."""

from __future__ import annotations

from hmac import compare_digest
from typing import cast

from virtual_card import status
from virtual_card.iso_card import Channel, IsoCard, Reply, Request
from virtual_card.iso_filesystem import TRIES, IsoDirectory, Password
from virtual_card.iso_tree_check import DIRECTORY_REFERENCE

COMPARE, FORGET = 0x00, 0xFF
CHALLENGE_LENGTH = 8


def verify(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """VERIFY 20: compare password P2. No data: 9000 verified already, else 63Cx; P1 FF: forget it was.

    6A88 no such password, 6983 none of its tries left, 63Cx wrong and x tries left.
    """
    if request.p1 not in (COMPARE, FORGET):
        return status.PARAMETERS
    password = _find(card, channel, request.p2)
    if password is None:
        return status.KEY_NOT_FOUND
    if request.p1 == COMPARE and request.data:
        return _compare(card, channel, password, request.data)
    if request.data:
        return status.LENGTH
    if request.p1 == FORGET:
        channel.granted &= ~password.bit
        return status.OK
    return status.OK if channel.granted & password.bit else status.tries_left(_left(card, password))


def _compare(card: IsoCard, channel: Channel, password: Password, presented: bytes) -> bytes:
    left = _left(card, password)
    if not left:
        return status.BLOCKED
    if not compare_digest(presented, password.value):
        channel.granted &= ~password.bit
        card.memory.write(TRIES, password.counter, bytes((left - 1,)))
        return status.tries_left(left - 1)
    channel.granted |= password.bit
    if left != password.limit:
        card.memory.write(TRIES, password.counter, bytes((password.limit,)))
    return status.OK


def _left(card: IsoCard, password: Password) -> int:
    return cast(bytearray, card.memory.cells[TRIES])[password.counter]


def get_challenge(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """GET CHALLENGE 84: Ne random bytes, 8 where Le leaves it to the card."""
    if request.p1 or request.p2:
        return status.PARAMETERS
    return Reply(card.random(CHALLENGE_LENGTH if request.every else request.ne))


def _find(card: IsoCard, channel: Channel, reference: int) -> Password | None:
    """A global password (below 80) is the master file's; another the nearest one of the directories here."""
    if reference < DIRECTORY_REFERENCE:
        return card.compiled.root.passwords.get(reference)
    directory: IsoDirectory | None = channel.directory
    while directory is not None:
        if reference in directory.passwords:
            return directory.passwords[reference]
        directory = directory.parent
    return None
