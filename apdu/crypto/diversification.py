"""Key diversification: root, province, city, card (LD/T 32.9 section 7; reader specification 10.3)."""

from __future__ import annotations

from apdu.crypto.algorithm import Algorithm, cached_cipher

ZHEJIANG = "33"


def factors(region: str, historical_bytes: bytes) -> tuple[bytes, bytes, bytes]:
    """The three diversification factors (province, city, card), 8 bytes each, in the order of use.

    `region`: the six digits that open the card identification code. `historical_bytes`: the 13 of the answer
    to reset, whose last eight are the card's own factor. Raises ValueError where either has another length.
    """
    if len(region) != 6 or not region.isdigit():
        raise ValueError(f"a region code has six digits, not {region!r}")
    if len(historical_bytes) != 13:
        raise ValueError(
            f"key diversification needs exactly 13 historical bytes, not {len(historical_bytes)}"
        )
    digits = region.encode("ascii")
    city = digits[:4] + b"00" if region.startswith(ZHEJIANG) else digits
    return digits[:2] + b"0000sh", city + b"sx", bytes(historical_bytes[5:])


def step(algorithm: Algorithm, key: bytes, factor: bytes) -> bytes:
    """One diversification step under `key` with an 8-byte factor; the child has the length of the parent."""
    inverse = bytes(byte ^ 0xFF for byte in factor)
    encrypt = cached_cipher(algorithm, key)
    if algorithm.block == 16:
        return encrypt(factor + inverse)
    return encrypt(factor) if len(key) == 8 else encrypt(factor + inverse)


def diversify(algorithm: Algorithm, root: bytes, *path: bytes) -> bytes:
    """The key at the end of `path`: factors in the order of use (province, city, card)."""
    for factor in path:
        root = step(algorithm, root, factor)
    return root
