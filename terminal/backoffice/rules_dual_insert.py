"""The rules of the dual insert: place, old card, its PIN, and the reservation of the pair (R3, R12, R13, R19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apdu.layout.states import SocialState
from terminal.backoffice import refusals
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
from terminal.backoffice.rule import (
    Rule,
    Rules,
    Situation,
    begun_or_active,
    is_committed,
    is_reserved,
    unless,
)
from terminal.backoffice.rules_cards import (
    NEW_CARD_SERVED,
    bank_comes_first,
    new_card_is_known,
    new_card_is_not_active,
)


def place_is_designated(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R3: only designated places take part."""
    return None if request.place.pharmacy in profile.pharmacies else refusals.NOT_DESIGNATED


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


_NEW_CARD: tuple[Rule, ...] = (place_is_designated, new_card_is_known, *NEW_CARD_SERVED)
_OLD_CARD: tuple[Rule, ...] = (old_card_is_given, old_card_is_known, old_card_is_live)

DUAL_INSERT: Rules = {
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
        *unless(is_committed, *NEW_CARD_SERVED, old_card_is_live),
    ),
    ReleaseReservation: (place_is_designated, activation_is_on_record, activation_is_not_committed),
}
