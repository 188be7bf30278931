"""2201, 2202, 2401: registration of an out-patient, its cancellation, admission of an in-patient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from terminal.backoffice.national.centre import Call, Centre, Numbered
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.national.person_queries import Output, waits_for_contributions
from terminal.backoffice.stored.people import Person
from terminal.backoffice.stored.settlements import VisitRow

OUT_PATIENT = "11"


def register(centre: Centre, call: Call) -> Output:
    """2201: an out-patient's visit begins."""
    asked = call.input["data"]
    entry = _begin(centre, call, asked, OUT_PATIENT)
    number = {"psn_no": asked["psn_no"], "ipt_otp_no": asked["ipt_otp_no"]}
    return {"data": {"mdtrt_id": centre.number(Numbered.VISIT, entry), **number}}


def admit(centre: Centre, call: Call) -> Output:
    """2401: an in-patient is admitted."""
    asked = call.input["mdtrtinfo"]
    return {
        "result": {"mdtrt_id": centre.number(Numbered.VISIT, _begin(centre, call, asked, asked["med_type"]))}
    }


def cancel_registration(centre: Centre, call: Call) -> Output:
    """2202: a visit without a settlement that stands does not take place."""
    asked = call.input["data"]
    visit = open_visit(centre, call, centre.person(asked["psn_no"]), asked["mdtrt_id"])
    if visit.number_at_place != asked["ipt_otp_no"]:
        raise InterfaceError(Fault.NO_VISIT, "ipt_otp_no")
    give_up(centre, visit, Fault.VISIT_SETTLED)
    return {}


def give_up(centre: Centre, visit: VisitRow, settled: Fault) -> None:
    """Cancel a visit; raises InterfaceError with `settled` where a settlement of it stands."""
    rows = centre.store.settlements_of_visit(visit.entry)
    undone = {row.cancels for row in rows}
    if any(row.cancels is None and row.entry not in undone for row in rows):
        raise InterfaceError(settled)
    centre.store.cancel_visit(visit.entry)


def open_visit(centre: Centre, call: Call, person: Person, number: str) -> VisitRow:
    """The visit of this person at this place; raises InterfaceError."""
    visit = centre.store.visit(centre.entry(Numbered.VISIT, number))
    if visit is None or visit.cancelled or (visit.id_number, visit.place) != (person.id_number, call.place):
        raise InterfaceError(Fault.NO_VISIT)
    return visit


def _begin(centre: Centre, call: Call, asked: Mapping[str, Any], medical_type: str) -> int:
    """R1, R41: with a card that may be used; R53: for a serious illness only with enough contributions."""
    person = centre.person(asked["psn_no"])
    centre.card_shown(person, asked)
    insurance = centre.insured(person, asked["insutype"])
    if waits_for_contributions(centre, person, insurance.kind, medical_type, centre.day(call.at)):
        raise InterfaceError(Fault.BENEFIT_WAITING, str(centre.profile.serious_illness_months))
    return centre.store.add_visit(
        VisitRow(
            person.id_number,
            call.place,
            insurance.kind,
            medical_type,
            asked["ipt_otp_no"],
            call.msgid,
            call.at,
        )
    )
