"""RSA as payment cards use it: signatures with message recovery, exponent 3 (EMV Book 2 annex A2 and B2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

EXPONENT = 3
HEADER = 0x6A
TRAILER = 0xBC
HASH_LENGTH = 20


class RecoveryError(ValueError):
    """A signature that does not open under this key, or whose hash does not fit; says which."""


@dataclass(frozen=True, slots=True, repr=False)
class RsaPublicKey:
    """Modulus and exponent; `length` in bytes."""

    modulus: int
    exponent: int = EXPONENT

    @property
    def length(self) -> int:
        """Bytes of the modulus, and of every signature."""
        return (self.modulus.bit_length() + 7) // 8

    @property
    def modulus_bytes(self) -> bytes:
        """The modulus, most significant byte first."""
        return self.modulus.to_bytes(self.length, "big")

    @property
    def exponent_bytes(self) -> bytes:
        """The exponent in as few bytes as it needs."""
        return self.exponent.to_bytes((self.exponent.bit_length() + 7) // 8, "big")

    def recover(self, signature: bytes) -> bytes:
        """What a signature holds between header and hash, its hash still unchecked; raises RecoveryError."""
        if len(signature) != self.length:
            raise RecoveryError(f"a signature of {len(signature)} bytes, the key has {self.length}")
        opened = pow(int.from_bytes(signature, "big"), self.exponent, self.modulus).to_bytes(
            self.length, "big"
        )
        if opened[0] != HEADER or opened[-1] != TRAILER:
            raise RecoveryError("it does not open under this key")
        return opened

    def open(self, signature: bytes, kind: int, rest: bytes = b"") -> bytes:
        """The recovered data (from `kind` on, without hash) of a signature over it and `rest`.

        Raises RecoveryError where it does not open, is of another kind, or its hash does not fit.
        """
        opened = self.recover(signature)
        data, digest = opened[1 : -HASH_LENGTH - 1], opened[-HASH_LENGTH - 1 : -1]
        if data[0] != kind:
            raise RecoveryError(f"it is of kind {data[0]:02X}, {kind:02X} was expected")
        if hashlib.sha1(data + rest).digest() != digest:
            raise RecoveryError("its hash does not fit the data")
        return data

    def encipher(self, block: bytes) -> bytes:
        """`block`, as long as the modulus, under the public key."""
        return pow(int.from_bytes(block, "big"), self.exponent, self.modulus).to_bytes(self.length, "big")


@dataclass(frozen=True, slots=True, repr=False)
class RsaKey:
    """A private key by its two primes."""

    p: int
    q: int
    public: RsaPublicKey
    _exponents: tuple[int, int, int]

    @classmethod
    def of_primes(cls, p: int, q: int) -> RsaKey:
        """The key with exponent 3 of two primes, neither of which leaves 1 when divided by 3."""
        exponents = (pow(EXPONENT, -1, p - 1), pow(EXPONENT, -1, q - 1), pow(q, -1, p))
        return cls(p, q, RsaPublicKey(p * q), exponents)

    def apply(self, value: bytes) -> bytes:
        """The private operation on a block as long as the modulus."""
        number = int.from_bytes(value, "big")
        d_p, d_q, inverse = self._exponents
        m_p, m_q = pow(number, d_p, self.p), pow(number, d_q, self.q)
        return (m_q + (m_p - m_q) * inverse % self.p * self.q).to_bytes(self.public.length, "big")

    def sign(self, data: bytes, rest: bytes = b"") -> bytes:
        """A signature over `data` and `rest` from which `data` can be recovered; it must fill the modulus."""
        digest = hashlib.sha1(data + rest).digest()
        block = bytes((HEADER,)) + data + digest + bytes((TRAILER,))
        if len(block) != self.public.length:
            raise ValueError(f"{len(data)} bytes do not fill a signature of {self.public.length}")
        return self.apply(block)
