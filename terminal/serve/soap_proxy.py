"""`serviceProxy`: the other SOAP form, one call for every operation, its parameters as `<p><s key="value"/></p>`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_ports import QueryCard
from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.backoffice.records import SocialCard
from terminal.backoffice.wire import MalformedError
from terminal.serve.desk import ask
from terminal.serve.pool import Centre
from terminal.serve.soap import SoapCall, attributes, read_xml
from terminal.serve.soap_cards import (
    ENABLE,
    FORMAL_LOSS,
    NO_CARD,
    RELEASE,
    TEMPORARY_LOSS,
    CardOperation,
    DeclinedError,
    card_of,
    cards_of,
)

NAME = "serviceProxy"
Values = Mapping[str, str]
Row = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Served:
    """One operation: its required parameters, the typed request behind it, and what it answers besides errflag."""

    required: tuple[str, ...]
    request: type
    serve: Callable[[Centre, Values], str]


@dataclass(frozen=True, slots=True)
class ProxyCall:
    """An operation that is served, and its parameters."""

    served: Served
    values: Values


def read_proxy_call(call: SoapCall) -> ProxyCall:
    """The operation that a serviceProxy call names; raises MalformedError."""
    name = call.arguments.get("operationName", "")
    served = OPERATIONS.get(name)
    if served is None:
        raise MalformedError(f"operationName is one of {', '.join(OPERATIONS)}")
    root = read_xml(call.arguments.get("xmlPara", ""))
    values = {key: value for each in root.iter("s") for key, value in each.attrib.items()}
    missing = [key for key in served.required if not values.get(key)]
    if missing:
        raise MalformedError(f"{name} needs {', '.join(missing)}")
    return ProxyCall(served, values)


def carry_out(centre: Centre, call: ProxyCall) -> str:
    """The answer's document; errflag 0 done, 1 not (the HSM: -1)."""
    try:
        return _document([("errflag", "0"), ("errtext", "")], call.served.serve(centre, call.values))
    except DeclinedError as error:
        flag = "-1" if call.served.request is HsmMessage else "1"
        return _document([("errflag", flag), ("errtext", error.text), ("errcode", error.code)])


def _document(pairs: Iterable[tuple[str, str]], rest: str = "") -> str:
    return f'<?xml version="1.0" encoding="GBK"?><p>{attributes(pairs)}{rest}</p>'


def _changing(operation: CardOperation) -> Callable[[Centre, Values], str]:
    def serve(centre: Centre, values: Values) -> str:
        card = card_of(centre.store, values["kh"], values["yxzjhm"], values["xm"])
        operation.carry_out(centre, card)
        return ""

    return serve


def _bank_notice(centre: Centre, values: Values) -> str:
    """The notice names no card: it is the person's one that is still in use."""
    found = cards_of(centre.store, values["yxzjhm"], values["xm"])
    card = next((each for each in found if each.social.value < FINAL_STATE), None)
    if card is None:
        raise DeclinedError(NO_CARD, "1")
    try:
        ask(centre.office, BankNotice(card.number, card.holder.id_number, values["kctzh"]))
    except RefusedError as error:
        raise DeclinedError(error.refusal.text.zh, "4") from None
    return ""


FINAL_STATE = 6
"""From here on a card is out of use for good: data void, cancelled."""


def _query(centre: Centre, values: Values) -> str:
    found = cards_of(centre.store, values["yxzjhm"], values["xm"])
    return f'<d k="ds">{"".join(f"<r>{attributes(_row(card))}</r>" for card in found)}</d>'


def _row(card: SocialCard) -> Row:
    return [
        ("shbzhm", card.holder.id_number),
        ("xm", card.holder.name),
        ("kh", card.number),
        ("kzt", str(card.social.value)),
        ("kztmc", card.social.zh),
    ]


def _hsm(centre: Centre, values: Values) -> str:
    try:
        answer = ask(centre.office, HsmMessage(values["hsm_in"]))
    except RefusedError as error:
        raise DeclinedError(error.refusal.text.zh, "4") from None
    return attributes([("hsm_out", str(answer))])


_PERSON = ("yxzjhm", "yxzjlx", "xm")
_CARD = (*_PERSON, "kh", "xtlb")
OPERATIONS: Mapping[str, Served] = {
    "queryCardInfoBySfzhm": Served(("yxzjhm", "xm", "xzqhdm"), QueryCard, _query),
    "saveCardActive": Served((*_CARD, "jbr", "xzqhdm"), ENABLE.request, _changing(ENABLE)),
    "saveCardJrzhActive": Served(
        (*_PERSON, "kctzh", "yhbh", "xtlb", "jbr", "xzqhdm"), BankNotice, _bank_notice
    ),
    "saveCardLsgs": Served((*_CARD, "jbr", "xzqhdm"), TEMPORARY_LOSS.request, _changing(TEMPORARY_LOSS)),
    "saveCardLsgsjg": Served((*_CARD, "xzqhdm"), RELEASE.request, _changing(RELEASE)),
    "saveCardGs": Served((*_CARD, "jbr", "xzqhdm", "yhbh"), FORMAL_LOSS.request, _changing(FORMAL_LOSS)),
    "connectHSMSerive": Served(("hsm_in",), HsmMessage, _hsm),
}
"""By operationName; `Serive` is the real spelling."""
