"""Requests to the back office and its answers as named values: PINs left out, identity numbers masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from apdu.explain_fields import shown
from apdu.layout import card_layout
from apdu.layout.states import FinancialState, SocialState
from apdu.redact import mask_id
from terminal.backoffice.debit_ports import DebitChecked, ReportDebit
from terminal.backoffice.national_ports import Transact, Transacted
from terminal.backoffice.ports import (
    Answer,
    BackOfficeError,
    CardStanding,
    ConfirmActivation,
    Confirmed,
    HsmMessage,
    NewCardAnswer,
    NewCardQuery,
    OldCardAnswer,
    OldCardQuery,
    PinAnswer,
    RefusedError,
    ReleaseReservation,
    Request,
    ReservationView,
    Reserve,
    Reserved,
    SignedIn,
    SignIn,
    VerifyOldPin,
)
from terminal.flow.texts import yuan
from terminal.text import Text
from terminal.trace import cards, national
from terminal.trace.entries import CentreEntry, Value

Values = Iterator[Value]
AUTHENTICATION_DIGITS = 32
"""Authentication data and random, 8 bytes each; anything else an HSM answers is a sealed command."""
MEDICAL_FID = 0xEF05

REQUEST_NAMES: Mapping[type, Text] = {
    **cards.REQUEST_NAMES,
    SignIn: Text("sign in", "签到"),
    OldCardQuery: Text("query old card", "查询医保卡"),
    NewCardQuery: Text("query new card", "查询社保卡"),
    VerifyOldPin: Text("verify the old PIN", "校验原密码"),
    Reserve: Text("reserve activation", "预占启用"),
    ConfirmActivation: Text("confirm activation", "确认启用"),
    ReleaseReservation: Text("release reservation", "撤销预占"),
    HsmMessage: Text("HSM message", "加密机报文"),
    ReportDebit: Text("verify a debit", "消费验证"),
}


def centre_entry(request: Request, outcome: Answer | BackOfficeError) -> CentreEntry:
    """One request and its outcome as an entry that may be written anywhere."""
    sent = tuple(_SENT[type(request)](request))
    name = type(request).__name__
    text = (
        national.transaction_name(request.infno)
        if isinstance(request, Transact)
        else REQUEST_NAMES[type(request)]
    )
    if isinstance(outcome, RefusedError):
        return CentreEntry(name, text, sent, refusal=outcome.refusal, failure=str(outcome))
    if isinstance(outcome, BackOfficeError):
        return CentreEntry(name, text, sent, failure=str(outcome))
    return CentreEntry(name, text, sent, tuple(_ANSWERED[type(outcome)](outcome)))


def _sign_in(request: SignIn) -> Values:
    yield Value("pharmacy", Text("pharmacy", "药店代码"), request.place.pharmacy)
    yield Value("terminal", Text("terminal number", "终端机编号"), request.place.terminal)


def _old_card_query(request: OldCardQuery) -> Values:
    yield Value("kind", Text("kind", "卡种"), request.kind)
    yield Value("number", Text("number", "卡号"), request.number)


def _pair(request: NewCardQuery | VerifyOldPin | Reserve) -> Values:
    yield Value("card", Text("card number", "社保卡卡号"), request.card.number)
    if request.old_number:
        yield Value("old_card", Text("old card", "医保卡号"), request.old_number)


def _new_card_query(request: NewCardQuery) -> Values:
    yield from _pair(request)
    if request.journal:
        yield Value("journal", Text("journal on the card", "卡内启用日志"), request.journal)


def _verify_pin(request: VerifyOldPin) -> Values:
    yield from _pair(request)
    yield Value("pin", Text("PIN", "密码"), "****")


def _by_number(request: ConfirmActivation | ReleaseReservation) -> Values:
    yield Value("number", Text("activation number", "流水号"), request.number)


_DEBIT_FIELDS = (
    ("account_fen", Text("account on the card", "卡内个人账户支付")),
    ("self_paid_fen", Text("paid by the holder", "个人自付")),
    ("pool_fen", Text("paid by the pool", "统筹支付")),
)


def _report_debit(request: ReportDebit) -> Values:
    yield Value("card", Text("card number", "社保卡卡号"), request.card.number)
    yield Value("msgid", Text("msgid", "报文编号"), request.msgid)
    yield Value(
        "number", Text("transaction on the card", "卡内交易序号"), str(request.number), request.number
    )
    for name, text in _DEBIT_FIELDS:
        fen = getattr(request, name)
        yield Value(name, text, yuan(fen), fen)
    yield Value("terminal", Text("terminal number", "终端机编号"), request.place.terminal)
    yield Value("sequence", Text("terminal sequence", "终端交易序号"), request.sequence)
    yield Value("time", Text("time", "时间"), request.time)
    yield Value("tac", Text("TAC", "交易认证码"), request.tac)


_HSM_FIELDS: Mapping[str, tuple[tuple[str, Text], ...]] = {
    "01": (
        ("region", Text("region", "行政区划")),
        ("historical_bytes", Text("historical bytes", "历史字节")),
        ("algorithm", Text("algorithm", "算法标识")),
        ("card_id", Text("identification code", "卡识别码")),
        ("internal_process", Text("internal: process factor", "内部鉴别过程因子")),
        ("internal_raw", Text("internal: random", "内部鉴别随机数")),
        ("external_process", Text("external: process factor", "外部鉴别过程因子")),
        ("external_raw", Text("external: random", "外部鉴别随机数")),
    ),
    "02": (
        ("region", Text("region", "行政区划")),
        ("historical_bytes", Text("historical bytes", "历史字节")),
        ("algorithm", Text("algorithm", "算法标识")),
        ("address", Text("key address", "密钥地址")),
        ("process", Text("process factor", "过程因子")),
        ("raw", Text("random", "随机数")),
    ),
    "03": (
        ("region", Text("region", "行政区划")),
        ("historical_bytes", Text("historical bytes", "历史字节")),
        ("algorithm", Text("algorithm", "算法标识")),
        ("address", Text("key address", "密钥地址")),
        ("challenge", Text("random of the card", "卡片随机数")),
        ("header", Text("command header", "命令头")),
    ),
    "04": (
        ("region", Text("region", "行政区划")),
        ("historical_bytes", Text("historical bytes", "历史字节")),
        ("sequence", Text("terminal sequence", "终端交易序号")),
        ("algorithm", Text("algorithm", "算法标识")),
        ("address", Text("key address", "密钥地址")),
        ("challenge", Text("random of the card", "卡片随机数")),
        ("number", Text("transaction on the card", "卡内交易序号")),
        ("amounts", Text("holder and pool, in fen", "个人自付与统筹支付（分）")),
        ("kind", Text("type", "交易类型")),
        ("terminal", Text("terminal number", "终端机编号")),
        ("time", Text("time", "时间")),
    ),
}


def _hsm_message(request: HsmMessage) -> Values:
    kind, *fields = request.text.split("|")
    yield Value("type", Text("message type", "报文类型"), kind)
    for (key, text), value in zip(_HSM_FIELDS.get(kind, ()), fields, strict=False):
        if value:
            yield Value(key, text, value)
    if request.pin is not None:
        yield Value("pin", Text("PIN", "密码"), "****")


_SENT: Mapping[type, Callable[[Any], Values]] = {
    **cards.SENT,
    Transact: national.sent,
    SignIn: _sign_in,
    OldCardQuery: _old_card_query,
    NewCardQuery: _new_card_query,
    VerifyOldPin: _verify_pin,
    Reserve: _pair,
    ConfirmActivation: _by_number,
    ReleaseReservation: _by_number,
    HsmMessage: _hsm_message,
    ReportDebit: _report_debit,
}


def _signed_in(answer: SignedIn) -> Values:
    yield Value("pharmacy_name", Text("pharmacy", "药店"), answer.pharmacy_name)


_COMMITTED, _RELEASED = Text("committed", "已确认"), Text("released", "已撤销")
_OPEN = Text("open", "预占")


def _state(key: str, text: Text, state: SocialState | FinancialState) -> Value:
    return Value(key, text, state_text(state), state.name)


def _count(key: str, text: Text, number: int) -> Value:
    return Value(key, text, str(number), number)


def _holder(answer: OldCardAnswer | CardStanding) -> Values:
    yield Value("holder", Text("holder", "持卡人"), answer.holder.name)
    yield Value("id_number", Text("ID number", "社会保障号码"), mask_id(answer.holder.id_number))


def _balance(fen: int) -> Value:
    return Value("balance_fen", Text("balance", "个人账户余额"), yuan(fen), fen)


def _old_card(answer: OldCardAnswer) -> Values:
    yield from _holder(answer)
    yield _balance(answer.balance_fen)
    if answer.replaced_by:
        yield Value("replaced_by", Text("replaced by", "已换发"), answer.replaced_by)


def _new_card(answer: NewCardAnswer) -> Values:
    yield from _holder(answer)
    yield _state("social", Text("social application", "社保应用"), answer.social)
    yield _state("financial", Text("financial application", "金融应用"), answer.financial)
    yield _count("pin_tries", Text("PIN tries left", "剩余次数"), answer.pin_tries)
    if answer.reservation:
        yield from _reservation(answer.reservation)


def _pin(answer: PinAnswer) -> Values:
    said = "yes 是" if answer.correct else "no 否"
    yield Value("correct", Text("PIN correct", "密码正确"), said, answer.correct)
    yield _count("tries_left", Text("PIN tries left", "剩余次数"), answer.tries_left)


def _reservation(answer: ReservationView) -> Values:
    stage = _COMMITTED if answer.committed else _RELEASED if answer.released else _OPEN
    yield Value("number", Text("activation number", "流水号"), answer.number)
    yield Value("reservation", Text("reservation", "预占"), f"{stage.en} {stage.zh}", stage.en)


def _reserved(answer: Reserved) -> Values:
    yield from _reservation(answer.reservation)
    spec = {entry.name: entry for entry in card_layout("3.0")}["DF04"].file(MEDICAL_FID)
    assert spec is not None
    for tag, text in answer.medical.items.items():
        item = spec.item(tag)
        value = shown(item.coding.from_text(text), item) if item.coding else text
        yield Value(f"medical_{tag:02X}", Text(item.name, item.name_zh), value)


def _confirmed(answer: Confirmed) -> Values:
    yield Value("number", Text("activation number", "流水号"), answer.number)
    yield cards.moment("at", Text("carried out at", "办理时间"), answer.at)
    yield _balance(answer.balance_fen)


def _hsm_answer(answer: str) -> Values:
    pairs = [pair for pair in answer.split("|") if pair]
    if pairs and len(pairs[0]) != AUTHENTICATION_DIGITS:
        yield Value("command", Text("sealed command", "安全报文命令"), "****")
        return
    for number, pair in enumerate(pairs, 1):
        yield Value(f"authentication_{number}", Text("authentication data", "鉴别数据"), pair[:16])
        yield Value(f"raw_{number}", Text("random", "随机数"), pair[16:])


def _debit_checked(answer: DebitChecked) -> Values:
    told = Text("genuine", "通过") if answer.genuine else Text("not genuine", "未通过")
    yield Value("genuine", Text("TAC", "交易认证码"), str(told), answer.genuine)


_ANSWERED: Mapping[type, Callable[[Any], Values]] = {
    **cards.ANSWERED,
    Transacted: national.answered,
    SignedIn: _signed_in,
    OldCardAnswer: _old_card,
    NewCardAnswer: _new_card,
    PinAnswer: _pin,
    Reserved: _reserved,
    Confirmed: _confirmed,
    ReservationView: _reservation,
    str: _hsm_answer,
    DebitChecked: _debit_checked,
}


def state_text(state: SocialState | FinancialState) -> str:
    """A card state for people: code, English, Chinese."""
    return f"{int(state)} {state.name.lower().replace('_', ' ')} {state.zh}"
