"""What the till says at a payment, and the slips it prints, in both languages."""

from __future__ import annotations

from datetime import datetime

from terminal.backoffice.national_ports import (
    ADMISSION,
    CANCELLATION,
    CLINIC_CANCELLATION,
    CLINIC_SETTLEMENT,
    REGISTRATION,
    SETTLEMENT,
)
from terminal.flow.sales import PurseDebit, Sale, Split
from terminal.flow.steps import Receipt
from terminal.flow.texts import clock_time, yuan
from terminal.text import Text

INSERT_CARD = Text("Insert the social security card.", "请插入社会保障卡。")
REMOVE_CARD = Text("Remove the card.", "请取出卡片。")
ENTER_PIN = Text("Enter the PIN of the social security card.", "请输入社会保障卡密码。")
ACTIVATED = Text("The card is activated by its first purchase.", "首次购药，社会保障卡已启用。")
REGISTERED_FIRST = Text(
    "The card is activated by its first registration.", "首次就诊登记，社会保障卡已启用。"
)
ACTIVATED_BEFORE = Text("The card is activated already.", "该卡已启用。")
REVERSED_EARLIER = Text(
    "A message whose outcome was unknown is reversed; nothing of it is booked.",
    "上次结果未知的业务已冲正，未入账。",
)
SLIP_OF_EARLIER = Text(
    "An earlier message was booked but had no slip; here it is.", "上次业务已入账但未出凭条，现予补打。"
)


INSERT_AGAIN = Text(
    "The card left while it was debited: insert the same card again.", "扣款时卡片离开，请重新插入同一张卡。"
)
PROOF_WRONG = Text(
    "The card's proof of the debit (MAC2) is wrong. The debit stands and is reported to the centre.",
    "卡片消费证明（MAC2）不符，交易有效，已记录并将上报中心。",
)


NO_TAC = "卡内已无 no longer on the card"


def waits_for_card(sale: Sale) -> Text:
    """A settlement whose debit only its card can tell of."""
    return Text(
        f"Settlement {sale.settlement} waits for card {sale.card}: whether it was debited is on the card.",
        f"结算{sale.settlement}待卡{sale.card}确认是否已扣款。",
    )


def proof_doubted(sale: Sale) -> Text:
    """The centre does not find a debit's TAC genuine."""
    return Text(
        f"The centre does not find the TAC of settlement {sale.settlement} genuine; clear it with the centre.",
        f"中心验证结算{sale.settlement}的交易认证码未通过，请与中心核对。",
    )


def agree_to_pay(total_fen: int, split: Split) -> Text:
    """Who pays what, and whether to settle."""
    told, total = _told(split), yuan(total_fen)
    return Text(f"{total} in all: {told.en}. Settle?", f"合计{total}：{told.zh}。是否结算？")


def settled_otherwise(agreed: Split, now: Split) -> Text:
    """It is settled in another way than was agreed to, with no more cash to pay."""
    before, after = _told(agreed), _told(now)
    return Text(
        f"The account or the cover was used elsewhere in the meantime. Settled: {after.en}; agreed to: {before.en}.",
        f"预结算后账户或待遇另有变动。实际结算：{after.zh}；预结算：{before.zh}。",
    )


def agree_to_more_cash(agreed: Split, now: Split) -> Text:
    """It is settled, with more cash to pay than was agreed to: whether to keep it."""
    told, more = settled_otherwise(agreed, now), yuan(now.cash_fen - agreed.cash_fen)
    return Text(
        f"{told.en} {more} more in cash. Keep the settlement? Otherwise it is reversed.",
        f"{told.zh}现金增加{more}。是否保留结算？否则将冲正。",
    )


def _told(split: Split) -> Text:
    """Who pays what; the purse on the card only where it pays."""
    fund, account = yuan(split.fund_fen), yuan(split.account_fen)
    cash, purse = yuan(split.cash_fen), yuan(split.purse_fen)
    on_card = Text(f"purse on the card {purse}, ", f"卡内账户{purse}，") if split.purse_fen else Text("", "")
    return Text(
        f"fund {fund}, personal account {account}, {on_card.en}cash {cash}",
        f"基金{fund}，个人账户{account}，{on_card.zh}现金{cash}",
    )


def agree_to_cancel(sale: Sale) -> Text:
    """What goes back, and whether to cancel."""
    account, cash = yuan(sale.account_fen), yuan(sale.cash_fen)
    return Text(
        f"Cancel settlement {sale.settlement} of {yuan(sale.total_fen)}: "
        f"{account} goes back to the personal account, {cash} in cash. Go on?",
        f"撤销结算{sale.settlement}，合计{yuan(sale.total_fen)}：退回个人账户{account}，退现金{cash}。是否继续？",
    )


