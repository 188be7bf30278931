"""What the till says at a payment, and the slips it prints, in both languages."""

from __future__ import annotations

from datetime import datetime

from terminal.flow.payment import Figures
from terminal.flow.sales import Sale
from terminal.flow.steps import Receipt
from terminal.flow.texts import yuan
from terminal.text import Text

INSERT_CARD = Text("Insert the social security card.", "请插入社会保障卡。")
REMOVE_CARD = Text("Remove the card.", "请取出卡片。")
ENTER_PIN = Text("Enter the PIN of the social security card.", "请输入社会保障卡密码。")
REVERSED_EARLIER = Text(
    "A message whose outcome was unknown is reversed; nothing of it is booked.",
    "上次结果未知的业务已冲正，未入账。",
)
SLIP_OF_EARLIER = Text(
    "An earlier message was booked but had no slip; here it is.", "上次业务已入账但未出凭条，现予补打。"
)


def agree_to_pay(figures: Figures) -> Text:
    """Who pays what, and whether to settle."""
    fund, account, cash = (yuan(each) for each in (figures.fund_fen, figures.account_fen, figures.cash_fen))
    return Text(
        f"{yuan(figures.total_fen)} in all: fund {fund}, personal account {account}, cash {cash}. Settle?",
        f"合计{yuan(figures.total_fen)}：基金{fund}，个人账户{account}，现金{cash}。是否结算？",
    )


def agree_to_cancel(sale: Sale) -> Text:
    """What goes back, and whether to cancel."""
    account, cash = yuan(sale.account_fen), yuan(sale.cash_fen)
    return Text(
        f"Cancel settlement {sale.settlement} of {yuan(sale.total_fen)}: "
        f"{account} goes back to the personal account, {cash} in cash. Go on?",
        f"撤销结算{sale.settlement}，合计{yuan(sale.total_fen)}：退回个人账户{account}，退现金{cash}。是否继续？",
    )


def totals_differ(kind: str, told: str) -> Text:
    """One class of totals that the centre sees differently, in its own words."""
    return Text(f"Insurance {kind}: the totals differ. {told}", f"险种{kind}对账不一致。{told}")


def slip(sale: Sale, pharmacy_name: str, at: datetime) -> Receipt:
    """The slip of a settlement or a cancellation; `at` is local time."""
    cancelled = bool(sale.cancels)
    title = (
        Text("Cancellation of a pharmacy settlement", "药店结算撤销凭条")
        if cancelled
        else Text("Pharmacy settlement", "药店结算凭条")
    )
    original = ((Text("cancels settlement", "原结算编号"), sale.cancels),) if cancelled else ()
    return Receipt(
        title,
        (
            (Text("pharmacy", "药店"), pharmacy_name),
            (Text("time", "时间"), f"{at:%Y-%m-%d %H:%M:%S}"),
            (Text("settlement", "结算编号"), sale.settlement),
            *original,
            (Text("visit", "就诊编号"), sale.visit),
            (Text("message", "报文编号"), sale.msgid),
            (Text("holder", "持卡人"), sale.holder),
            (Text("card number", "卡号"), sale.card),
            (Text("insurance", "险种"), sale.kind),
            (Text("total", "费用总额"), yuan(sale.total_fen)),
            (Text("paid by the fund", "基金支付"), yuan(sale.fund_fen)),
            (Text("paid by the personal account", "个人账户支付"), yuan(sale.account_fen)),
            (Text("cash", "现金支付"), yuan(sale.cash_fen)),
            (Text("balance of the account", "个人账户余额"), yuan(sale.balance_fen)),
        ),
    )
