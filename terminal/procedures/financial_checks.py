"""What a terminal finds out about a bank card by itself: dates, usage, first use (EMV Book 3 section 10).

Every finding is a flag of the terminal verification results; the card's issuer action codes say what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from apdu.bank_commands import get_data
from apdu.pboc import TVR_EXPIRED, TVR_NEW_CARD, TVR_NOT_ALLOWED, TVR_NOT_YET, Bit, flagged
from terminal.flow.steps import Procedure
from terminal.procedures.financial import Application

DOMESTIC_GOODS = 0x20
LIMITS = (0x9F14, 0x9F23)
LAST_ONLINE = 0x9F13
TVR_LENGTH = 5


def verification_results(found: Iterable[Bit]) -> bytes:
    """The five bytes of tag 95 with these flags set."""
    return flagged(bytes(TVR_LENGTH), found)


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
