"""The back office's rules: pure functions of (situation, request, now, profile) giving a refusal or None.

Which rules a request meets, and in which order, is the table `RULES`; nothing here reads a store or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice import refusals
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.ports import (
    ConfirmActivation,
    NewCardQuery,
    OldCardQuery,
    Refusal,
    ReleaseReservation,
    Reserve,
    SignIn,
    VerifyOldPin,
)
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import (
    LOST_STATES,
    LossReason,
    OldCard,
    PinCounter,
    Reservation,
    ReservationStatus,
    SocialCard,
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the centre knows where a request is decided; None where there is no such thing.

    `reservation`: the open or committed one of the card (or pair), or the one a request names by number.
    `given_up`: the card's own journal names an activation that stands no more.
    """

    card: SocialCard | None = None
    old: OldCard | None = None
    reservation: Reservation | None = None
    counter: PinCounter | None = None
    given_up: bool = False


Rule = Callable[[Situation, Any, datetime, Profile], Refusal | None]
Rules = Mapping[type, tuple[Rule, ...]]
Condition = Callable[[Situation], bool]


def first_refusal(
    rules: Rules, situation: Situation, request: object, now: datetime, profile: Profile
) -> Refusal | None:
    """The first refusal among the rules of a request's type, or None where all let it pass."""
    decisions = (rule(situation, request, now, profile) for rule in rules[type(request)])
    return next((refusal for refusal in decisions if refusal is not None), None)


# --- verdicts on states ---------------------------------------------------------------------------------


def may_be_used(state: SocialState) -> bool:
    """Whether the centre lets a card in this state be used for medical insurance (R1): only a normal one."""
    return state is SocialState.NORMAL


def deadline_has_passed(card: SocialCard, now: datetime, profile: Profile) -> bool:
    """Whether the card is to be reported lost now (R20, R23): the bank's application never activated in time.

    Calendar days of the region: the day of receipt is day 0, the last day of the profile is still in time.
    """
    if card.received_at is None or card.financial is not FinancialState.INACTIVE:
        return False
    if card.social not in (SocialState.SEALED, SocialState.NORMAL):
        return False
    elapsed = profile.local_date(now) - profile.local_date(card.received_at)
    return elapsed.days > profile.deadline_days


def loss_may_be_released(card: SocialCard) -> Refusal | None:
    """A loss by deadline is released only after the bank's application is active (R21); others freely."""
    if card.loss_reason is LossReason.DEADLINE and card.financial is not FinancialState.ACTIVE:
        return refusals.BANK_BEFORE_RELEASE
    return None


def notice_refusal(card: SocialCard | None, notice: BankNotice) -> Refusal | None:
    """A notice of the bank must be of a card on record, of its holder, and not cancelled (R14)."""
    if card is None:
        return refusals.UNKNOWN_NEW_CARD
    if card.holder.id_number != notice.id_number.upper():
        return refusals.NOTICE_OF_OTHER_HOLDER
    return refusals.CANCELLED if card.social is SocialState.CANCELLED else None


# --- conditions under which a rule does not apply -------------------------------------------------------


def is_reserved(situation: Situation) -> bool:
    """The activation was begun (or even carried out): what was decided then is not asked again."""
    return (
        situation.reservation is not None and situation.reservation.status is not ReservationStatus.RELEASED
    )


def is_committed(situation: Situation) -> bool:
    """The activation was carried out: repeating it is harmless (R19)."""
    return situation.reservation is not None and situation.reservation.status is ReservationStatus.COMMITTED


def is_active(situation: Situation) -> bool:
    """The social application is active already (R16, R19)."""
    return situation.card is not None and situation.card.social is SocialState.NORMAL


def begun_or_active(situation: Situation) -> bool:
    """Nothing of the old card is needed to answer about the new one: it is active, or something is to be finished
    or undone on it."""
    return is_reserved(situation) or is_active(situation) or situation.given_up


