"""PIN verifiers: salted hashes the centre keeps instead of PINs, to check one and never tell one."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from terminal.text import Pin

ROUNDS = 2_000
"""PBKDF2 rounds: about a millisecond a check, which a whole dual insert can afford."""


@dataclass(frozen=True, slots=True, repr=False)
class PinVerifier:
    """PBKDF2-HMAC-SHA256 of a PIN under a salt of 16 bytes; shows nothing of itself in repr."""

    salt: bytes
    rounds: int
    digest: bytes

    @classmethod
    def of(cls, pin: Pin, random: Callable[[int], bytes]) -> PinVerifier:
        """The verifier of a PIN, with a salt drawn from `random`."""
        salt = random(16)
        return cls(salt, ROUNDS, _derive(pin, salt, ROUNDS))

    def accepts(self, pin: Pin) -> bool:
        """Whether this is the PIN; takes the same time either way."""
        return hmac.compare_digest(self.digest, _derive(pin, self.salt, self.rounds))

    def __repr__(self) -> str:
        return "PinVerifier(****)"


def _derive(pin: Pin, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", pin.reveal().encode("ascii"), salt, rounds)
