"""SM2 signatures over SM3 (GB/T 32918.2) with the library that the extra `sm2` brings: r ‖ s in 64 bytes, no DER."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

LIBRARY = "gmalg"
INSTALL = "pip install 'ssc-terminal[sm2]'"
USER_ID = b"1234567812345678"
POINT_LENGTH = SIGNATURE_LENGTH = 64
HALF = 32
UNCOMPRESSED = b"\x04"


class Sm2MissingError(RuntimeError):
    """SM2 was asked for where its library is not installed; says what to install."""


def available() -> bool:
    """Whether the library is installed."""
    return find_spec(LIBRARY) is not None


def _library() -> Any:
    if not available():
        raise Sm2MissingError(f"SM2 signatures need a library that is not installed: {INSTALL}")
    return import_module(LIBRARY)


@dataclass(frozen=True, slots=True)
class Sm2PublicKey:
    """A point of the curve: x ‖ y, 32 bytes each, most significant byte first."""

    point: bytes

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `message`; raises Sm2MissingError without the library."""
        library = _library()
        encoded = UNCOMPRESSED + self.point
        if len(signature) != SIGNATURE_LENGTH or not library.SM2().verify_pk(encoded):
            return False
        key = library.SM2(uid=USER_ID, pk=encoded)
        return bool(key.verify(message, signature[:HALF], signature[HALF:]))


@dataclass(frozen=True, slots=True, repr=False)
class Sm2Key:
    """A private key of 32 bytes and its point."""

    private: bytes
    public: Sm2PublicKey

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`, always the same one; raises Sm2MissingError without the library.

        The nonce comes from key and message by HMAC, in the manner of RFC 6979, so that cards and tapes
        made twice are equal.
        """
        nonces = self._nonces(message)
        key = _library().SM2(
            self.private, USER_ID, UNCOMPRESSED + self.public.point, rnd_fn=lambda bits: next(nonces)
        )
        r, s = key.sign(message)
        return bytes(r).rjust(HALF, b"\0") + bytes(s).rjust(HALF, b"\0")

    def _nonces(self, message: bytes) -> Iterator[int]:
        for attempt in count():
            digest = hmac.digest(self.private, attempt.to_bytes(4, "big") + message, sha256)
            yield int.from_bytes(digest, "big")
