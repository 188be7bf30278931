"""What the dual insert does with the old medical card: one action for each of its states."""

from __future__ import annotations

from terminal.backoffice.ports import OldCardQuery
from terminal.errors import CardBlockedError, CardError
from terminal.flow import texts
from terminal.flow.dual_insert import Event
from terminal.flow.steps import Flow, InsertCard, PowerOn, RemoveCard, Role, Show, on
from terminal.flow.visit import Visit
from terminal.procedures.identify import CardKind, identify
from terminal.procedures.old_card import read_old_card


def insert_old(visit: Visit) -> Flow[Event]:
    """Ask for the old medical card."""
    yield InsertCard(Role.OLD, texts.INSERT_OLD)
    return Event.DONE


def read_old(visit: Visit) -> Flow[Event]:
    """Which card is it, and what does its local layout say?"""
    visit.role = Role.OLD
    visit.atr = yield PowerOn(Role.OLD)
    try:
        found = yield from on(Role.OLD, identify(visit.atr))
        if found.kind is CardKind.SOCIAL:
            visit.fci = found.fci
            return Event.SOCIAL_CARD
        if not found.kind.is_old:
            return Event.OTHER_CARD
        visit.old = yield from on(Role.OLD, read_old_card(found.kind))
    except CardBlockedError:
        raise
    except (CardError, ValueError) as error:
        visit.failure = error
        return Event.UNREADABLE
    return Event.OLD_CARD


def check_old(visit: Visit) -> Flow[Event]:
    """The insurance centre: is the old card live, and whose is it? A replaced one leads on to the recovery."""
    if visit.old is None:
        raise ValueError("the old card was not read")
    visit.old_answer = yield OldCardQuery(visit.place, visit.old.kind.value, visit.old.number)
    if visit.old_answer.replaced_by is not None:
        yield Show(texts.OLD_CARD_REPLACED)
    return Event.DONE


def remove_old(visit: Visit) -> Flow[Event]:
    """Ask for the old card's removal: the slot may be the only one."""
    yield RemoveCard(Role.OLD, texts.REMOVE_OLD)
    return Event.DONE
