"""What a payment does in each state: one action each, a flow that returns the event it ended with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from apdu.layout.application_status import ApplicationStatus
from apdu.layout.states import SocialState
from terminal.backoffice import national_ports as national
from terminal.backoffice.card_ports import CardStanding, PresentCard
from terminal.backoffice.national_ports import Transact, Transacted, amount
from terminal.backoffice.ports import RefusedError, UnreachableError
from terminal.flow import dual_insert, payment_texts, texts
from terminal.flow.authentication import prove_genuine, start_psam
from terminal.flow.dual_insert_actions import identify_new, read_holder_data, read_new
from terminal.flow.payment import Figures, Payment, answered
from terminal.flow.purchase import Event, State
from terminal.flow.sales import KeepSale, NewMessageId, Phase, ReadBook, Sale, SalesBook, Totals, totals_of
from terminal.flow.steps import Confirm, EnterPin, Flow, InsertCard, PrintReceipt, ReadClock, Role, Show, on
from terminal.flow.visit import UKSSSE, write_records
from terminal.procedures.files import select_directory
from terminal.procedures.pin import query_tries, verify_pin

IN_FORCE = "1"
TAKEN_BACK = "1"
AGREES = "0"


def sign_on(payment: Payment) -> Flow[Event]:
    """The till signs in (9001): is this a designated place (R3)?"""
    settings = payment.settings
    signing = {"opter_no": settings.operator, "mac": settings.machine, "ip": settings.address}
    yield from _transact(national.SIGN_IN, {"signIn": signing})
    return Event.DONE


def resolve(payment: Payment) -> Flow[Event]:
    """What was begun and not finished: a message of unknown outcome is reversed (2601), a booked one gets its slip."""
    book: SalesBook = yield ReadBook()
    finished = False
    for sale in book.open_sales():
        if sale.phase is Phase.SENT:
            if (yield from _reverse(payment, sale)) is Event.DISPUTED:
                return Event.DISPUTED
            yield Show(payment_texts.REVERSED_EARLIER)
            continue
        payment.sale = sale
        if (yield from _stands(sale)):
            yield Show(payment_texts.SLIP_OF_EARLIER)
            yield from _print(payment, sale)
            finished = True
        else:
            yield KeepSale(replace(sale, phase=Phase.REVERSED))
    return Event.FINISHED_EARLIER if finished else Event.DONE


def insert_card(payment: Payment) -> Flow[Event]:
    """Ask for the social security card."""
    payment.visit.role = Role.NEW
    yield from start_psam(payment.visit.access)
    yield InsertCard(Role.NEW, payment_texts.INSERT_CARD)
    payment.card_used = True
    return Event.DONE


def identify_card(payment: Payment) -> Flow[Event]:
    """Is it a social security card?"""
    found = yield from identify_new(payment.visit)
    return Event.DONE if found is dual_insert.Event.SOCIAL_CARD else Event.NOT_SOCIAL


def read_card(payment: Payment) -> Flow[Event]:
    """What the card says of itself: issuer data, validity, application status."""
    found = yield from read_new(payment.visit)
    return Event.EXPIRED if found is dual_insert.Event.EXPIRED else Event.DONE


def prove_card(payment: Payment) -> Flow[Event]:
    """Is the card genuine? Before anything personal is read or shown."""
    visit = payment.visit
    yield from prove_genuine(visit.access, visit.role, visit.social)
    return Event.DONE


def read_person(payment: Payment) -> Flow[Event]:
    """Whose card is it?"""
    yield from read_holder_data(payment.visit)
    return Event.DONE


def catch_up_card(payment: Payment) -> Flow[Event]:
    """A card that was activated without being there is told so now."""
    visit = payment.visit
    key = visit.card_key
    standing: CardStanding = yield PresentCard(visit.place, key.number, key.card_id)
    behind = visit.keeps_status and visit.social_on_card is not standing.social
    if standing.social is SocialState.NORMAL and behind and visit.status_spec is not None:
        now = yield ReadClock()
        record = ApplicationStatus(
            social=standing.social,
            financial=standing.financial,
            time=_local(payment, standing.enabled_at or now).replace(tzinfo=None, microsecond=0),
            channel=standing.enabled_by,
            terminal=visit.access.terminal_number,
        )
        yield from write_records(visit, "SSSE", visit.status_spec.fid, UKSSSE, [record.to_record()])
    return Event.DONE


def ask_person(payment: Payment) -> Flow[Event]:
    """The person and the insurances (1101, by card number and identification code); the first usable one counts."""
    visit, card = payment.visit, payment.visit.social
    asked = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card.number,
        "card_sn": card.card_id,
        "psn_cert_type": "01",
    }
    output = yield from _transact(national.PERSON, {"data": asked})
    base = _node(output, "baseinfo")
    if visit.holder is not None and str(base.get("certno")).upper() != visit.holder.id_number.upper():
        return Event.OTHER_HOLDER
    in_force = {
        str(row.get("insutype")): row
        for row in reversed(output.get("insuinfo") or [])
        if str(row.get("psn_insu_stas")) == IN_FORCE
    }
    kind = next((kind for kind in payment.settings.kinds if kind in in_force), None)
    if kind is None:
        return Event.NOT_INSURED
    payment.person, payment.kind = str(base["psn_no"]), kind
    payment.insured_in = str(in_force[kind].get("insuplc_admdvs") or "")
    return Event.DONE if payment.settings.verify_pin else Event.WITHOUT_PIN


def check_pin(payment: Payment) -> Flow[Event]:
    """Tries left on the card; the last one is never spent silently."""
    visit = payment.visit
    yield from on(visit.role, select_directory(visit.layout["SSSE"]))
    left = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    if left == 0:
        return Event.PIN_BLOCKED
    if left == 1 and not (yield Confirm(texts.LAST_TRY)):
        return Event.LAST_TRY_DECLINED
    return Event.DONE


def verify_card_pin(payment: Payment) -> Flow[Event]:
    """The holder types the card's PIN, the card checks it."""
    visit = payment.visit
    before = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    pin = yield EnterPin(payment_texts.ENTER_PIN, before)
    left = yield from on(visit.role, verify_pin(pin))
    if left is None:
        return Event.DONE
    if left == 0:
        return Event.PIN_BLOCKED
    yield Show(texts.wrong_pin(left))
    return Event.PIN_WRONG


