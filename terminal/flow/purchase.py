"""Paying at a pharmacy, as three tables: a purchase by card, the cancellation of one, the day's totals.

Whatever moves money is in the till's book before it is sent. An answer that does not come is never guessed: the message
is reversed by its msgid, at once, or before anything else is done at this till (`RESOLVE`). What was booked and had no
slip yet gets its slip, and the visit ends there: the same goods are not sold twice.

Between pre-settlement and settlement another till may have spent the same account. A settlement that came to another
split than the payer agreed to is told; one that leaves more cash to pay is asked about again, and reversed by its msgid
where nobody agrees (`AGREE_AGAIN`).

Where the card's medical purse is debited too, that comes right after the settlement, and both stand or neither: a card
that was not debited leaves a settlement to be undone; a card that left in between is asked for the proof, at once or
when it is next inserted at this till. A card that was used elsewhere since has no proof any more: its log is searched.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from terminal.flow.machine import Machine
from terminal.flow.payment_outcomes import PaymentOutcome


class State(Enum):
    """Where a payment stands."""

    SIGN_ON = auto()
    RESOLVE = auto()
    INSERT_CARD = auto()
    IDENTIFY_CARD = auto()
    READ_CARD = auto()
    PROVE_CARD = auto()
    FINISH_DEBIT = auto()
    READ_PERSON = auto()
    CATCH_UP_CARD = auto()
    ACTIVATE_CARD = auto()
    ASK_PERSON = auto()
    CHECK_PIN = auto()
    VERIFY_PIN = auto()
    SEARCH_LOG = auto()
    READ_PURSE = auto()
    PRE_SETTLE = auto()
    AGREE = auto()
    CARD_STILL_THERE = auto()
    SETTLE = auto()
    AGREE_AGAIN = auto()
    UNDO_DEARER = auto()
    BEGIN_DEBIT = auto()
    DEBIT_CARD = auto()
    REINSERT_CARD = auto()
    ASK_PROOF = auto()
    CONFIRM_DEBIT = auto()
    UNDO_SETTLEMENT = auto()
    FIND_SALE = auto()
    CANCEL_SALE = auto()
    COMPARE_TOTALS = auto()
    REVERSE = auto()
    FIND_VISIT = auto()
    REGISTER = auto()
    PRINT_TICKET = auto()
    AGREE_TO_GIVE_UP = auto()
    GIVE_VISIT_UP = auto()
    PRINT_SLIP = auto()


class Event(Enum):
    """What an action found or what happened to it."""

    DONE = auto()
    WITHOUT_PIN = auto()
    NOT_SOCIAL = auto()
    EXPIRED = auto()
    OTHER_HOLDER = auto()
    NOT_ACTIVE = auto()
    NOT_INSURED = auto()
    WITH_PURSE = auto()
    OTHER_SPLIT = auto()
    DEBIT_DUE = auto()
    DEBIT_OPEN = auto()
    NOT_DEBITED = auto()
    NO_PROOF = auto()
    OTHER_CARD = auto()
    PURSE_PAID = auto()
    PIN_WRONG = auto()
    PIN_BLOCKED = auto()
    LAST_TRY_DECLINED = auto()
    DECLINED = auto()
    NO_SALE = auto()
    FINISHED_EARLIER = auto()
    CANCELLATION = auto()
    BOOKED = auto()
    DIFFERENT = auto()
    DISPUTED = auto()
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


Rows = Mapping[State, Mapping[Event, State | PaymentOutcome]]
PaymentMachine = Machine[State, Event, PaymentOutcome]

_ANYWHERE: Mapping[Event, State | PaymentOutcome] = {
    Event.NOT_GENUINE: PaymentOutcome.NOT_GENUINE,
    Event.CARD_BLOCKED: PaymentOutcome.CARD_BLOCKED,
    Event.CARD_REFUSED: PaymentOutcome.CARD_REFUSED,
    Event.REFUSED: PaymentOutcome.REFUSED,
    Event.UNREACHABLE: PaymentOutcome.UNREACHABLE,
    Event.CARD_REMOVED: PaymentOutcome.INTERRUPTED,
    Event.CARD_MUTE: PaymentOutcome.CARD_MUTE,
    Event.READER_FAILED: PaymentOutcome.READER_FAILED,
    Event.TIMED_OUT: PaymentOutcome.TIMED_OUT,
    Event.CANCELLED: PaymentOutcome.CANCELLED,
}
REVERSE: Rows = {
    State.REVERSE: {
        Event.DONE: PaymentOutcome.REVERSED,
        Event.DISPUTED: PaymentOutcome.DISPUTED,
        Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
    },
}
_DEBIT: Rows = {
    State.BEGIN_DEBIT: {**dict.fromkeys(_ANYWHERE, State.UNDO_SETTLEMENT), Event.DONE: State.DEBIT_CARD},
    State.DEBIT_CARD: {
        Event.DONE: State.CONFIRM_DEBIT,
        Event.CARD_REFUSED: State.ASK_PROOF,
        Event.CARD_REMOVED: State.REINSERT_CARD,
        Event.CARD_MUTE: State.REINSERT_CARD,
        Event.READER_FAILED: State.REINSERT_CARD,
    },
    State.REINSERT_CARD: {
        **dict.fromkeys(_ANYWHERE, PaymentOutcome.DEBIT_UNKNOWN),
        Event.DONE: State.ASK_PROOF,
        Event.OTHER_CARD: PaymentOutcome.DEBIT_UNKNOWN,
    },
    State.ASK_PROOF: {
        **dict.fromkeys(_ANYWHERE, PaymentOutcome.DEBIT_UNKNOWN),
        Event.DONE: State.CONFIRM_DEBIT,
        Event.NOT_DEBITED: State.UNDO_SETTLEMENT,
    },
    State.CONFIRM_DEBIT: {Event.DONE: State.PRINT_SLIP},
    State.UNDO_SETTLEMENT: {
        Event.DONE: PaymentOutcome.NOT_DEBITED,
        Event.DISPUTED: PaymentOutcome.DISPUTED,
        Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
    },
    State.FINISH_DEBIT: {
        **dict.fromkeys(_ANYWHERE, PaymentOutcome.DEBIT_UNKNOWN),
        Event.DONE: State.READ_PERSON,
        Event.FINISHED_EARLIER: PaymentOutcome.FINISHED_EARLIER,
        Event.DISPUTED: PaymentOutcome.DISPUTED,
    },
    State.SEARCH_LOG: {
        **dict.fromkeys(_ANYWHERE, PaymentOutcome.DEBIT_UNKNOWN),
        Event.DONE: State.READ_PURSE,
        Event.FINISHED_EARLIER: PaymentOutcome.FINISHED_EARLIER,
        Event.DISPUTED: PaymentOutcome.DISPUTED,
    },
}


def beginning(after: State) -> Rows:
    """How everything at a till begins: sign-in, and what was left unfinished."""
    return {
        State.SIGN_ON: {Event.DONE: State.RESOLVE},
        State.RESOLVE: {
            Event.DONE: after,
            Event.FINISHED_EARLIER: PaymentOutcome.FINISHED_EARLIER,
            Event.DISPUTED: PaymentOutcome.DISPUTED,
            Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
        },
    }


def machine(rows: Rows) -> PaymentMachine:
    """A table of payment states, with what holds in all of them."""
    return Machine(State.SIGN_ON, rows, _ANYWHERE, PaymentOutcome.IMPOSSIBLE)


PURCHASE: PaymentMachine = machine(
    {
        **beginning(State.INSERT_CARD),
        State.INSERT_CARD: {Event.DONE: State.IDENTIFY_CARD},
        State.IDENTIFY_CARD: {Event.DONE: State.READ_CARD, Event.NOT_SOCIAL: PaymentOutcome.NOT_SOCIAL_CARD},
        State.READ_CARD: {Event.DONE: State.PROVE_CARD, Event.EXPIRED: PaymentOutcome.EXPIRED},
        State.PROVE_CARD: {Event.DONE: State.READ_PERSON, Event.DEBIT_OPEN: State.FINISH_DEBIT},
        State.READ_PERSON: {Event.DONE: State.CATCH_UP_CARD},
        State.CATCH_UP_CARD: {
            Event.DONE: State.ASK_PERSON,
            Event.NOT_ACTIVE: State.ACTIVATE_CARD,
            Event.OTHER_HOLDER: PaymentOutcome.OTHER_HOLDER,
        },
        State.ACTIVATE_CARD: {Event.DONE: State.ASK_PERSON},
        State.ASK_PERSON: {
            Event.DONE: State.CHECK_PIN,
            Event.WITHOUT_PIN: State.PRE_SETTLE,
            Event.OTHER_HOLDER: PaymentOutcome.OTHER_HOLDER,
            Event.NOT_INSURED: PaymentOutcome.NOT_INSURED,
        },
        State.CHECK_PIN: {
            Event.DONE: State.VERIFY_PIN,
            Event.PIN_BLOCKED: PaymentOutcome.PIN_BLOCKED,
            Event.LAST_TRY_DECLINED: PaymentOutcome.LAST_TRY_DECLINED,
        },
        State.VERIFY_PIN: {
            Event.DONE: State.PRE_SETTLE,
            Event.WITH_PURSE: State.READ_PURSE,
            Event.NO_PROOF: State.SEARCH_LOG,
            Event.PIN_WRONG: State.CHECK_PIN,
            Event.PIN_BLOCKED: PaymentOutcome.PIN_BLOCKED,
        },
        State.READ_PURSE: {Event.DONE: State.PRE_SETTLE},
        State.PRE_SETTLE: {Event.DONE: State.AGREE},
        State.AGREE: {Event.DONE: State.CARD_STILL_THERE, Event.DECLINED: PaymentOutcome.DECLINED},
        State.CARD_STILL_THERE: {Event.DONE: State.SETTLE},
        State.SETTLE: {
            Event.DONE: State.PRINT_SLIP,
            Event.DEBIT_DUE: State.BEGIN_DEBIT,
            Event.OTHER_SPLIT: State.AGREE_AGAIN,
            Event.UNREACHABLE: State.REVERSE,
        },
        State.AGREE_AGAIN: {
            Event.DONE: State.PRINT_SLIP,
            Event.DEBIT_DUE: State.BEGIN_DEBIT,
            **dict.fromkeys((Event.DECLINED, Event.TIMED_OUT, Event.CANCELLED), State.UNDO_DEARER),
        },
        State.UNDO_DEARER: {
            Event.DONE: PaymentOutcome.DEARER,
            Event.DISPUTED: PaymentOutcome.DISPUTED,
            Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
        },
        **REVERSE,
        **_DEBIT,
        State.PRINT_SLIP: {Event.DONE: PaymentOutcome.PAID},
    }
)

REFUND: PaymentMachine = machine(
    {
        **beginning(State.FIND_SALE),
        State.FIND_SALE: {
            Event.DONE: State.AGREE,
            Event.NO_SALE: PaymentOutcome.NO_SUCH_SALE,
            Event.PURSE_PAID: PaymentOutcome.PURSE_PAID,
        },
        State.AGREE: {Event.DONE: State.CANCEL_SALE, Event.DECLINED: PaymentOutcome.DECLINED},
        State.CANCEL_SALE: {Event.DONE: State.PRINT_SLIP, Event.UNREACHABLE: State.REVERSE},
        State.REVERSE: {**REVERSE[State.REVERSE], Event.BOOKED: State.PRINT_SLIP},
        State.PRINT_SLIP: {Event.CANCELLATION: PaymentOutcome.REFUNDED},
    }
)

RECONCILIATION: PaymentMachine = machine(
    {
        **beginning(State.COMPARE_TOTALS),
        State.COMPARE_TOTALS: {
            Event.DONE: PaymentOutcome.RECONCILED,
            Event.DIFFERENT: PaymentOutcome.DIFFERENT,
        },
    }
)
