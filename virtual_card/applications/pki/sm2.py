"""SM2 key pairs, which the extra `sm2` brings; without it there is no PKI application."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from apdu.crypto.sm2 import HALF, INSTALL, LIBRARY, UNCOMPRESSED, available
from virtual_card.applications.pki.contents import KeyPair

__all__ = ["INSTALL", "available", "new_key_pair"]


def new_key_pair(random: Callable[[int], bytes]) -> KeyPair:
    """A key pair on the SM2 curve from the card's own random source; raises ImportError without the library."""
    library = import_module(LIBRARY)
    maker = library.SM2(
        rnd_fn=lambda bits: int.from_bytes(random((bits + 7) // 8), "big") & ((1 << bits) - 1)
    )
    private, public = maker.generate_keypair()
    return KeyPair(private.rjust(HALF, b"\0"), public.removeprefix(UNCOMPRESSED))
