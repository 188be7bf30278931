"""1101 and 2001: by card, ID card and e-voucher; every insurance row; benefits with their reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from national_samples import EMPLOYEE, RESIDENT, Town, amount, card_key, holder

from apdu.layout.states import SocialState
from terminal.backoffice.national.entitlement import may_take_part, months_without_gap
from terminal.backoffice.national.people import Insured, InsuringError, bring_in
from terminal.backoffice.ports import Holder
from terminal.backoffice.stored.people import InsuranceRow

PAUSED = replace(RESIDENT, status="4", paused_since=date(2025, 12, 31))


def by_card(number: int = 1, **changed: Any) -> dict[str, Any]:
    key = card_key(number)
    shown = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": key.number,
        "card_sn": key.card_id,
        "psn_cert_type": "01",
    }
    return {"data": {**shown, **changed}}


def test_a_card_an_id_card_and_a_voucher_find_the_same_person(town: Town, psn_no: str) -> None:
    found = [
        town.done("1101", **by_card()),
        town.done(
            "1101", **by_card(mdtrt_cert_no=f"{card_key(1).number}|x|", card_sn=card_key(1).card_id.lower())
        ),
        town.done("1101", **by_card(mdtrt_cert_type="02", mdtrt_cert_no=holder(1).id_number, card_sn="")),
        town.done("1101", **by_card(mdtrt_cert_type="01", mdtrt_cert_no="EV1", card_sn=None)),
    ]
    assert all(each == found[0] for each in found)
    base = found[0]["baseinfo"]
    assert (base["psn_no"], base["brdy"], base["age"]) == (psn_no, "1980-01-01", amount("46.0"))
    assert len(psn_no) == 20 and base["gend"] == "1" and base["naty"] is None


def test_every_insurance_is_told_the_paused_ones_too(town: Town) -> None:
    town.person(1, EMPLOYEE, PAUSED)
    working, ended = town.done("1101", **by_card())["insuinfo"]
    assert (working["insutype"], working["psn_insu_stas"], working["balc"]) == ("310", "1", amount("100.00"))
    assert (ended["insutype"], ended["psn_insu_stas"], ended["paus_insu_date"]) == ("390", "4", "2025-12-31")
    assert ended["balc"] == 0


def test_somebody_not_insured_is_told_so(town: Town) -> None:
    town.person(1)
    with town.store.transaction():
        town.store._db.exec_driver_sql("DELETE FROM insurances")
    assert "未查询到参保信息" in town.refused("1101", **by_card())


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"card_sn": ""}, "card_sn"),
        ({"card_sn": "0" * 32}, "卡管中心没有"),
        ({"mdtrt_cert_no": "A99999999"}, "卡管中心没有"),
        ({"psn_name": "测试乙"}, "姓名或证件号码不符"),
        ({"certno": "990100199001010012"}, "姓名或证件号码不符"),
        ({"mdtrt_cert_type": "02", "mdtrt_cert_no": "990100199001010012"}, "未查询到人员"),
        ({"mdtrt_cert_type": "01", "mdtrt_cert_no": "EV99"}, "电子凭证无效"),
        ({"mdtrt_cert_type": "04"}, "01、02、03"),
    ],
)
def test_what_does_not_fit_is_refused(town: Town, psn_no: str, changed: dict[str, Any], told: str) -> None:
    assert told in town.refused("1101", **by_card(**changed))


@pytest.mark.parametrize("state", [state for state in SocialState if state is not SocialState.NORMAL])
def test_only_an_active_card_finds_its_person(town: Town, state: SocialState) -> None:
    town.person(1, state=state)
    assert "[R41]" in (told := town.refused("1101", **by_card())) or "[R1]" in told


def check(town: Town, psn_no: str, med_type: str, kind: str = "310") -> dict[str, tuple[str, str]]:
    asked = {
        "psn_no": psn_no,
        "insutype": kind,
        "fixmedins_code": "990100000001",
        "med_type": med_type,
        "begntime": "2026-03-10 10:30:00",
    }
    rows = town.done("2001", data=asked)["trtinfo"]
    return {row["fund_pay_type"]: (row["trt_enjymnt_flag"], row["trt_chk_rslt"] or "") for row in rows}


def test_benefits_are_told_by_fund_with_the_reason(town: Town) -> None:
    psn_no = town.person(1, EMPLOYEE, PAUSED, months=5)
    assert check(town, psn_no, "11") == {"310100": ("1", ""), "310200": ("1", "")}
    assert check(town, psn_no, "41")["310100"][0] == "0"
    chronic = check(town, psn_no, "14")
    assert chronic["310100"][0] == "0" and "R53" in chronic["310100"][1] and chronic["310200"][0] == "1"
    assert check(town, psn_no, "11", "390")["390100"] == ("0", str(check_text("PAUSED")))


def check_text(name: str) -> object:
    from terminal.backoffice.national.faults import Fault

    return Fault[name].text


@pytest.mark.parametrize(
    ("paid", "months"),
    [
        ((), 0),
        (("2026-03",), 1),
        (("2026-02", "2026-01", "2025-12"), 3),
        (("2026-01", "2025-12"), 0),
        (("2026-03", "2026-02", "2025-12", "2025-11"), 2),
    ],
)
def test_months_count_back_from_now_until_the_first_gap(paid: tuple[str, ...], months: int) -> None:
    assert months_without_gap(paid, date(2026, 3, 31)) == months


def test_the_self_employed_take_no_part_in_work_injury_and_maternity(town: Town) -> None:
    assert [may_take_part("1103", fund) for fund in ("110", "210", "310", "410", "510")] == [True] * 3 + [
        False
    ] * 2
    assert may_take_part("1101", "410")
    row = InsuranceRow("510", "1103", "1", date(2020, 1, 1))
    with pytest.raises(InsuringError, match="R55"):
        bring_in(town.store, town.profile, lambda: town.now, Insured(holder(3), (row,)))
    with pytest.raises(InsuringError, match="R54"):
        bring_in(town.store, town.profile, lambda: town.now, Insured(Holder("12", "测试"), ()))


def test_bringing_in_again_gives_no_money_twice(town: Town, psn_no: str) -> None:
    assert town.person(1) == psn_no
    assert town.balance() == 100_00
