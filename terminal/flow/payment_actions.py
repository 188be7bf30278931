"""What a payment does in each state: one action each, a flow that returns the event it ended with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from terminal.backoffice import national_ports as national
from terminal.backoffice.national_ports import amount
from terminal.flow import payment_texts
from terminal.flow.clinic_actions import agree_to_give_up, find_visit, give_visit_up, print_ticket, register
from terminal.flow.payment import Payment
from terminal.flow.payment_card import (
    activate_card,
    ask_person,
    catch_up_card,
    check_pin,
    identify_card,
    insert_card,
    prove_card,
    read_card,
    read_person,
    verify_card_pin,
)
from terminal.flow.payment_messages import (
    is_standing,
    key_of,
    local,
    node,
    print_sale,
    query_sale,
    reverse_sale,
    send_sale,
    transact,
)
from terminal.flow.payment_purse import (
    ask_proof,
    begin_debit,
    confirm_debit,
    debit_card,
    finish_debit,
    look_after_waiting,
    read_purse,
    reinsert_card,
    report_debits,
    reverse_undebited,
    search_log,
    undo_settlement,
)
from terminal.flow.payment_settling import (
    agree,
    agree_again,
    card_still_there,
    pre_settle,
    settle,
    undo_dearer,
)
from terminal.flow.purchase import Event, State
from terminal.flow.sales import (
    DebitPhase,
    KeepSale,
    NewMessageId,
    Phase,
    ReadBook,
    SalesBook,
    Totals,
    totals_of,
)
from terminal.flow.steps import Flow, ReadClock, Show

CANCELLED_BY = {
    national.SETTLEMENT: national.CANCELLATION,
    national.CLINIC_SETTLEMENT: national.CLINIC_CANCELLATION,
}
AGREES = "0"


def sign_on(payment: Payment) -> Flow[Event]:
    """The till signs in (9001): is this a designated place (R3)?"""
    settings = payment.settings
    signing = {"opter_no": settings.operator, "mac": settings.machine, "ip": settings.address}
    yield from transact(national.SIGN_IN, {"signIn": signing})
    return Event.DONE


def resolve(payment: Payment) -> Flow[Event]:
    """What was begun and not finished: a message of unknown outcome is reversed (2601), a booked one gets its slip.

    A settlement whose debit the card was never told, or that nobody agreed to pay so much cash for, is reversed as
    well; one whose debit only the card can tell of waits for it. Proofs of debits are verified by the centre.
    """
    book: SalesBook = yield ReadBook()
    yield from report_debits(payment, book)
    finished = False
    for sale in book.open_sales():
        if sale.waits_for_card:
            yield from look_after_waiting(book, sale)
            continue
        booked = sale
        undebited = sale.phase is Phase.ANSWERED and sale.debit_phase is DebitPhase.DUE
        if sale.phase in (Phase.SENT, Phase.DEARER) or undebited:
            reversing = reverse_undebited if undebited else reverse_sale
            became = yield from reversing(payment, sale)
            if became is Event.DISPUTED:
                return Event.DISPUTED
            if became is not Event.BOOKED:
                yield Show(payment_texts.REVERSED_EARLIER)
                continue
            booked = payment.current
        payment.sale = booked
        if (yield from is_standing(booked)):
            yield Show(payment_texts.SLIP_OF_EARLIER)
            yield from print_sale(payment, booked)
            finished = True
        else:
            yield KeepSale(replace(booked, phase=Phase.REVERSED))
    return Event.FINISHED_EARLIER if finished else Event.DONE


def find_sale(payment: Payment) -> Flow[Event]:
    """The settlement in the till's book, and how it stands at the centre (5203)."""
    book: SalesBook = yield ReadBook()
    sale = book.settlement(payment.settlement)
    if sale is None:
        return Event.NO_SALE
    if sale.debit is not None and sale.debit.account_fen and sale.debit.phase is not DebitPhase.DUE:
        return Event.PURSE_PAID
    payment.sale = sale
    yield from query_sale(sale)
    return Event.DONE


