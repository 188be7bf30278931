"""What the clock alone does to a card: activation after collection by an employer (R18), loss past the deadline (R20).

The same decision serves every contact and the bulk run; `collected_until` and `received_before` are its bounds in terms
of the time of receipt, for the database to look by. Hours count from the instant of receipt; days are calendar days of
the region, and the day of receipt is day 0 (R23).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice.card_states import Operation
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard


def due(card: SocialCard, now: datetime, profile: Profile) -> Operation | None:
    """What is to be done to a card now, if anything; ask again after it was done."""
    if automatic_activation_is_due(card, now, profile):
        return Operation.ENABLE
    return Operation.RUN_LATE if deadline_has_passed(card, now, profile) else None


def automatic_activation_is_due(card: SocialCard, now: datetime, profile: Profile) -> bool:
    """Whether the social application becomes active by itself (R18): an employer collected the card hours ago.

    Active from the very instant. Where the bank comes first (R2), not before its application is active.
    """
    if card.social is not SocialState.SEALED or card.receipt_mode is not ReceiptMode.EMPLOYER:
        return False
    if card.received_at is None or (profile.financial_first and card.financial is not FinancialState.ACTIVE):
        return False
    return card.received_at <= collected_until(now, profile)


def collected_until(now: datetime, profile: Profile) -> datetime:
    """The latest time of receipt that is the profile's hours ago (R18)."""
    return now - timedelta(hours=profile.automatic_hours)


def deadline_has_passed(card: SocialCard, now: datetime, profile: Profile) -> bool:
    """Whether the card is to be reported lost now (R20, R23): the bank's application never activated in time."""
    if card.received_at is None or card.financial is not FinancialState.INACTIVE:
        return False
    if card.social not in (SocialState.SEALED, SocialState.NORMAL):
        return False
    return profile.local_date(now) > last_day(card.received_at, profile)


def last_day(received_at: datetime, profile: Profile) -> date:
    """The last calendar day on which the bank is still in time (R20, R23)."""
    return profile.local_date(received_at) + timedelta(days=profile.deadline_days)


def received_before(now: datetime, profile: Profile) -> datetime:
    """The first time of receipt that is still in time; every earlier one is late (R20, R23)."""
    first_day = profile.local_date(now) - timedelta(days=profile.deadline_days)
    return datetime.combine(first_day, time(), profile.zone)