def pre_settle(payment: Payment) -> Flow[Event]:
    """What it comes to (2101); nothing is booked."""
    output = yield from _transact(national.PRE_SETTLEMENT, (yield from _bill(payment)), payment.insured_in)
    payment.offered = Figures.of(_node(output, "setlinfo"))
    return Event.DONE


def agree(payment: Payment) -> Flow[Event]:
    """Fund, personal account and cash are shown, and somebody agrees."""
    if payment.offered is not None:
        agreed = yield Confirm(payment_texts.agree_to_pay(payment.offered))
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
    payment.sale = Sale(
        msgid=(yield NewMessageId()),
        infno=national.SETTLEMENT,
        phase=Phase.SENT,
        day=_local(payment, now).date(),
        person=payment.person,
        holder=visit.holder.name if visit.holder else "",
        insured_in=payment.insured_in,
        kind=payment.kind,
        card=visit.social.number,
    )
    bill = yield from _bill(payment)
    yield from _send(payment, bill)
    return Event.DONE


def find_sale(payment: Payment) -> Flow[Event]:
    """The settlement in the till's book, and how it stands at the centre (5203)."""
    book: SalesBook = yield ReadBook()
    sale = book.settlement(payment.settlement)
    if sale is None:
        return Event.NO_SALE
    payment.sale = sale
    yield from _query(sale)
    return Event.DONE


def cancel_sale(payment: Payment) -> Flow[Event]:
    """The cancellation (2103), exactly once: a second one is refused (R51)."""
    now = yield ReadClock()
    sold = payment.current
    payment.sale = replace(
        sold,
        msgid=(yield NewMessageId()),
        infno=national.CANCELLATION,
        phase=Phase.SENT,
        day=_local(payment, now).date(),
        cancels=sold.settlement,
        settlement="",
    )
    yield from _send(payment, {"data": _key(sold)})
    return Event.DONE


def reverse(payment: Payment) -> Flow[Event]:
    """No answer, or none that can be read: the message is reversed by its msgid (2601), booked or not."""
    return (yield from _reverse(payment, payment.current))


def print_slip(payment: Payment) -> Flow[Event]:
    """What the holder takes home; then the till's book closes it."""
    yield from _print(payment, payment.current)
    return Event.CANCELLATION if payment.current.cancels else Event.DONE


def compare_totals(payment: Payment) -> Flow[Event]:
    """The day's totals by insurance and clearing class, each compared with the centre's (3201)."""
    book: SalesBook = yield ReadBook()
    now = yield ReadClock()
    day = payment.day or _local(payment, now).date()
    different = False
    for totals in totals_of(book.sales(), day):
        statement = _statement(totals, f"{day}")
        output = yield from _transact(national.RECONCILIATION, {"data": statement})
        said = _node(output, "stmtinfo")
        if str(said.get("stmt_rslt")) != AGREES:
            different = True
            yield Show(payment_texts.totals_differ(totals.kind, str(said.get("stmt_rslt_dscr") or "")))
    return Event.DIFFERENT if different else Event.DONE


