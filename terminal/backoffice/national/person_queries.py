"""1101 and 2001: who a person is, how insured, and what benefits there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from terminal.backoffice import refusals
from terminal.backoffice.national.centre import (
    ID_CARD,
    SOCIAL_CARD,
    VOUCHER,
    Call,
    Centre,
    Numbered,
    first_part,
)
from terminal.backoffice.national.entitlement import serious_illness_is_covered
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.records import SocialCard
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND
from terminal.backoffice.stored.people import InsuranceRow, Person

ID_CARD_TYPE = "01"
"""psn_cert_type of the citizen's ID card."""

Output = Mapping[str, Any]


def person_information(centre: Centre, call: Call) -> Output:
    """1101: the person behind a card, an ID card or an e-voucher, and every insurance, the paused ones too."""
    asked = call.input["data"]
    person, card = _identified(centre, asked)
    for given, known in ((asked["certno"], person.id_number), (asked["psn_name"], person.holder.name)):
        if given is not None and given.upper() != known.upper():
            raise InterfaceError(Fault.NAME_DIFFERS)
    rows = centre.store.insurances_of(person.id_number)
    if not rows:
        raise InterfaceError(Fault.NOT_INSURED)
    return {
        "baseinfo": base_information(centre, person, call.at),
        "insuinfo": [_insurance(centre, row, card) for row in rows],
        "idetinfo": [],
    }


def base_information(centre: Centre, person: Person, at: datetime) -> dict[str, Any]:
    """The person's own fields; sex, birth date and age follow from the citizen's number (R54, GB 11643)."""
    born = birth_date(person.id_number)
    return {
        "psn_no": centre.number(Numbered.PERSON, person.entry),
        "psn_cert_type": ID_CARD_TYPE,
        "certno": person.id_number,
        "psn_name": person.holder.name,
        "gend": ("2", "1")[int(person.id_number[16]) % 2] if born else "9",
        "brdy": born,
        "age": 10 * years_between(born, centre.day(at)) if born else 0,
    }


def birth_date(id_number: str) -> date | None:
    """The birth date in a citizen's number; None where the number is no citizen's."""
    with suppress(ValueError):
        if len(id_number) == 18 and id_number[:17].isascii() and id_number[:17].isdigit():
            return date.fromisoformat(id_number[6:14])
    return None


def years_between(born: date, day: date) -> int:
    """Completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _identified(centre: Centre, asked: Mapping[str, Any]) -> tuple[Person, SocialCard | None]:
    kind, number = asked["mdtrt_cert_type"], first_part(asked["mdtrt_cert_no"])
    assert number is not None
    if kind == SOCIAL_CARD:
        if asked["card_sn"] is None:
            raise InterfaceError(Fault.CARD_SN)
        card = centre.card(number)
        if card.key.card_id != asked["card_sn"].upper():
            raise RefusedError(refusals.UNKNOWN_NEW_CARD)
        person = centre.store.person_by_id(card.holder.id_number)
        assert person is not None, "the database holds no card without its person"
        return person, card
    found = {VOUCHER: centre.store.person_by_voucher, ID_CARD: centre.store.person_by_id}[kind](
        number.upper() if kind == ID_CARD else number
    )
    if found is None:
        raise InterfaceError(Fault.NO_TOKEN if kind == VOUCHER else Fault.NO_PERSON)
    return found, centre.active_card(found)


def _insurance(centre: Centre, row: InsuranceRow, card: SocialCard | None) -> dict[str, Any]:
    return {
        "balc": centre.balance(card, row.kind),
        "insutype": row.kind,
        "psn_type": row.person_type,
        "psn_insu_stas": row.status,
        "psn_insu_date": row.since,
        "paus_insu_date": row.paused_since,
        "cvlserv_flag": "0",
        "insuplc_admdvs": centre.profile.region,
        "emp_name": row.employer,
    }


def waits_for_contributions(centre: Centre, person: Person, kind: str, medical_type: str, day: date) -> bool:
    """R53: a serious illness, and not yet enough months of contributions without a gap."""
    if medical_type not in centre.profile.insurance.serious_illness:
        return False
    paid = centre.store.contributions_of(person.id_number, kind)
    return not serious_illness_is_covered(paid, day, centre.profile.serious_illness_months)


def benefit_check(centre: Centre, call: Call) -> Output:
    """2001: a row for the fund and, where the insurance has one, for the personal account; each with its reason."""
    asked = call.input["data"]
    person = centre.person(asked["psn_no"])
    return {"trtinfo": list(_benefits(centre, call, asked, person))}


def _benefits(
    centre: Centre, call: Call, asked: Mapping[str, Any], person: Person
) -> Iterator[dict[str, Any]]:
    kind, day = asked["insutype"], centre.day(call.at)
    common = {"psn_no": asked["psn_no"], "trt_chk_type": "1", "begndate": day}
    reason: str | None = None
    try:
        centre.insured(person, kind)
    except InterfaceError as error:
        reason = str(error.reason.text)
    funded = reason
    if funded is None and waits_for_contributions(centre, person, kind, asked["med_type"], day):
        funded = f"{Fault.BENEFIT_WAITING.text} (R53, {centre.profile.serious_illness_months})"
    if funded is None and centre.profile.insurance.benefit(kind, asked["med_type"]) is None:
        funded = "该医疗类别基金不支付 The fund pays nothing for this kind of treatment"
    checks = [(fund_pay_type(kind), funded)]
    if kind == EMPLOYEE_FUND:
        checks.append((ACCOUNT_PAY_TYPE, reason))
    for pay_type, negative in checks:
        flag = "1" if negative is None else "0"
        yield {**common, "fund_pay_type": pay_type, "trt_enjymnt_flag": flag, "trt_chk_rslt": negative}


ACCOUNT_PAY_TYPE = "310200"
"""fund_pay_type of an employee's personal account."""


def fund_pay_type(kind: str) -> str:
    """fund_pay_type of a kind of insurance's pooled fund: 310100, 390100."""
    return f"{kind}100"
