"""The dual insert: at a designated pharmacy the old medical card, then the social security card, which is activated.

The flow is the table `MACHINE`; `terminal.flow.dual_insert_actions` says what is done in each state. The order of
the writes is what makes recovery possible: the centre reserves, the card notes it in its journal, PIN, medical data
and status are written, the centre commits, the journal is closed. So whenever something happens in between, the next
insertion in any terminal finds the reservation at the centre (and the journal on the card) and finishes or undoes it;
after the commit only the journal can still be open. `UNDO` does nothing where nothing was reserved yet, so that the
ways out of a first visit and of a resumed one are the same.
"""

from __future__ import annotations

from enum import Enum, auto

from terminal.flow.machine import Machine
from terminal.flow.outcomes import Outcome


class State(Enum):
    """Where the dual insert stands."""

    SIGN_IN = auto()
    INSERT_OLD = auto()
    READ_OLD = auto()
    CHECK_OLD = auto()
    REMOVE_OLD = auto()
    INSERT_NEW = auto()
    IDENTIFY_NEW = auto()
    READ_NEW = auto()
    PROBE = auto()
    AUTHENTICATE = auto()
    READ_HOLDER = auto()
    QUERY = auto()
    ENABLE = auto()
    CHECK_CARD_PIN = auto()
    ENTER_PIN = auto()
    RESERVE = auto()
    OPEN_JOURNAL = auto()
    WRITE_PIN = auto()
    WRITE_MEDICAL = auto()
    WRITE_STATUS = auto()
    CONFIRM = auto()
    CATCH_UP = auto()
    CLOSE_JOURNAL = auto()
    RECEIPT = auto()
    UNDO = auto()


class Event(Enum):
    """What an action found or what happened to it."""

    DONE = auto()
    NEW_CARD_ALONE = auto()
    OLD_CARD = auto()
    SOCIAL_CARD = auto()
    OTHER_CARD = auto()
    UNREADABLE = auto()
    SAME_CARD = auto()
    EXPIRED = auto()
    PROBE_NEEDED = auto()
    OTHER_HOLDER = auto()
    ACTIVATABLE = auto()
    COMMITTED = auto()
    STALE_STATUS = auto()
    ABANDONED = auto()
    ALREADY_ACTIVE = auto()
    CARD_PIN_BLOCKED = auto()
    CARD_PIN_LAST_TRY = auto()
    CARD_PIN_FOREIGN = auto()
    PIN_WRONG = auto()
    PIN_BLOCKED = auto()
    LAST_TRY_DECLINED = auto()
    COMPLETION = auto()
    NOT_GENUINE = auto()
    CARD_BLOCKED = auto()
    CARD_REFUSED = auto()
    REFUSED = auto()
    UNREACHABLE = auto()
    CARD_REMOVED = auto()
    CARD_MUTE = auto()
    READER_FAILED = auto()
    TIMED_OUT = auto()
    CANCELLED = auto()


UNDOABLE = {
    Event.CARD_REFUSED: State.UNDO,
    Event.CARD_BLOCKED: State.UNDO,
    Event.REFUSED: State.UNDO,
    Event.CANCELLED: State.UNDO,
}
"""Between reservation and commit these are undone before the visit ends."""

