"""The chain of RSA signatures (EMV Book 2 sections 5 and 6)."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from apdu.bank_keys import TEST_CA, TEST_CARD, TEST_ISSUER, TEST_ISSUER_ID, TEST_MASTER_KEYS
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
from apdu.crypto.rsa import RecoveryError, RsaKey

NUMBER = "6212345678900000003"
EXPIRES, TODAY = date(2030, 12, 31), date(2030, 1, 1)
STATIC = b"signed records\x7c\x00"
ISSUER = issuer_certificate(TEST_CA, TEST_ISSUER.public, TEST_ISSUER_ID, EXPIRES)
CARD = card_certificate(TEST_ISSUER, TEST_CARD.public, NUMBER, EXPIRES, STATIC)


@pytest.mark.parametrize("key", [TEST_CA, TEST_ISSUER, TEST_CARD])
def test_private_and_public_operation_undo_each_other(key: RsaKey) -> None:
    block = b"\x01" + bytes(range(key.public.length - 1))
    assert key.public.encipher(key.apply(block)) == block
    assert key.apply(key.public.encipher(block)) == block


def test_certificates_have_the_form_of_the_standard() -> None:
    opened = TEST_CA.public.recover(ISSUER.certificate)
    assert opened[:2] == b"\x6a\x02" and opened[-1:] == b"\xbc"
    hashed = opened[1:-21] + ISSUER.remainder + ISSUER.exponent
    assert opened[-21:-1] == hashlib.sha1(hashed).digest()
    assert opened[2:6].hex() == TEST_ISSUER_ID and opened[6:8].hex() == "1230"
    assert len(ISSUER.remainder) == 144 - (176 - 36)
    opened = TEST_ISSUER.public.recover(CARD.certificate)
    assert opened[:2] == b"\x6a\x04" and opened[2:12].hex() == NUMBER + "f"
    assert len(CARD.remainder) == 128 - (144 - 42)


def test_chain_leads_to_the_cards_key() -> None:
    issuer = open_issuer_certificate(TEST_CA.public, ISSUER, NUMBER, TODAY)
    assert issuer == TEST_ISSUER.public
    assert open_card_certificate(issuer, CARD, NUMBER, TODAY, STATIC) == TEST_CARD.public


@pytest.mark.parametrize(
    ("number", "today", "why"),
    [("5212345678900000003", TODAY, "another issuer"), (NUMBER, date(2031, 1, 1), "expired in 12/2030")],
)
def test_issuer_certificate_of_another_issuer_or_time(number: str, today: date, why: str) -> None:
    with pytest.raises(RecoveryError, match=why):
        open_issuer_certificate(TEST_CA.public, ISSUER, number, today)


@pytest.mark.parametrize(
    ("number", "static", "why"),
    [(NUMBER, STATIC + b"!", "hash"), ("6212345678900000011", STATIC, "another card")],
)
def test_card_certificate_of_other_data(number: str, static: bytes, why: str) -> None:
    with pytest.raises(RecoveryError, match=why):
        open_card_certificate(TEST_ISSUER.public, CARD, number, TODAY, static)


def test_certificate_of_another_kind_or_length_does_not_open() -> None:
    signature = static_signature(TEST_ISSUER, b"\0\1", STATIC)
    with pytest.raises(RecoveryError, match="kind 03, 04 was expected"):
        open_card_certificate(TEST_ISSUER.public, Certificate(signature, b"", b"\3"), NUMBER, TODAY, STATIC)
    with pytest.raises(RecoveryError, match="does not open"):
        open_static_signature(TEST_ISSUER.public, bytes(144), STATIC)
    with pytest.raises(RecoveryError, match="10 bytes, the key has 144"):
        open_static_signature(TEST_ISSUER.public, bytes(10), STATIC)


def test_static_and_dynamic_signatures_fit_their_data_only() -> None:
    signature = static_signature(TEST_ISSUER, b"\xda\xc0", STATIC)
    assert open_static_signature(TEST_ISSUER.public, signature, STATIC) == b"\xda\xc0"
    with pytest.raises(RecoveryError):
        open_static_signature(TEST_ISSUER.public, signature, STATIC[:-1])
    signed = dynamic_signature(TEST_CARD, b"\x08ABCDEFGH", b"\1\2\3\4")
    assert open_dynamic_signature(TEST_CARD.public, signed, b"\1\2\3\4") == b"\x08ABCDEFGH"
    with pytest.raises(RecoveryError):
        open_dynamic_signature(TEST_CARD.public, signed, b"\1\2\3\5")


def test_signature_must_be_filled() -> None:
    with pytest.raises(ValueError, match="do not fill"):
        TEST_CARD.sign(b"short")


def test_keys_show_nothing() -> None:
    shown = repr(TEST_CARD) + repr(TEST_MASTER_KEYS)
    assert str(TEST_CARD.p) not in shown and "1011" not in shown
