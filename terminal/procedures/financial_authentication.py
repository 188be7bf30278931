"""Offline data authentication by the terminal: the chain from the authority's key to what the card signed.

The authority that tag 8F names decides the scheme: a key of SM2 opens the certificates of an SM transaction, one
of RSA those of every other. Sources: EMV Book 3 section 10.3, JR/T 0025.17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from apdu.bank_commands import internal_authenticate
from apdu.crypto import offline_data, offline_data_sm2
from apdu.crypto.offline_data import Certificate
from apdu.crypto.rsa import RecoveryError, RsaPublicKey
from apdu.crypto.sm2 import Sm2PublicKey
from apdu.dol import fill, parse_dol
from apdu.pboc import (
    AIP_DDA,
    AIP_SDA,
    TVR_DATA_MISSING,
    TVR_DDA_FAILED,
    TVR_NOT_AUTHENTICATED,
    TVR_SDA_FAILED,
    Bit,
)
from apdu.tlv import Tlv, TlvError, parse
from terminal.errors import expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.financial import Application, Values

AUTHORITY_INDEX = 0x8F
STATIC_SIGNATURE = 0x93
DEFAULT_LIST = b"\x9f\x37\x04"

Authority = RsaPublicKey | Sm2PublicKey
Key = TypeVar("Key", RsaPublicKey, Sm2PublicKey)


@dataclass(frozen=True, slots=True)
class Scheme(Generic[Key]):
    """How one kind of key leads to the next; `issuer` and `card` are the tags a certificate is spread over."""

    issuer: tuple[int, ...]
    card: tuple[int, ...]
    open_issuer: Callable[[Key, Values, str, date], Key]
    open_card: Callable[[Key, Values, str, date, bytes], Key]
    open_static: Callable[[Key, bytes, bytes], bytes]
    open_dynamic: Callable[[Key, bytes, bytes], bytes]


RSA: Scheme[RsaPublicKey] = Scheme(
    issuer=(0x90, 0x9F32),
    card=(0x9F46, 0x9F47),
    open_issuer=lambda key, data, number, today: offline_data.open_issuer_certificate(
        key, Certificate(data[0x90], data.get(0x92, b""), data[0x9F32]), number, today
    ),
    open_card=lambda key, data, number, today, static: offline_data.open_card_certificate(
        key, Certificate(data[0x9F46], data.get(0x9F48, b""), data[0x9F47]), number, today, static
    ),
    open_static=offline_data.open_static_signature,
    open_dynamic=offline_data.open_dynamic_signature,
)
SM2: Scheme[Sm2PublicKey] = Scheme(
    issuer=(0x90,),
    card=(0x9F46,),
    open_issuer=lambda key, data, number, today: offline_data_sm2.open_issuer_certificate(
        key, data[0x90], number, today
    ),
    open_card=lambda key, data, number, today, static: offline_data_sm2.open_card_certificate(
        key, data[0x9F46], number, today, static
    ),
    open_static=offline_data_sm2.open_static_signature,
    open_dynamic=offline_data_sm2.open_dynamic_signature,
)


def authenticate_offline(
    application: Application, authorities: Mapping[int, Authority], values: Values, today: date
) -> Procedure[tuple[Bit, ...]]:
    """Offline data authentication, dynamic where the card can, else static; `authorities` by index (tag 8F).

    Returns the flags that failed, none where all was right. Raises CardRefusedError; Sm2MissingError where an
    authority's key is one of SM2 and the library for it is not installed.
    """
    dynamic = AIP_DDA.in_(application.profile)
    if not dynamic and not AIP_SDA.in_(application.profile):
        return (TVR_NOT_AUTHENTICATED,)
    failed = TVR_DDA_FAILED if dynamic else TVR_SDA_FAILED
    index = application.data.get(AUTHORITY_INDEX)
    if not index:
        return (TVR_DATA_MISSING, failed)
    authority = authorities.get(index[0])
    if authority is None:
        return (failed,)
    if isinstance(authority, Sm2PublicKey):
        found = yield from _follow(SM2, authority, application, values, today)
    else:
        found = yield from _follow(RSA, authority, application, values, today)
    return found


def _follow(
    scheme: Scheme[Key], authority: Key, application: Application, values: Values, today: date
) -> Procedure[tuple[Bit, ...]]:
    """From the authority over the issuer to the signed records, or to the card and what it signs."""
    data, number, static = application.data, application.number, application.static
    dynamic = AIP_DDA.in_(application.profile)
    failed = TVR_DDA_FAILED if dynamic else TVR_SDA_FAILED
    needed = scheme.issuer + (scheme.card if dynamic else (STATIC_SIGNATURE,))
    if any(tag not in data for tag in needed):
        return (TVR_DATA_MISSING, failed)
    try:
        issuer = scheme.open_issuer(authority, data, number, today)
        if not dynamic:
            scheme.open_static(issuer, data[STATIC_SIGNATURE], static)
            return ()
        card = scheme.open_card(issuer, data, number, today, static)
        asked = fill(parse_dol(data.get(0x9F49, DEFAULT_LIST)), values)
        command = internal_authenticate(asked)
        response = yield command
        answer = expect_ok(command, response, "asking the card to sign")
        scheme.open_dynamic(card, _signature(answer), asked)
    except RecoveryError:
        return (failed,)
    return ()


def _signature(answer: bytes) -> bytes:
    """The signature in template 80, or in tag 9F4B of template 77; empty where there is none."""
    try:
        outer = parse(answer)
        objects: tuple[Tlv, ...] = outer[0].children if outer[0].tag == 0x77 else outer
    except (TlvError, IndexError):
        return b""
    return next((entry.value for entry in objects if entry.tag in (0x80, 0x9F4B)), b"")
