"""The rules of every channel but the dual insert: who may do what where, and who has to be identified how.

A channel is a kind of place. What differs between channels is in tables here, what differs between regions in the
profile; both are data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.identifiers import plausible_social_number
from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice import refusals, refusals_channels
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_ports import (
    Authorise,
    CancelCard,
    Enable,
    HandOver,
    HandOverToEmployer,
    LockCard,
    PharmacyWay,
    PlaceKind,
    PresentCard,
    QueryCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    Service,
    SignElectronicCard,
    Tick,
    UnlockCard,
)
from terminal.backoffice.card_states import Operation, is_legal
from terminal.backoffice.ports import Place, Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import LossReason
from terminal.backoffice.rule import Rule, Rules, Situation, is_active, unless
from terminal.backoffice.rules_cards import (
    NEW_CARD_SERVED,
    bank_comes_first,
    loss_may_be_released,
    new_card_is_not_cancelled,
)
from terminal.backoffice.rules_dual_insert import old_card_is_live

PHARMACY, HOSPITAL, BANK, COUNTER = PlaceKind.PHARMACY, PlaceKind.HOSPITAL, PlaceKind.BANK, PlaceKind.COUNTER
PHONE, ONLINE, CENTRE = PlaceKind.PHONE, PlaceKind.ONLINE, PlaceKind.CENTRE


@dataclass(frozen=True, slots=True)
class CollectedCard:
    """One card of an employer's list; the rules of the list are those of its place, these are the card's."""

    place: Place
    number: str


# --- places ---------------------------------------------------------------------------------------------

SERVED_AT: Mapping[type, frozenset[PlaceKind]] = {
    QueryCard: frozenset({COUNTER, ONLINE, CENTRE}),
    PresentCard: frozenset({PHARMACY, HOSPITAL, BANK, COUNTER}),
    Enable: frozenset({PHARMACY, HOSPITAL, BANK, COUNTER, PHONE, ONLINE}),
    SignElectronicCard: frozenset({ONLINE}),
    ReportLoss: frozenset({COUNTER, PHONE, ONLINE, CENTRE}),
    ReleaseLoss: frozenset({COUNTER}),
    ReplaceCard: frozenset({COUNTER}),
    CancelCard: frozenset({COUNTER, CENTRE}),
    LockCard: frozenset({CENTRE}),
    UnlockCard: frozenset({CENTRE}),
    HandOver: frozenset({COUNTER, BANK}),
    HandOverToEmployer: frozenset({COUNTER, BANK}),
}
"""The kinds of place that serve a request; authorisations of single places come on top."""

FORMAL_LOSS_AT = frozenset({COUNTER, CENTRE})
PIN_SERVICES = frozenset({Service.PIN_CHANGE, Service.PIN_RESET, Service.PIN_UNBLOCK})
BANK_SERVICES = frozenset(Service) - PIN_SERVICES


def place_takes_part(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R3: only designated places, known to the region, take part."""
    return refusals.NOT_DESIGNATED if profile.kind_of(request.place) is None else None


