"""What every visit does with the social security card first: which card, valid, genuine, whose; one action a state."""

from __future__ import annotations

from datetime import date

from terminal.flow import texts
from terminal.flow.authentication import prove_genuine
from terminal.flow.dual_insert import Event
from terminal.flow.steps import Flow, InsertCard, PowerOn, ReadClock, Role, on
from terminal.flow.visit import Visit
from terminal.procedures.application_status import read_status_file
from terminal.procedures.files import select_directory
from terminal.procedures.identify import CardKind, identify
from terminal.procedures.old_card import read_old_card
from terminal.procedures.social import read_holder, read_issuer_data


def insert_new(visit: Visit) -> Flow[Event]:
    """Ask for the social security card."""
    yield InsertCard(Role.NEW, texts.INSERT_NEW)
    visit.role = Role.NEW
    return Event.DONE


def identify_new(visit: Visit) -> Flow[Event]:
    """Is the second card a social security card, or the same old one again?"""
    visit.atr = yield PowerOn(Role.NEW)
    found = yield from on(Role.NEW, identify(visit.atr))
    visit.fci = found.fci
    if found.kind is CardKind.SOCIAL:
        return Event.SOCIAL_CARD
    if not found.kind.is_old:
        return Event.OTHER_CARD
    again = yield from on(Role.NEW, read_old_card(found.kind))
    return Event.SAME_CARD if again.number == visit.old_number else Event.OLD_CARD


def read_new(visit: Visit) -> Flow[Event]:
    """What the card says of itself: issuer data, validity, and the application status file if it has one."""
    yield from on(visit.role, select_directory(visit.layout["SSSE"]))
    visit.card = yield from on(visit.role, read_issuer_data(visit.atr, visit.fci))
    now = yield ReadClock()
    if is_expired(visit, now.astimezone(visit.settings.zone).date()):
        return Event.EXPIRED
    if visit.status_spec is not None:
        visit.status = yield from on(visit.role, read_status_file(visit.status_spec))
    probe = visit.settings.old_card_first and visit.old is None
    return Event.PROBE_NEEDED if probe else Event.DONE


def is_expired(visit: Visit, today: date) -> bool:
    """Validity is inclusive; no date, or one equal to the issue date where the profile says so, is no limit."""
    card = visit.social
    if card.valid_until is None:
        return False
    if visit.settings.equal_dates_mean_no_limit and card.valid_until == card.issued:
        return False
    return today > card.valid_until


def authenticate_card(visit: Visit) -> Flow[Event]:
    """Is the card genuine? Before anything personal is read or shown."""
    yield from prove_genuine(visit.access, visit.role, visit.social)
    return Event.DONE


def read_holder_data(visit: Visit) -> Flow[Event]:
    """Whose card is it? The same person's as the old one?"""
    visit.holder = yield from on(visit.role, read_holder(visit.social))
    if visit.old_answer and visit.old_answer.holder.id_number != visit.holder.id_number:
        return Event.OTHER_HOLDER
    return Event.DONE
