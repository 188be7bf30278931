"""The rules of places: which kind of place, and which single place, may do what.

A channel is a kind of place. What differs between kinds is the table here, what differs between regions the profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from terminal.backoffice import refusals, refusals_channels
from terminal.backoffice.card_life_ports import (
    CancelCard,
    HandOver,
    HandOverToEmployer,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    UnlockCard,
)
from terminal.backoffice.card_ports import Enable, PresentCard, QueryCard, SignElectronicCard
from terminal.backoffice.channel_ports import PlaceKind, Service
from terminal.backoffice.ports import Refusal
from terminal.backoffice.profile import Profile
from terminal.backoffice.rule import Situation

PHARMACY, HOSPITAL, BANK, COUNTER = PlaceKind.PHARMACY, PlaceKind.HOSPITAL, PlaceKind.BANK, PlaceKind.COUNTER
PHONE, ONLINE, CENTRE = PlaceKind.PHONE, PlaceKind.ONLINE, PlaceKind.CENTRE

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
