"""Bringing persons into the insurance centre: kinds of insurance, contributions, e-vouchers.

Bringing somebody in again is harmless: nothing that is on record is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

import msgspec

from terminal.backoffice.clock import Clock
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.national.centre import Centre, Numbered
from terminal.backoffice.national.entitlement import may_take_part
from terminal.backoffice.national.person_queries import birth_date
from terminal.backoffice.ports import Holder
from terminal.backoffice.profile import Profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.backoffice.stored.people import InsuranceCode, InsuranceRow


class InsuringError(EnrolmentError):
    """A person cannot be brought in as asked; the message says why, never an ID number, and `rule` is the domain's."""

    def __init__(self, text: str, rule: str = "") -> None:
        super().__init__(f"{text} ({rule})" if rule else text)
        self.rule = rule


Months = Annotated[int, msgspec.Meta(ge=0, le=1200)]
VoucherToken = Annotated[str, msgspec.Meta(max_length=50)]
OpeningBalance = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


@dataclass(frozen=True, slots=True, repr=False)
class Insured:
    """A person as the insurance centre gets to know one.

    `contributions`: by fund, how many months were paid for without a gap up to now. `voucher`: token of an e-voucher.
    `balance_fen`: opening balance of the personal account on the card `card`.
    """

    holder: Holder
    insurances: tuple[InsuranceRow, ...] = ()
    contributions: Mapping[InsuranceCode, Months] = field(default_factory=dict)
    voucher: VoucherToken | None = None
    card: str | None = None
    balance_fen: OpeningBalance = 0

    def __repr__(self) -> str:
        return f"Insured({self.holder!r})"


def bring_in(store: Store, profile: Profile, now: Callable[[], datetime], insured: Insured) -> str:
    """Record a person with insurances, contributions and e-voucher; gives the person number.

    The opening balance is booked once. Raises InsuringError (R54, R55).
    """
    holder = insured.holder
    if birth_date(holder.id_number) is None:
        raise InsuringError(f"{holder.name}: the ID number is no citizen's; correct it", "R54")
    for row in insured.insurances:
        if not may_take_part(row.person_type, row.kind):
            raise InsuringError(
                f"{holder.name}: the self-employed take no part in insurance {row.kind}; leave it out", "R55"
            )
    with store.transaction():
        store.add_person(holder)
        person = store.person_by_id(holder.id_number)
        assert person is not None, "recorded just now"
        for row in insured.insurances:
            store.add_insurance(holder.id_number, row)
        today = profile.local_date(now())
        for fund, months in insured.contributions.items():
            store.add_contributions(holder.id_number, fund, months_up_to(today, months))
        if insured.voucher is not None:
            store.add_voucher(insured.voucher, holder.id_number)
        if insured.card is not None:
            _open_account(store, insured, insured.card, now())
        return Centre(store, profile, Clock(store, profile, now)).number(Numbered.PERSON, person.entry)


def _open_account(store: Store, insured: Insured, number: str, at: datetime) -> None:
    card = store.social_card(number)
    if card is None or card.holder.id_number != insured.holder.id_number:
        raise InsuringError(f"{insured.holder.name}: card {number} is not this person's; enrol it first")
    if insured.balance_fen and not store.has_account(card.account):
        store.move(fund_account(EMPLOYEE_FUND), card.account, insured.balance_fen, reason="enrolment", at=at)


def months_up_to(today: date, count: int) -> list[str]:
    """The last `count` months, this one included, as `2026-03`."""
    last = today.year * 12 + today.month - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(last - count + 1, last + 1)]
