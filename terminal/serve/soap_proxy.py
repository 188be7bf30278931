"""`serviceProxy`: the other SOAP form, one call for every operation, its parameters as `<p><s key="value"/></p>`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.backoffice.production import Application
from terminal.backoffice.records import SocialCard
from terminal.backoffice.stored.orders import Order
from terminal.backoffice.wire import BY_REQUEST, MalformedError
from terminal.serve import hsm_failures
from terminal.serve.desk import ask
from terminal.serve.failures import HSM
from terminal.serve.pool import Centre
from terminal.serve.soap import SoapCall, attributes, read_xml
from terminal.serve.soap_cards import (
    ENABLE,
    FORMAL_LOSS,
    NO_CARD,
    QUERY,
    RELEASE,
    TEMPORARY_LOSS,
    CardOperation,
    DeclinedError,
    card_of,
    cards_of,
    person_of,
)
from terminal.serve.soap_orders import (
    APPLY,
    ISSUE,
    MADE,
    ORDERS,
    Applied,
    application_of,
    carried_out,
    holder_of,
    made_of,
    masked,
    moment,
    step_of,
)
from terminal.serve.soap_photographs import photograph_in, told_photograph

NAME = "serviceProxy"
Values = Mapping[str, str]
Row = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Served:
    """One operation: its required parameters, what failures call it, and what it answers besides errflag."""

    required: tuple[str, ...]
    name: str
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


def names_of(call: ProxyCall) -> tuple[str, ...]:
    """What failures may call it; a message to the key machine also by its type."""
    if call.served.name == HSM:
        return hsm_failures.names_of(call.values["hsm_in"])
    return (call.served.name,)


def carry_out(centre: Centre, call: ProxyCall) -> str:
    """The answer's document; errflag 0 done, 1 not (the HSM: -1)."""
    try:
        return _document([("errflag", "0"), ("errtext", "")], call.served.serve(centre, call.values))
    except DeclinedError as error:
        flag = "-1" if call.served.name == HSM else "1"
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
    id_number = found[0].holder.id_number
    orders = carried_out(centre, lambda production: production.orders_of(id_number))
    banks = {order.number: order.bank for order, _ in orders}
    rows = (_row(card, banks.get(card.number, "")) for card in found)
    return f'<d k="ds">{"".join(f"<r>{attributes(row)}</r>" for row in rows)}</d>'


def _row(card: SocialCard, bank: str) -> Row:
    return [
        ("shbzhm", card.holder.id_number),
        ("xm", card.holder.name),
        ("kh", card.number),
        ("kzt", str(card.social.value)),
        ("kztmc", card.social.zh),
        ("kxpzh", masked(card.chip_account)),
        ("kctzh", masked(card.bank_number)),
        ("yhbh", bank),
    ]


def _hsm(centre: Centre, values: Values) -> str:
    try:
        answer = ask(centre.office, HsmMessage(values["hsm_in"]))
    except RefusedError as error:
        raise DeclinedError(error.refusal.text.zh, "4") from None
    return attributes([("hsm_out", str(answer))])


def _person(centre: Centre, values: Values) -> str:
    found = person_of(centre.store, values["yxzjhm"], values.get("xm", ""))
    return attributes([("shbzhm", found.id_number), ("xm", found.name)])


def _photograph(centre: Centre, values: Values) -> str:
    found = person_of(centre.store, values["yxzjhm"], values.get("xm", ""))
    return attributes([("photo", told_photograph(centre, found))])


def _application(values: Values, *, replacing: bool) -> Application:
    applied = Applied(
        id_number=values["yxzjhm"],
        name=values["xm"],
        bank=values.get("yhbh", ""),
        branch=values.get("khhhh", ""),
        replaces=values["kh"] if replacing else "",
        reason=values.get("bhkyy", ""),
    )
    return application_of(applied, photograph_in(values.get("photo", "")))


def _checking(*, replacing: bool) -> Callable[[Centre, Values], str]:
    def serve(centre: Centre, values: Values) -> str:
        application = _application(values, replacing=replacing)
        carried_out(centre, lambda production: production.check(application))
        return ""

    return serve


