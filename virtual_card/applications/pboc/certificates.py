"""What a card carries for offline data authentication: one chain of RSA, and one of SM2 for SM transactions."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from apdu.bank_keys import (
    TEST_CA,
    TEST_CA_INDEX,
    TEST_CARD,
    TEST_ISSUER,
    TEST_ISSUER_ID,
    TEST_SM2_CA,
    TEST_SM2_CA_INDEX,
    TEST_SM2_CARD,
    TEST_SM2_ISSUER,
)
from apdu.crypto import offline_data_sm2 as sm2
from apdu.crypto.offline_data import Certificate, card_certificate, issuer_certificate, static_signature
from apdu.tlv import Tlv, encode

if TYPE_CHECKING:
    from virtual_card.applications.pboc.flaws import Personalisation
    from virtual_card.applications.pboc.options import BankOptions

DYNAMIC, STATIC, UNSIGNED = b"\x7c\x00", b"\x5c\x00", b"\x1c\x00"
STATIC_CODE = b"\xda\xc0"
AUTHORITY = Tlv(0x8F, bytes((TEST_CA_INDEX,)))
SM2_AUTHORITY = Tlv(0x8F, bytes((TEST_SM2_CA_INDEX,)))
SM2_FILE = 4
"""Where the certificates of SM transactions are; those of RSA are behind the other records of file 3."""


def profile_of(options: BankOptions) -> bytes:
    """The AIP of a transaction with certificates, where the card has some."""
    if not options.signed:
        return UNSIGNED
    return DYNAMIC if options.dynamic else STATIC


@lru_cache(maxsize=64)
def _issuer_certificate(expires: date) -> Certificate:
    return issuer_certificate(TEST_CA, TEST_ISSUER.public, TEST_ISSUER_ID, expires)


@lru_cache(maxsize=256)
def _card_signatures(number: str, expires: date, static: bytes) -> tuple[Certificate, bytes]:
    """The card's certificate and the signature of its static data; remembered, for RSA is slow here."""
    return (
        card_certificate(TEST_ISSUER, TEST_CARD.public, number, expires, static),
        static_signature(TEST_ISSUER, STATIC_CODE, static),
    )


def certify(draft: Personalisation, options: BankOptions) -> None:
    """Add the records of offline data authentication behind the others of file 3."""
    records, account = draft.records, draft.account
    authority = (AUTHORITY,) if options.sm2 else ()
    static = encode(records.objects[records.signed]) + profile_of(options)
    issuer = _issuer_certificate(draft.issuer_expires)
    card, signature = _card_signatures(account.number, account.expires, static)
    last = max(number for sfi, number in records.objects if sfi == 3)
    records.objects[(3, last + 1)] = [*authority, Tlv(0x90, issuer.certificate)]
    records.objects[(3, last + 2)] = [
        Tlv(0x92, issuer.remainder),
        Tlv(0x9F32, issuer.exponent),
        Tlv(0x93, signature),
    ]
    if options.dynamic:
        records.objects[(3, last + 3)] = [
            Tlv(0x9F46, card.certificate),
            Tlv(0x9F48, card.remainder),
            Tlv(0x9F47, card.exponent),
        ]


@lru_cache(maxsize=64)
def _sm2_issuer_certificate(expires: date) -> bytes:
    return sm2.issuer_certificate(TEST_SM2_CA, TEST_SM2_ISSUER.public, TEST_ISSUER_ID, expires)


@lru_cache(maxsize=256)
def _sm2_card_signatures(number: str, expires: date, static: bytes) -> tuple[bytes, bytes]:
    """Tags 9F46 and 93; remembered, for SM2 is slow here."""
    return (
        sm2.card_certificate(TEST_SM2_ISSUER, TEST_SM2_CARD.public, number, expires, static),
        sm2.static_signature(TEST_SM2_ISSUER, STATIC_CODE, static),
    )


def certify_sm2(draft: Personalisation, options: BankOptions) -> None:
    """Add the records of offline data authentication in SM transactions: a file of their own."""
    records, account = draft.records, draft.account
    static = encode(records.objects[records.signed]) + profile_of(options)
    card, signature = _sm2_card_signatures(account.number, account.expires, static)
    issuer = _sm2_issuer_certificate(draft.issuer_expires)
    records.objects[(SM2_FILE, 1)] = [SM2_AUTHORITY, Tlv(0x90, issuer)]
    records.objects[(SM2_FILE, 2)] = [Tlv(0x93, signature)]
    if options.dynamic:
        records.objects[(SM2_FILE, 3)] = [Tlv(0x9F46, card)]
