"""Every refusal the back office can give, declared once: code, rule of the domain, text in both languages."""

from __future__ import annotations

from terminal.backoffice.ports import Refusal, RefusalCode
from terminal.text import Text


def _refusal(code: RefusalCode, rule: str, en: str, zh: str) -> Refusal:
    return Refusal(code, rule, Text(en, zh))


NOT_DESIGNATED = _refusal(
    RefusalCode.NOT_DESIGNATED,
    "R3",
    "This place is not designated for the social security card; go to a designated pharmacy or hospital.",
    "本机构不是社会保障卡定点机构，请到定点药店或定点医院办理。",
)
UNKNOWN_NEW_CARD = _refusal(
    RefusalCode.UNKNOWN_CARD,
    "R1",
    "The centre does not know this social security card; ask at the card service centre.",
    "卡管中心没有此社会保障卡的记录，请到社保卡服务中心查询。",
)
UNKNOWN_OLD_CARD = _refusal(
    RefusalCode.UNKNOWN_CARD,
    "R12",
    "The insurance centre does not know this old medical card; ask at the card service centre.",
    "医保中心没有此医保卡的记录，请到社保卡服务中心查询。",
)
OLD_CARD_LOST = _refusal(
    RefusalCode.OLD_CARD_LOST,
    "R13",
    "The old medical card is reported lost; the pharmacy cannot activate, go to the card service centre.",
    "医保卡已挂失，药店不能办理启用，请到社保卡服务中心办理。",
)
OLD_CARD_BLOCKED = _refusal(
    RefusalCode.OLD_CARD_BLOCKED,
    "R13",
    "The old medical card is blocked; the pharmacy cannot activate, go to the card service centre.",
    "医保卡已锁定，药店不能办理启用，请到社保卡服务中心办理。",
)
OLD_CARD_CANCELLED = _refusal(
    RefusalCode.CANCELLED,
    "R12",
    "The old medical card is cancelled; no new card can take its place here, go to the card service centre.",
    "医保卡已注销，不能凭此卡启用新卡，请到社保卡服务中心办理。",
)
OLD_CARD_REQUIRED = _refusal(
    RefusalCode.OLD_CARD_REQUIRED,
    "R12",
    "The old medical card is needed: insert it first, then the social security card.",
    "请先插入医保卡，再插入社会保障卡。",
)
NO_OLD_CARD = _refusal(
    RefusalCode.OLD_CARD_REQUIRED,
    "R12",
    "No single live old medical card of this holder is on record; "
    "bring it, or go to the card service centre.",
    "未查到持卡人唯一有效的医保卡，请携带医保卡，或到社保卡服务中心办理。",
)
OTHER_HOLDER = _refusal(
    RefusalCode.OTHER_HOLDER,
    "R12",
    "The two cards belong to different holders; use two cards of the same person.",
    "两张卡不属于同一持卡人，请使用本人的两张卡。",
)
LOST = _refusal(
    RefusalCode.LOST,
    "R41",
    "The social security card is reported lost and refused everywhere until the loss is released.",
    "社会保障卡已挂失，解除挂失前不能使用。",
)
PAST_DEADLINE = _refusal(
    RefusalCode.PAST_DEADLINE,
    "R20",
    "The bank's deadline has passed and the card is formally reported lost: activate the financial "
    "application at the issuing bank first, then have the loss cancelled at a social security office.",
    "已超过金融应用激活期限，社会保障卡已正式挂失：请先到发卡银行激活金融应用，再到人社部门指定网点解除挂失。",
)
BANK_BEFORE_RELEASE = _refusal(
    RefusalCode.BANK_FIRST,
    "R21",
    "The loss follows from the bank's deadline: "
    "activate the financial application at the issuing bank first.",
    "因逾期未激活金融应用而挂失，请先到发卡银行激活金融应用，再解除挂失。",
)
LOCKED = _refusal(
    RefusalCode.LOCKED,
    "R1",
    "The social application is locked; go to the card service centre.",
    "社会保障应用已锁定，请到社保卡服务中心办理。",
)
CANCELLED = _refusal(
    RefusalCode.CANCELLED,
    "R1",
    "The social security card is cancelled and cannot be used again; use the card that replaced it.",
    "社会保障卡已注销，不能再使用，请使用新换发的卡。",
)
VOID = _refusal(
    RefusalCode.CANCELLED,
    "R1",
    "The card's data are void at the centre; go to the card service centre.",
    "中心记录此卡数据已作废，请到社保卡服务中心办理。",
)
BANK_FIRST = _refusal(
    RefusalCode.BANK_FIRST,
    "R2",
    "In this region the card is activated at the issuing bank first; go to the bank, then come back.",
    "本地区须先到发卡银行激活金融应用，再启用社会保障应用。",
)
PIN_BLOCKED = _refusal(
    RefusalCode.PIN_BLOCKED,
    "R13",
    "The old card's PIN is blocked after too many wrong tries; go to the card service centre.",
    "医保卡密码输入错误次数过多已锁定，请到社保卡服务中心办理。",
)
NO_PIN_ON_RECORD = _refusal(
    RefusalCode.PIN_NOT_VERIFIED,
    "R13",
    "The centre holds no PIN for this old card; go to the card service centre.",
    "中心没有此医保卡的密码记录，请到社保卡服务中心办理。",
)
PIN_NOT_VERIFIED = _refusal(
    RefusalCode.PIN_NOT_VERIFIED,
    "R12",
    "The old card's PIN has not been verified here for this card; enter it before the activation.",
    "尚未在本机构验证医保卡密码，请先输入密码再启用。",
)
ALREADY_ACTIVE = _refusal(
    RefusalCode.NO_RESERVATION,
    "R19",
    "The card is active already; there is nothing left to activate and nothing was changed.",
    "此卡已启用，无需再次启用，未做任何更改。",
)
NOTICE_OF_OTHER_HOLDER = _refusal(
    RefusalCode.OTHER_HOLDER,
    "R14",
    "The card belongs to another person than the bank names; nothing was changed. Check card and identity number.",
    "银行通知中的社会保障号码与持卡人不符，未做任何更改，请核对。",
)
NO_RESERVATION = _refusal(
    RefusalCode.NO_RESERVATION,
    "R12",
    "There is no open activation under this number; insert the social security card again to start anew.",
    "没有此编号的待完成启用业务，请重新插入社会保障卡办理。",
)
COMMITTED = _refusal(
    RefusalCode.NO_RESERVATION,
    "R19",
    "The activation under this number is carried out and cannot be undone; the card is active.",
    "此编号的启用业务已完成，不能撤销，社会保障卡已启用。",
)


def hsm_refusal(rule: str, en: str, zh: str) -> Refusal:
    """A refusal of the HSM with its reason; `rule` is the domain's, or HSM where the message is at fault."""
    return _refusal(RefusalCode.HSM, rule, f"HSM refuses: {en}.", f"加密机拒绝：{zh}。")
