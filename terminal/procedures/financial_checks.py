"""What a terminal finds out about a bank card by itself: restrictions and forged data (EMV Book 3 section 10).

Every finding is a flag of the terminal verification results; the card's issuer action codes say what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from apdu.bank_commands import get_data, internal_authenticate
from apdu.crypto.offline_data import (
    Certificate,
    open_card_certificate,
    open_dynamic_signature,
    open_issuer_certificate,
    open_static_signature,
)
from apdu.crypto.rsa import RecoveryError, RsaPublicKey
from apdu.dol import fill, parse_dol
from apdu.pboc import (
    AIP_DDA,
    AIP_SDA,
    TVR_DATA_MISSING,
    TVR_DDA_FAILED,
    TVR_EXPIRED,
    TVR_NEW_CARD,
    TVR_NOT_ALLOWED,
    TVR_NOT_AUTHENTICATED,
    TVR_NOT_YET,
    TVR_SDA_FAILED,
    Bit,
)
from apdu.tlv import Tlv, TlvError, parse
from terminal.errors import expect_ok
from terminal.flow.steps import Procedure
from terminal.procedures.financial import Application

AUTHORITY_TAGS = (0x8F, 0x90, 0x9F32)
CARD_TAGS = (0x9F46, 0x9F47)
DOMESTIC_GOODS = 0x20
LIMITS = (0x9F14, 0x9F23)
LAST_ONLINE = 0x9F13
TVR_LENGTH = 5
DEFAULT_LIST = b"\x9f\x37\x04"


def verification_results(found: Iterable[Bit]) -> bytes:
    """The five bytes of tag 95 with these flags set."""
    results = bytearray(TVR_LENGTH)
    for bit in found:
        results[bit.byte - 1] |= bit.mask
    return bytes(results)


def restrictions(application: Application, today: date) -> tuple[Bit, ...]:
    """Processing restrictions: dates and usage for domestic goods (EMV Book 3 section 10.4)."""
    data = application.data
    found = []
    if _day(data[0x5F24]) < today:
        found.append(TVR_EXPIRED)
    if 0x5F25 in data and _day(data[0x5F25]) > today:
        found.append(TVR_NOT_YET)
    usage = data.get(0x9F07)
    if usage and not usage[0] & DOMESTIC_GOODS:
        found.append(TVR_NOT_ALLOWED)
    return tuple(found)


def _day(raw: bytes) -> date:
    digits = raw.hex()
    return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))


def new_card(application: Application) -> Procedure[tuple[Bit, ...]]:
    """New card: never online (9F13 zero); not asked where the card has no offline limits (section 10.6.3)."""
    if any(tag not in application.data for tag in LIMITS):
        return ()
    command = get_data(LAST_ONLINE)
    response = yield command
    if not response.ok:
        return ()
    return () if any(response.data[3:]) else (TVR_NEW_CARD,)


def authenticate_offline(
    application: Application,
    authorities: Mapping[int, RsaPublicKey],
    values: Mapping[int, bytes],
    today: date,
) -> Procedure[tuple[Bit, ...]]:
    """Offline data authentication, dynamic where the card can, else static; `authorities` by index (tag 8F).

    Returns the flags that failed, none where all was right. Raises CardRefusedError.
    """
    data = application.data
    dynamic = AIP_DDA.in_(application.profile)
    if not dynamic and not AIP_SDA.in_(application.profile):
        return (TVR_NOT_AUTHENTICATED,)
    failed = TVR_DDA_FAILED if dynamic else TVR_SDA_FAILED
    needed = AUTHORITY_TAGS + (CARD_TAGS if dynamic else (0x93,))
    if any(tag not in data for tag in needed):
        return (TVR_DATA_MISSING, failed)
    try:
        issuer = _issuer_key(application, authorities, today)
        if not dynamic:
            open_static_signature(issuer, data[0x93], application.static)
            return ()
        held = Certificate(data[0x9F46], data.get(0x9F48, b""), data[0x9F47])
        card = open_card_certificate(issuer, held, application.number, today, application.static)
        yield from _prove_card(card, data.get(0x9F49, DEFAULT_LIST), values)
    except RecoveryError:
        return (failed,)
    return ()


def _issuer_key(
    application: Application, authorities: Mapping[int, RsaPublicKey], today: date
) -> RsaPublicKey:
    data = application.data
    authority = authorities.get(data[0x8F][0])
    if authority is None:
        raise RecoveryError(f"no certification authority with index {data[0x8F].hex().upper()} is known")
    held = Certificate(data[0x90], data.get(0x92, b""), data[0x9F32])
    return open_issuer_certificate(authority, held, application.number, today)


def _prove_card(card: RsaPublicKey, wished: bytes, values: Mapping[int, bytes]) -> Procedure[None]:
    """Let the card sign; raises RecoveryError where the signature is not that of this key."""
    asked = fill(parse_dol(wished), values)
    command = internal_authenticate(asked)
    response = yield command
    answer = expect_ok(command, response, "asking the card to sign")
    open_dynamic_signature(card, _signature(answer), asked)


def _signature(answer: bytes) -> bytes:
    """The signature in template 80, or in tag 9F4B of template 77; empty where there is none."""
    try:
        outer = parse(answer)
        objects: tuple[Tlv, ...] = outer[0].children if outer[0].tag == 0x77 else outer
    except (TlvError, IndexError):
        return b""
    return next((entry.value for entry in objects if entry.tag in (0x80, 0x9F4B)), b"")
