"""Every way a purchase, a refund or a day's end can end: its name for machines, its exit code, its text."""

from __future__ import annotations

from collections.abc import Mapping

from terminal.backoffice.ports import Refusal
from terminal.exit_codes import ExitCode
from terminal.flow.outcomes import Ending, Endings
from terminal.text import Text


class PaymentOutcome(Endings):
    """How a payment ended."""

    PAID = Ending("paid", ExitCode.DONE, Text("It is settled.", "结算完成。"))
    REFUNDED = Ending("refunded", ExitCode.DONE, Text("The settlement is cancelled.", "结算已撤销。"))
    FINISHED_EARLIER = Ending(
        "finished-earlier",
        ExitCode.DONE,
        Text(
            "What was begun earlier is booked, and its slip is printed now; nothing new was begun.",
            "上次未完成的业务已入账，现补打凭条；未办理新业务。",
        ),
    )
    RECONCILED = Ending("reconciled", ExitCode.DONE, Text("The day's totals agree.", "日终对账一致。"))
    DIFFERENT = Ending(
        "totals-differ",
        ExitCode.CHECK_FAILED,
        Text(
            "The day's totals differ from the centre's; look for the settlement that is missing.",
            "对账不一致，请核对明细。",
        ),
    )
    REVERSED = Ending(
        "reversed",
        ExitCode.BACK_OFFICE_UNREACHABLE,
        Text(
            "The centre's answer did not arrive; the message was reversed and nothing is booked. Start again.",
            "未收到中心应答，已冲正，未发生扣款，请重新办理。",
        ),
    )
    UNKNOWN = Ending(
        "outcome-unknown",
        ExitCode.BACK_OFFICE_UNREACHABLE,
        Text(
            "Whether the centre has booked it is unknown; it is reversed before anything else is done at this till.",
            "中心是否入账未知，本终端下次办理业务前将先冲正。",
        ),
    )
    DISPUTED = Ending(
        "reversal-refused",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text(
            "The centre does not reverse the message; clear it with the centre, the book marks it as disputed.",
            "中心拒绝冲正，请与中心核对，该笔已标记为争议。",
        ),
    )
    NOT_DEBITED = Ending(
        "not-debited",
        ExitCode.REFUSED_BY_CARD,
        Text(
            "The card was not debited, so the settlement was reversed; nothing is booked. Start again.",
            "卡内消费未完成，结算已冲正，未发生扣款，请重新办理。",
        ),
    )
    DEARER = Ending(
        "dearer",
        ExitCode.CANCELLED,
        Text(
            "The settlement came to more cash than was agreed to, and was reversed; nothing is booked. Start again.",
            "结算现金高于预结算且未获同意，已冲正，未发生扣款，请重新办理。",
        ),
    )
    DEBIT_UNKNOWN = Ending(
        "debit-unknown",
        ExitCode.NO_CARD,
        Text(
            "The card left while it was debited. Insert the same card at this till again: it says what was done.",
            "扣款时卡片离开，结果未知，请在本终端重新插入同一张卡确认。",
        ),
    )
    PURSE_PAID = Ending(
        "purse-paid",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "The purse on the card paid a part of it, which only the centre can load back onto the card.",
            "部分费用由卡内账户支付，请到中心办理退回划入。",
        ),
    )
    REGISTERED = Ending("registered", ExitCode.DONE, Text("The visit is registered.", "就诊登记完成。"))
    VISIT_GIVEN_UP = Ending(
        "visit-given-up", ExitCode.DONE, Text("The visit is given up.", "就诊登记已撤销。")
    )
    VISIT_KEPT = Ending(
        "visit-kept", ExitCode.CANCELLED, Text("The visit stays registered.", "已取消，就诊登记保留。")
    )
    VISIT_SETTLED = Ending(
        "visit-settled",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The visit has a settlement; cancel that first.", "该就诊已有结算，请先撤销结算。"),
    )
    NO_SUCH_VISIT = Ending(
        "no-such-visit",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("This hospital's book has no visit of that number.", "本院账簿无此就诊编号。"),
    )
    NO_SUCH_SALE = Ending(
        "no-such-sale",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("This till's book has no settlement of that number.", "本终端账簿无此结算编号。"),
    )
    DECLINED = Ending("declined", ExitCode.CANCELLED, Text("Nothing was booked.", "已取消，未结算。"))
    NOT_SOCIAL_CARD = Ending(
        "wrong-card",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("This is not a social security card.", "该卡不是社会保障卡。"),
    )
    EXPIRED = Ending(
        "expired",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("The social security card is past its validity date.", "社会保障卡已过有效期。"),
    )
    NOT_GENUINE = Ending(
        "not-genuine",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("The card could not prove that it is genuine.", "卡片内部鉴别失败，不是真卡。"),
    )
    OTHER_HOLDER = Ending(
        "other-holder",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("The centre has another holder for this card.", "中心记录的持卡人与卡内不一致。"),
    )
    NOT_INSURED = Ending(
        "not-insured",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("The holder has no insurance in force.", "持卡人无有效参保。"),
    )
    CARD_BLOCKED = Ending(
        "card-blocked", ExitCode.REFUSED_BY_CARD, Text("The card is blocked.", "卡片已锁定，或无社保功能。")
    )
    PIN_BLOCKED = Ending(
        "card-pin-blocked",
        ExitCode.REFUSED_BY_CARD,
        Text(
            "The card's PIN is blocked. The holder goes to a service counter.",
            "社会保障卡密码已锁定，请到服务窗口重置。",
        ),
    )
    LAST_TRY_DECLINED = Ending(
        "last-try-declined",
        ExitCode.CANCELLED,
        Text("The last PIN try was not used.", "未使用最后一次密码尝试机会。"),
    )
    CARD_REFUSED = Ending(
        "card-refused", ExitCode.REFUSED_BY_CARD, Text("The card refused a command.", "卡片拒绝执行命令。")
    )
    NOT_DESIGNATED = Ending(
        "not-designated",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("This place is not a designated one.", "本机构不是医保定点机构。"),
    )
    NOT_USABLE = Ending(
        "card-not-usable",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The card is not in use: not activated, locked or cancelled.", "卡片未启用、已锁定或已注销。"),
    )
    LOST = Ending(
        "card-lost",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The social security card is reported lost.", "社会保障卡已挂失。"),
    )
    TAKEN_BACK = Ending(
        "taken-back-already",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The settlement was cancelled or reversed already.", "该结算已撤销或冲正。"),
    )
    REFUSED = Ending(
        "refused", ExitCode.REFUSED_BY_BACK_OFFICE, Text("The back office refused.", "中心拒绝办理。")
    )
    TIMED_OUT = Ending("timed-out", ExitCode.NO_CARD, Text("Nobody acted in time.", "等待超时。"))
    INTERRUPTED = Ending(
        "interrupted",
        ExitCode.NO_CARD,
        Text(
            "The card was removed too early; nothing was booked. Start again.",
            "卡片过早取出，未结算，请重新办理。",
        ),
    )
    CARD_MUTE = Ending("card-mute", ExitCode.READER, Text("The card does not answer.", "卡片无响应。"))
    READER_FAILED = Ending("reader-failed", ExitCode.READER, Text("The reader failed.", "读卡器故障。"))
    CANCELLED = Ending("cancelled", ExitCode.CANCELLED, Text("Cancelled.", "已取消。"))
    UNREACHABLE = Ending(
        "centre-unreachable",
        ExitCode.BACK_OFFICE_UNREACHABLE,
        Text("The centre does not answer; nothing was begun.", "中心无响应，未办理任何业务。"),
    )
    IMPOSSIBLE = Ending(
        "impossible",
        ExitCode.BUG,
        Text("The flow met an event that cannot occur here.", "流程出现不可能的事件。"),
    )


BY_RULE: Mapping[str, PaymentOutcome] = {
    "R1": PaymentOutcome.NOT_USABLE,
    "R3": PaymentOutcome.NOT_DESIGNATED,
    "R20": PaymentOutcome.LOST,
    "R41": PaymentOutcome.LOST,
    "R51": PaymentOutcome.TAKEN_BACK,
}
"""What a refusal stands for, by the rule it names; any other is REFUSED."""

BY_LABEL = {outcome.label: outcome for outcome in PaymentOutcome}


def of_refusal(refusal: Refusal) -> PaymentOutcome:
    """The outcome that a refusal stands for."""
    return BY_RULE.get(refusal.rule, PaymentOutcome.REFUSED)
