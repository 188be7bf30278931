"""Walks the payment tables: performs each state's action, turns what went wrong into events, says farewell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.backoffice.ports import Refusal, RefusedError
from terminal.flow import dual_insert_run, payment_texts
from terminal.flow.bill import Bill
from terminal.flow.clinic import ClinicBill, VisitForm
from terminal.flow.hospital import CLINIC_SETTLEMENT, GIVING_UP, REGISTRATION
from terminal.flow.operator import OperatorError
from terminal.flow.payment import Payment, PaymentSettings
from terminal.flow.payment_actions import ACTIONS
from terminal.flow.payment_outcomes import PaymentOutcome, of_refusal
from terminal.flow.purchase import PURCHASE, RECONCILIATION, REFUND, Event, PaymentMachine, State
from terminal.flow.sales import Sale
from terminal.flow.steps import Flow, RemoveCard, Show, StateEntered
from terminal.text import Text
from terminal.transport.base import TransportError

FAILURES = tuple((error, Event[event.name]) for error, event in dual_insert_run.FAILURES)
"""What an error means to the flow; the first match counts."""

CARD_IS_GONE = (PaymentOutcome.INTERRUPTED, PaymentOutcome.TIMED_OUT)
SAID_BY_CENTRE = (PaymentOutcome.REFUSED, PaymentOutcome.DISPUTED)


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """How a payment ended: the outcome, what was told, the technical detail if any, the sale if one was begun."""

    outcome: PaymentOutcome
    text: Text
    detail: str = ""
    refusal: Refusal | None = None
    sale: Sale | None = None


def purchase(settings: PaymentSettings, bill: Bill, papers: Papers = NO_PAPERS) -> Flow[PaymentEnded]:
    """A purchase, from the sign-in to "remove the card". Never raises for what it can meet."""
    return _walk(PURCHASE, Payment(settings, bill, papers=papers))


def refund(settings: PaymentSettings, settlement: str) -> Flow[PaymentEnded]:
    """The cancellation of a settlement of this till, by the centre's number. Never raises for what it can meet."""
    return _walk(REFUND, Payment(settings, settlement=settlement))


def registration(settings: PaymentSettings, form: VisitForm) -> Flow[PaymentEnded]:
    """A patient's registration or admission, by card. Never raises for what it can meet."""
    return _walk(REGISTRATION, Payment(settings, form=form))


def clinic_settlement(settings: PaymentSettings, visit: str, bill: ClinicBill) -> Flow[PaymentEnded]:
    """The settlement of a patient's visit, by the centre's number and the patient's card. Never raises."""
    return _walk(CLINIC_SETTLEMENT, Payment(settings, bill, patient_visit=visit))


def giving_up(settings: PaymentSettings, visit: str) -> Flow[PaymentEnded]:
    """A patient's visit given up, by the centre's number; no card is needed. Never raises."""
    return _walk(GIVING_UP, Payment(settings, patient_visit=visit))


def reconciliation(settings: PaymentSettings, day: date | None = None) -> Flow[PaymentEnded]:
    """The totals of a day (None: today) compared with the centre's. Never raises for what it can meet."""
    return _walk(RECONCILIATION, Payment(settings, day=day))


def _walk(machine: PaymentMachine, payment: Payment) -> Flow[PaymentEnded]:
    state = machine.start
    while True:
        yield StateEntered(state)
        event = yield from _perform(payment, state)
        target = machine.next(state, event)
        if isinstance(target, PaymentOutcome):
            return (yield from _farewell(payment, target))
        state = target


def _perform(payment: Payment, state: State) -> Flow[Event]:
    try:
        return (yield from ACTIONS[state](payment))
    except tuple(error for error, _ in FAILURES) as error:
        payment.failure = error
        if isinstance(error, RefusedError):
            payment.refusal = error.refusal
        return next(event for kind, event in FAILURES if isinstance(error, kind))


def _farewell(payment: Payment, outcome: PaymentOutcome) -> Flow[PaymentEnded]:
    """Tell the person, and ask for the card where one may still be in the slot."""
    text = outcome.text
    if outcome in SAID_BY_CENTRE and payment.refusal is not None:
        text = payment.refusal.text
        outcome = of_refusal(payment.refusal) if outcome is PaymentOutcome.REFUSED else outcome
    try:
        yield Show(text)
        if payment.card_used and outcome not in CARD_IS_GONE:
            yield RemoveCard(payment.visit.role, payment_texts.REMOVE_CARD)
    except (OperatorError, TransportError):
        pass  # the payment is over; a card left in the slot changes nothing
    return PaymentEnded(outcome, text, str(payment.failure or ""), payment.refusal, payment.sale)