def cancel_sale(payment: Payment) -> Flow[Event]:
    """The cancellation (2103), exactly once: a second one is refused (R51)."""
    now = yield ReadClock()
    sold = payment.current
    payment.sale = replace(
        sold,
        msgid=(yield NewMessageId()),
        infno=CANCELLED_BY[sold.infno],
        phase=Phase.SENT,
        day=local(payment, now).date(),
        cancels=sold.settlement,
        settlement="",
        debit=None,
        agreed=None,
    )
    yield from send_sale(payment, {"data": key_of(sold)})
    return Event.DONE


def reverse(payment: Payment) -> Flow[Event]:
    """No answer, or none that can be read: the message is reversed by its msgid (2601), booked or not.

    A cancellation that is not reversed any more, as what it gave back is spent, is booked and gets its slip.
    """
    return (yield from reverse_sale(payment, payment.current))


def print_slip(payment: Payment) -> Flow[Event]:
    """What the holder takes home; then the till's book closes it."""
    yield from print_sale(payment, payment.current)
    return Event.CANCELLATION if payment.current.cancels else Event.DONE


def compare_totals(payment: Payment) -> Flow[Event]:
    """The day's totals by insurance and clearing class, sold or not, each compared with the centre's (3201)."""
    book: SalesBook = yield ReadBook()
    now = yield ReadClock()
    day = payment.day or local(payment, now).date()
    different = False
    sold = totals_of(book.sales(), day)
    for totals in (*sold, *_unsold(payment, sold)):
        statement = _statement(totals, f"{day}")
        output = yield from transact(national.RECONCILIATION, {"data": statement})
        said = node(output, "stmtinfo")
        if str(said.get("stmt_rslt")) != AGREES:
            different = True
            yield Show(payment_texts.totals_differ(totals.kind, str(said.get("stmt_rslt_dscr") or "")))
    return Event.DIFFERENT if different else Event.DONE


def _unsold(payment: Payment, sold: tuple[Totals, ...]) -> Iterator[Totals]:
    """Classes that the book has nothing in: where the centre has something, a settlement is missing here."""
    known = {(totals.kind, totals.clearing) for totals in sold}
    settings = payment.settings
    for kind, clearing in product(settings.kinds, settings.clearings):
        if (kind, clearing) not in known:
            yield Totals(kind, clearing, settings.region, 0, 0, 0, 0)


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


ACTIONS: Mapping[State, Callable[[Payment], Flow[Event]]] = {
    State.SIGN_ON: sign_on,
    State.RESOLVE: resolve,
    State.INSERT_CARD: insert_card,
    State.IDENTIFY_CARD: identify_card,
    State.READ_CARD: read_card,
    State.PROVE_CARD: prove_card,
    State.FINISH_DEBIT: finish_debit,
    State.READ_PERSON: read_person,
    State.CATCH_UP_CARD: catch_up_card,
    State.ACTIVATE_CARD: activate_card,
    State.ASK_PERSON: ask_person,
    State.CHECK_PIN: check_pin,
    State.VERIFY_PIN: verify_card_pin,
    State.SEARCH_LOG: search_log,
    State.READ_PURSE: read_purse,
    State.PRE_SETTLE: pre_settle,
    State.AGREE: agree,
    State.CARD_STILL_THERE: card_still_there,
    State.SETTLE: settle,
    State.AGREE_AGAIN: agree_again,
    State.UNDO_DEARER: undo_dearer,
    State.BEGIN_DEBIT: begin_debit,
    State.DEBIT_CARD: debit_card,
    State.REINSERT_CARD: reinsert_card,
    State.ASK_PROOF: ask_proof,
    State.CONFIRM_DEBIT: confirm_debit,
    State.UNDO_SETTLEMENT: undo_settlement,
    State.FIND_SALE: find_sale,
    State.CANCEL_SALE: cancel_sale,
    State.COMPARE_TOTALS: compare_totals,
    State.REVERSE: reverse,
    State.FIND_VISIT: find_visit,
    State.REGISTER: register,
    State.PRINT_TICKET: print_ticket,
    State.AGREE_TO_GIVE_UP: agree_to_give_up,
    State.GIVE_VISIT_UP: give_visit_up,
    State.PRINT_SLIP: print_slip,
}
