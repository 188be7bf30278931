"""Cards personalised wrongly on purpose, by name: what a terminal must notice without the card's help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from apdu.tlv import Tlv
from virtual_card.applications.pboc.personalisation import Account, Records

Change = Callable[[Records], None]


@dataclass(slots=True)
class Personalisation:
    """A card on its way through personalisation; `after_signing` are changes the certificates do not know of."""

    account: Account
    records: Records
    issuer_expires: date = field(init=False)
    after_signing: list[Change] = field(default_factory=list)
    without_template: set[tuple[int, int]] = field(default_factory=set)
    locator: Callable[[bytes], bytes] | None = None

    def __post_init__(self) -> None:
        self.issuer_expires = self.account.expires + timedelta(days=365)


class Flaw(StrEnum):
    """Everything a card can be made wrong with; the card itself behaves as if nothing were amiss."""

    EXPIRED = "expired"
    NOT_YET_EFFECTIVE = "not-yet-effective"
    USAGE_FORBIDDEN = "usage-forbidden"
    TRACK_EXPIRY = "track-expiry"
    TRACK_NUMBER = "track-number"
    PRIVATE_TAG = "private-tag"
    NO_NUMBER = "no-number"
    NO_EXPIRY = "no-expiry"
    NO_FIRST_LIST = "no-first-list"
    NO_SECOND_LIST = "no-second-list"
    NO_LIMITS = "no-limits"
    DUPLICATE_TAG = "duplicate-tag"
    NO_TEMPLATE = "no-template"
    LOCATOR_ZERO = "locator-zero"
    FORGED_ISSUER_CERTIFICATE = "forged-issuer-certificate"
    FORGED_CARD_CERTIFICATE = "forged-card-certificate"
    FORGED_SIGNATURE = "forged-signature"
    CHANGED_RECORD = "changed-record"
    UNKNOWN_AUTHORITY = "unknown-authority"
    EXPIRED_ISSUER_CERTIFICATE = "expired-issuer-certificate"


def spoil(draft: Personalisation, flaw: str) -> None:
    """Work a flaw into a card; raises ValueError for a name that is none."""
    if flaw not in _FLAWS:
        raise ValueError(f"{flaw!r} is no flaw of a bank card; known are {', '.join(Flaw)}")
    _FLAWS[Flaw(flaw)](draft)


def _set(tag: int, value: Callable[[Account], bytes]) -> Callable[[Personalisation], None]:
    return lambda draft: draft.records.set(tag, value(draft.account))


def _drop(*tags: int) -> Callable[[Personalisation], None]:
    def drop(draft: Personalisation) -> None:
        for tag in tags:
            draft.records.drop(tag)

    return drop


def _day(day: date) -> bytes:
    return bytes.fromhex(f"{day:%y%m%d}")


def _expired(draft: Personalisation) -> None:
    """Expired on the day before it became effective, in the track too."""
    last = draft.account.effective - timedelta(days=1)
    draft.records.set(0x5F24, _day(last))
    _retrack(draft, lambda track, account: track.replace(f"d{account.expires:%y%m}", f"d{last:%y%m}"))


def _retrack(draft: Personalisation, change: Callable[[str, Account], str]) -> None:
    draft.records.change(0x57, lambda value: bytes.fromhex(change(value.hex(), draft.account)))


def _other_year(track: str, account: Account) -> str:
    other = account.expires.year % 100 - 1
    return track.replace(f"d{account.expires:%y%m}", f"d{other:02d}{account.expires:%m}")


def _other_number(track: str, account: Account) -> str:
    last = str((int(account.number[-1]) + 1) % 10)
    return track.replace(account.number, account.number[:-1] + last)


def _private(draft: Personalisation) -> None:
    for entries in draft.records.objects.values():
        entries.append(Tlv(0xDF7E, b"\xa5\x5a"))
        return


def _duplicate(draft: Personalisation) -> None:
    for entries in draft.records.objects.values():
        entries.append(Tlv(0x5F34, bytes.fromhex(draft.account.sequence)))
        return


def _no_template(draft: Personalisation) -> None:
    draft.without_template.add(min(draft.records.objects))


def _zero(draft: Personalisation) -> None:
    draft.locator = lambda raw: raw[:1] + b"\x00" + raw[2:]


def _forged(tag: int) -> Callable[[Personalisation], None]:
    """One bit of a signed object changed."""

    def forge(records: Records) -> None:
        records.change(tag, lambda value: value[:-1] + bytes((value[-1] ^ 1,)))

    return lambda draft: draft.after_signing.append(forge)


def _after_signing(tag: int, value: bytes) -> Callable[[Personalisation], None]:
    return lambda draft: draft.after_signing.append(lambda records: records.set(tag, value))


def _old_certificate(draft: Personalisation) -> None:
    draft.issuer_expires = draft.account.effective - timedelta(days=60)


_FLAWS: Mapping[Flaw, Callable[[Personalisation], None]] = {
    Flaw.EXPIRED: _expired,
    Flaw.NOT_YET_EFFECTIVE: _set(0x5F25, lambda account: _day(account.expires - timedelta(days=1))),
    Flaw.USAGE_FORBIDDEN: _set(0x9F07, lambda account: bytes(2)),
    Flaw.TRACK_EXPIRY: lambda draft: _retrack(draft, _other_year),
    Flaw.TRACK_NUMBER: lambda draft: _retrack(draft, _other_number),
    Flaw.PRIVATE_TAG: _private,
    Flaw.NO_NUMBER: _drop(0x5A),
    Flaw.NO_EXPIRY: _drop(0x5F24),
    Flaw.NO_FIRST_LIST: _drop(0x8C),
    Flaw.NO_SECOND_LIST: _drop(0x8D),
    Flaw.NO_LIMITS: _drop(0x9F14, 0x9F23),
    Flaw.DUPLICATE_TAG: _duplicate,
    Flaw.NO_TEMPLATE: _no_template,
    Flaw.LOCATOR_ZERO: _zero,
    Flaw.FORGED_ISSUER_CERTIFICATE: _forged(0x90),
    Flaw.FORGED_CARD_CERTIFICATE: _forged(0x9F46),
    Flaw.FORGED_SIGNATURE: _forged(0x93),
    Flaw.CHANGED_RECORD: _after_signing(0x9F07, b"\xff\x80"),
    Flaw.UNKNOWN_AUTHORITY: _after_signing(0x8F, b"\xfe"),
    Flaw.EXPIRED_ISSUER_CERTIFICATE: _old_certificate,
}
