"""Out-patient visits: the fund pays its share above the year's deductible, up to the cap."""

from __future__ import annotations

from decimal import Decimal

from national_samples import HOSPITAL, PHARMACY, RESIDENT, Town, amount, holder

FIGURES = ("act_pay_dedc", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "hosp_part_amt")


def settled(town: Town, psn_no: str, visit: str, total: str, **head: object) -> dict[str, Decimal]:
    return town.done("2207", HOSPITAL, **town.clinic(psn_no, visit, total, **head))["setlinfo"]


def test_deductible_share_account_and_cash_add_up(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    asked = town.done("2206", HOSPITAL, **town.clinic(psn_no, visit, "500.00"))["setlinfo"]
    booked = settled(town, psn_no, visit, "500.00")
    for said in (asked, booked):
        assert [said[name] for name in FIGURES] == [
            amount(text) for text in ("200.00", "180.00", "100.00", "220.00", "0.00")
        ]
    assert booked["pool_prop_selfpay"] == amount("0.6000") and booked["mdtrt_id"] == visit
    assert town.balance() == 0


def test_the_deductible_is_paid_once_a_year_and_the_cap_ends_the_funds_share(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    settled(town, psn_no, visit, "150.00")
    second = settled(town, psn_no, visit, "150.00")
    assert (second["act_pay_dedc"], second["fund_pay_sumamt"]) == (amount("50.00"), amount("60.00"))
    third = settled(town, psn_no, visit, "9000.00")
    assert (third["act_pay_dedc"], third["fund_pay_sumamt"]) == (0, amount("2940.00"))
    town.now = town.now.replace(year=2027)
    town._sessions.clear()
    with town.store.transaction():
        town.store._db.exec_driver_sql("UPDATE social_cards SET financial = 1")
    assert settled(town, psn_no, visit, "150.00")["act_pay_dedc"] == amount("150.00")


def test_what_is_cancelled_in_the_new_year_was_used_up_in_neither(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    paid = settled(town, psn_no, visit, "500.00")
    town.now = town.now.replace(year=2027)
    town._sessions.clear()
    town.done("2208", HOSPITAL, data=town.key(psn_no, paid))
    with town.store.transaction():
        used = [town.store.used_in_year(holder(1).id_number, "310", year) for year in (2026, 2027)]
    assert used == [(0, 0), (0, 0)]
    again = settled(town, psn_no, visit, "500.00")
    assert (again["act_pay_dedc"], again["fund_pay_sumamt"]) == (amount("200.00"), amount("180.00"))


def test_parts_of_a_bill_are_taken_as_said_and_must_add_up(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    parts = {"inscp_scp_amt": Decimal("300.00"), "fulamt_ownpay_amt": Decimal("200.00")}
    assert settled(town, psn_no, visit, "500.00", **parts)["fund_pay_sumamt"] == amount("60.00")
    wrong = town.clinic(psn_no, visit, "500.01", **parts)
    assert "费用总额" in town.refused("2207", HOSPITAL, **wrong)


def test_a_cancellation_gives_everything_back_under_its_misspelt_name(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    paid = settled(town, psn_no, visit, "500.00")
    undone = town.done("2208", HOSPITAL, data=town.key(psn_no, paid))["setlinfo"]
    assert undone["pdn_cash_pay"] == -paid["psn_cash_pay"] and undone["psn_part_amt"] == -paid["psn_part_amt"]
    assert "psn_cash_pay" not in undone and undone["fund_pay_sumamt"] == -paid["fund_pay_sumamt"]
    assert town.balance() == 100_00
    assert settled(town, psn_no, visit, "200.00")["act_pay_dedc"] == amount("200.00")


def test_funds_are_kept_apart(town: Town, psn_no: str) -> None:
    resident = town.person(2, RESIDENT)
    visit = town.register(resident, insutype="390")
    settled(town, resident, visit, "300.00", insutype="390")
    with town.store.transaction():
        assert town.store.balance(f"place:{HOSPITAL}:390") == 100_00 == -town.store.balance("fund:390")
        assert town.store.balance(f"place:{HOSPITAL}:310") == 0


def test_a_registration_is_cancelled_unless_something_was_settled(town: Town, psn_no: str) -> None:
    visit = town.register(psn_no)
    asked = {"psn_no": psn_no, "mdtrt_id": visit, "ipt_otp_no": "O1"}
    paid = settled(town, psn_no, visit, "100.00")
    assert "先撤销结算" in town.refused("2202", HOSPITAL, data=asked)
    town.done("2208", HOSPITAL, data=town.key(psn_no, paid))
    assert "ipt_otp_no" in town.refused("2202", HOSPITAL, data={**asked, "ipt_otp_no": "O2"})
    assert town.done("2202", HOSPITAL, data=asked) == {}
    assert "未查询到就诊" in town.refused("2202", HOSPITAL, data=asked)
    assert "未查询到就诊" in town.refused("2207", HOSPITAL, **town.clinic(psn_no, visit, "1.00"))


def test_pharmacies_and_hospitals_have_their_own_transactions(town: Town, psn_no: str) -> None:
    assert "[R3]" in town.refused("2201", PHARMACY, data=town.registration(psn_no))
    assert "[R3]" in town.refused("2102", HOSPITAL, **town.purchase(psn_no))


def test_serious_illness_needs_six_months_without_a_gap(town: Town) -> None:
    early, entitled = town.person(1, months=5), town.person(2, months=6)
    nodes = town.purchase(early, med_type="14")
    assert "[R53]" in town.refused("2102", **nodes)
    assert town.buy(early)["acct_pay"] == amount("10.00")
    assert town.buy(entitled, med_type="14")["fund_pay_sumamt"] == amount("8.00")
