"""The slip of a settlement or a cancellation, from what the insurance interface answered."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from terminal.flow.steps import Receipt
from terminal.flow.texts import UNKNOWN_BALANCE, masked_id
from terminal.text import Text

_TITLES = {
    False: Text("Medical insurance settlement", "医疗保险结算单"),
    True: Text("Refund of a medical insurance settlement", "医疗保险退费结算单"),
}
_AMOUNTS = (
    (Text("total", "费用总额"), ("medfee_sumamt",)),
    (Text("covered", "符合政策范围"), ("inscp_scp_amt",)),
    (Text("own cost", "全自费"), ("fulamt_ownpay_amt",)),
    (Text("over the price limit", "超限价自费"), ("overlmt_selfpay",)),
    (Text("paid first", "先行自付"), ("preselfpay_amt",)),
    (Text("deductible", "起付线"), ("act_pay_dedc",)),
    (Text("fund pays", "基金支付"), ("fund_pay_sumamt",)),
    (Text("personal account pays", "个人账户支付"), ("acct_pay",)),
    (Text("cash", "现金支付"), ("psn_cash_pay", "cash_payamt", "pdn_cash_pay")),
    (Text("balance", "账户余额"), ("balc",)),
)
_ALWAYS = frozenset({"medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc"})
"""Of the others only what is not nothing is printed."""


def settlement_receipt(setlinfo: Mapping[str, Any], place_name: str, person: Mapping[str, Any]) -> Receipt:
    """The slip of `setlinfo`, of 2102, 2103, 2207, 2208 or 5203, whichever names its figures have there.

    `person` is `baseinfo` of 1101 (a cancellation's answer names nobody). Person and ID numbers are masked.
    """
    total = setlinfo["medfee_sumamt"]
    head = (
        (Text("place", "机构"), place_name),
        (Text("time", "时间"), str(setlinfo["setl_time"])),
        (Text("settlement", "结算号"), str(setlinfo["setl_id"])),
        (Text("visit", "就诊号"), str(setlinfo["mdtrt_id"])),
        (Text("message", "报文号"), str(setlinfo.get("medins_setl_id") or "")),
        (Text("holder", "姓名"), str(person["psn_name"])),
        (Text("ID number", "证件号码"), masked_id(str(person["certno"]))),
    )
    return Receipt(_TITLES[total is not None and total < 0], (*head, *_amount_lines(setlinfo)))


def _amount_lines(setlinfo: Mapping[str, Any]) -> tuple[tuple[Text, str], ...]:
    lines = []
    for label, names in _AMOUNTS:
        amount = next((setlinfo[name] for name in names if name in setlinfo), None)
        if amount or _ALWAYS.intersection(names):
            lines.append((label, amount_in_yuan(amount)))
    return tuple(lines)


def amount_in_yuan(amount: Decimal | int | None) -> str:
    """An amount of the interface as people write it: ¥12.30, -¥12.30."""
    if amount is None:
        return UNKNOWN_BALANCE
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(Decimal(amount)):.2f}"