def _applying(*, replacing: bool) -> Callable[[Centre, Values], str]:
    def serve(centre: Centre, values: Values) -> str:
        application = _application(values, replacing=replacing)
        carried_out(centre, lambda production: production.apply(application))
        return ""

    return serve


def _orders(centre: Centre, values: Values) -> str:
    id_number = holder_of(values["yxzjhm"], values["xm"]).id_number
    found = carried_out(centre, lambda production: production.orders_of(id_number))
    return f'<d k="ds">{"".join(f"<r>{attributes(_order_row(centre, *each))}</r>" for each in found)}</d>'


def _order_row(centre: Centre, order: Order, card: SocialCard | None) -> Row:
    return [
        ("sqlx", order.kind.value),
        ("zkzt", step_of(order, card)),
        ("kh", order.number or ""),
        ("ykh", order.replaces or ""),
        ("yhbh", order.bank),
        ("sqsj", moment(centre, order.applied_at)),
        ("zksj", moment(centre, order.made_at)),
    ]


def _issue(centre: Centre, values: Values) -> str:
    application = _application(values, replacing=False)
    order = carried_out(centre, lambda production: production.issue(application))
    holder = application.holder
    return attributes([("sbkh", order.number or ""), ("shbzhm", holder.id_number), ("xm", holder.name)])


def _completed(centre: Centre, values: Values) -> str:
    holder = holder_of(values["shbzhm"], values["xm"])
    made = made_of(holder, values)
    carried_out(centre, lambda production: production.complete(made))
    return ""


_PERSON = ("yxzjhm", "yxzjlx", "xm")
_APPLYING = (*_PERSON, "yhbh", "jbr", "xzqhdm")
_REPLACING = (*_APPLYING, "kh")
_MADE = (*_APPLYING, "shbzhm", "kh", "kxpzh", "kctzh", "ksbm", "kfwm", "kgfbb", "xplx")
_CARD = (*_PERSON, "kh", "xtlb")
OPERATIONS: Mapping[str, Served] = {
    "queryCardInfoBySfzhm": Served(("yxzjhm", "xm", "xzqhdm"), QUERY, _query),
    "saveCardActive": Served((*_CARD, "jbr", "xzqhdm"), ENABLE.name, _changing(ENABLE)),
    "saveCardJrzhActive": Served(
        (*_PERSON, "kctzh", "yhbh", "xtlb", "jbr", "xzqhdm"), BY_REQUEST[BankNotice].name, _bank_notice
    ),
    "saveCardLsgs": Served((*_CARD, "jbr", "xzqhdm"), TEMPORARY_LOSS.name, _changing(TEMPORARY_LOSS)),
    "saveCardLsgsjg": Served((*_CARD, "xzqhdm"), RELEASE.name, _changing(RELEASE)),
    "saveCardGs": Served((*_CARD, "jbr", "xzqhdm", "yhbh"), FORMAL_LOSS.name, _changing(FORMAL_LOSS)),
    "chkCanCardSq": Served((*_PERSON, "xzqhdm"), APPLY, _checking(replacing=False)),
    "saveCardSqList": Served(_APPLYING, APPLY, _applying(replacing=False)),
    "chkCanCardBh": Served((*_PERSON, "kh", "xzqhdm"), APPLY, _checking(replacing=True)),
    "saveCardBhList": Served(_REPLACING, APPLY, _applying(replacing=True)),
    "saveCardBhk": Served(_REPLACING, APPLY, _applying(replacing=True)),
    "queryCardZksqList": Served(("yxzjhm", "xm", "xzqhdm"), ORDERS, _orders),
    "saveCardOpen": Served(_APPLYING, ISSUE, _issue),
    "saveCardCompleted": Served(_MADE, MADE, _completed),
    "queryPersonInfo": Served(("yxzjhm", "xzqhdm"), QUERY, _person),
    "queryPerPhoto": Served(("yxzjhm", "yxzjlx", "xzqhdm"), QUERY, _photograph),
    "connectHSMSerive": Served(("hsm_in",), HSM, _hsm),
}
"""By operationName; `Serive` is the real spelling."""