def place_serves_this(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R10 to R22, R41: what kind of place does what; any other is told where to go."""
    served = profile.kind_of(request.place) in SERVED_AT[type(request)]
    return None if served else refusals_channels.GO_TO[type(request)]


def place_may_inform(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R42: state and balance are told at counters, online, and at authorised pharmacies and hospitals."""
    served = profile.kind_of(request.place) in SERVED_AT[QueryCard]
    authorised = request.place.pharmacy in profile.information_authorised
    return None if served or authorised else refusals_channels.GO_TO[QueryCard]


def place_may_renew_the_pin(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R40: the social PIN at counters, and at network hospitals and pharmacies that hold the authorisation."""
    if request.service in BANK_SERVICES or profile.kind_of(request.place) is COUNTER:
        return None
    authorised = request.place.pharmacy in profile.pin_authorised
    return None if authorised else refusals_channels.NO_AUTHORISATION


def bank_matters_are_the_banks(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R20, R40: the financial application, its PIN, the loss of the account and its cancellation: only at the bank."""
    elsewhere = request.service in BANK_SERVICES and profile.kind_of(request.place) is not BANK
    return refusals_channels.ONLY_AT_THE_BANK if elsewhere else None


def formal_loss_is_reported_in_person(
    _: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R41: phone and app report a loss for the time being; a formal one is reported at a counter."""
    elsewhere = request.formal and profile.kind_of(request.place) not in FORMAL_LOSS_AT
    return refusals_channels.FORMAL_LOSS_AT_COUNTER if elsewhere else None


def pharmacy_way_is_the_regions(
    _: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R12: without old card and old PIN a pharmacy activates only where the region says so."""
    if profile.kind_of(request.place) is not PHARMACY:
        return None
    return None if profile.pharmacy_way.card_alone else refusals_channels.PHARMACY_NEEDS_OLD_CARD


# --- who it is ------------------------------------------------------------------------------------------

BY_HEARSAY: Mapping[PlaceKind, Refusal] = {
    PHONE: refusals_channels.PHONE_DETAILS,
    ONLINE: refusals_channels.ONLINE_DETAILS,
}
"""Where nobody is seen, a wrong detail is never told from a card that does not exist."""

UNASKED = frozenset({HOSPITAL, CENTRE})
"""Where nothing about the holder is asked: registering at a hospital is enough (R11)."""


def details_name_a_card(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R15, R16: on the phone ID and card number, online the identification code too, must belong to one card."""
    kind = profile.kind_of(request.place)
    refusal = BY_HEARSAY.get(kind) if kind else None
    if refusal is None:
        return None
    card, told = situation.card, request.papers.holder_id
    fits = card is not None and told is not None and told.upper() == card.holder.id_number
    if kind is ONLINE:
        fits = fits and card is not None and (request.card_id or "").upper() == card.key.card_id
    return None if fits else refusal


def card_is_on_record(situation: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R1: a card the centre does not know, or whose two names do not belong together, is nobody's."""
    if situation.card is None:
        return refusals.UNKNOWN_NEW_CARD
    said = getattr(request, "card_id", None)
    same = said is None or said.upper() == situation.card.key.card_id
    return None if same else refusals.UNKNOWN_NEW_CARD


def agent_has_all_papers(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R30: an agent needs the holder's ID card, the agent's own, and a power of attorney; what is missing is named."""
    papers = request.papers
    if papers.agent is None:
        return None
    shown = (papers.holder_id, papers.agent.id_number, papers.agent.power_of_attorney)
    missing = zip(shown, refusals_channels.AGENT_LACKS, strict=True)
    return next((refusal for there, refusal in missing if not there), None)


def id_numbers_are_plausible(_: Situation, request: Any, now: datetime, profile: Profile) -> Refusal | None:
    """R54: the personal social security number is the citizen's ID number, with its check digit (GB 11643)."""
    papers = request.papers
    given = (papers.holder_id, papers.agent.id_number if papers.agent else None)
    wrong = any(number is not None and not plausible_social_number(number.upper()) for number in given)
    return refusals_channels.ID_NUMBER_WRONG if wrong else None


def holder_is_identified(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R10, R12, R17: the holder's original ID card is shown, and it is the holder's of this card."""
    kind = profile.kind_of(request.place)
    if kind in UNASKED or kind in BY_HEARSAY:
        return None
    if request.papers.holder_id is None:
        return refusals_channels.ID_CARD_NEEDED
    card = situation.card
    differs = card is not None and request.papers.holder_id.upper() != card.holder.id_number
    return refusals_channels.ID_CARD_OF_ANOTHER if differs else None


def holder_of_first_purchase_is_unasked(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R12: where the first purchase activates, the card alone is enough; elsewhere as `holder_is_identified`."""
    first_purchase = profile.pharmacy_way is PharmacyWay.FIRST_PURCHASE
    if first_purchase and profile.kind_of(request.place) is PHARMACY:
        return None
    return holder_is_identified(situation, request, now, profile)


def old_card_lets_the_pharmacy(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R13: with a lost or blocked old card a pharmacy cannot activate; every other channel can."""
    at_pharmacy = profile.kind_of(request.place) is PHARMACY
    return old_card_is_live(situation, request, now, profile) if at_pharmacy else None


# --- the state of the card ------------------------------------------------------------------------------

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
    return refusals.LOCKED if locked and profile.kind_of(request.place) is not CENTRE else None


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


# --- the bank's notice ----------------------------------------------------------------------------------


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
