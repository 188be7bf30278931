"""The refusals of the channels beside the dual insert: where to go instead, what is missing, what the state forbids."""

from __future__ import annotations

from collections.abc import Mapping

from apdu.layout.states import SocialState
from terminal.backoffice.card_life_ports import (
    CancelCard,
    HandOver,
    HandOverToEmployer,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    UnlockCard,
)
from terminal.backoffice.card_ports import Enable, PresentCard, QueryCard, SignElectronicCard
from terminal.backoffice.card_states import Operation
from terminal.backoffice.ports import Refusal, RefusalCode
from terminal.text import Text


def _refusal(code: RefusalCode, rule: str, en: str, zh: str) -> Refusal:
    return Refusal(code, rule, Text(en, zh))


def _elsewhere(rule: str, en: str, zh: str) -> Refusal:
    return _refusal(RefusalCode.WRONG_PLACE, rule, en, zh)


# --- places ---------------------------------------------------------------------------------------------

_LOSS_PLACE = _elsewhere(
    "R41",
    "A loss is reported at a service counter, by phone or online; nothing was changed.",
    "请到服务窗口或通过电话、网上办理挂失，本机构不能办理，未做任何更改。",
)
_CENTRE_ALONE = _elsewhere(
    "R1",
    "The card management centre alone locks and unlocks; ask there.",
    "应用锁定与解锁仅由卡管中心办理。",
)
_COUNTER_ALONE = _elsewhere(
    "R41",
    "This is done at a service counter of the social security department; go there with the ID card.",
    "请持身份证到人社服务窗口办理。",
)
_HANDED_OVER_AT = _elsewhere(
    "R23",
    "Cards are handed over at service counters and at the issuing bank.",
    "请到人社服务窗口或发卡银行领卡。",
)

GO_TO: Mapping[type, Refusal] = {
    QueryCard: _elsewhere(
        "R42",
        "State and balance are told at service counters, online, and at authorised pharmacies and hospitals; "
        "this place holds no authorisation.",
        "本机构未获授权查询，请到服务窗口、网上或获授权的药店、医院查询。",
    ),
    PresentCard: _elsewhere(
        "R3",
        "There is no card reader at this kind of place; insert the card at a counter, pharmacy, hospital or bank.",
        "请到服务窗口、定点药店、定点医院或发卡银行插卡办理。",
    ),
    Enable: _elsewhere(
        "R17",
        "The card is activated at a bank outlet, hospital, pharmacy, service counter, by phone or online.",
        "请到银行网点、定点医院、定点药店、服务窗口或通过电话、网上启用。",
    ),
    SignElectronicCard: _elsewhere(
        "R22",
        "The electronic card is issued online; open the app.",
        "电子社保卡请在网上申领。",
    ),
    ReportLoss: _LOSS_PLACE,
    ReleaseLoss: _elsewhere(
        "R21",
        "A loss is released at a service counter of the social security department, not here; nothing was changed.",
        "请到人社部门指定服务窗口解除挂失，本机构不能办理，未做任何更改。",
    ),
    ReplaceCard: _COUNTER_ALONE,
    CancelCard: _COUNTER_ALONE,
    LockCard: _CENTRE_ALONE,
    UnlockCard: _CENTRE_ALONE,
    HandOver: _HANDED_OVER_AT,
    HandOverToEmployer: _HANDED_OVER_AT,
}
"""What a place of the wrong kind is told, by request."""

FORMAL_LOSS_AT_COUNTER = _elsewhere(
    "R41",
    "By phone and online a loss is reported for the time being; a formal one at a service counter, with the ID card.",
    "电话和网上仅办理临时挂失，正式挂失请持身份证到服务窗口办理。",
)
NO_AUTHORISATION = _elsewhere(
    "R40",
    "This place holds no authorisation for PINs; go to a service counter or an authorised hospital or pharmacy.",
    "本机构未获密码业务授权，请到服务窗口或获授权的医院、药店办理。",
)
ONLY_AT_THE_BANK = _elsewhere(
    "R40",
    "The bank's PIN, and the loss of the bank account or its release, are matters of the issuing bank; go there.",
    "金融密码、金融账户挂失及解除挂失请到发卡银行办理。",
)
PHARMACY_NEEDS_OLD_CARD = _refusal(
    RefusalCode.OLD_CARD_REQUIRED,
    "R12",
    "In this region a pharmacy activates with the old medical card or its PIN; start the dual insert.",
    "本地区药店启用须凭原医保卡或其密码，请办理双插卡启用。",
)

