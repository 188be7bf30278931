"""The RSA chain opened and made once more by the book, without the product's code on the other side.

The private operation is that of `cryptography`; certificates are taken apart and put together here, after EMV
Book 2 tables 6, 7, 14 and 15.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha1

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from hypothesis import given, settings
from hypothesis import strategies as st

from apdu.bank_keys import TEST_CA, TEST_CARD, TEST_ISSUER, TEST_ISSUER_ID
from apdu.crypto.offline_data import (
    Certificate,
    card_certificate,
    dynamic_signature,
    issuer_certificate,
    open_card_certificate,
    open_dynamic_signature,
    open_issuer_certificate,
    open_static_signature,
    static_signature,
)
from apdu.crypto.rsa import RsaKey

NUMBER = "6212345678900000003"
EXPIRES, TODAY = date(2030, 12, 31), date(2030, 1, 1)
STATIC = b"signed records\x7c\x00"
DYNAMIC, ASKED = b"\x08ABCDEFGH", b"\1\2\3\4"


def public_operation(key: RsaKey, block: bytes) -> bytes:
    modulus = key.p * key.q
    return pow(int.from_bytes(block, "big"), 3, modulus).to_bytes((modulus.bit_length() + 7) // 8, "big")


def private_key(key: RsaKey) -> rsa.RSAPrivateKey:
    """The same key with everything computed here; `cryptography` refuses parts that do not fit together."""
    p, q = key.p, key.q
    d = pow(3, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(3, p * q)
    )
    return numbers.private_key()


def private_operation(key: RsaKey, block: bytes) -> bytes:
    modulus = key.p * key.q
    exponent = private_key(key).private_numbers().d
    return pow(int.from_bytes(block, "big"), exponent, modulus).to_bytes(len(block), "big")


def recovered(key: RsaKey, signature: bytes) -> tuple[bytes, bytes]:
    """Data and hash of a signature with message recovery (EMV Book 2 annex A2.1)."""
    opened = public_operation(key, signature)
    assert opened[0] == 0x6A and opened[-1] == 0xBC
    return opened[1:-21], opened[-21:-1]


@pytest.mark.parametrize("key", [TEST_CA, TEST_ISSUER, TEST_CARD])
def test_private_operation_is_that_of_a_library(key: RsaKey) -> None:
    """A PKCS #1 signature has no randomness: the library's equals ours over the block that is inside."""
    theirs = private_key(key).sign(b"message", padding.PKCS1v15(), SHA1())
    block = public_operation(key, theirs)
    assert block[:3] == b"\x00\x01\xff" and block.endswith(sha1(b"message").digest())
    assert key.apply(block) == theirs
    assert key.public.encipher(theirs) == block


def test_issuer_certificate_opened_by_the_book() -> None:
    made = issuer_certificate(TEST_CA, TEST_ISSUER.public, TEST_ISSUER_ID, EXPIRES)
    data, digest = recovered(TEST_CA, made.certificate)
    modulus = (TEST_ISSUER.p * TEST_ISSUER.q).to_bytes(144, "big")
    assert data.hex().upper().startswith("02" + TEST_ISSUER_ID + "1230" + "000000" + "0101" + "90" + "01")
    assert data[14:] == modulus[:140] and made.remainder == modulus[140:] and made.exponent == b"\3"
    assert sha1(data + made.remainder + made.exponent).digest() == digest


def test_card_certificate_opened_by_the_book() -> None:
    made = card_certificate(TEST_ISSUER, TEST_CARD.public, NUMBER, EXPIRES, STATIC)
    data, digest = recovered(TEST_ISSUER, made.certificate)
    modulus = (TEST_CARD.p * TEST_CARD.q).to_bytes(128, "big")
    assert data.hex().upper().startswith("04" + NUMBER + "F" + "1230" + "000000" + "0101" + "80" + "01")
    assert data[20:] == modulus[:102] and made.remainder == modulus[102:]
    assert sha1(data + made.remainder + made.exponent + STATIC).digest() == digest


def test_signatures_opened_by_the_book() -> None:
    data, digest = recovered(TEST_ISSUER, static_signature(TEST_ISSUER, b"\xda\xc0", STATIC))
    assert data[:4] == b"\x03\x01\xda\xc0" and set(data[4:]) == {0xBB}
    assert sha1(data + STATIC).digest() == digest
    data, digest = recovered(TEST_CARD, dynamic_signature(TEST_CARD, DYNAMIC, ASKED))
    assert data[:3] == b"\x05\x01\x09" and data[3:12] == DYNAMIC and set(data[12:]) == {0xBB}
    assert sha1(data + ASKED).digest() == digest


def sealed(key: RsaKey, data: bytes, rest: bytes) -> bytes:
    """A signature made by the book."""
    return private_operation(key, b"\x6a" + data + sha1(data + rest).digest() + b"\xbc")


def test_chain_made_by_the_book_is_opened() -> None:
    issuer_modulus = (TEST_ISSUER.p * TEST_ISSUER.q).to_bytes(144, "big")
    head = bytes.fromhex("02" + TEST_ISSUER_ID + "1230" + "000123" + "01019001")
    rest = issuer_modulus[140:] + b"\3"
    held = Certificate(sealed(TEST_CA, head + issuer_modulus[:140], rest), issuer_modulus[140:], b"\3")
    issuer = open_issuer_certificate(TEST_CA.public, held, NUMBER, TODAY)
    assert issuer.modulus == TEST_ISSUER.p * TEST_ISSUER.q
    card_modulus = (TEST_CARD.p * TEST_CARD.q).to_bytes(128, "big")
    head = bytes.fromhex("04" + NUMBER + "F" + "1230" + "000123" + "01018001")
    rest = card_modulus[102:] + b"\3" + STATIC
    held = Certificate(sealed(TEST_ISSUER, head + card_modulus[:102], rest), card_modulus[102:], b"\3")
    card = open_card_certificate(issuer, held, NUMBER, TODAY, STATIC)
    assert card.modulus == TEST_CARD.p * TEST_CARD.q
    signed = sealed(TEST_ISSUER, (b"\x03\x01\xda\xc1").ljust(122, b"\xbb"), STATIC)
    assert open_static_signature(issuer, signed, STATIC) == b"\xda\xc1"
    signed = sealed(TEST_CARD, (b"\x05\x01\x09" + DYNAMIC).ljust(106, b"\xbb"), ASKED)
    assert open_dynamic_signature(card, signed, ASKED) == DYNAMIC


@given(st.binary(max_size=60), st.binary(min_size=1, max_size=8), st.binary(min_size=4, max_size=4))
@settings(max_examples=20, deadline=None)
def test_signatures_over_any_data_are_those_of_the_book(static: bytes, number: bytes, asked: bytes) -> None:
    filled = (b"\x03\x01\0\1").ljust(122, b"\xbb")
    assert static_signature(TEST_ISSUER, b"\0\1", static) == sealed(TEST_ISSUER, filled, static)
    filled = (b"\x05\x01" + bytes((len(number),)) + number).ljust(106, b"\xbb")
    assert dynamic_signature(TEST_CARD, number, asked) == sealed(TEST_CARD, filled, asked)
