"""A patient's visit to a hospital as three tables: registration or admission, its settlement, giving it up.

They have the states of a payment, and go the same ways: the book first, nothing is guessed. A first registration
activates the card (R11). A visit is settled with the patient's card, as often as there are bills; each settlement can
be cancelled like a purchase, and a visit without a settlement can be given up.
"""

from __future__ import annotations

from terminal.flow.payment_outcomes import PaymentOutcome
from terminal.flow.purchase import PURCHASE, REVERSE, Event, PaymentMachine, State, beginning, machine

_NO_VISIT = {Event.NO_SALE: PaymentOutcome.NO_SUCH_VISIT}
_AT_THE_CARD = (
    State.INSERT_CARD,
    State.IDENTIFY_CARD,
    State.READ_CARD,
    State.READ_PERSON,
    State.CATCH_UP_CARD,
    State.ACTIVATE_CARD,
)
"""States of a purchase that a registration goes through unchanged."""

REGISTRATION: PaymentMachine = machine(
    {
        **beginning(State.INSERT_CARD),
        **{state: PURCHASE.rows[state] for state in _AT_THE_CARD},
        State.PROVE_CARD: {Event.DONE: State.READ_PERSON, Event.DEBIT_OPEN: State.READ_PERSON},
        State.ASK_PERSON: {
            Event.DONE: State.REGISTER,
            Event.WITHOUT_PIN: State.REGISTER,
            Event.OTHER_HOLDER: PaymentOutcome.OTHER_HOLDER,
            Event.NOT_INSURED: PaymentOutcome.NOT_INSURED,
        },
        State.REGISTER: {Event.DONE: State.PRINT_TICKET, Event.UNREACHABLE: State.REVERSE},
        **REVERSE,
        State.PRINT_TICKET: {Event.DONE: PaymentOutcome.REGISTERED},
    }
)

CLINIC_SETTLEMENT: PaymentMachine = machine(
    {
        **PURCHASE.rows,
        **beginning(State.FIND_VISIT),
        State.FIND_VISIT: {Event.DONE: State.INSERT_CARD, **_NO_VISIT},
    }
)

GIVING_UP: PaymentMachine = machine(
    {
        **beginning(State.FIND_VISIT),
        State.FIND_VISIT: {Event.DONE: State.AGREE_TO_GIVE_UP, **_NO_VISIT},
        State.AGREE_TO_GIVE_UP: {
            Event.DONE: State.GIVE_VISIT_UP,
            Event.DECLINED: PaymentOutcome.VISIT_KEPT,
        },
        State.GIVE_VISIT_UP: {
            Event.DONE: PaymentOutcome.VISIT_GIVEN_UP,
            Event.DISPUTED: PaymentOutcome.VISIT_SETTLED,
            Event.UNREACHABLE: PaymentOutcome.UNKNOWN,
        },
    }
)