def _transact(infno: str, asked: Mapping[str, Any], insured_in: str = "") -> Flow[Mapping[str, Any]]:
    answer: Transacted = yield Transact(infno, asked, insured_in=insured_in)
    return answer.output


def _node(output: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = output.get(name)
    if not isinstance(found, Mapping):
        raise UnreachableError(f"the answer has no {name}")
    return found


def _bill(payment: Payment) -> Flow[Mapping[str, Any]]:
    at = _local(payment, (yield ReadClock()))
    card, bill = payment.visit.social.number, payment.goods
    return {"druginfo": bill.head(payment.person, card, payment.kind, at), "drugdetail": bill.details(at)}


def _send(payment: Payment, asked: Mapping[str, Any]) -> Flow[None]:
    """Keep, send, keep what came of it; raises RefusedError, UnreachableError (then the outcome is unknown)."""
    sale = payment.current
    yield KeepSale(sale)
    try:
        done: Transacted = yield Transact(sale.infno, asked, sale.msgid, sale.insured_in)
    except RefusedError:
        yield KeepSale(replace(sale, phase=Phase.REFUSED))
        raise
    payment.sale = answered(sale, _node(done.output, "setlinfo"))
    yield KeepSale(payment.sale)


def _reverse(payment: Payment, sale: Sale) -> Flow[Event]:
    asked = {"psn_no": sale.person, "omsgid": sale.msgid, "oinfno": sale.infno}
    try:
        yield from _transact(national.REVERSAL, {"data": asked}, sale.insured_in)
    except RefusedError as error:
        payment.refusal = error.refusal
        yield KeepSale(replace(sale, phase=Phase.DISPUTED))
        return Event.DISPUTED
    yield KeepSale(replace(sale, phase=Phase.REVERSED))
    return Event.DONE


def _stands(sale: Sale) -> Flow[bool]:
    """Whether a booked message still counts; what cancels another one always does."""
    if sale.cancels:
        return True
    said = yield from _query(sale)
    return str(said.get("refd_setl_flag")) != TAKEN_BACK


def _query(sale: Sale) -> Flow[Mapping[str, Any]]:
    output = yield from _transact(national.SETTLEMENT_QUERY, {"data": _key(sale)}, sale.insured_in)
    return _node(output, "setlinfo")


def _key(sale: Sale) -> dict[str, str]:
    return {"psn_no": sale.person, "setl_id": sale.settlement, "mdtrt_id": sale.visit}


def _print(payment: Payment, sale: Sale) -> Flow[None]:
    now = yield ReadClock()
    yield PrintReceipt(payment_texts.slip(sale, payment.settings.pharmacy_name, _local(payment, now)))
    yield KeepSale(replace(sale, phase=Phase.CLOSED))


def _statement(totals: Totals, day: str) -> dict[str, Any]:
    return {
        "insutype": totals.kind,
        "clr_type": totals.clearing,
        "setl_optins": totals.clearing_office,
        "stmt_begndate": day,
        "stmt_enddate": day,
        "medfee_sumamt": amount(totals.total_fen),
        "fund_pay_sumamt": amount(totals.fund_fen),
        "acct_pay": amount(totals.account_fen),
        "fixmedins_setl_cnt": totals.count,
    }


def _local(payment: Payment, moment: datetime) -> datetime:
    return moment.astimezone(payment.settings.terminal.zone)


ACTIONS: Mapping[State, Callable[[Payment], Flow[Event]]] = {
    State.SIGN_ON: sign_on,
    State.RESOLVE: resolve,
    State.INSERT_CARD: insert_card,
    State.IDENTIFY_CARD: identify_card,
    State.READ_CARD: read_card,
    State.PROVE_CARD: prove_card,
    State.READ_PERSON: read_person,
    State.CATCH_UP_CARD: catch_up_card,
    State.ASK_PERSON: ask_person,
    State.CHECK_PIN: check_pin,
    State.VERIFY_PIN: verify_card_pin,
    State.PRE_SETTLE: pre_settle,
    State.AGREE: agree,
    State.CARD_STILL_THERE: card_still_there,
    State.SETTLE: settle,
    State.FIND_SALE: find_sale,
    State.CANCEL_SALE: cancel_sale,
    State.COMPARE_TOTALS: compare_totals,
    State.REVERSE: reverse,
    State.PRINT_SLIP: print_slip,
}
