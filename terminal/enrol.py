"""Brings a virtual card into the back office, as its issuer would report it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.ports import CardKey, Holder, MedicalBase
from terminal.text import Pin
from virtual_card.card import VirtualCard
from virtual_card.issue_record import OldIssueRecord, SocialIssueRecord, issue_record


@dataclass(frozen=True, slots=True)
class Standing:
    """What the centre is to hold of a card other than its issue record says; None: as the record says.

    `state`: of the card, `financial`: of the bank's application, `received`: when the holder got it, `pin_tries`: left.
    """

    state: SocialState | None = None
    financial: FinancialState | None = None
    received: datetime | None = None
    pin_tries: int | None = None


AS_ISSUED = Standing()


def enrol_card(
    office: OpenOffice, card: VirtualCard, holder: Holder | None = None, standing: Standing = AS_ISSUED
) -> str:
    """Enrol a card by its issue record; returns its number. `holder` stands in where the card does not say whose it is.

    A social security card comes in sealed, whatever its chip says: what became of it since is not the issuer's word.
    Raises NoIssueRecordError for a card no centre keeps, EnrolmentError for one without or of another holder.
    """
    record = issue_record(card)
    if holder is not None and record.holder_id not in (None, holder.id_number):
        raise EnrolmentError(f"card {record.number} says that it is another holder's; leave the holder out")
    if isinstance(record, OldIssueRecord):
        _enrol_old(office, record, holder, standing)
    else:
        _enrol_social(office, record, standing)
    return record.number


def _enrol_old(office: OpenOffice, record: OldIssueRecord, holder: Holder | None, standing: Standing) -> None:
    if record.holder_id and record.holder_name:
        holder = Holder(record.holder_id, record.holder_name)
    if holder is None:
        raise EnrolmentError(f"old card {record.number} does not say whose it is; name the holder")
    office.enrolment.enrol_old_card(
        record.kind,
        record.number,
        holder,
        pin=Pin(record.old_pin) if record.old_pin else None,
        balance_fen=record.balance_fen or 0,
        state=standing.state or SocialState.NORMAL,
        tries_left=standing.pin_tries,
    )


def _enrol_social(office: OpenOffice, record: SocialIssueRecord, standing: Standing) -> None:
    on_card = record.received_at.replace(tzinfo=office.profile.zone) if record.received_at else None
    office.enrolment.enrol_social_card(
        CardKey(record.card_id, record.number),
        record.historical_bytes,
        Holder(record.holder_id, record.holder_name),
        valid_until=record.valid_until,
        received_at=standing.received or on_card,
        receipt_mode=record.receipt_mode or ReceiptMode.IN_PERSON,
        social=standing.state or SocialState.SEALED,
        financial=(record.financial or FinancialState.INACTIVE)
        if standing.financial is None
        else standing.financial,
        medical=MedicalBase(dict(record.medical)),
    )
