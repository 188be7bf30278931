"""What a PSAM keeps between two commands: its temporary key, or a purchase to be confirmed (LD/T 32.9 section 9)."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.crypto.algorithm import Algorithm

MAC_TYPE, ENCRYPTION_TYPE, BOTH_TYPE = 6, 7, 8
MAC_TYPES = frozenset({MAC_TYPE, BOTH_TYPE})
ENCRYPTION_TYPES = frozenset({ENCRYPTION_TYPE, BOTH_TYPE})


@dataclass(slots=True, repr=False)
class SamSession:
    """A delivered key that serves each kind of operation once; `chain` is the last block of a MAC begun."""

    algorithm: Algorithm
    key: bytes
    type: int
    encryption_spent: bool = False
    mac_spent: bool = False
    chain: bytes = b""


@dataclass(frozen=True, slots=True, repr=False)
class SamPurchase:
    """A purchase the PSAM has given MAC1 for; `mac2` is what the card must answer."""

    mac2: bytes
