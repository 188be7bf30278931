"""Offline data authentication with RSA: certificates, signed static data, signed dynamic data.

One function makes each object, one opens it. Dates in certificates are the month of expiry. Sources: EMV
Book 2 sections 5 and 6, JR/T 0025.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apdu.crypto.rsa import HASH_LENGTH, RecoveryError, RsaKey, RsaPublicKey

ISSUER_CERTIFICATE = 0x02
STATIC_DATA = 0x03
CARD_CERTIFICATE = 0x04
DYNAMIC_DATA = 0x05
SHA1 = b"\x01"
RSA = b"\x01"
PADDING = 0xBB
ISSUER_OVERHEAD = 36
CARD_OVERHEAD = 42


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and what of the key did not fit into it."""

    certificate: bytes
    remainder: bytes
    exponent: bytes


def expiry_month(day: date) -> bytes:
    """MMYY of a certificate."""
    return bytes.fromhex(f"{day:%m%y}")


def _certify(signer: RsaKey, head: bytes, key: RsaPublicKey, overhead: int, static: bytes) -> Certificate:
    room = signer.public.length - overhead
    modulus, exponent = key.modulus_bytes, key.exponent_bytes
    sizes = bytes((len(modulus), len(exponent)))
    remainder = modulus[room:]
    data = head + SHA1 + RSA + sizes + modulus[:room].ljust(room, bytes((PADDING,)))
    return Certificate(signer.sign(data, remainder + exponent + static), remainder, exponent)


def issuer_certificate(ca: RsaKey, issuer: RsaPublicKey, issuer_id: str, expires: date) -> Certificate:
    """Tags 90, 92 and 9F32; `issuer_id` is the first eight digits of its card numbers."""
    head = bytes((ISSUER_CERTIFICATE,)) + bytes.fromhex(issuer_id) + expiry_month(expires) + bytes(3)
    return _certify(ca, head, issuer, ISSUER_OVERHEAD, b"")


def card_certificate(
    issuer: RsaKey, card: RsaPublicKey, number: str, expires: date, static: bytes
) -> Certificate:
    """Tags 9F46, 9F48 and 9F47; `static` are the signed records and the AIP."""
    digits = bytes.fromhex(number.ljust(20, "F"))
    head = bytes((CARD_CERTIFICATE,)) + digits + expiry_month(expires) + bytes(3)
    return _certify(issuer, head, card, CARD_OVERHEAD, static)


def static_signature(issuer: RsaKey, code: bytes, static: bytes) -> bytes:
    """Tag 93 over the signed records and the AIP; `code` is the data authentication code of two bytes."""
    return issuer.sign(_filled(bytes((STATIC_DATA,)) + SHA1 + code, issuer.public), static)


def dynamic_signature(card: RsaKey, dynamic: bytes, asked: bytes) -> bytes:
    """Tag 9F4B over the card's own number and what the terminal asked to be signed (DDOL data)."""
    head = bytes((DYNAMIC_DATA,)) + SHA1 + bytes((len(dynamic),)) + dynamic
    return card.sign(_filled(head, card.public), asked)


def _filled(data: bytes, key: RsaPublicKey) -> bytes:
    return data.ljust(key.length - HASH_LENGTH - 2, bytes((PADDING,)))


def _key_of(data: bytes, head: int, room: int, remainder: bytes, exponent: bytes) -> RsaPublicKey:
    length = data[head + 2]
    modulus = (data[head + 4 : head + 4 + room] + remainder)[:length]
    return RsaPublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))


def open_issuer_certificate(ca: RsaPublicKey, held: Certificate, number: str, today: date) -> RsaPublicKey:
    """The issuer's key; raises RecoveryError on a wrong signature, a foreign issuer, or past its month."""
    data = ca.open(held.certificate, ISSUER_CERTIFICATE, held.remainder + held.exponent)
    if not number.startswith(data[1:5].hex().rstrip("f")):
        raise RecoveryError("the issuer certificate belongs to another issuer")
    check_month(data[5:7], today, "the issuer certificate")
    return _key_of(data, 10, ca.length - ISSUER_OVERHEAD, held.remainder, held.exponent)


def open_card_certificate(
    issuer: RsaPublicKey, held: Certificate, number: str, today: date, static: bytes
) -> RsaPublicKey:
    """The card's key; raises RecoveryError as for the issuer's, or where the static data were changed."""
    data = issuer.open(held.certificate, CARD_CERTIFICATE, held.remainder + held.exponent + static)
    if data[1:11].hex().rstrip("f") != number:
        raise RecoveryError("the card certificate belongs to another card")
    check_month(data[11:13], today, "the card certificate")
    return _key_of(data, 16, issuer.length - CARD_OVERHEAD, held.remainder, held.exponent)


def check_month(month: bytes, today: date, what: str) -> None:
    """Raises RecoveryError where the month of expiry (MMYY) of `what` is past."""
    digits = month.hex()
    if (2000 + int(digits[2:]), int(digits[:2])) < (today.year, today.month):
        raise RecoveryError(f"{what} expired in {digits[:2]}/20{digits[2:]}")


def open_static_signature(issuer: RsaPublicKey, signature: bytes, static: bytes) -> bytes:
    """The data authentication code; raises RecoveryError where the static data are not what was signed."""
    return issuer.open(signature, STATIC_DATA, static)[2:4]


def open_dynamic_signature(card: RsaPublicKey, signature: bytes, asked: bytes) -> bytes:
    """The card's own dynamic data; raises RecoveryError where card or terminal data differ."""
    data = card.open(signature, DYNAMIC_DATA, asked)
    return data[3 : 3 + data[2]]
