"""SM2 key pairs from GmSSL, which the extra `sm2` brings; without it there is no PKI application."""

from __future__ import annotations

from importlib.util import find_spec

from virtual_card.applications.pki.contents import KeyPair

LIBRARY = "gmssl_pyx"
INSTALL = "pip install 'ssc-terminal[sm2]'"


def available() -> bool:
    """Whether the library is installed."""
    return find_spec(LIBRARY) is not None


def new_key_pair() -> KeyPair:
    """A key pair on the SM2 curve, from the library's own random source; raises ImportError without it."""
    from gmssl_pyx import sm2_key_generate

    public, private = sm2_key_generate()
    return KeyPair(bytes(private), bytes(public))
