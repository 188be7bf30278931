"""What the dual insert writes to the new card, state by state, and how it takes that back."""

from __future__ import annotations

from apdu.layout.application_status import ApplicationStatus, Journal
from apdu.layout.states import Channel, JournalPhase, SocialState
from terminal.backoffice.ports import ReleaseReservation
from terminal.flow.dual_insert import Event
from terminal.flow.steps import Flow, ReadClock, on
from terminal.flow.visit import UK1DF04, UKSSSE, Visit, write_records
from terminal.procedures.medical import MEDICAL_FID, medical_records
from terminal.procedures.pin import TakeOver, take_over_pin


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


def close_journal(visit: Visit) -> Flow[Event]:
    """The last write: nothing is left to do."""
    yield from _write_journal(visit, JournalPhase.CLOSED)
    return Event.DONE


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
        time=visit.card_time(now),
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
        time=visit.card_time(now),
        terminal=visit.access.terminal_number,
    )
    yield from write_records(visit, "SSSE", visit.status_spec.fid, UKSSSE, [record.to_record()])
