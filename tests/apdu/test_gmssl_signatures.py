"""SM2 signatures and SM3 beside GmSSL, a library of another make; collected where tests/conftest.py says."""

from __future__ import annotations

import gmssl_pyx
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from apdu.bank_keys import TEST_SM2_ISSUER

x = bytes.fromhex
POINT = x(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
DIGEST = x("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
SIGNATURE = x(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def der(signature: bytes) -> bytes:
    """r and s as GmSSL takes them."""
    return encode_dss_signature(*(int.from_bytes(signature[at : at + 32], "big") for at in (0, 32)))


def test_the_oracle_knows_the_examples_of_the_standards() -> None:
    digest = x("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0")
    assert gmssl_pyx.sm3_hash(b"abc") == digest
    assert gmssl_pyx.sm2_verify_sm3_digest(POINT, DIGEST, der(SIGNATURE))
    assert gmssl_pyx.sm2_verify(POINT, b"message digest", der(SIGNATURE))


@given(st.binary(max_size=200))
@settings(max_examples=10, deadline=None)
def test_gmssl_accepts_our_signatures_and_we_accept_those_of_gmssl(message: bytes) -> None:
    key = TEST_SM2_ISSUER
    assert gmssl_pyx.sm2_verify(key.public.point, message, der(key.sign(message)))
    theirs = decode_dss_signature(gmssl_pyx.sm2_sign(key.private, key.public.point, message))
    assert key.public.verify(message, b"".join(part.to_bytes(32, "big") for part in theirs))
