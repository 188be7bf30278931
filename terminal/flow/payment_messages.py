"""Messages of a payment that move money, and the book around them: keep, send, keep what came of it, print, close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from terminal.backoffice import national_ports as national
from terminal.backoffice.national_ports import Transact, Transacted
from terminal.backoffice.ports import RefusedError, UnreachableError
from terminal.flow import payment_texts
from terminal.flow.payment import Payment, answered
from terminal.flow.purchase import Event
from terminal.flow.sales import KeepSale, Phase, Sale
from terminal.flow.steps import Flow, PrintReceipt, ReadClock

TAKEN_BACK = "1"
STANDS = "R51"
"""The rule that a refused cancellation names where a settlement of the visit stands."""


def transact(infno: str, asked: Mapping[str, Any], insured_in: str = "") -> Flow[Mapping[str, Any]]:
    """The output of a transaction that moves nothing; raises RefusedError, UnreachableError."""
    answer: Transacted = yield Transact(infno, asked, insured_in=insured_in)
    return answer.output


def node(output: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A node of an output; raises UnreachableError where it is missing."""
    found = output.get(name)
    if not isinstance(found, Mapping):
        raise UnreachableError(f"the answer has no {name}")
    return found


def send_sale(payment: Payment, asked: Mapping[str, Any]) -> Flow[None]:
    """Keep, send, keep what came of it; raises RefusedError, UnreachableError (then the outcome is unknown)."""
    sale = payment.current
    yield KeepSale(sale)
    try:
        done: Transacted = yield Transact(sale.infno, asked, sale.msgid, sale.insured_in)
    except RefusedError:
        yield KeepSale(replace(sale, phase=Phase.REFUSED))
        raise
    payment.sale = _in_its_phase(payment, answered(sale, node(done.output, "setlinfo")))
    yield KeepSale(payment.sale)


def _in_its_phase(payment: Payment, sale: Sale) -> Sale:
    """The answered sale; one that leaves more cash to pay than was agreed to waits for somebody to agree."""
    dearer = sale.agreed is not None and payment.split(sale).cash_fen > sale.agreed.cash_fen
    return replace(sale, phase=Phase.DEARER) if dearer else sale


def reverse_sale(payment: Payment, sale: Sale) -> Flow[Event]:
    """Reverse a message by its msgid (2601), booked or not; raises UnreachableError.

    A cancellation that is booked and not reversed any more, as what it gave back is spent, is ANSWERED in the book.
    """
    if sale.infno == national.REGISTRATION:
        return (yield from _give_registration_up(payment, sale))
    asked = {"psn_no": sale.person, "omsgid": sale.msgid, "oinfno": sale.infno}
    try:
        yield from transact(national.REVERSAL, {"data": asked}, sale.insured_in)
    except RefusedError as error:
        if sale.cancels and (yield from _stays_cancelled(payment, sale)):
            return Event.BOOKED
        payment.refusal = error.refusal
        yield KeepSale(replace(sale, phase=Phase.CLOSED if sale.is_visit else Phase.DISPUTED))
        return Event.DISPUTED
    yield KeepSale(replace(sale, phase=Phase.REVERSED))
    return Event.DONE


def _stays_cancelled(payment: Payment, sale: Sale) -> Flow[bool]:
    """Whether a cancellation is booked; then the same message again (its msgid counts once) tells its answer."""
    cancelled = replace(sale, settlement=sale.cancels)
    try:
        if (yield from is_standing(replace(cancelled, cancels=""))):
            return False
        again: Transacted = yield Transact(
            sale.infno, {"data": key_of(cancelled)}, sale.msgid, sale.insured_in
        )
    except RefusedError:
        return False
    payment.sale = answered(sale, node(again.output, "setlinfo"))
    yield KeepSale(payment.sale)
    return True


def _give_registration_up(payment: Payment, sale: Sale) -> Flow[Event]:
    """A registration has no reversal: the same message again (its msgid counts once) tells its number for 2202."""
    try:
        again: Transacted = yield Transact(sale.infno, sale.asked, sale.msgid, sale.insured_in)
        number = str(node(again.output, "data").get("mdtrt_id"))
        key = {"psn_no": sale.person, "mdtrt_id": number, "ipt_otp_no": sale.asked["data"]["ipt_otp_no"]}
        yield from transact(national.REGISTRATION_CANCELLED, {"data": key}, sale.insured_in)
    except RefusedError as error:
        if error.refusal.rule == STANDS:
            payment.refusal = error.refusal
            yield KeepSale(replace(sale, phase=Phase.CLOSED))
            return Event.DISPUTED
    yield KeepSale(replace(sale, phase=Phase.REVERSED))
    return Event.DONE


def is_standing(sale: Sale) -> Flow[bool]:
    """Whether a booked message still counts; a patient's visit, and what cancels another message, always do."""
    if sale.cancels or sale.is_visit:
        return True
    said = yield from query_sale(sale)
    return str(said.get("refd_setl_flag")) != TAKEN_BACK


def query_sale(sale: Sale) -> Flow[Mapping[str, Any]]:
    """How a settlement stands at the centre (5203)."""
    output = yield from transact(national.SETTLEMENT_QUERY, {"data": key_of(sale)}, sale.insured_in)
    return node(output, "setlinfo")


def key_of(sale: Sale) -> dict[str, str]:
    """What names a settlement to the centre."""
    return {"psn_no": sale.person, "setl_id": sale.settlement, "mdtrt_id": sale.visit}


def print_sale(payment: Payment, sale: Sale) -> Flow[None]:
    """Print the slip; then the book closes the sale."""
    now = yield ReadClock()
    printed = payment_texts.ticket if sale.is_visit else payment_texts.slip
    yield PrintReceipt(printed(sale, payment.settings.place_name, local(payment, now)))
    yield KeepSale(replace(sale, phase=Phase.CLOSED))


def local(payment: Payment, moment: datetime) -> datetime:
    """An instant in the region's time."""
    return moment.astimezone(payment.settings.terminal.zone)
