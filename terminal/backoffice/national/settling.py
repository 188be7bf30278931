"""2101, 2102, 2206, 2207: what a bill comes to, and the booking of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terminal.backoffice.channel_ports import PlaceKind
from terminal.backoffice.national.arithmetic import (
    Figures,
    Line,
    Parts,
    Used,
    bill_of_details,
    bill_of_sums,
    settle,
)
from terminal.backoffice.national.booked import book, detail_of, figures_of, info, pay_details
from terminal.backoffice.national.centre import Call, Centre, Numbered
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.national.person_queries import Output, waits_for_contributions
from terminal.backoffice.national.visits import open_visit
from terminal.backoffice.records import SocialCard
from terminal.backoffice.stored.people import InsuranceRow, Person
from terminal.backoffice.stored.settlements import Settlement, VisitRow

PURCHASE, IN_PATIENT = "41", "21"


@dataclass(frozen=True, slots=True)
class Priced:
    """A bill with everything it takes to book it: person, insurance, the card whose account pays, figures."""

    person: Person
    insurance: InsuranceRow
    card: SocialCard | None
    figures: Figures
    lines: tuple[Line, ...]

    def settlement(self, centre: Centre, call: Call, head: Mapping[str, Any], visit: int) -> Settlement:
        """The settlement, not yet recorded."""
        figures = self.figures
        return Settlement(
            msgid=call.msgid,
            infno=call.transaction.infno,
            visit=visit,
            place=call.place,
            id_number=self.person.id_number,
            fund=self.insurance.kind,
            clearing=_clearing(call, head["med_type"]),
            account=self.card.account if self.card and figures.account_fen else None,
            day=centre.day(call.at),
            at=call.at,
            total_fen=figures.parts.total_fen,
            deductible_fen=figures.deductible_fen,
            fund_pay_fen=figures.fund_fen,
            account_pay_fen=figures.account_fen,
            cash_pay_fen=figures.cash_fen,
            balance_fen=figures.balance_fen,
            detail=detail_of(figures, head, call.envelope, self.insurance),
        )


def pharmacy_bill(centre: Centre, call: Call) -> Output:
    """2101 works out a purchase and changes nothing; 2102 books it."""
    head = call.input["druginfo"]
    parts, lines = bill_of_details(head, call.input["drugdetail"], centre.profile.insurance)
    priced = _priced(centre, call, head, parts, lines)
    visit = 0
    if call.transaction.books:
        visit = centre.store.add_visit(
            VisitRow(
                priced.person.id_number,
                call.place,
                priced.insurance.kind,
                head["med_type"],
                None,
                call.msgid,
                call.at,
            )
        )
    cuts = [_cut(line) for line in lines]
    return {**_answered(centre, call, priced, head, visit), "detlcutinfo": cuts}


def clinic_bill(centre: Centre, call: Call) -> Output:
    """2206 works out an out-patient's bill and changes nothing; 2207 books it, in a visit that 2201 began."""
    head = call.input["data"]
    parts = bill_of_sums(head)
    priced = _priced(centre, call, head, parts, ())
    visit = open_visit(centre, call, priced.person, head["mdtrt_id"])
    if visit.kind != priced.insurance.kind:
        raise InterfaceError(Fault.NO_VISIT, "insutype")
    output = _answered(centre, call, priced, head, visit.entry)
    return {**output, "setlinfo": {**output["setlinfo"], "hosp_part_amt": 0}}


def _priced(
    centre: Centre, call: Call, head: Mapping[str, Any], parts: Parts, lines: tuple[Line, ...]
) -> Priced:
    """Who pays what (R50); refused for a card that may not be used (R1, R41) before anything is worked out."""
    person = centre.person(head["psn_no"])
    card = centre.card_shown(person, head)
    kind, day = head["insutype"], centre.day(call.at)
    insurance = centre.insured(person, kind)
    if waits_for_contributions(centre, person, kind, head["med_type"], day):
        raise InterfaceError(Fault.BENEFIT_WAITING, str(centre.profile.serious_illness_months))
    rules = centre.profile.insurance
    benefit = rules.benefit(kind, head["med_type"])
    used = Used(*centre.store.used_in_year(person.id_number, kind, day.year)) if benefit else Used()
    figures = settle(
        parts,
        benefit,
        used,
        balance_fen=centre.balance(card, kind),
        account_used=head["acct_used_flag"] == "1",
        covered_only=rules.account_pays == "covered",
    )
    return Priced(person, insurance, card, figures, lines)


def _answered(
    centre: Centre, call: Call, priced: Priced, head: Mapping[str, Any], visit: int
) -> dict[str, Any]:
    settlement = priced.settlement(centre, call, head, visit)
    if not call.transaction.books:
        said = info(centre, settlement, priced.person)
        # A pre-settlement leaves no visit behind where none was there: its number is its message's.
        said["mdtrt_id"] = centre.number(Numbered.VISIT, visit) if visit else call.msgid
        del said["setl_id"]
    else:
        said = info(centre, book(centre, settlement), priced.person)
    return {"setlinfo": said, "setldetail": pay_details(settlement, figures_of(settlement))}


def _clearing(call: Call, medical_type: str) -> str:
    """clr_type: 41 at a pharmacy, at a hospital 11 out-patient or 21 in-patient."""
    if call.transaction.at == PlaceKind.PHARMACY.value:
        return PURCHASE
    return IN_PATIENT if medical_type == IN_PATIENT else "11"


def _cut(line: Line) -> dict[str, Any]:
    values, parts, limit = line.values, line.parts, line.price_limit_fen
    return {
        "feedetl_sn": values["feedetl_sn"],
        "det_item_fee_sumamt": values["det_item_fee_sumamt"],
        "cnt": values["cnt"],
        "pric": values["pric"],
        "pric_uplmt_amt": None if limit is None else limit * 10**4,
        "selfpay_prop": line.self_paid_percent * 100,
        "fulamt_ownpay_amt": parts.own_cost_fen,
        "overlmt_amt": parts.over_limit_fen,
        "preselfpay_amt": parts.paid_first_fen,
        "inscp_scp_amt": parts.scope_fen,
        "chrgitm_lv": line.level,
    }
