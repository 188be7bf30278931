"""What the dual insert does in each state: one action each, a flow that returns the event it ended with.

Here is what passes between person, centre and till; what is done with the cards stands beside, by card.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from apdu.layout.states import SocialState
from terminal.backoffice.ports import ConfirmActivation, NewCardQuery, Reserve, SignIn, VerifyOldPin
from terminal.flow import texts
from terminal.flow.authentication import start_psam
from terminal.flow.catching_up import compare, is_anothers, write_standing
from terminal.flow.dual_insert import Event, State
from terminal.flow.dual_insert_writes import (
    close_journal,
    open_journal,
    undo,
    write_medical,
    write_pin,
    write_status,
)
from terminal.flow.new_card_actions import (
    authenticate_card,
    identify_new,
    insert_new,
    read_holder_data,
    read_new,
)
from terminal.flow.old_card_actions import check_old, insert_old, read_old, remove_old
from terminal.flow.steps import Confirm, EnterPin, Flow, PrintReceipt, ReadClock, Role, Show, on
from terminal.flow.visit import Visit
from terminal.procedures.files import select_directory
from terminal.procedures.pin import query_tries
from terminal.procedures.reconciliation import Action


def sign_in(visit: Visit) -> Flow[Event]:
    """R3: is this a designated place? The PSAM is woken first, its terminal number goes into every request."""
    yield from start_psam(visit.access)
    signed = yield SignIn(visit.place)
    visit.pharmacy_name = signed.pharmacy_name
    if visit.settings.old_card_first:
        return Event.DONE
    visit.role = Role.NEW
    return Event.NEW_CARD_ALONE


def probe(visit: Visit) -> Flow[Event]:
    """The social security card came first: only one with an unfinished activation may go on without the old card."""
    visit.answer = yield NewCardQuery(visit.place, visit.card_key, None, visit.journal_number)
    return Event.DONE


def query(visit: Visit) -> Flow[Event]:
    """What the centre says of this card, and whether an activation was left unfinished."""
    answer = yield NewCardQuery(visit.place, visit.card_key, visit.old_number, visit.journal_number)
    visit.answer = answer
    if is_anothers(visit, answer):
        return Event.OTHER_HOLDER
    verdict = yield from compare(visit, answer)
    reservation = answer.reservation
    if answer.social is SocialState.NORMAL:
        if reservation and reservation.committed and visit.journal_number:
            return Event.COMMITTED
        return Event.STALE_STATUS if verdict.action is Action.CATCH_UP else Event.ALREADY_ACTIVE
    given_up = reservation is not None and reservation.released
    alone = visit.settings.old_card_first and visit.old is None
    return Event.ABANDONED if given_up and alone else Event.ACTIVATABLE


def check_card_pin(visit: Visit) -> Flow[Event]:
    """Tries left on the card, before the holder is asked for anything."""
    yield from on(visit.role, select_directory(visit.layout["SSSE"]))
    left = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    if left == 0:
        return Event.CARD_PIN_BLOCKED
    return Event.CARD_PIN_LAST_TRY if left == 1 else Event.DONE


def enter_pin(visit: Visit) -> Flow[Event]:
    """The old card's PIN, checked by the centre; the last try is never spent silently."""
    if visit.answer is None:
        raise ValueError("the centre was not asked yet")
    tries = visit.answer.pin_tries
    if tries == 0:
        return Event.PIN_BLOCKED
    if tries == 1 and not (yield Confirm(texts.LAST_TRY)):
        return Event.LAST_TRY_DECLINED
    pin = yield EnterPin(texts.ENTER_OLD_PIN, tries)
    checked = yield VerifyOldPin(visit.place, visit.card_key, pin, visit.old_number)
    if checked.correct:
        visit.pin = pin
        return Event.DONE
    visit.answer = replace(visit.answer, pin_tries=checked.tries_left)
    if checked.tries_left == 0:
        return Event.PIN_BLOCKED
    yield Show(texts.wrong_pin(checked.tries_left))
    return Event.PIN_WRONG


def reserve(visit: Visit) -> Flow[Event]:
    """One number for the whole attempt, whichever terminal finishes it."""
    visit.reserved = yield Reserve(visit.place, visit.card_key, visit.old_number)
    return Event.DONE


def confirm(visit: Visit) -> Flow[Event]:
    """The centre commits: new card enabled, old one cancelled, account moved. Idempotent by number."""
    visit.confirmed = yield ConfirmActivation(visit.place, visit.number)
    return Event.DONE


def catch_up(visit: Visit) -> Flow[Event]:
    """The centre is ahead of the card: write what the centre says; the journal of a visit stays open to its end."""
    if visit.answer is None:
        raise ValueError("the centre was not asked yet")
    reservation = visit.answer.reservation
    committed = reservation is not None and reservation.committed and visit.journal_number is not None
    yield from write_standing(visit, visit.answer, journal=not committed)
    return Event.COMMITTED if committed else Event.STALE_STATUS


def print_receipt(visit: Visit) -> Flow[Event]:
    """What the holder takes home."""
    now = yield ReadClock()
    yield PrintReceipt(texts.receipt(visit, now.astimezone(visit.settings.zone)))
    resumed = visit.answer is not None and visit.answer.reservation is not None
    return Event.COMPLETION if resumed else Event.DONE


ACTIONS: Mapping[State, Callable[[Visit], Flow[Event]]] = {
    State.SIGN_IN: sign_in,
    State.INSERT_OLD: insert_old,
    State.READ_OLD: read_old,
    State.CHECK_OLD: check_old,
    State.REMOVE_OLD: remove_old,
    State.INSERT_NEW: insert_new,
    State.IDENTIFY_NEW: identify_new,
    State.READ_NEW: read_new,
    State.PROBE: probe,
    State.AUTHENTICATE: authenticate_card,
    State.READ_HOLDER: read_holder_data,
    State.QUERY: query,
    State.CHECK_CARD_PIN: check_card_pin,
    State.ENTER_PIN: enter_pin,
    State.RESERVE: reserve,
    State.OPEN_JOURNAL: open_journal,
    State.WRITE_PIN: write_pin,
    State.WRITE_MEDICAL: write_medical,
    State.WRITE_STATUS: write_status,
    State.CONFIRM: confirm,
    State.CATCH_UP: catch_up,
    State.CLOSE_JOURNAL: close_journal,
    State.RECEIPT: print_receipt,
    State.UNDO: undo,
}
