"""3201 and the day's end: both sides have the same sums, and what agreed is not reversed any more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from national_samples import NOW, Town, amount, item

from terminal.backoffice.national.reconciling import day_end


def statement(total: str, account: str, count: int, **changed: Any) -> dict[str, Any]:
    asked = {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": "990100",
        "stmt_begndate": "2026-03-10",
        "stmt_enddate": "2026-03-10",
        "medfee_sumamt": Decimal(total),
        "fund_pay_sumamt": Decimal(0),
        "acct_pay": Decimal(account),
        "fixmedins_setl_cnt": count,
    }
    return {"data": {**asked, **changed}}


def result(town: Town, *asked: Any, **changed: Any) -> tuple[str, str]:
    said = town.done("3201", **statement(*asked, **changed))["stmtinfo"]
    return said["stmt_rslt"], said["stmt_rslt_dscr"]


def test_cancelled_counts_negative_and_reversed_not_at_all(town: Town, psn_no: str) -> None:
    town.buy(psn_no, item("10.00"))
    town.give_back(psn_no, town.buy(psn_no, item("20.00")))
    msgid = town.msgid()
    town.buy(psn_no, item("30.00"), msgid=msgid)
    town.done("2601", data={"psn_no": psn_no, "omsgid": msgid, "oinfno": "2102"})
    assert result(town, "10.00", "10.00", 3)[0] == "0"
    differing, told = result(town, "10.00", "10.00", 1)
    assert differing == "1" and "medfee_sumamt 10.00" in told and "fixmedins_setl_cnt 3" in told
    assert result(town, "0.00", "0.00", 0, stmt_begndate="2026-03-11", stmt_enddate="2026-03-11")[0] == "0"


def test_what_was_reconciled_is_cancelled_but_not_reversed(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    paid = town.buy(psn_no, item("10.00"), msgid=msgid)
    reversal = {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": "2102"}}
    assert result(town, "10.00", "9.99", 1)[0] == "1"
    assert result(town, "10.00", "10.00", 1)[0] == "0"
    assert "已对账" in town.refused("2601", **reversal)
    assert town.give_back(psn_no, paid)["balc"] == amount("100.00")


def test_a_days_end_tells_sums_and_faults(town: Town, psn_no: str) -> None:
    town.buy(psn_no, item("10.00"))
    ended = day_end(town.store, town.profile, NOW.date())
    ((period, totals),) = ended.periods
    assert (period.fund, period.clearing, totals.account_pay_fen, totals.count) == ("310", "41", 10_00, 1)
    assert ended.faults == ()
    with town.store.transaction():
        town.store._db.exec_driver_sql("UPDATE settlements SET account_pay_fen = 999, cash_pay_fen = 1")
    assert day_end(town.store, town.profile, NOW.date()).faults == (
        "place:990100000001:310 holds 1000 fen, its settlements come to 999",
    )
    with town.store.transaction():
        town.store._db.exec_driver_sql("UPDATE settlements SET account_pay_fen = 1000, cash_pay_fen = 0")
