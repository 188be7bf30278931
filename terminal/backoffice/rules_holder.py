"""The rules of identification: who has to show or say what, by the kind of place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apdu.identifiers import plausible_social_number
from terminal.backoffice import refusals, refusals_channels
from terminal.backoffice.channel_ports import PharmacyWay, PlaceKind
from terminal.backoffice.ports import Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.rule import Situation
from terminal.backoffice.rules_dual_insert import old_card_is_live

BY_HEARSAY: Mapping[PlaceKind, Refusal] = {
    PlaceKind.PHONE: refusals_channels.PHONE_DETAILS,
    PlaceKind.ONLINE: refusals_channels.ONLINE_DETAILS,
}
"""Where nobody is seen, a wrong detail is never told from a card that does not exist."""

UNASKED = frozenset({PlaceKind.HOSPITAL, PlaceKind.CENTRE})
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
    if kind is PlaceKind.ONLINE:
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
    if first_purchase and profile.kind_of(request.place) is PlaceKind.PHARMACY:
        return None
    return holder_is_identified(situation, request, now, profile)


def old_card_lets_the_pharmacy(
    situation: Situation, request: Any, now: datetime, profile: Profile
) -> Refusal | None:
    """R13: with a lost or blocked old card a pharmacy cannot activate; every other channel can."""
    at_pharmacy = profile.kind_of(request.place) is PlaceKind.PHARMACY
    return old_card_is_live(situation, request, now, profile) if at_pharmacy else None
