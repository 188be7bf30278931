"""Letting the card in the reader say what the centre holds, at every contact and in every channel.

The centre counts: `reconcile` decides what is to be done about a disagreement, and every disagreement is explained.
"""

from __future__ import annotations

from datetime import datetime

from apdu.layout.application_status import ApplicationStatus, Journal, Receipt
from apdu.layout.states import JournalPhase, SocialState
from terminal.backoffice.card_ports import PresentCard
from terminal.backoffice.ports import CardStanding
from terminal.flow.steps import Flow, ReadClock, Show
from terminal.flow.visit import UK1DF04, UKSSSE, Visit, write_records
from terminal.procedures.medical import MEDICAL_FID, medical_records
from terminal.procedures.reconciliation import Action, Verdict, receipt_agrees, reconcile

SILENT = (Action.AGREE, Action.NO_STATUS)
"""Where nothing disagrees, or the card says nothing, nobody need be told."""


def standing(visit: Visit) -> Flow[CardStanding]:
    """What the centre holds of the card in the reader."""
    found: CardStanding = yield PresentCard(visit.place, visit.social.number, visit.social.card_id)
    return found


def is_anothers(visit: Visit, centre: CardStanding) -> bool:
    """Whether the centre holds the card in the reader as another person's than the card says it is."""
    return visit.holder is not None and centre.holder.id_number != visit.holder.id_number.upper()


def compare(visit: Visit, centre: CardStanding) -> Flow[Verdict]:
    """What is to be done about the card, as `reconcile` decides; a disagreement is explained."""
    verdict = reconcile(visit.status, centre)
    if verdict.action not in SILENT:
        yield Show(verdict.text)
    return verdict


def catch_up(visit: Visit, centre: CardStanding) -> Flow[Verdict]:
    """Compare, and write where the card is behind; returns the verdict."""
    verdict = yield from compare(visit, centre)
    if verdict.action is Action.CATCH_UP or verdict.action is Action.NO_STATUS:
        yield from write_standing(visit, centre)
    return verdict


def write_standing(visit: Visit, centre: CardStanding, *, journal: bool = True) -> Flow[None]:
    """Write all that the centre holds: medical base data, status, receipt, the end of an open journal if `journal`.

    In this order: torn in between, the next insertion finds the difference again.
    """
    if centre.social is SocialState.NORMAL and centre.medical.items:
        records = medical_records(visit.social.generation, centre.medical.items)
        yield from write_records(visit, "DF04", MEDICAL_FID, UK1DF04, records)
    if visit.status_spec is None or not visit.keeps_status:
        return
    now = yield ReadClock()
    records = _status_records(visit, centre, now)
    if journal and visit.journal_number is not None:
        number, terminal = visit.journal_number, visit.access.terminal_number
        records.append(Journal(number, JournalPhase.CLOSED, visit.card_time(now), terminal).to_record())
    yield from write_records(visit, "SSSE", visit.status_spec.fid, UKSSSE, records)


def _status_records(visit: Visit, centre: CardStanding, now: datetime) -> list[bytes]:
    status = ApplicationStatus(
        social=centre.social,
        financial=centre.financial,
        time=visit.card_time(centre.enabled_at or now),
        channel=centre.enabled_by,
        terminal=visit.access.terminal_number,
    )
    if centre.received_at is None or (visit.status and receipt_agrees(visit.status.receipt, centre)):
        return [status.to_record()]
    receipt = Receipt(visit.card_time(centre.received_at), centre.receipt_mode)
    return [status.to_record(), receipt.to_record()]