MACHINE: Machine[State, Event, Outcome] = Machine(
    start=State.SIGN_IN,
    rows={
        State.SIGN_IN: {Event.DONE: State.INSERT_OLD, Event.NEW_CARD_ALONE: State.INSERT_NEW},
        State.INSERT_OLD: {Event.DONE: State.READ_OLD},
        State.READ_OLD: {
            Event.OLD_CARD: State.CHECK_OLD,
            Event.SOCIAL_CARD: State.READ_NEW,
            Event.OTHER_CARD: Outcome.WRONG_CARD_FIRST,
            Event.UNREADABLE: Outcome.UNREADABLE_OLD_CARD,
            Event.CARD_MUTE: Outcome.UNREADABLE_OLD_CARD,
        },
        State.CHECK_OLD: {Event.DONE: State.REMOVE_OLD},
        State.REMOVE_OLD: {Event.DONE: State.INSERT_NEW},
        State.INSERT_NEW: {Event.DONE: State.IDENTIFY_NEW},
        State.IDENTIFY_NEW: {
            Event.SOCIAL_CARD: State.READ_NEW,
            Event.SAME_CARD: Outcome.SAME_CARD_TWICE,
            Event.OLD_CARD: Outcome.WRONG_NEW_CARD,
            Event.OTHER_CARD: Outcome.WRONG_NEW_CARD,
        },
        State.READ_NEW: {
            Event.DONE: State.AUTHENTICATE,
            Event.PROBE_NEEDED: State.PROBE,
            Event.EXPIRED: Outcome.EXPIRED,
        },
        State.PROBE: {Event.DONE: State.AUTHENTICATE},
        State.AUTHENTICATE: {Event.DONE: State.READ_HOLDER},
        State.READ_HOLDER: {Event.DONE: State.QUERY, Event.OTHER_HOLDER: Outcome.OTHER_HOLDER},
        State.QUERY: {
            Event.ACTIVATABLE: State.CHECK_CARD_PIN,
            Event.COMMITTED: State.CATCH_UP,
            Event.STALE_STATUS: State.CATCH_UP,
            Event.ALREADY_ACTIVE: Outcome.ALREADY_ACTIVE,
            Event.ABANDONED: State.UNDO,
            Event.OTHER_HOLDER: Outcome.OTHER_HOLDER_AT_CENTRE,
        },
        State.CHECK_CARD_PIN: {
            Event.DONE: State.ENTER_PIN,
            Event.CARD_PIN_BLOCKED: State.UNDO,
            Event.CARD_PIN_LAST_TRY: State.UNDO,
        },
        State.ENTER_PIN: {
            Event.DONE: State.RESERVE,
            Event.PIN_WRONG: State.ENTER_PIN,
            Event.PIN_BLOCKED: State.UNDO,
            Event.LAST_TRY_DECLINED: State.UNDO,
            Event.REFUSED: State.UNDO,
            Event.CANCELLED: State.UNDO,
            Event.TIMED_OUT: State.UNDO,
        },
        State.RESERVE: {Event.DONE: State.OPEN_JOURNAL, Event.REFUSED: State.UNDO},
        State.OPEN_JOURNAL: {Event.DONE: State.WRITE_PIN, **UNDOABLE},
        State.WRITE_PIN: {
            Event.DONE: State.WRITE_MEDICAL,
            Event.CARD_PIN_FOREIGN: State.UNDO,
            Event.CARD_PIN_LAST_TRY: State.UNDO,
            **UNDOABLE,
        },
        State.WRITE_MEDICAL: {Event.DONE: State.WRITE_STATUS, **UNDOABLE},
        State.WRITE_STATUS: {Event.DONE: State.CONFIRM, **UNDOABLE},
        State.CONFIRM: {Event.DONE: State.CLOSE_JOURNAL, Event.REFUSED: State.UNDO},
        State.CATCH_UP: {Event.COMMITTED: State.CONFIRM, Event.STALE_STATUS: Outcome.CAUGHT_UP},
        State.CLOSE_JOURNAL: {Event.DONE: State.RECEIPT},
        State.RECEIPT: {Event.DONE: Outcome.ACTIVATED, Event.COMPLETION: Outcome.COMPLETED},
        State.UNDO: {
            Event.CARD_PIN_BLOCKED: Outcome.CARD_PIN_BLOCKED,
            Event.CARD_PIN_LAST_TRY: Outcome.CARD_PIN_LAST_TRY,
            Event.CARD_PIN_FOREIGN: Outcome.CARD_PIN_FOREIGN,
            Event.PIN_BLOCKED: Outcome.PIN_BLOCKED,
            Event.LAST_TRY_DECLINED: Outcome.LAST_TRY_DECLINED,
            Event.ABANDONED: Outcome.UNDONE,
        },
    },
    anywhere={
        Event.NOT_GENUINE: Outcome.NOT_GENUINE,
        Event.CARD_BLOCKED: Outcome.CARD_BLOCKED,
        Event.CARD_REFUSED: Outcome.CARD_REFUSED,
        Event.REFUSED: Outcome.REFUSED,
        Event.UNREACHABLE: Outcome.UNREACHABLE,
        Event.CARD_REMOVED: Outcome.INTERRUPTED,
        Event.CARD_MUTE: Outcome.CARD_MUTE,
        Event.READER_FAILED: Outcome.READER_FAILED,
        Event.TIMED_OUT: Outcome.TIMED_OUT,
        Event.CANCELLED: Outcome.CANCELLED,
    },
    impossible=Outcome.IMPOSSIBLE,
)
