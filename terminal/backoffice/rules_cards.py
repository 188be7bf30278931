"""The rules that every request about a social security card meets: is it known, and what does its state allow?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice import refusals
from terminal.backoffice.ports import Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import LOST_STATES, LossReason, SocialCard
from terminal.backoffice.rule import Rule, Situation, is_active


def may_be_used(state: SocialState) -> bool:
    """Whether the centre lets a card in this state be used for medical insurance (R1): only a normal one."""
    return state is SocialState.NORMAL


def loss_may_be_released(card: SocialCard) -> Refusal | None:
    """A loss by deadline is released only after the bank's application is active (R21); others freely."""
    if card.loss_reason is LossReason.DEADLINE and card.financial is not FinancialState.ACTIVE:
        return refusals.BANK_BEFORE_RELEASE
    return None


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


_FINAL: Mapping[SocialState, Refusal] = {
    SocialState.CANCELLED: refusals.CANCELLED,
    SocialState.VOID: refusals.VOID,
}


def new_card_is_not_cancelled(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R1: a cancelled card is final, and so is one whose data are void."""
    return None if situation.card is None else _FINAL.get(situation.card.social)


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


NEW_CARD_SERVED: tuple[Rule, ...] = (new_card_is_not_lost, new_card_is_not_locked, new_card_is_not_cancelled)
