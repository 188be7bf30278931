"""What happens in each state that only a hospital's visits have."""

from __future__ import annotations

from dataclasses import replace

from terminal.backoffice.national_ports import Transact, Transacted
from terminal.backoffice.ports import RefusedError, UnreachableError
from terminal.flow import payment_texts
from terminal.flow.clinic import ClinicBill
from terminal.flow.payment import Payment
from terminal.flow.payment_messages import local, node, print_sale, reverse_sale
from terminal.flow.purchase import Event
from terminal.flow.sales import KeepSale, NewMessageId, Phase, ReadBook, Sale, SalesBook
from terminal.flow.steps import Confirm, Flow, ReadClock

NUMBER_DIGITS = 18
"""Of a msgid what is left without the institution: the time and a sequence."""


def find_visit(payment: Payment) -> Flow[Event]:
    """The patient's visit in the book: whose it is, and by which insurance."""
    book: SalesBook = yield ReadBook()
    found = book.patient_visit(payment.patient_visit)
    if found is None:
        return Event.NO_SALE
    payment.attended = payment.sale = found
    if isinstance(payment.bill, ClinicBill):
        payment.bill = replace(payment.bill, visit=found.visit, treatment=found.treatment)
    return Event.DONE


def register(payment: Payment) -> Flow[Event]:
    """The registration (2201) or admission (2401) under a fresh msgid, which the book holds before it is sent."""
    form, visit = payment.form, payment.visit
    assert form is not None, "only a registration gets here"
    now = local(payment, (yield ReadClock()))
    msgid = yield NewMessageId()
    certificate = {
        "psn_no": payment.person,
        "insutype": payment.kind,
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": visit.social.number,
        "card_sn": visit.social.card_id,
    }
    sale = Sale(
        msgid=msgid,
        infno=form.infno,
        phase=Phase.SENT,
        day=now.date(),
        person=payment.person,
        holder=visit.holder.name if visit.holder else "",
        insured_in=payment.insured_in,
        kind=payment.kind,
        card=visit.social.number,
        treatment=form.treatment,
        asked=form.input(certificate, form.number or msgid[-NUMBER_DIGITS:], now),
    )
    payment.sale = sale
    yield KeepSale(sale)
    try:
        done: Transacted = yield Transact(sale.infno, sale.asked, sale.msgid, sale.insured_in)
    except RefusedError:
        yield KeepSale(replace(sale, phase=Phase.REFUSED))
        raise
    number = node(done.output, form.answer).get("mdtrt_id")
    if not number:
        raise UnreachableError("the answer names no visit")
    payment.sale = replace(sale, phase=Phase.ANSWERED, visit=str(number))
    yield KeepSale(payment.sale)
    return Event.DONE


def print_ticket(payment: Payment) -> Flow[Event]:
    """What the patient takes along; then the book closes the registration."""
    yield from print_sale(payment, payment.current)
    return Event.DONE


def agree_to_give_up(payment: Payment) -> Flow[Event]:
    """Somebody agrees that the visit does not take place."""
    agreed = yield Confirm(payment_texts.agree_to_give_up(payment.current))
    return Event.DONE if agreed else Event.DECLINED


def give_visit_up(payment: Payment) -> Flow[Event]:
    """The visit is cancelled: of an out-patient by 2202, of an in-patient by reversing the admission (2601).

    Until the centre has answered, the book says that it is unknown, and the till goes on with it later.
    """
    payment.sale = replace(payment.current, phase=Phase.SENT)
    yield KeepSale(payment.sale)
    return (yield from reverse_sale(payment, payment.sale))
