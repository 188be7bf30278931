"""Requests of the channels and their answers as named values: ID numbers masked, tokens left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from apdu.layout.states import FinancialState, SocialState
from apdu.redact import mask_id
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.card_life_ports import (
    CancelCard,
    CardChanged,
    CardReplaced,
    HandedOver,
    HandOver,
    HandOverToEmployer,
    ListHandedOver,
    LockCard,
    ReleaseLoss,
    ReplaceCard,
    ReportLoss,
    Tick,
    Ticked,
    UnlockCard,
)
from terminal.backoffice.card_ports import (
    Authorise,
    Authorised,
    CardView,
    ElectronicCard,
    Enable,
    Enabled,
    PresentCard,
    QueryCard,
    SignElectronicCard,
)
from terminal.backoffice.channel_ports import Papers
from terminal.backoffice.ports import CardStanding, Refusal
from terminal.flow.texts import clock_time, yuan
from terminal.text import Text
from terminal.trace.entries import Value

Values = Iterator[Value]

REQUEST_NAMES: Mapping[type, Text] = {
    QueryCard: Text("query state and balance", "查询卡状态与余额"),
    PresentCard: Text("card presented", "插卡核对"),
    Enable: Text("activate", "启用"),
    SignElectronicCard: Text("electronic card", "申领电子社保卡"),
    ReportLoss: Text("report loss", "挂失"),
    ReleaseLoss: Text("release loss", "解除挂失"),
    ReplaceCard: Text("replace", "补换卡"),
    CancelCard: Text("cancel", "注销"),
    LockCard: Text("lock", "锁定应用"),
    UnlockCard: Text("unlock", "解除锁定"),
    HandOver: Text("hand over", "领卡登记"),
    HandOverToEmployer: Text("hand over to an employer", "单位代领登记"),
    Authorise: Text("ask for permission", "业务授权"),
    Tick: Text("do what is due", "定时处理"),
    BankNotice: Text("bank's notice", "银行激活通知"),
}

_NUMBER = Text("card number", "社保卡卡号")


def _about(request: Any) -> Values:
    """Place, card and papers, as far as a request has them."""
    yield Value("place", Text("place", "办理机构"), request.place.pharmacy)
    if hasattr(request, "number"):
        yield Value("card", _NUMBER, request.number)
    if getattr(request, "papers", None) is not None:
        yield from _papers(request.papers)


def _papers(papers: Papers) -> Values:
    if papers.holder_id is not None:
        yield Value("id_number", Text("ID number", "社会保障号码"), mask_id(papers.holder_id))
    if papers.agent is not None:
        own = papers.agent.id_number
        yield Value("agent", Text("agent", "代办人"), mask_id(own) if own else "-")
        said = "yes 有" if papers.agent.power_of_attorney else "no 无"
        yield Value("power_of_attorney", Text("power of attorney", "授权委托书"), said)


def _loss(request: ReportLoss) -> Values:
    yield from _about(request)
    kind = Text("formal", "正式") if request.formal else Text("temporary", "临时")
    yield Value("kind", Text("kind of loss", "挂失类别"), f"{kind.en} {kind.zh}", kind.en)


def _replace(request: ReplaceCard) -> Values:
    yield from _about(request)
    yield Value("new_card", Text("new card", "新卡卡号"), request.new_number)


def _list(request: HandOverToEmployer) -> Values:
    yield from _about(request)
    yield Value("employer", Text("employer", "单位"), request.employer)
    yield _count("cards", Text("cards", "卡数"), len(request.numbers))


def _authorise(request: Authorise) -> Values:
    yield from _about(request)
    yield Value("service", Text("service", "业务"), request.service.value)


def _tick(request: Tick) -> Values:
    yield _count("limit", Text("at most", "上限"), request.limit)


def _notice(notice: BankNotice) -> Values:
    yield Value("card", _NUMBER, notice.card)
    yield Value("id_number", Text("ID number", "社会保障号码"), mask_id(notice.id_number))


SENT: Mapping[type, Callable[[Any], Values]] = {
    **dict.fromkeys(REQUEST_NAMES, _about),
    ReportLoss: _loss,
    ReplaceCard: _replace,
    HandOverToEmployer: _list,
    Authorise: _authorise,
    Tick: _tick,
    BankNotice: _notice,
}


def _count(key: str, text: Text, number: int) -> Value:
    return Value(key, text, str(number), number)


def _state(key: str, text: Text, state: SocialState | FinancialState) -> Value:
    written = f"{int(state)} {state.name.lower().replace('_', ' ')} {state.zh}"
    return Value(key, text, written, state.name)


def _social(state: SocialState) -> Value:
    return _state("social", Text("social application", "社保应用"), state)


def _flag(key: str, text: Text, flag: bool) -> Value:
    return Value(key, text, "yes 是" if flag else "no 否", flag)


def moment(key: str, text: Text, at: datetime) -> Value:
    """A time: for people as slips have it, for machines with its zone."""
    return Value(key, text, clock_time(at), at.isoformat(" ", "seconds"))


def _moment(key: str, text: Text, at: datetime | None) -> Values:
    if at is not None:
        yield moment(key, text, at)


def _balance(fen: int) -> Value:
    return Value("balance_fen", Text("balance", "个人账户余额"), yuan(fen), fen)


def _standing(answer: CardStanding | CardView) -> Values:
    yield Value("holder", Text("holder", "持卡人"), answer.holder.name)
    number = answer.holder.id_number
    yield Value("id_number", Text("ID number", "社会保障号码"), number if "*" in number else mask_id(number))
    yield _social(answer.social)
    yield _state("financial", Text("financial application", "金融应用"), answer.financial)
    yield Value("channel", Text("activated by", "启用渠道"), answer.enabled_by.name.lower())
    yield from _moment("enabled_at", Text("activated at", "启用时间"), answer.enabled_at)
    yield from _moment("received_at", Text("received at", "领卡时间"), answer.received_at)


def _view(answer: CardView) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield from _standing(answer)
    yield _flag("usable", Text("may be used", "可用"), answer.usable)
    yield _balance(answer.balance_fen)
    if answer.bank_until is not None:
        until = Text("last day for the bank", "金融应用激活截止日")
        yield Value("bank_until", until, answer.bank_until.isoformat())


def _enabled(answer: Enabled) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield _flag("activated", Text("activated now", "本次启用"), answer.activated)
    yield from _standing(answer.standing)
    yield _balance(answer.balance_fen)


def _electronic(answer: ElectronicCard) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield Value("token", Text("token", "电子社保卡令牌"), "****")
    yield _flag("issued", Text("issued now", "本次签发"), answer.issued)


def _changed(answer: CardChanged) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield _social(answer.social)
    yield _flag("changed", Text("changed now", "本次变更"), answer.changed)


def _replaced(answer: CardReplaced) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield Value("new_card", Text("new card", "新卡卡号"), answer.new_number)
    yield _balance(answer.balance_fen)
    yield _flag("changed", Text("changed now", "本次变更"), answer.changed)


def _handed_over(answer: HandedOver) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield from _moment("received_at", Text("received at", "领卡时间"), answer.received_at)
    mode = answer.mode.name.lower().replace("_", " ")
    yield Value("mode", Text("mode of receipt", "领卡方式"), mode)
    yield _flag("changed", Text("changed now", "本次变更"), answer.changed)


def _handed_over_list(answer: ListHandedOver) -> Values:
    for number, result in answer.results:
        said = result.text if isinstance(result, Refusal) else Text("handed over", "已登记")
        data = result.code.value if isinstance(result, Refusal) else "handed-over"
        yield Value(f"card_{number}", Text(f"card {number}", f"卡{number}"), str(said), data)


def _authorised(answer: Authorised) -> Values:
    yield Value("card", _NUMBER, answer.number)
    yield Value("service", Text("service", "业务"), answer.service.value)


def _ticked(answer: Ticked) -> Values:
    yield _count("activated", Text("activated by themselves", "自动启用"), answer.activated)
    yield _count("lost", Text("reported lost past the deadline", "逾期挂失"), answer.lost)


def _noticed(answer: NoticeAnswer) -> Values:
    yield _social(answer.social)
    yield _flag("activated", Text("activated now", "本次启用"), answer.activated)


ANSWERED: Mapping[type, Callable[[Any], Values]] = {
    CardView: _view,
    CardStanding: _standing,
    Enabled: _enabled,
    ElectronicCard: _electronic,
    CardChanged: _changed,
    CardReplaced: _replaced,
    HandedOver: _handed_over,
    ListHandedOver: _handed_over_list,
    Authorised: _authorised,
    Ticked: _ticked,
    NoticeAnswer: _noticed,
}
