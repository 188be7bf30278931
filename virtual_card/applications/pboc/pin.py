"""The offline PIN of the bank's side, which is not the social one: VERIFY and GET CHALLENGE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apdu.crypto.pboc import read_pin_block
from apdu.pboc import ADA_PIN_BLOCKS
from virtual_card import status
from virtual_card.applications.pboc import memory as places
from virtual_card.applications.pboc.application import CONDITIONS, Bank, current
from virtual_card.applications.pboc.contents import Blocked, History
from virtual_card.half_duplex import exact

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

PLAIN, ENCIPHERED = 0x80, 0x88
BLOCK_LENGTH = 8
CHALLENGE_LENGTH = 8
ENCIPHERED_HEADER = 0x7F


def get_challenge(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """8 random bytes, good for the next command only."""
    if p1 or p2:
        return status.PARAMETERS
    if data:
        return status.LENGTH
    bank = current(card)
    challenge = card.random(CHALLENGE_LENGTH)
    answer = exact(card, challenge, le)
    bank.challenge = challenge if len(answer) > CHALLENGE_LENGTH else b""
    return answer


def verify(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Compare the offline PIN: a plain block (P2 80) or one enciphered for the card's key (P2 88).

    Without offline PIN 6D00. No tries left: 6983 in the session that used them up, else what the card says.
    """
    bank = current(card)
    if not bank.pin:
        return status.INSTRUCTION
    if p1 or p2 not in (PLAIN, ENCIPHERED):
        return status.PARAMETERS
    expected = BLOCK_LENGTH if p2 == PLAIN or bank.contents.key is None else bank.contents.key.public.length
    if len(data) != expected:
        return status.LENGTH
    if not bank.tries:
        return status.BLOCKED if bank.spent else bank.contents.behaviour.pin_blocked_word.to_bytes(2, "big")
    if p2 == ENCIPHERED and (not bank.challenge or bank.contents.key is None):
        return CONDITIONS
    presented = read_pin_block(_deciphered(bank, data) if p2 == ENCIPHERED else data)
    return status.DATA if presented is None else _compare(bank, presented)


def _deciphered(bank: Bank, data: bytes) -> bytes:
    """The PIN block inside; empty where it is none for this challenge."""
    assert bank.contents.key is not None
    if int.from_bytes(data, "big") >= bank.contents.key.public.modulus:
        return b""
    plain = bank.contents.key.apply(data)
    return plain[1:9] if plain[0] == ENCIPHERED_HEADER and plain[9:17] == bank.challenge else b""


def _compare(bank: Bank, presented: str) -> bytes:
    bank.transaction.pin_done = True
    if presented == bank.pin:
        bank.transaction.pin_failed = False
        bank.write(places.TRIES, bank.contents.pin_limit)
        return status.OK
    left = bank.tries - 1
    bank.transaction.pin_failed = True
    bank.write(places.TRIES, left)
    if not left:
        bank.spent = True
        _exhausted(bank)
    return status.tries_left(left)


def _exhausted(bank: Bank) -> None:
    """What the application default action says about the last wrong try."""
    if ADA_PIN_BLOCKS.in_(bank.object(0x9F52) or b""):
        bank.block(Blocked.APPLICATION)
        bank.remember(History.BLOCKED_BY_PIN)
