"""Proofs of the PKI application: a PIN never travels, a challenge encrypted under its digest does."""

from __future__ import annotations

from apdu.crypto.algorithm import Algorithm, block_cipher

KEY_LENGTH = 16


def pin_key(pin: bytes) -> bytes:
    """The SM4 key of a PIN in packed digits: the first 16 bytes of its SM3 digest."""
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    digest = Hash(SM3())
    digest.update(pin)
    return digest.finalize()[:KEY_LENGTH]


def proof(key: bytes, challenge: bytes) -> bytes:
    """The 16 bytes that prove knowledge of `key`: the challenge (at most 16 bytes, filled with 00) under SM4."""
    return block_cipher(Algorithm.SM4, key)(challenge.ljust(Algorithm.SM4.block, b"\0"))
