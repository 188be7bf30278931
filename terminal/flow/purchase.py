"""Paying at a pharmacy, as three tables: a purchase by card, the cancellation of one, the day's totals.

Whatever moves money is in the till's book before it is sent. An answer that does not come is never guessed: the message
is reversed by its msgid, at once, or before anything else is done at this till (`RESOLVE`). What was booked and had no
slip yet gets its slip, and the visit ends there: the same goods are not sold twice.
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
    READ_PERSON = auto()
    CATCH_UP_CARD = auto()
    ASK_PERSON = auto()
    CHECK_PIN = auto()
    VERIFY_PIN = auto()
    PRE_SETTLE = auto()
    AGREE = auto()
    CARD_STILL_THERE = auto()
    SETTLE = auto()
    FIND_SALE = auto()
    CANCEL_SALE = auto()
    COMPARE_TOTALS = auto()
    REVERSE = auto()
    PRINT_SLIP = auto()


class Event(Enum):
    """What an action found or what happened to it."""

    DONE = auto()
    WITHOUT_PIN = auto()
    NOT_SOCIAL = auto()
    EXPIRED = auto()
    OTHER_HOLDER = auto()
    NOT_INSURED = auto()
    PIN_WRONG = auto()
    PIN_BLOCKED = auto()
    LAST_TRY_DECLINED = auto()
    DECLINED = auto()
    NO_SALE = auto()
    FINISHED_EARLIER = auto()
    CANCELLATION = auto()
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
_REVERSE: Rows = {
    State.REVERSE: {
        Event.DONE: PaymentOutcome.REVERSED,
        Event.DISPUTED: PaymentOutcome.DISPUTED,
        Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
    },
}


def _beginning(after: State) -> Rows:
    return {
        State.SIGN_ON: {Event.DONE: State.RESOLVE},
        State.RESOLVE: {
            Event.DONE: after,
            Event.FINISHED_EARLIER: PaymentOutcome.FINISHED_EARLIER,
            Event.DISPUTED: PaymentOutcome.DISPUTED,
            Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
        },
    }


def _machine(rows: Rows) -> PaymentMachine:
    return Machine(State.SIGN_ON, rows, _ANYWHERE, PaymentOutcome.IMPOSSIBLE)


PURCHASE: PaymentMachine = _machine(
    {
        **_beginning(State.INSERT_CARD),
        State.INSERT_CARD: {Event.DONE: State.IDENTIFY_CARD},
        State.IDENTIFY_CARD: {Event.DONE: State.READ_CARD, Event.NOT_SOCIAL: PaymentOutcome.NOT_SOCIAL_CARD},
        State.READ_CARD: {Event.DONE: State.PROVE_CARD, Event.EXPIRED: PaymentOutcome.EXPIRED},
        State.PROVE_CARD: {Event.DONE: State.READ_PERSON},
        State.READ_PERSON: {Event.DONE: State.CATCH_UP_CARD},
        State.CATCH_UP_CARD: {Event.DONE: State.ASK_PERSON},
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
            Event.PIN_WRONG: State.CHECK_PIN,
            Event.PIN_BLOCKED: PaymentOutcome.PIN_BLOCKED,
        },
        State.PRE_SETTLE: {Event.DONE: State.AGREE},
        State.AGREE: {Event.DONE: State.CARD_STILL_THERE, Event.DECLINED: PaymentOutcome.DECLINED},
        State.CARD_STILL_THERE: {Event.DONE: State.SETTLE},
        State.SETTLE: {Event.DONE: State.PRINT_SLIP, Event.UNREACHABLE: State.REVERSE},
        **_REVERSE,
        State.PRINT_SLIP: {Event.DONE: PaymentOutcome.PAID},
    }
)

REFUND: PaymentMachine = _machine(
    {
        **_beginning(State.FIND_SALE),
        State.FIND_SALE: {Event.DONE: State.AGREE, Event.NO_SALE: PaymentOutcome.NO_SUCH_SALE},
        State.AGREE: {Event.DONE: State.CANCEL_SALE, Event.DECLINED: PaymentOutcome.DECLINED},
        State.CANCEL_SALE: {Event.DONE: State.PRINT_SLIP, Event.UNREACHABLE: State.REVERSE},
        **_REVERSE,
        State.PRINT_SLIP: {Event.CANCELLATION: PaymentOutcome.REFUNDED},
    }
)

RECONCILIATION: PaymentMachine = _machine(
    {
        **_beginning(State.COMPARE_TOTALS),
        State.COMPARE_TOTALS: {
            Event.DONE: PaymentOutcome.RECONCILED,
            Event.DIFFERENT: PaymentOutcome.DIFFERENT,
        },
    }
)
