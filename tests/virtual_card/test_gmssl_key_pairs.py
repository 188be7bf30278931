"""Key pairs of the card as GmSSL sees them, a library of another make; collected where tests/conftest.py says."""

from __future__ import annotations

from random import Random

import gmssl_pyx
import pytest

from virtual_card.applications.pki.sm2 import new_key_pair


@pytest.mark.parametrize("seed", range(3))
def test_gmssl_signs_with_the_private_key_and_verifies_with_the_public_one(seed: int) -> None:
    pair = new_key_pair(Random(seed).randbytes)
    signature = gmssl_pyx.sm2_sign(pair.private, pair.public, b"message")
    assert gmssl_pyx.sm2_verify(pair.public, b"message", signature)
    assert not gmssl_pyx.sm2_verify(pair.public, b"massage", signature)
