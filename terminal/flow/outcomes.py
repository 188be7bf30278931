"""Every way a dual insert can end: its name for machines, its exit code, its text for the counter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.backoffice.ports import RefusalCode
from terminal.exit_codes import ExitCode
from terminal.text import Text


@dataclass(frozen=True, slots=True)
class Ending:
    """What an outcome means: exit code and the text shown where nothing more exact is known."""

    name: str
    exit_code: ExitCode
    text: Text


class Endings(Enum):
    """Ways a flow can end; the value of each is its Ending."""

    _value_: Ending

    @property
    def label(self) -> str:
        """The outcome's name for machines: scenarios, JSON, tests."""
        return self.value.name

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a process that ends so."""
        return self.value.exit_code

    @property
    def text(self) -> Text:
        """What to tell the person."""
        return self.value.text


class Outcome(Endings):
    """How a dual insert ended."""

    ACTIVATED = Ending("activated", ExitCode.DONE, Text("The card is activated.", "社会保障卡已启用。"))
    COMPLETED = Ending(
        "completed",
        ExitCode.DONE,
        Text("The interrupted activation is completed.", "上次中断的启用已补办完成。"),
    )
    ALREADY_ACTIVE = Ending(
        "already-active",
        ExitCode.DONE,
        Text("The card is activated already; nothing was changed.", "该卡已启用，无需重复办理。"),
    )
    CAUGHT_UP = Ending(
        "caught-up",
        ExitCode.DONE,
        Text(
            "The card is activated already; what it says of itself was brought up to date.",
            "该卡已启用，卡内应用状态已更新。",
        ),
    )
    UNDONE = Ending(
        "undone",
        ExitCode.DONE,
        Text(
            "An activation given up earlier was undone on the card. To activate it, start with the old medical card.",
            "卡内未完成的启用已撤销；如需启用，请先插入原医保卡。",
        ),
    )
    WRONG_CARD_FIRST = Ending(
        "wrong-card-first",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "This is not an old medical card. Start again with the old medical card.",
            "该卡不是医保卡，请先插入医保卡。",
        ),
    )
    SSC_IN_OLD_SLOT = Ending(
        "ssc-in-old-slot",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "This is the social security card. Insert the old medical card first.",
            "此为社会保障卡，请先插入原医保卡。",
        ),
    )
    UNREADABLE_OLD_CARD = Ending(
        "unreadable-old-card",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "The old medical card cannot be read. The holder goes to the insurance centre.",
            "医保卡无法读取，请持卡人到医保中心办理。",
        ),
    )
    WRONG_NEW_CARD = Ending(
        "wrong-new-card",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("This is not a social security card.", "该卡不是社会保障卡。"),
    )
    SAME_CARD_TWICE = Ending(
        "same-card-twice",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "The old medical card was inserted again. Insert the social security card.",
            "再次插入了医保卡，请插入社会保障卡。",
        ),
    )
    OTHER_HOLDER = Ending(
        "other-holder",
        ExitCode.REFUSED_BY_TERMINAL,
        Text("The two cards belong to different holders.", "两张卡的持卡人不一致。"),
    )
    OTHER_HOLDER_AT_CENTRE = Ending(
        "other-holder",
        ExitCode.REFUSED_BY_TERMINAL,
        Text(
            "The centre has another holder for this card than the card says. The holder goes to the centre.",
            "中心记录的持卡人与卡内不一致，请到中心核实。",
        ),
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
    CARD_BLOCKED = Ending(
        "card-blocked", ExitCode.REFUSED_BY_CARD, Text("The card is blocked.", "卡片已锁定，或无社保功能。")
    )
    CARD_PIN_BLOCKED = Ending(
        "card-pin-blocked",
        ExitCode.REFUSED_BY_CARD,
        Text(
            "The PIN of the social security card is blocked. The holder goes to a service counter.",
            "社会保障卡密码已锁定，请到服务窗口重置。",
        ),
    )
    CARD_PIN_LAST_TRY = Ending(
        "card-pin-last-try",
        ExitCode.REFUSED_BY_CARD,
        Text(
            "One PIN try is left on the social security card and is not spent here. "
            "The holder goes to a service counter.",
            "社会保障卡密码仅剩一次尝试机会，请到服务窗口重置。",
        ),
    )
    CARD_PIN_FOREIGN = Ending(
        "card-pin-foreign",
        ExitCode.REFUSED_BY_CARD,
        Text(
            "The social security card has a PIN that is neither the initial one nor the old card's.",
            "社会保障卡密码既非初始密码，也非原医保卡密码。",
        ),
    )
    CARD_REFUSED = Ending(
        "card-refused", ExitCode.REFUSED_BY_CARD, Text("The card refused a command.", "卡片拒绝执行命令。")
    )
    LAST_TRY_DECLINED = Ending(
        "last-try-declined",
        ExitCode.CANCELLED,
        Text("The last PIN try was not used.", "未使用最后一次密码尝试机会。"),
    )
    REFUSED = Ending(
        "refused", ExitCode.REFUSED_BY_BACK_OFFICE, Text("The back office refused.", "中心拒绝办理。")
    )
    NOT_DESIGNATED = Ending(
        "not-designated",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("This pharmacy is not a designated one.", "本药店不是医保定点药店。"),
    )
    UNKNOWN_CARD = Ending(
        "unknown-card",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The centre does not know this card.", "中心无此卡记录。"),
    )
    OLD_CARD_LOST = Ending(
        "old-card-lost",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text(
            "The old medical card is reported lost. The holder goes to the centre.",
            "医保卡已挂失，请到中心办理。",
        ),
    )
    OLD_CARD_BLOCKED = Ending(
        "old-card-blocked",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text(
            "The old medical card is blocked. The holder goes to the centre.", "医保卡已锁定，请到中心办理。"
        ),
    )
    CENTRE_OTHER_HOLDER = Ending(
        "centre-other-holder",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The centre says that the two cards belong to different holders.", "中心记录两卡持卡人不一致。"),
    )
    HOLDER_NOT_IDENTIFIED = Ending(
        "holder-not-identified",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text(
            "The holder was not identified: the original ID card is needed.",
            "未核验身份，请出示居民身份证原件。",
        ),
    )
    LOST = Ending(
        "card-lost",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The social security card is reported lost.", "社会保障卡已挂失。"),
    )
    LOCKED = Ending(
        "card-locked",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The social application is locked by the centre.", "社保应用已被中心锁定。"),
    )
    CANCELLED_CARD = Ending(
        "card-cancelled",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The social security card is cancelled.", "社会保障卡已注销。"),
    )
    PAST_DEADLINE = Ending(
        "past-deadline",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text(
            "The bank side was not activated in time; the card is reported lost.",
            "未在期限内激活金融应用，已挂失。",
        ),
    )
    BANK_FIRST = Ending(
        "bank-first",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("In this region the bank activates first.", "本地区须先到银行激活金融应用。"),
    )
    PIN_BLOCKED = Ending(
        "pin-blocked",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The old card's PIN is blocked.", "医保卡密码已锁定。"),
    )
    PIN_NOT_VERIFIED = Ending(
        "pin-not-verified",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The centre has not seen the old card's PIN.", "中心未校验医保卡密码。"),
    )
    NO_RESERVATION = Ending(
        "no-reservation",
        ExitCode.REFUSED_BY_BACK_OFFICE,
        Text("The centre knows no such activation.", "中心无此启用预约。"),
    )
    HSM_REFUSED = Ending(
        "hsm-refused", ExitCode.REFUSED_BY_BACK_OFFICE, Text("The HSM refused.", "加密机拒绝。")
    )
    TIMED_OUT = Ending("timed-out", ExitCode.NO_CARD, Text("Nobody acted in time.", "等待超时。"))
    INTERRUPTED = Ending(
        "interrupted",
        ExitCode.NO_CARD,
        Text(
            "The card was removed too early. Insert it again, here or at any other terminal.",
            "卡片过早取出，请在任一终端重新插卡。",
        ),
    )
    CARD_MUTE = Ending("card-mute", ExitCode.READER, Text("The card does not answer.", "卡片无响应。"))
    READER_FAILED = Ending("reader-failed", ExitCode.READER, Text("The reader failed.", "读卡器故障。"))
    CANCELLED = Ending("cancelled", ExitCode.CANCELLED, Text("Cancelled.", "已取消。"))
    UNREACHABLE = Ending(
        "centre-unreachable",
        ExitCode.BACK_OFFICE_UNREACHABLE,
        Text(
            "The centre does not answer. Insert the card again later; what was begun is then finished or undone.",
            "中心无响应，请稍后重新插卡，未完成的业务将补办或撤销。",
        ),
    )
    IMPOSSIBLE = Ending(
        "impossible",
        ExitCode.BUG,
        Text("The flow met an event that cannot occur here.", "流程出现不可能的事件。"),
    )


BY_REFUSAL = dict.fromkeys(RefusalCode, Outcome.REFUSED) | {
    RefusalCode.NOT_DESIGNATED: Outcome.NOT_DESIGNATED,
    RefusalCode.UNKNOWN_CARD: Outcome.UNKNOWN_CARD,
    RefusalCode.OLD_CARD_LOST: Outcome.OLD_CARD_LOST,
    RefusalCode.OLD_CARD_BLOCKED: Outcome.OLD_CARD_BLOCKED,
    RefusalCode.OTHER_HOLDER: Outcome.CENTRE_OTHER_HOLDER,
    RefusalCode.HOLDER_NOT_IDENTIFIED: Outcome.HOLDER_NOT_IDENTIFIED,
    RefusalCode.LOST: Outcome.LOST,
    RefusalCode.LOCKED: Outcome.LOCKED,
    RefusalCode.CANCELLED: Outcome.CANCELLED_CARD,
    RefusalCode.PAST_DEADLINE: Outcome.PAST_DEADLINE,
    RefusalCode.BANK_FIRST: Outcome.BANK_FIRST,
    RefusalCode.PIN_BLOCKED: Outcome.PIN_BLOCKED,
    RefusalCode.PIN_NOT_VERIFIED: Outcome.PIN_NOT_VERIFIED,
    RefusalCode.NO_RESERVATION: Outcome.NO_RESERVATION,
    RefusalCode.OLD_CARD_REQUIRED: Outcome.SSC_IN_OLD_SLOT,
    RefusalCode.HSM: Outcome.HSM_REFUSED,
}
"""Refusals of other channels than the dual insert have no outcome of their own."""

LABELS = tuple(dict.fromkeys(outcome.label for outcome in Outcome))
