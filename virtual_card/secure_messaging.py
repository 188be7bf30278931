"""The one place where a command's MAC is checked (LD/T 32.4 section 8.2, LD/T 32.7 section 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING

from apdu.crypto.session import mac
from apdu.secure_messaging import MAC_LENGTH
from virtual_card import status

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard
    from virtual_card.filesystem import KeyNode

ENVIRONMENT_KEY = 0x02
"""Reference of STKSSSE, which serves the whole environment."""

APPLICATION_KEY = 0x82
"""Reference of an application's own STK."""

VERSION = 1


@dataclass(frozen=True, slots=True, repr=False)
class Unsealed:
    """A command whose MAC was right: the data without it, and the session key for what is encrypted in them."""

    body: bytes
    session: bytes


def message_key(card: ProcessorCard) -> KeyNode | None:
    """The STK of the current directory: its own in an application, the environment's in the environment."""
    environment = card.directory.name == card.directory.environment
    return card.directory.keys.get(ENVIRONMENT_KEY if environment else APPLICATION_KEY)


def unseal(card: ProcessorCard, key: KeyNode | None, header: bytes, data: bytes) -> Unsealed | bytes:
    """Check the MAC at the end of `data`, or the refusal: 6987 missing, 6984 no challenge, 6A88 no key, 6988 wrong.

    `header` is CLA INS P1 P2. The session key comes from `key` and the last challenge, which is used up.
    """
    if len(data) < MAC_LENGTH:
        return status.MAC_MISSING
    challenge = card.challenge
    if not challenge:
        return status.NO_CHALLENGE
    if key is None:
        return status.KEY_NOT_FOUND
    card.challenge = b""
    body, received = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    session = key.session_key(VERSION, challenge)
    expected = mac(key.algorithm, session, header + bytes((len(data),)) + body)
    if not compare_digest(expected, received):
        return status.MAC_WRONG
    return Unsealed(body, session)