def unless(condition: Condition, *rules: Rule) -> tuple[Rule, ...]:
    """The same rules, silent where the condition holds."""

    def guarded(rule: Rule) -> Rule:
        def apply(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
            return None if condition(situation) else rule(situation, request, now, profile)

        return apply

    return tuple(guarded(rule) for rule in rules)


# --- the rules ------------------------------------------------------------------------------------------


def place_is_designated(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R3: only designated places take part."""
    return None if request.place.pharmacy in profile.pharmacies else refusals.NOT_DESIGNATED


def new_card_is_known(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R1: a card the centre does not know, or whose two names do not belong together, is nobody's."""
    known = situation.card is not None and situation.card.key == request.card
    return None if known else refusals.UNKNOWN_NEW_CARD


def new_card_is_not_lost(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R41, R20: a lost card is refused everywhere; one lost by the deadline is told the way back (R21)."""
    card = situation.card
    if card is None or card.social not in LOST_STATES:
        return None
    return refusals.PAST_DEADLINE if card.loss_reason is LossReason.DEADLINE else refusals.LOST


def new_card_is_not_locked(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R1: a locked application cannot be used or activated."""
    card = situation.card
    locked = card is not None and card.social is SocialState.APPLICATION_LOCKED
    return refusals.LOCKED if locked else None


def new_card_is_not_cancelled(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R1: a cancelled card is final."""
    card = situation.card
    return refusals.CANCELLED if card is not None and card.social is SocialState.CANCELLED else None


def new_card_is_not_active(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R19: an active card needs no reservation."""
    return refusals.ALREADY_ACTIVE if is_active(situation) else None


def bank_comes_first(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R2: where the region says so, the bank's application must be active before the social one."""
    card = situation.card
    inactive = card is not None and card.financial is not FinancialState.ACTIVE
    return refusals.BANK_FIRST if profile.financial_first and inactive else None


def old_card_is_given(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R12: the old card comes first, unless the region is content with its PIN and it is on record."""
    if situation.old is not None or request.old_number is not None:
        return None
    return refusals.OLD_CARD_REQUIRED if profile.old_card_required else refusals.NO_OLD_CARD


def old_card_is_known(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R12: the old card must be on record at the insurance centre."""
    return refusals.UNKNOWN_OLD_CARD if situation.old is None else None


_OLD_CARD_REFUSALS: Mapping[SocialState, Refusal] = {
    SocialState.FORMALLY_LOST: refusals.OLD_CARD_LOST,
    SocialState.TEMPORARILY_LOST: refusals.OLD_CARD_LOST,
    SocialState.APPLICATION_LOCKED: refusals.OLD_CARD_BLOCKED,
    SocialState.CANCELLED: refusals.OLD_CARD_CANCELLED,
}


def old_card_is_live(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R13: with a lost, blocked or cancelled old card the pharmacy cannot do it."""
    return None if situation.old is None else _OLD_CARD_REFUSALS.get(situation.old.state)


def old_card_is_live_or_replaced(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R13, R19: as `old_card_is_live`, but a card that was replaced is answered with its successor."""
    if situation.old is not None and situation.old.replaced_by is not None:
        return None
    return old_card_is_live(situation, request, now, profile)


def cards_have_one_holder(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R12: old and new card belong to the same person (R54: the ID number names the person)."""
    card, old = situation.card, situation.old
    differ = card is not None and old is not None and card.holder.id_number != old.holder.id_number
    return refusals.OTHER_HOLDER if differ else None


def pin_is_on_record(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R13: a PIN the centre does not hold can only be settled at the centre."""
    return refusals.NO_PIN_ON_RECORD if situation.counter is None else None


def pin_is_not_blocked(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R13: no tries left for the old PIN, not even for the right one."""
    counter = situation.counter
    return refusals.PIN_BLOCKED if counter is not None and counter.tries_left == 0 else None


def pin_was_verified(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R12: the old PIN was proven for this card at this place, unless such old cards check it themselves."""
    counter = situation.counter
    proven = counter is not None and (counter.proven_for, counter.proven_at) == (
        request.card.number,
        request.place.pharmacy,
    )
    return None if proven else refusals.PIN_NOT_VERIFIED


def activation_is_reserved(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R12: only what was reserved, and not released since, can be carried out."""
    return None if is_reserved(situation) else refusals.NO_RESERVATION


def activation_is_on_record(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R12: a number the centre never gave out cannot be released."""
    return refusals.NO_RESERVATION if situation.reservation is None else None


def activation_is_not_committed(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R19: what was carried out is not undone."""
    return refusals.COMMITTED if is_committed(situation) else None


_NEW_CARD_SERVED: tuple[Rule, ...] = (new_card_is_not_lost, new_card_is_not_locked, new_card_is_not_cancelled)
_NEW_CARD: tuple[Rule, ...] = (place_is_designated, new_card_is_known, *_NEW_CARD_SERVED)
_OLD_CARD: tuple[Rule, ...] = (old_card_is_given, old_card_is_known, old_card_is_live)

RULES: Rules = {
    SignIn: (place_is_designated,),
    OldCardQuery: (place_is_designated, old_card_is_known, old_card_is_live_or_replaced),
    NewCardQuery: (*_NEW_CARD, *unless(begun_or_active, bank_comes_first, *_OLD_CARD)),
    VerifyOldPin: (*_NEW_CARD, *_OLD_CARD, cards_have_one_holder, pin_is_on_record, pin_is_not_blocked),
    Reserve: (
        *_NEW_CARD,
        *unless(
            is_reserved,
            new_card_is_not_active,
            bank_comes_first,
            *_OLD_CARD,
            cards_have_one_holder,
            pin_was_verified,
        ),
    ),
    ConfirmActivation: (
        place_is_designated,
        activation_is_reserved,
        *unless(is_committed, *_NEW_CARD_SERVED, old_card_is_live),
    ),
    ReleaseReservation: (place_is_designated, activation_is_on_record, activation_is_not_committed),
}
