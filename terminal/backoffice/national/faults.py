"""Why a transaction fails, declared once: code, rule of the domain, text in both languages. infcode is always -1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.backoffice.benefits import Insurance
from terminal.backoffice.ports import Refusal
from terminal.text import Text

ERR_MSG_LIMIT = 200


class Fault(Enum):
    """A reason for infcode -1; `code` is what a profile's `error_texts` names."""

    ENVELOPE = ("envelope", "", "报文格式错误", "The message is not as the interface says")
    UNKNOWN_TRANSACTION = ("unknown-transaction", "", "交易编号不存在", "There is no such transaction")
    REGION = ("other-region", "", "医保区划不是本地区", "The region is not this centre's")
    NOT_DESIGNATED = ("not-designated", "R3", "机构未定点", "This place is not designated")
    WRONG_PLACE = (
        "wrong-place",
        "R3",
        "此类机构不能办理该交易",
        "This kind of place has no such transaction",
    )
    SIGN_NO = ("sign-no", "", "签到编号无效，请重新签到", "The sign-in number is not valid: sign in again")
    MESSAGE_ID = ("msgid", "", "报文ID不符合规则", "The msgid is not made as the interface says")
    MESSAGE_REUSED = (
        "msgid-reused",
        "R51",
        "报文ID已被其他内容使用",
        "This msgid was used with other content: take a new one",
    )
    MESSAGE_VOID = (
        "msgid-reversed",
        "R51",
        "报文已被冲正，请使用新的报文ID",
        "This msgid was reversed before it arrived: take a new one",
    )
    NO_PERSON = ("no-person", "R54", "未查询到人员信息", "There is no such person")
    NOT_INSURED = ("not-insured", "R50", "未查询到参保信息", "The person is not insured")
    PAUSED = (
        "paused",
        "R50",
        "该险种未参保或已暂停",
        "This insurance is paused, or there is none of its kind",
    )
    OTHER_PERSON = ("other-person", "R50", "凭证与人员不符", "The certificate is another person's")
    NAME_DIFFERS = (
        "name-differs",
        "R54",
        "姓名或证件号码不符",
        "Name or ID number differ from those on record",
    )
    CARD_SN = ("card-sn", "R1", "卡识别码必填", "The card identification code (card_sn) is required")
    NOT_ENABLED = (
        "not-enabled",
        "R1",
        "社会保障卡尚未启用，请先启用",
        "The social security card is not active yet: activate it first",
    )
    NO_TOKEN = ("no-voucher", "R50", "电子凭证无效", "The e-voucher is not valid")
    BENEFIT_WAITING = (
        "contributions",
        "R53",
        "连续缴费未满规定月数，不享受大病待遇",
        "Serious-illness benefits need contributions for months without a gap",
    )
    DETAIL_AMOUNT = (
        "detail-amount",
        "R50",
        "明细金额不等于数量乘单价",
        "An item's amount is not its count times its price",
    )
    HEAD_AMOUNT = (
        "head-amount",
        "R50",
        "费用总额与明细合计不符",
        "The total is not the sum of its parts",
    )
    NEGATIVE = ("negative", "R50", "金额不能为负", "An amount is below zero")
    NO_SETTLEMENT = ("no-settlement", "R51", "未查询到结算信息", "There is no such settlement")
    CANCELLED_ALREADY = (
        "cancelled-already",
        "R51",
        "该结算已撤销或冲正，不能重复办理",
        "The settlement was cancelled or reversed already",
    )
    NO_VISIT = ("no-visit", "R50", "未查询到就诊信息", "There is no such visit, or it was cancelled")
    VISIT_SETTLED = (
        "visit-settled",
        "R51",
        "该就诊已有结算，请先撤销结算",
        "The visit has a settlement: cancel that first",
    )
    NOT_REVERSIBLE = ("not-reversible", "R51", "该交易不能冲正", "Such a transaction cannot be reversed")
    NOTHING_TO_REVERSE = (
        "nothing-to-reverse",
        "R51",
        "未查询到原交易",
        "The message to be reversed never arrived",
    )
    RECONCILED = (
        "reconciled",
        "R51",
        "原交易已对账，不能冲正，请办理撤销",
        "The message was settled and reconciled: cancel instead",
    )
    SPENT = (
        "spent",
        "R51",
        "退回的金额已使用，不能冲正",
        "What was paid back has been spent since, so that it cannot be taken again",
    )
    REVERSE_FIRST = (
        "reverse-first",
        "R51",
        "后续交易尚未冲正",
        "What followed on it stands: reverse that first",
    )

    def __init__(self, code: str, rule: str, zh: str, en: str) -> None:
        self.code = code
        self.rule = rule
        self.text = Text(en, zh)


@dataclass(frozen=True, slots=True)
class _Reason:
    code: str
    rule: str
    text: Text
    detail: str = ""


class InterfaceError(Exception):
    """A transaction fails; nothing of it is kept. `detail` is added for people: a field's name, never a value."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault.code} {detail}".strip())
        self.reason = _Reason(fault.code, fault.rule, fault.text, detail)


def error_text(error: InterfaceError | Refusal, insurance: Insurance) -> str:
    """`err_msg` as the region words it: up to 200 characters, both languages where it says nothing of its own."""
    reason = (
        error.reason
        if isinstance(error, InterfaceError)
        else _Reason(error.code.value, error.rule, error.text)
    )
    detail = f" {reason.detail}" if reason.detail else ""
    own = insurance.error_texts.get(reason.code)
    rule = f"[{reason.rule}] " if reason.rule else ""
    text = (
        f"{own}{detail}"
        if own
        else f"{rule}{reason.text.zh.rstrip('。')}{detail}。{reason.text.en.rstrip('.')}."
    )
    full = f"{insurance.error_prefix}{text}"
    return full if len(full) <= ERR_MSG_LIMIT else f"{full[: ERR_MSG_LIMIT - 1]}…"
