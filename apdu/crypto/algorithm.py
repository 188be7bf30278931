"""The three algorithms a social security card may announce, and their block ciphers."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4

Transform = Callable[[bytes], bytes]


class UnpublishedAlgorithmError(ValueError):
    """SSF33 was asked for: its specification is not published, nobody outside can compute it."""

    def __init__(self) -> None:
        super().__init__("algorithm 02 (SSF33) is unpublished and cannot be computed; use a DES or SM4 card")


class Algorithm(IntEnum):
    """Algorithm identifier of tag 86 in the FCI of the environment (reader specification, section 10.1).

    `block` is the block length in bytes: 8 for DES, 16 for SSF33 and SM4.
    """

    block: int

    DES = 1
    SSF33 = 2
    SM4 = 3

    def __init__(self, identifier: int) -> None:
        self.block = 8 if identifier == 1 else 16


class _Library(NamedTuple):
    cipher: type[Cipher[modes.ECB]]
    triple_des: type[TripleDES]
    sm4: type[SM4]
    ecb: modes.ECB


@cache
def _library() -> _Library:
    """What is used of `cryptography`, imported at the first cipher: many programs of a card need none."""
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4

    return _Library(Cipher, TripleDES, SM4, modes.ECB())


def new_cipher(algorithm: Algorithm, key: bytes) -> Cipher[modes.ECB]:
    """An ECB cipher; 8-byte DES keys are K K K and 16-byte ones K1 K2 K1; ValueError on other lengths."""
    cipher, triple_des, sm4, ecb = _library()
    if algorithm is Algorithm.SM4:
        return cipher(sm4(key), ecb)
    if algorithm is Algorithm.SSF33:
        raise UnpublishedAlgorithmError
    if len(key) not in (8, 16):
        raise ValueError(f"a DES key has 8 or 16 bytes, not {len(key)}")
    return cipher(triple_des((key + key)[:16] + key[:8]), ecb)


def block_cipher(algorithm: Algorithm, key: bytes) -> Transform:
    """Encrypt whole blocks under `key`; a new cipher object, for keys that are used once."""
    return new_cipher(algorithm, key).encryptor().update


@lru_cache(maxsize=512)
def cached_cipher(algorithm: Algorithm, key: bytes) -> Transform:
    """Encrypt whole blocks under a long-lived key: one encryptor a key, twenty times cheaper to reuse."""
    return block_cipher(algorithm, key)


def block_decipher(algorithm: Algorithm, key: bytes) -> Transform:
    """Decrypt whole blocks under `key`."""
    return new_cipher(algorithm, key).decryptor().update
