"""GET CHALLENGE, VERIFY and EXTERNAL AUTHENTICATE of the PKI application: a challenge encrypted under the secret."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from apdu.crypto.pki import proof
from apdu.pki import CHALLENGE_LENGTHS, PIN_REFERENCES, PROOF_LENGTH, TRIES, Secret
from virtual_card import status
from virtual_card.applications.pki.application import PkiSide, current

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard


def get_challenge(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """8 or 16 random bytes: the latest counts, once."""
    if p1 or p2:
        return status.PARAMETERS
    if data or le not in CHALLENGE_LENGTHS:
        return status.LENGTH
    side = current(card)
    side.challenge = card.random(le)
    return side.challenge + status.OK


def verify(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Check the proof of the user's PIN (P1 P2 0181), which its application alone knows, or the administrator's."""
    side = current(card)
    secret = PIN_REFERENCES.get((p1, p2))
    if secret is None:
        return status.PARAMETERS
    if secret is Secret.USER_PIN and not side.inside:
        return status.KEY_NOT_FOUND
    return _prove(side, secret, data)


def external_authenticate(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Check the proof of the master key; that it has the form of a PIN's is our reading."""
    if p1 or p2:
        return status.PARAMETERS
    return _prove(current(card), Secret.MASTER_KEY, data)


def _prove(side: PkiSide, secret: Secret, data: bytes) -> bytes:
    """6700 length, 6983 no tries left, 6984 no challenge, 63Cx wrong; a right proof fills the counter again."""
    if len(data) != PROOF_LENGTH:
        return status.LENGTH
    left = side.tries(secret)
    if not left:
        return status.BLOCKED
    challenge = side.take_challenge()
    if not challenge:
        return status.NO_CHALLENGE
    right = compare_digest(proof(side.key(secret), challenge), data)
    side.grant(secret, right)
    side.count(secret, TRIES if right else left - 1)
    return status.OK if right else status.tries_left(left - 1)
