"""The rules of every channel but the dual insert: which of them each request meets, and in which order.

A channel is a kind of place. The rules are by subject: places, the holder, the moves of a card; here those of the
bank's notice, and the table over all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.layout.states import SocialState
from terminal.backoffice import refusals
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_life_ports import (
    CancelCard,
    HandOver,
    HandOverToEmployer,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    Tick,
    UnlockCard,
)
from terminal.backoffice.card_ports import Authorise, Enable, PresentCard, QueryCard, SignElectronicCard
from terminal.backoffice.ports import Place, Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.rule import Rule, Rules, Situation, is_active, unless
from terminal.backoffice.rules_cards import NEW_CARD_SERVED, bank_comes_first, new_card_is_not_cancelled
from terminal.backoffice.rules_holder import (
    agent_has_all_papers,
    card_is_on_record,
    details_name_a_card,
    holder_is_identified,
    holder_of_first_purchase_is_unasked,
    id_numbers_are_plausible,
    old_card_lets_the_pharmacy,
)
from terminal.backoffice.rules_moves import (
    bank_comes_before_release,
    bank_side_is_active,
    deadline_loss_is_no_reason_to_replace,
    is_replaced,
    locked_cards_are_the_centres,
    move_is_legal,
    social_side_is_active,
    successor_can_take_over,
)
from terminal.backoffice.rules_places import (
    PIN_SERVICES,
    bank_matters_are_the_banks,
    formal_loss_is_reported_in_person,
    pharmacy_way_is_the_regions,
    place_may_inform,
    place_may_renew_the_pin,
    place_serves_this,
    place_takes_part,
)


@dataclass(frozen=True, slots=True)
class CollectedCard:
    """One card of an employer's list; the rules of the list are those of its place, these are the card's."""

    place: Place
    number: str


def notice_names_a_card(
    situation: Situation, request: BankNotice, now: datetime, profile: Profile
) -> Refusal | None:
    """R14: the bank's notice must be of a card on record and of its holder."""
    if situation.card is None:
        return refusals.UNKNOWN_NEW_CARD
    same = situation.card.holder.id_number == request.id_number.upper()
    return None if same else refusals.NOTICE_OF_OTHER_HOLDER


def notice_is_of_a_card_in_use(
    situation: Situation, request: BankNotice, now: datetime, profile: Profile
) -> Refusal | None:
    """R14: a cancelled card has nothing left to activate."""
    card = situation.card
    return refusals.CANCELLED if card is not None and card.social is SocialState.CANCELLED else None


def _for_the_pin(rule: Rule) -> Rule:
    def apply(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
        return rule(situation, request, now, profile) if request.service in PIN_SERVICES else None

    return apply


_PLACE: tuple[Rule, ...] = (place_takes_part, place_serves_this)
_CARD: tuple[Rule, ...] = (
    details_name_a_card,
    card_is_on_record,
    agent_has_all_papers,
    id_numbers_are_plausible,
)
_PERSON: tuple[Rule, ...] = (*_CARD, holder_is_identified)

CHANNELS: Rules = {
    QueryCard: (place_takes_part, place_may_inform, *_PERSON),
    PresentCard: (*_PLACE, card_is_on_record),
    Enable: (
        *_PLACE,
        pharmacy_way_is_the_regions,
        *_CARD,
        holder_of_first_purchase_is_unasked,
        *NEW_CARD_SERVED,
        *unless(is_active, bank_comes_first, old_card_lets_the_pharmacy, move_is_legal),
    ),
    SignElectronicCard: (*_PLACE, *_CARD, *NEW_CARD_SERVED, social_side_is_active, bank_side_is_active),
    ReportLoss: (*_PLACE, formal_loss_is_reported_in_person, *_PERSON, move_is_legal),
    ReleaseLoss: (*_PLACE, *_PERSON, move_is_legal, bank_comes_before_release),
    ReplaceCard: (
        *_PLACE,
        *_PERSON,
        *unless(is_replaced, move_is_legal, deadline_loss_is_no_reason_to_replace, successor_can_take_over),
    ),
    CancelCard: (*_PLACE, *_PERSON, locked_cards_are_the_centres, move_is_legal),
    LockCard: (*_PLACE, card_is_on_record, move_is_legal),
    UnlockCard: (*_PLACE, card_is_on_record, move_is_legal),
    HandOver: (*_PLACE, *_PERSON, *NEW_CARD_SERVED),
    HandOverToEmployer: _PLACE,
    CollectedCard: (card_is_on_record, *NEW_CARD_SERVED),
    Authorise: (
        place_takes_part,
        bank_matters_are_the_banks,
        place_may_renew_the_pin,
        *_PERSON,
        # R2: what the social side's state forbids, it forbids for the social PIN alone.
        *(_for_the_pin(rule) for rule in NEW_CARD_SERVED),
        new_card_is_not_cancelled,
    ),
    BankNotice: (notice_names_a_card, notice_is_of_a_card_in_use),
    Tick: (),
}
