"""SM3 and SM2 against the standard's examples and against libraries of other makers."""

from __future__ import annotations

import gmalg
import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash

from apdu.bank_keys import TEST_SM2_CA, TEST_SM2_CARD, TEST_SM2_ISSUER
from apdu.crypto import sm2
from apdu.crypto.sm2 import Sm2Key, Sm2MissingError, Sm2PublicKey

x = bytes.fromhex
PRIVATE = x("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = x(
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
SIGNATURE = x(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
CURVE = x(
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)
"""a, b and the base point of the recommended curve (GM/T 0003.5), as they go into Z."""


def sm3(data: bytes) -> bytes:
    """The digest by the library that the product takes SM3 from."""
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def test_sm3_of_the_standard() -> None:
    expected = x("66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0")
    other = gmalg.SM3()
    other.update(b"abc")
    assert sm3(b"abc") == other.value() == expected


def test_identity_and_message_digest_of_the_standard() -> None:
    z = sm3(b"\x00\x80" + sm2.USER_ID + CURVE + POINT)
    assert z == x("B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3")
    e = sm3(z + MESSAGE)
    assert e == x("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")


def test_signature_of_the_standard_comes_from_its_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sm2Key, "_nonces", lambda self, message: iter((NONCE,)))
    assert Sm2Key(PRIVATE, Sm2PublicKey(POINT)).sign(MESSAGE) == SIGNATURE


def test_signature_of_the_standard_is_right_and_no_other() -> None:
    key = Sm2PublicKey(POINT)
    assert key.verify(MESSAGE, SIGNATURE)
    assert not key.verify(MESSAGE + b"!", SIGNATURE)
    assert not key.verify(MESSAGE, SIGNATURE[:-1] + bytes((SIGNATURE[-1] ^ 1,)))
    assert not TEST_SM2_CA.public.verify(MESSAGE, SIGNATURE)


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\0", bytes(64), b"\xff" * 64])
def test_what_is_no_signature_is_refused(signature: bytes) -> None:
    assert not Sm2PublicKey(POINT).verify(MESSAGE, signature)


@pytest.mark.parametrize("point", [bytes(64), b"\xff" * 64, POINT[:-1] + b"\x14"])
def test_what_is_no_point_of_the_curve_signs_nothing(point: bytes) -> None:
    assert not Sm2PublicKey(point).verify(MESSAGE, SIGNATURE)


def test_the_same_message_gives_the_same_signature_and_another_another() -> None:
    assert TEST_SM2_CARD.sign(b"message") == TEST_SM2_CARD.sign(b"message")
    assert TEST_SM2_CARD.sign(b"message")[:32] != TEST_SM2_CARD.sign(b"massage")[:32]


@pytest.mark.parametrize("key", [TEST_SM2_CA, TEST_SM2_ISSUER, TEST_SM2_CARD])
def test_test_keys_are_pairs(key: Sm2Key) -> None:
    assert gmalg.SM2().generate_pk(key.private)[1:] == key.public.point
    assert key.private.hex() not in repr(key)


def test_without_the_library_signing_and_verifying_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sm2, "LIBRARY", "no_library_of_this_name")
    assert not sm2.available()
    with pytest.raises(Sm2MissingError, match=r"pip install 'ssc-terminal\[sm2\]'"):
        TEST_SM2_CARD.sign(b"")
    with pytest.raises(Sm2MissingError, match="not installed"):
        TEST_SM2_CARD.public.verify(b"", bytes(64))
