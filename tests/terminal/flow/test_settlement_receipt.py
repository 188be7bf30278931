"""The slip of a settlement: every figure that is not nothing, in both languages, nobody's number in full."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from terminal.flow.receipt_page import receipt_page
from terminal.flow.settlement_receipt import amount_in_yuan, settlement_receipt
from terminal.flow.steps import Receipt
from terminal.text import Text

PERSON = {"psn_name": "测试甲", "certno": "990100198001010010"}
SETTLED = {
    "setl_id": "99010000000000000001",
    "mdtrt_id": "99010000000000000002",
    "setl_time": "2026-03-10 10:30:00",
    "medfee_sumamt": Decimal("60.00"),
    "preselfpay_amt": Decimal("5.00"),
    "overlmt_selfpay": Decimal("0.00"),
    "fund_pay_sumamt": Decimal("0.00"),
    "acct_pay": Decimal("50.00"),
    "psn_cash_pay": Decimal("10.00"),
    "balc": Decimal("0.00"),
}


def lines(setlinfo: dict[str, Any]) -> dict[str, str]:
    return {label.en: value for label, value in settlement_receipt(setlinfo, "测试药店", PERSON).lines}


def test_account_and_cash_are_shown_and_what_is_nothing_is_left_out() -> None:
    said = lines(SETTLED)
    assert (said["total"], said["personal account pays"], said["cash"]) == ("¥60.00", "¥50.00", "¥10.00")
    assert (said["paid first"], said["balance"]) == ("¥5.00", "¥0.00")
    assert "over the price limit" not in said
    assert said["ID number"] == "990100**********10"


@pytest.mark.parametrize("name", ["cash_payamt", "pdn_cash_pay"])
def test_a_cancellations_cash_is_found_under_its_other_names(name: str) -> None:
    undone = {**SETTLED, "medfee_sumamt": Decimal("-60.00"), name: Decimal("-10.00")}
    del undone["psn_cash_pay"]
    assert lines(undone)["cash"] == "-¥10.00"
    assert "退费" in settlement_receipt(undone, "测试药店", PERSON).title.zh


def test_an_amount_nobody_gave_is_a_dash() -> None:
    assert (amount_in_yuan(None), amount_in_yuan(3), amount_in_yuan(Decimal("-0.05"))) == (
        "-",
        "¥3.00",
        "-¥0.05",
    )


def test_the_page_loads_nothing_and_takes_no_markup_from_values() -> None:
    page = receipt_page(Receipt(Text("T<i>", "标题"), ((Text("name", "姓名"), "<script>&"),)))
    assert "&lt;script&gt;&amp;" in page and "<script" not in page and "<i>" not in page
    assert "src=" not in page and "href=" not in page
