"""What an answer of the centre means to the person who asked without a card in a reader: how it ended, and its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from terminal.backoffice.card_life_ports import (
    CancelCard,
    CardChanged,
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
    CardView,
    ElectronicCard,
    Enable,
    Enabled,
    QueryCard,
    SignElectronicCard,
)
from terminal.backoffice.ports import Refusal
from terminal.exit_codes import ExitCode
from terminal.flow.channel import Finished, done
from terminal.flow.errands import ACTIVATED, ALREADY, LOST, RELEASED, replaced
from terminal.flow.texts import yuan
from terminal.text import Text


def told(request: Any, answer: Any) -> Finished:
    """How a request ended that was answered, by its type."""
    return _TOLD[type(request)](request, answer)


def _enabled(_: Enable, answer: Enabled) -> Finished:
    return done("activated", ACTIVATED) if answer.activated else done("already-active", ALREADY)


def _viewed(_: QueryCard, answer: CardView) -> Finished:
    state, balance = answer.social, yuan(answer.balance_fen)
    name = state.name.lower().replace("_", " ")
    return done(
        "answered",
        Text(
            f"Card {answer.number}: {name}, balance {balance}.",
            f"卡{answer.number}：{state.zh}，个人账户余额{balance}。",
        ),
    )


def _signed(_: SignElectronicCard, answer: ElectronicCard) -> Finished:
    if answer.issued:
        return done("signed", Text("The electronic card is issued.", "电子社保卡已签发。"))
    return done("already-signed", Text("The electronic card was issued before.", "电子社保卡此前已签发。"))


def _collected(_: HandOverToEmployer, answer: ListHandedOver) -> Finished:
    refused = [number for number, result in answer.results if isinstance(result, Refusal)]
    count = len(answer.results) - len(refused)
    text = Text(
        f"{count} cards handed over, {len(refused)} refused.", f"已登记{count}张，未受理{len(refused)}张。"
    )
    code = ExitCode.REFUSED_BY_BACK_OFFICE if refused else ExitCode.DONE
    return Finished("handed-over", code, text, ", ".join(refused))


def _state(_: CancelCard | LockCard | UnlockCard, answer: CardChanged) -> Finished:
    name = answer.social.name.lower().replace("_", " ")
    if answer.changed:
        text = Text(
            f"Card {answer.number} is now: {name}.", f"卡{answer.number}状态变更为：{answer.social.zh}。"
        )
        return done("state-changed", text)
    text = Text(
        f"Card {answer.number} is {name} already.", f"卡{answer.number}原已处于{answer.social.zh}状态。"
    )
    return done("state-unchanged", text)


def _ticked(_: Tick, answer: Ticked) -> Finished:
    return done(
        "ticked",
        Text(
            f"{answer.activated} cards activated, {answer.lost} reported lost.",
            f"自动启用{answer.activated}张，逾期挂失{answer.lost}张。",
        ),
    )


HANDED_OVER = Text("The hand-over is on record.", "领卡已登记。")
AUTHORISED = Text("This place may do that.", "本机构可以办理。")

_TOLD: Mapping[type, Callable[[Any, Any], Finished]] = {
    Enable: _enabled,
    QueryCard: _viewed,
    SignElectronicCard: _signed,
    ReportLoss: lambda request, answer: done("loss-reported", LOST[request.formal]),
    ReleaseLoss: lambda request, answer: done("loss-released", RELEASED),
    ReplaceCard: lambda request, answer: done("replaced", replaced(answer)),
    CancelCard: _state,
    LockCard: _state,
    UnlockCard: _state,
    HandOver: lambda request, answer: done("handed-over", HANDED_OVER),
    HandOverToEmployer: _collected,
    Authorise: lambda request, answer: done("authorised", AUTHORISED),
    Tick: _ticked,
}
