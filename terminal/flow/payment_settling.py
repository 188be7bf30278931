"""What a payment does to settle: what it comes to, whether that is agreed to, the settlement, and its split again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from terminal.flow import payment_texts
from terminal.flow.payment import Figures, Payment
from terminal.flow.payment_messages import local, node, reverse_sale, send_sale, transact
from terminal.flow.payment_purse import debit_due
from terminal.flow.purchase import Event
from terminal.flow.sales import KeepSale, NewMessageId, Phase, Sale
from terminal.flow.steps import Confirm, Flow, ReadClock, Show, on
from terminal.procedures.files import select_directory


def pre_settle(payment: Payment) -> Flow[Event]:
    """What it comes to (2101); nothing is booked."""
    output = yield from transact(
        payment.goods.pre_settlement, (yield from _bill(payment)), payment.insured_in
    )
    payment.offered = Figures.of(node(output, "setlinfo"))
    return Event.DONE


def agree(payment: Payment) -> Flow[Event]:
    """Fund, personal account and cash are shown, and somebody agrees."""
    if payment.offered is not None:
        split = payment.split(payment.offered)
        agreed = yield Confirm(payment_texts.agree_to_pay(payment.offered.total_fen, split))
    else:
        agreed = yield Confirm(payment_texts.agree_to_cancel(payment.current))
    return Event.DONE if agreed else Event.DECLINED


def card_still_there(payment: Payment) -> Flow[Event]:
    """Is the card still in the reader? Without it nothing is booked."""
    yield from on(payment.visit.role, select_directory(payment.visit.layout["SSSE"]))
    return Event.DONE


def settle(payment: Payment) -> Flow[Event]:
    """The settlement (2102) under a fresh msgid, which the till's book holds before it is sent."""
    now = yield ReadClock()
    visit = payment.visit
    assert payment.offered is not None, "only what somebody agreed to is settled"
    payment.sale = Sale(
        msgid=(yield NewMessageId()),
        infno=payment.goods.settlement,
        phase=Phase.SENT,
        day=local(payment, now).date(),
        person=payment.person,
        holder=visit.holder.name if visit.holder else "",
        insured_in=payment.insured_in,
        kind=payment.kind,
        card=visit.social.number,
        debit=debit_due(payment),
        agreed=payment.split(payment.offered),
    )
    bill = yield from _bill(payment)
    yield from send_sale(payment, bill)
    if payment.split(payment.current) != payment.current.agreed:
        return Event.OTHER_SPLIT
    return _settled(payment)


def agree_again(payment: Payment) -> Flow[Event]:
    """It came to another split than was agreed to: that is told, and more cash is asked about before it is kept."""
    sale = payment.current
    assert sale.agreed is not None, "only a settlement gets here"
    split = payment.split(sale)
    if sale.phase is not Phase.DEARER:
        yield Show(payment_texts.settled_otherwise(sale.agreed, split))
        return _settled(payment)
    if not (yield Confirm(payment_texts.agree_to_more_cash(sale.agreed, split))):
        return Event.DECLINED
    payment.sale = replace(sale, phase=Phase.ANSWERED)
    yield KeepSale(payment.sale)
    return _settled(payment)


def undo_dearer(payment: Payment) -> Flow[Event]:
    """Nobody agreed to the cash that the settlement came to: it is reversed by its msgid (2601)."""
    return (yield from reverse_sale(payment, payment.current))


def _settled(payment: Payment) -> Event:
    return Event.DEBIT_DUE if payment.current.debit else Event.DONE


def _bill(payment: Payment) -> Flow[Mapping[str, Any]]:
    at = local(payment, (yield ReadClock()))
    card, bill = payment.visit.social.number, payment.billed
    return bill.input(payment.person, card, payment.kind, at)
