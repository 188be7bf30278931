"""2103, 2208, 2601: taking back what was settled, exactly once (R51)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apdu.layout.states import SocialState
from terminal.backoffice.national.booked import amounts, book, figures_of, opposite, parsed, pay_details
from terminal.backoffice.national.centre import Call, Centre, Numbered
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.national.messages import REVERSIBLE
from terminal.backoffice.national.person_queries import Output
from terminal.backoffice.national.visits import give_up
from terminal.backoffice.stored.ledger import OverdraftError
from terminal.backoffice.stored.messages import Message
from terminal.backoffice.stored.people import Person
from terminal.backoffice.stored.settlements import Settlement

SETTLED_BY = {"2103": "2102", "2208": "2207"}
"""Which transaction made what each of these cancels."""

ADMISSION = "2401"


def cancel(centre: Centre, call: Call) -> Output:
    """2103 and 2208: the same figures with opposite sign, under the names each transaction has for them."""
    asked = call.input["data"]
    settlement = settlement_named(centre, call, asked)
    if settlement.infno != SETTLED_BY[call.transaction.infno] or settlement.cancels is not None:
        raise InterfaceError(Fault.NO_SETTLEMENT)
    if settlement.reversed or centre.store.cancellation_of(settlement.entry) is not None:
        raise InterfaceError(Fault.CANCELLED_ALREADY)
    undone = book(centre, _undoing(centre, call, settlement))
    details = pay_details(undone, figures_of(undone))
    return {"setlinfo": _SAID[call.transaction.infno](centre, undone), "setldetail": details}


def settlement_named(centre: Centre, call: Call, asked: Any) -> Settlement:
    """The settlement of this person, visit and place; raises InterfaceError."""
    person = centre.person(asked["psn_no"])
    found = centre.store.settlement(centre.entry(Numbered.SETTLEMENT, asked["setl_id"]))
    key = (person.id_number, centre.entry(Numbered.VISIT, asked["mdtrt_id"]), call.place)
    if found is None or (found.id_number, found.visit, found.place) != key:
        raise InterfaceError(Fault.NO_SETTLEMENT)
    return found


def _undoing(centre: Centre, call: Call, settlement: Settlement) -> Settlement:
    """What takes a settlement (or a cancellation) back, not yet recorded."""
    account = settlement.account and _account_now(centre, settlement)
    balance = centre.store.balance(account) if account else settlement.balance_fen
    return opposite(
        settlement,
        msgid=call.msgid,
        infno=call.transaction.infno,
        account=account,
        day=centre.day(call.at),
        at=call.at,
        balance_fen=balance + settlement.account_pay_fen,
        cancels=settlement.entry,
    )


def _account_now(centre: Centre, settlement: Settlement) -> str | None:
    """The account that stands where the charged one stood: a replaced card's is its successor's."""
    cards = centre.store.social_cards_of(settlement.id_number)
    living = [card for card in cards if card.social is not SocialState.CANCELLED]
    same = [card for card in living if card.account == settlement.account]
    active = [card for card in living if card.social is SocialState.NORMAL]
    return next((card.account for card in (*same, *active, *living)), settlement.account)


def _pharmacy_info(centre: Centre, undone: Settlement) -> dict[str, Any]:
    return {
        **_common_info(centre, undone),
        "psn_pay": undone.account_pay_fen + undone.cash_pay_fen,
        "cash_payamt": undone.cash_pay_fen,
    }


def _clinic_info(centre: Centre, undone: Settlement) -> dict[str, Any]:
    return {
        **_common_info(centre, undone),
        "psn_part_amt": undone.account_pay_fen + undone.cash_pay_fen,
        "pdn_cash_pay": undone.cash_pay_fen,
        "hosp_part_amt": 0,
    }


_SAID = {"2103": _pharmacy_info, "2208": _clinic_info}


def _common_info(centre: Centre, undone: Settlement) -> dict[str, Any]:
    return {
        "mdtrt_id": centre.number(Numbered.VISIT, undone.visit),
        "setl_id": centre.number(Numbered.SETTLEMENT, undone.entry),
        "clr_optins": centre.profile.region,
        "setl_time": undone.at.astimezone(centre.profile.zone),
        **amounts(undone, parsed(undone)),
        "acct_pay": undone.account_pay_fen,
        "balc": undone.balance_fen,
        "acct_mulaid_pay": 0,
        "medins_setl_id": undone.msgid,
    }


# --- reversal by msgid ------------------------------------------------------------------------------------------


def reverse(centre: Centre, call: Call) -> Output:
    """2601: whatever became of a message, afterwards it counts for nothing; repeating it changes nothing.

    A message that never arrived is kept from arriving later.
    """
    asked = call.input["data"]
    person = centre.person(asked["psn_no"])
    if asked["oinfno"] not in REVERSIBLE:
        raise InterfaceError(Fault.NOT_REVERSIBLE)
    if not asked["omsgid"].startswith(call.place):
        raise InterfaceError(Fault.NOTHING_TO_REVERSE)
    message = centre.store.message(asked["omsgid"])
    if message is None:
        _keep_out(centre, call, asked)
        return {}
    if (message.infno, message.place) != (asked["oinfno"], call.place):
        raise InterfaceError(Fault.NOTHING_TO_REVERSE)
    if not message.is_void:
        if message.infno == ADMISSION:
            _reverse_admission(centre, person, message)
        else:
            _reverse_settlement(centre, call, person, message)
        centre.store.void_message(message.msgid)
    return {}


def _keep_out(centre: Centre, call: Call, asked: Any) -> None:
    if not centre.profile.insurance.reverse_unknown:
        raise InterfaceError(Fault.NOTHING_TO_REVERSE)
    centre.store.add_message(Message(asked["omsgid"], asked["oinfno"], call.place, b"", ""), call.at)


def _reverse_admission(centre: Centre, person: Person, message: Message) -> None:
    visit = centre.store.visit_by_msgid(message.msgid)
    if visit is None or visit.id_number != person.id_number:
        raise InterfaceError(Fault.OTHER_PERSON)
    give_up(centre, visit, Fault.REVERSE_FIRST)


def _reverse_settlement(centre: Centre, call: Call, person: Person, message: Message) -> None:
    settlement = centre.store.settlement_by_msgid(message.msgid)
    if settlement is None or settlement.id_number != person.id_number:
        raise InterfaceError(Fault.OTHER_PERSON)
    if centre.store.cancellation_of(settlement.entry) is not None:
        return  # it was cancelled already: nothing of it is left
    if settlement.reconciled:
        raise InterfaceError(Fault.RECONCILED)
    undone = None if settlement.cancels is None else centre.store.settlement(settlement.cancels)
    if undone is not None and _was_reversed(centre, undone):
        for entry in (undone.entry, settlement.entry):  # neither counts, and the settlement stays undone
            centre.store.mark_reversed(entry)
        return
    try:
        book(centre, replace(_undoing(centre, call, settlement), reversed=True))
    except OverdraftError:
        raise InterfaceError(Fault.SPENT) from None
    centre.store.mark_reversed(settlement.entry)


def _was_reversed(centre: Centre, settlement: Settlement) -> bool:
    """Whether the message of a settlement was reversed, be it after its cancellation."""
    message = centre.store.message(settlement.msgid)
    return message is not None and message.is_void