def agree_to_give_up(sale: Sale) -> Text:
    """Which visit it is, and whether to give it up."""
    return Text(
        f"Give visit {sale.visit} up: it does not take place. Go on?", f"撤销就诊登记{sale.visit}，是否继续？"
    )


def totals_differ(kind: str, told: str) -> Text:
    """One class of totals that the centre sees differently, in its own words."""
    return Text(f"Insurance {kind}: the totals differ. {told}", f"险种{kind}对账不一致。{told}")


def slip(sale: Sale, place_name: str, at: datetime) -> Receipt:
    """The slip of a settlement or a cancellation; `at` is local time."""
    cancelled = bool(sale.cancels)
    title = _TITLES[sale.infno]
    original = ((Text("cancels settlement", "原结算编号"), sale.cancels),) if cancelled else ()
    return Receipt(
        title,
        (
            (Text("place", "机构"), place_name),
            (Text("time", "时间"), clock_time(at)),
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
            *_paid(sale.split),
            *_agreed(sale),
            (Text("balance of the account", "个人账户余额"), yuan(sale.balance_fen)),
            *_recorded(sale.debit),
        ),
    )


Line = tuple[Text, str]
_TITLES = {
    SETTLEMENT: Text("Pharmacy settlement", "药店结算凭条"),
    CANCELLATION: Text("Cancellation of a pharmacy settlement", "药店结算撤销凭条"),
    CLINIC_SETTLEMENT: Text("Hospital settlement", "医院结算凭条"),
    CLINIC_CANCELLATION: Text("Cancellation of a hospital settlement", "医院结算撤销凭条"),
    REGISTRATION: Text("Out-patient registration", "门诊挂号凭条"),
    ADMISSION: Text("Admission to hospital", "入院登记凭条"),
}


def ticket(sale: Sale, place_name: str, at: datetime) -> Receipt:
    """The ticket of a patient's visit; `at` is local time."""
    (asked,) = sale.asked.values()
    told = tuple((label, str(asked[name])) for label, name in _TOLD if name in asked)
    return Receipt(
        _TITLES[sale.infno],
        (
            (Text("place", "机构"), place_name),
            (Text("time", "时间"), clock_time(at)),
            (Text("visit", "就诊编号"), sale.visit),
            (Text("message", "报文编号"), sale.msgid),
            (Text("patient", "患者"), sale.holder),
            (Text("card number", "卡号"), sale.card),
            (Text("insurance", "险种"), sale.kind),
            *told,
        ),
    )


_TOLD = (
    (Text("number at the hospital", "住院/门诊号"), "ipt_otp_no"),
    (Text("department", "科室"), "dept_name"),
    (Text("department", "科室"), "adm_dept_name"),
    (Text("doctor", "医师"), "dr_name"),
    (Text("doctor", "医师"), "chfpdr_name"),
    (Text("bed", "床位"), "adm_bed"),
    (Text("diagnosis", "入院诊断"), "adm_diag_dscr"),
    (Text("diagnosis code", "诊断代码"), "dscg_maindiag_code"),
)


def _paid(split: Split) -> tuple[Line, ...]:
    cash = (Text("cash", "现金支付"), yuan(split.cash_fen))
    if not split.purse_fen:
        return (cash,)
    return (Text("paid by the purse on the card", "卡内账户支付"), yuan(split.purse_fen)), cash


def _agreed(sale: Sale) -> tuple[Line, ...]:
    """What was agreed to before, where it is settled otherwise."""
    if sale.agreed is None or sale.agreed == sale.split:
        return ()
    return ((Text("agreed to before", "预结算"), str(_told(sale.agreed))),)


def _recorded(debit: PurseDebit | None) -> tuple[Line, ...]:
    """The card's own record of the purchase, as its three amounts, and the certificate."""
    if debit is None or not debit.phase.carried_out:
        return ()
    proof = {True: "通过 verified", False: "不符 wrong", None: "未验证 not verified"}[debit.proven]
    return (
        (Text("transaction on the card", "卡内交易序号"), f"{debit.number:04X}"),
        (Text("on the card: account", "卡内记录：个人账户"), yuan(debit.account_fen)),
        (Text("on the card: paid by the holder", "卡内记录：个人自付"), yuan(debit.self_paid_fen)),
        (Text("on the card: paid by the pool", "卡内记录：统筹支付"), yuan(debit.pool_fen)),
        (Text("terminal", "终端机编号"), debit.terminal),
        (Text("terminal sequence", "终端交易序号"), debit.sequence.upper()),
        (Text("TAC", "交易认证码"), debit.tac.upper() or NO_TAC),
        (Text("card's proof", "卡片证明"), proof),
    )
