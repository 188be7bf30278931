"""The rules of what a card's state allows: which moves are made, in which order, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice import refusals, refusals_channels
from terminal.backoffice.card_life_ports import (
    CancelCard,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    UnlockCard,
)
from terminal.backoffice.card_ports import Enable
from terminal.backoffice.card_states import Operation, is_legal
from terminal.backoffice.channel_ports import PlaceKind
from terminal.backoffice.ports import Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import LossReason
from terminal.backoffice.rule import Situation
from terminal.backoffice.rules_cards import loss_may_be_released

OPERATION: Mapping[type, Operation] = {
    Enable: Operation.ENABLE,
    ReleaseLoss: Operation.RELEASE,
    ReplaceCard: Operation.REPLACE,
    CancelCard: Operation.CANCEL,
    LockCard: Operation.LOCK,
    UnlockCard: Operation.UNLOCK,
}


def operation_of(request: Any) -> Operation:
    """What a request does to the state of a card."""
    if isinstance(request, ReportLoss):
        return Operation.LOSE if request.formal else Operation.SUSPEND
    return OPERATION[type(request)]


def move_is_legal(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R41: only the moves of the table of card states are carried out; a move made before is no error (R19)."""
    card, operation = situation.card, operation_of(request)
    if card is None or is_legal(card.social, operation):
        return None
    return refusals_channels.not_legal(card.social, operation)


def locked_cards_are_the_centres(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R1: what the centre has locked, the centre alone cancels."""
    locked = situation.card is not None and situation.card.social is SocialState.APPLICATION_LOCKED
    return refusals.LOCKED if locked and profile.kind_of(request.place) is not PlaceKind.CENTRE else None


def bank_comes_before_release(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R21: a loss by the bank's deadline is released after the bank's application was activated, not before."""
    return loss_may_be_released(situation.card) if situation.card else None


def deadline_loss_is_no_reason_to_replace(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R21: a card lost by the bank's deadline is there; a new one would be a way around the bank."""
    card = situation.card
    late = card is not None and card.loss_reason is LossReason.DEADLINE
    return refusals.PAST_DEADLINE if late else None


def successor_can_take_over(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R41: the new card is on record, sealed, the same holder's, and another than the lost one."""
    new, card = situation.successor, situation.card
    if new is None or card is None:
        return refusals_channels.SUCCESSOR_UNKNOWN
    if new.holder.id_number != card.holder.id_number:
        return refusals_channels.SUCCESSOR_OF_ANOTHER
    fresh = new.social is SocialState.SEALED and new.number != card.number
    return None if fresh else refusals_channels.SUCCESSOR_USED


def is_replaced(situation: Situation) -> bool:
    """The replacement asked for was made before (R19)."""
    card, new = situation.card, situation.successor
    return card is not None and new is not None and card.replaced_by == new.number


def social_side_is_active(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R1: what is not activated cannot be used, electronically or otherwise."""
    active = situation.card is not None and situation.card.social is SocialState.NORMAL
    return None if active else refusals_channels.NOT_ACTIVE


def bank_side_is_active(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R22: the electronic card needs the bank as well."""
    active = situation.card is not None and situation.card.financial is FinancialState.ACTIVE
    return None if active else refusals_channels.ELECTRONIC_NEEDS_BANK
