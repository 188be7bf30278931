"""What the dual insert does in each state: one action each, a flow that returns the event it ended with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from apdu.layout.application_status import ApplicationStatus, Journal
from apdu.layout.states import Channel, JournalPhase, SocialState
from terminal.backoffice.ports import (
    ConfirmActivation,
    NewCardQuery,
    OldCardQuery,
    ReleaseReservation,
    Reserve,
    SignIn,
    VerifyOldPin,
)
from terminal.errors import CardBlockedError, CardError
from terminal.flow import texts
from terminal.flow.authentication import prove_genuine, start_psam
from terminal.flow.catching_up import compare, write_standing
from terminal.flow.dual_insert import Event, State
from terminal.flow.steps import (
    Confirm,
    EnterPin,
    Flow,
    InsertCard,
    PowerOn,
    PrintReceipt,
    ReadClock,
    RemoveCard,
    Role,
    Show,
    on,
)
from terminal.flow.visit import UK1DF04, UKSSSE, Visit, write_records
from terminal.procedures.application_status import read_status_file
from terminal.procedures.files import select_directory
from terminal.procedures.identify import CardKind, identify
from terminal.procedures.medical import MEDICAL_FID, medical_records
from terminal.procedures.old_card import read_old_card
from terminal.procedures.pin import TakeOver, query_tries, take_over_pin
from terminal.procedures.reconciliation import Action
from terminal.procedures.social import read_holder, read_issuer_data


def sign_in(visit: Visit) -> Flow[Event]:
    """R3: is this a designated place? The PSAM is woken first, its terminal number goes into every request."""
    yield from start_psam(visit.access)
    signed = yield SignIn(visit.place)
    visit.pharmacy_name = signed.pharmacy_name
    if visit.settings.old_card_first:
        return Event.DONE
    visit.role = Role.NEW
    return Event.NEW_CARD_ALONE


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


def probe(visit: Visit) -> Flow[Event]:
    """The social security card came first: only one with an unfinished activation may go on without the old card."""
    visit.answer = yield NewCardQuery(visit.place, visit.card_key, None, visit.journal_number)
    return Event.DONE


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


def query(visit: Visit) -> Flow[Event]:
    """What the centre says of this card, and whether an activation was left unfinished."""
    answer = yield NewCardQuery(visit.place, visit.card_key, visit.old_number, visit.journal_number)
    visit.answer = answer
    if visit.holder and answer.holder.id_number != visit.holder.id_number:
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


def open_journal(visit: Visit) -> Flow[Event]:
    """The first write: the card remembers that something was begun."""
    yield from _write_journal(visit, JournalPhase.BEGUN)
    return Event.DONE


_TAKEN_OVER = {
    TakeOver.DONE: Event.DONE,
    TakeOver.FOREIGN: Event.CARD_PIN_FOREIGN,
    TakeOver.LAST_TRY: Event.CARD_PIN_LAST_TRY,
}


def write_pin(visit: Visit) -> Flow[Event]:
    """The new card takes over the old card's PIN."""
    if visit.pin is None:
        raise ValueError("no PIN was entered")
    taken = yield from on(visit.role, take_over_pin(visit.settings.initial_pin, visit.pin))
    return _TAKEN_OVER[taken]


def write_medical(visit: Visit) -> Flow[Event]:
    """Medical base data to DF04/EF05, by tag; a 1.0 card has other things under 81 and 84."""
    if visit.reserved is None:
        raise ValueError("nothing is reserved")
    records = medical_records(visit.social.generation, visit.reserved.medical.items)
    yield from write_records(visit, "DF04", MEDICAL_FID, UK1DF04, records)
    return Event.DONE


def write_status(visit: Visit) -> Flow[Event]:
    """The card says "active"; the centre does not yet, and the centre is what counts."""
    yield from _write_status(visit, SocialState.NORMAL)
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


def close_journal(visit: Visit) -> Flow[Event]:
    """The last write: nothing is left to do."""
    yield from _write_journal(visit, JournalPhase.CLOSED)
    return Event.DONE


def print_receipt(visit: Visit) -> Flow[Event]:
    """What the holder takes home."""
    now = yield ReadClock()
    yield PrintReceipt(texts.receipt(visit, now.astimezone(visit.settings.zone)))
    resumed = visit.answer is not None and visit.answer.reservation is not None
    return Event.COMPLETION if resumed else Event.DONE


def undo(visit: Visit) -> Flow[Event]:
    """Give up what this visit or an earlier one began, if anything. Returns what led here.

    The card first, while its reservation still opens it; PIN and medical data stay. Interrupted between the two,
    the reservation is still open, and the next insertion finishes what this one gave up.
    """
    if visit.open_reservation is not None or visit.journal_number is not None:
        yield from _write_status(visit, SocialState.SEALED)
        yield from _write_journal(visit, JournalPhase.CLOSED)
    if visit.open_reservation is not None:
        yield ReleaseReservation(visit.place, visit.number)
    if visit.cause is None:
        raise ValueError("nothing led to the undoing")
    return visit.cause


def _write_status(visit: Visit, social: SocialState) -> Flow[None]:
    if visit.status_spec is None or not visit.keeps_status:
        return  # the centre's reservation is then the only journal
    now = yield ReadClock()
    record = ApplicationStatus(
        social=social,
        financial=visit.financial,
        time=now.astimezone(visit.settings.zone).replace(tzinfo=None, microsecond=0),
        channel=Channel.PHARMACY if social is SocialState.NORMAL else Channel.NONE,
        terminal=visit.access.terminal_number,
    )
    yield from write_records(visit, "SSSE", visit.status_spec.fid, UKSSSE, [record.to_record()])


def _write_journal(visit: Visit, phase: JournalPhase) -> Flow[None]:
    if visit.status_spec is None or not visit.keeps_status:
        return  # the centre's reservation is then the only journal
    now = yield ReadClock()
    record = Journal(
        activation_number=visit.number,
        phase=phase,
        time=now.astimezone(visit.settings.zone).replace(tzinfo=None, microsecond=0),
        terminal=visit.access.terminal_number,
    )
    yield from write_records(visit, "SSSE", visit.status_spec.fid, UKSSSE, [record.to_record()])


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
