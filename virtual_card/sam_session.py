"""The temporary key of a PSAM: what it may still be used for, and a MAC in progress (LD/T 32.9 section 9)."""

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
