"""Offline data authentication with SM2: the same four objects as with RSA, in clear with a signature behind them.

Nothing is recovered from a signature, so there are no remainders and exponents. Static data are the signed
records and the AIP. Objects that are not what their issuer signed raise RecoveryError. Source: JR/T 0025.17.
"""

from __future__ import annotations

from datetime import date

from apdu.crypto.offline_data import check_month, expiry_month
from apdu.crypto.rsa import RecoveryError
from apdu.crypto.sm2 import POINT_LENGTH, SIGNATURE_LENGTH, Sm2Key, Sm2PublicKey

ISSUER_CERTIFICATE = 0x12
STATIC_DATA = 0x13
CARD_CERTIFICATE = 0x14
DYNAMIC_DATA = 0x15
ALGORITHMS = bytes((0x04, 0x00, 0x11, POINT_LENGTH))
"""Signature algorithm, key algorithm, curve parameters, length of the key: the same in every certificate."""

SERIAL = bytes(3)
CODE_LENGTH = 2


def issuer_certificate(ca: Sm2Key, issuer: Sm2PublicKey, issuer_id: str, expires: date) -> bytes:
    """Tag 90, 142 bytes; `issuer_id` is the first eight digits of the issuer's card numbers."""
    data = _certified(ISSUER_CERTIFICATE, bytes.fromhex(issuer_id), expires, issuer)
    return data + ca.sign(data)


def card_certificate(issuer: Sm2Key, card: Sm2PublicKey, number: str, expires: date, static: bytes) -> bytes:
    """Tag 9F46, 148 bytes, signed together with the static data."""
    data = _certified(CARD_CERTIFICATE, bytes.fromhex(number.ljust(20, "F")), expires, card)
    return data + issuer.sign(data + static)


def _certified(kind: int, subject: bytes, expires: date, key: Sm2PublicKey) -> bytes:
    return bytes((kind,)) + subject + expiry_month(expires) + SERIAL + ALGORITHMS + key.point


def static_signature(issuer: Sm2Key, code: bytes, static: bytes) -> bytes:
    """Tag 93, 67 bytes; `code` is the data authentication code of two bytes."""
    data = bytes((STATIC_DATA,)) + code
    return data + issuer.sign(data + static)


def dynamic_signature(card: Sm2Key, dynamic: bytes, asked: bytes) -> bytes:
    """Tag 9F4B over the card's own number and what the terminal asked to be signed (DDOL data)."""
    data = bytes((DYNAMIC_DATA, len(dynamic))) + dynamic
    return data + card.sign(data + asked)


def open_issuer_certificate(ca: Sm2PublicKey, certificate: bytes, number: str, today: date) -> Sm2PublicKey:
    """The issuer's key; refused are a wrong signature, a foreign issuer, and a month that is past."""
    data = _signed(ca, certificate, ISSUER_CERTIFICATE, b"", "the issuer certificate")
    if not number.startswith(data[1:5].hex().rstrip("f")):
        raise RecoveryError("the issuer certificate belongs to another issuer")
    check_month(data[5:7], today, "the issuer certificate")
    return _key_of(data, 10, "the issuer certificate")


def open_card_certificate(
    issuer: Sm2PublicKey, certificate: bytes, number: str, today: date, static: bytes
) -> Sm2PublicKey:
    """The card's key; refused as the issuer's, and where the static data were changed."""
    data = _signed(issuer, certificate, CARD_CERTIFICATE, static, "the card certificate")
    if data[1:11].hex().rstrip("f") != number:
        raise RecoveryError("the card certificate belongs to another card")
    check_month(data[11:13], today, "the card certificate")
    return _key_of(data, 16, "the card certificate")


def open_static_signature(issuer: Sm2PublicKey, signed: bytes, static: bytes) -> bytes:
    """The data authentication code."""
    data = _signed(issuer, signed, STATIC_DATA, static, "the signature of the static data")
    if len(data) != 1 + CODE_LENGTH:
        raise RecoveryError(f"the signature of the static data has {len(signed)} bytes")
    return data[1:]


def open_dynamic_signature(card: Sm2PublicKey, signed: bytes, asked: bytes) -> bytes:
    """The card's own dynamic data."""
    data = _signed(card, signed, DYNAMIC_DATA, asked, "the dynamic signature")
    if len(data) < 2 or len(data) != 2 + data[1]:
        raise RecoveryError("the dynamic signature announces another length than it has")
    return data[2:]


def _signed(key: Sm2PublicKey, signed: bytes, kind: int, rest: bytes, what: str) -> bytes:
    """What stands before the signature, once that is right for it and `rest`."""
    data, signature = signed[:-SIGNATURE_LENGTH], signed[-SIGNATURE_LENGTH:]
    if not data or data[0] != kind:
        raise RecoveryError(f"{what} does not begin with {kind:02X}")
    if not key.verify(data + rest, signature):
        raise RecoveryError(f"{what} is not signed by this key, or not over these data")
    return data


def _key_of(data: bytes, head: int, what: str) -> Sm2PublicKey:
    """The key behind `head` bytes and the algorithms; raises RecoveryError for other algorithms than SM2 and SM3."""
    key = data[head + len(ALGORITHMS) :]
    if data[head : head + len(ALGORITHMS)] != ALGORITHMS or len(key) != POINT_LENGTH:
        raise RecoveryError(f"{what} holds no SM2 key")
    return Sm2PublicKey(key)