# --- who it is ------------------------------------------------------------------------------------------

PHONE_DETAILS = _refusal(
    RefusalCode.HOLDER_NOT_IDENTIFIED,
    "R15",
    "ID number and card number do not belong to one card; ask the caller for both again.",
    "身份证号与卡号不相符，请核对后重新提供。",
)
ONLINE_DETAILS = _refusal(
    RefusalCode.HOLDER_NOT_IDENTIFIED,
    "R16",
    "ID number, card number and card identification number do not belong to one card; check all three.",
    "身份证号、卡号、卡识别码不相符，请核对后重新输入。",
)
ID_CARD_NEEDED = _refusal(
    RefusalCode.HOLDER_NOT_IDENTIFIED,
    "R10",
    "The holder's original ID card is needed; show it and try again.",
    "请出示持卡人身份证原件。",
)
ID_CARD_OF_ANOTHER = _refusal(
    RefusalCode.OTHER_HOLDER,
    "R10",
    "The ID card is another person's than the holder's of this card; nothing was changed.",
    "身份证与持卡人不符，未做任何更改。",
)
ID_NUMBER_WRONG = _refusal(
    RefusalCode.HOLDER_NOT_IDENTIFIED,
    "R54",
    "An ID number has 18 characters and a check character; this is none. Read it off the ID card again.",
    "身份证号格式或校验码错误，请核对身份证。",
)
AGENT_LACKS = (
    _refusal(
        RefusalCode.PAPERS_MISSING,
        "R30",
        "The agent needs the holder's ID card, and it is missing.",
        "代办缺少持卡人身份证。",
    ),
    _refusal(
        RefusalCode.PAPERS_MISSING,
        "R30",
        "The agent needs an ID card of their own, and it is missing.",
        "代办缺少代办人身份证。",
    ),
    _refusal(
        RefusalCode.PAPERS_MISSING,
        "R30",
        "The agent needs a power of attorney of the holder, and it is missing.",
        "代办缺少持卡人授权委托书。",
    ),
)
"""Holder's ID card, agent's ID card, power of attorney: what an agent is told to be missing."""

# --- the state of the card ------------------------------------------------------------------------------

NOT_ACTIVE = _refusal(
    RefusalCode.SOCIAL_FIRST,
    "R1",
    "The social application is not active; activate the card first.",
    "社会保障应用尚未启用，请先启用。",
)
ELECTRONIC_NEEDS_BANK = _refusal(
    RefusalCode.BANK_FIRST,
    "R22",
    "The electronic card needs the bank as well: activate the financial application at the issuing bank first.",
    "申领电子社保卡须先到发卡银行激活金融应用。",
)
SUCCESSOR_UNKNOWN = _refusal(
    RefusalCode.UNKNOWN_CARD,
    "R41",
    "The new card is not on record; bring it in with its issue record first.",
    "中心没有新卡的制卡记录，请先登记新卡。",
)
SUCCESSOR_OF_ANOTHER = _refusal(
    RefusalCode.OTHER_HOLDER,
    "R41",
    "The new card is another person's; nothing was changed. Take the card made for this holder.",
    "新卡不属于同一持卡人，未做任何更改，请核对。",
)
SUCCESSOR_USED = _refusal(
    RefusalCode.MOVE_NOT_LEGAL,
    "R41",
    "The new card is not a fresh one: only a sealed card takes the place of a lost one.",
    "新卡不是封存状态，不能用于补换。",
)


def not_legal(state: SocialState, operation: Operation) -> Refusal:
    """What the table of card states does not have, named by state and operation."""
    return _refusal(
        RefusalCode.MOVE_NOT_LEGAL,
        "R41",
        f"The card is in state {int(state)} ({state.name.lower().replace('_', ' ')}): "
        f"there is no way to {operation.text.en} from there; nothing was changed.",
        f"卡状态为{state.zh}，不能{operation.text.zh}，未做任何更改。",
    )
