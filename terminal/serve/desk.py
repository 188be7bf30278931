"""Typed requests to the desk they belong to, whoever sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, get_args

from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.database import LostRaceError
from terminal.backoffice.insurance_desk import InsuranceRequest
from terminal.backoffice.office import RACES, Office
from terminal.backoffice.office_ports import CardList, Enrolled, EnrolOldCard, EnrolSocialCard, ListCards

T = TypeVar("T")


def ask(office: Office, request: Any) -> Any:
    """The answer to a typed request; raises RefusedError, EnrolmentError, StoreError."""
    desk = _DESKS.get(type(request))
    if desk is None:
        return office.call(request)
    return repeated(lambda: desk(office, request))


def repeated(act: Callable[[], T]) -> T:
    """What another terminal was quicker at is decided anew: nothing of the lost attempt was kept."""
    for _ in range(RACES - 1):
        with suppress(LostRaceError):
            return act()
    return act()


def _enrol_old(office: Office, request: EnrolOldCard) -> Enrolled:
    card = office.enrolment.enrol_old_card(
        request.kind,
        request.number,
        request.holder,
        pin=request.verifier,
        balance_fen=request.balance_fen,
        state=request.state,
        tries_left=request.tries_left,
    )
    return Enrolled(card.number)


def _enrol_social(office: Office, request: EnrolSocialCard) -> Enrolled:
    card = office.enrolment.enrol_social_card(
        request.key,
        request.historical_bytes,
        request.holder,
        valid_until=request.valid_until,
        received_at=request.received_at,
        receipt_mode=request.receipt_mode,
        social=request.social,
        financial=request.financial,
        medical=request.medical,
    )
    return Enrolled(card.number)


_DESKS: Mapping[type, Callable[[Office, Any], Any]] = {
    BankNotice: Office.bank_activated,
    EnrolOldCard: _enrol_old,
    EnrolSocialCard: _enrol_social,
    ListCards: lambda office, _: CardList(tuple(office.cards())),
    **dict.fromkeys(get_args(InsuranceRequest), lambda office, request: office.insurance(request)),
}
