"""`CardService`: the Axis2 form, texts in and out. `00` done, `01` already so, anything else is the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from terminal.backoffice.card_ports import QueryCard
from terminal.backoffice.records import SocialCard
from terminal.backoffice.wire import MalformedError
from terminal.serve.pool import Centre
from terminal.serve.soap import SoapCall, elements, local, read_xml
from terminal.serve.soap_cards import (
    CANCEL,
    ENABLE,
    FORMAL_LOSS,
    RELEASE,
    TEMPORARY_LOSS,
    CardOperation,
    DeclinedError,
    card_of,
    cards_of,
    state_text,
)

Arguments = Mapping[str, str]
Serve = Callable[[Centre, Arguments], str]

SERVERS: Mapping[str, CardOperation] = {
    "01": TEMPORARY_LOSS,
    "02": FORMAL_LOSS,
    "03": RELEASE,
    "04": CANCEL,
    "11": ENABLE,
}
"""Argument `server` of setCard."""

SPOKEN: Mapping[str, CardOperation] = {
    "领卡启用": ENABLE,
    "临时挂失": TEMPORARY_LOSS,
    "正式挂失": FORMAL_LOSS,
    "解除挂失": RELEASE,
}
"""Element 操作 of allDsjk."""

FIXED: Mapping[str, CardOperation] = {"setStart": ENABLE, "setLoss": TEMPORARY_LOSS}


def operation_of(call: SoapCall) -> CardOperation | None:
    """What a call changes, None where it only asks; raises MalformedError for what is not served."""
    if call.operation in FIXED:
        return FIXED[call.operation]
    if call.operation == "setCard":
        return _named(SERVERS, call.arguments.get("server", ""), "server")
    if call.operation == "allDsjk":
        return _named(SPOKEN, _spoken(call).get("操作", ""), "操作")
    if call.operation in QUERIES:
        return None
    known = ", ".join([*FIXED, "setCard", "allDsjk", *QUERIES])
    raise MalformedError(f"there is no such operation; served are {known}")


def password(call: SoapCall) -> str:
    """What the caller proves itself with."""
    return _spoken(call).get("密码", "") if call.operation == "allDsjk" else call.arguments.get("pass", "")


def carry_out(centre: Centre, call: SoapCall) -> str:
    """The text of the answer; a refusal is a text too."""
    operation = operation_of(call)
    try:
        if operation is None:
            return QUERIES[call.operation](centre, call.arguments)
        if call.operation == "allDsjk":
            return _root([("ERR", _of_spoken(centre, operation, call))])
        return operation.carry_out(centre, _card(centre, call.arguments))
    except DeclinedError as error:
        return error.text


def transaction_of(operation: CardOperation | None) -> type:
    """The typed request behind a call, which failures are switched by."""
    return QueryCard if operation is None else operation.request


def _of_spoken(centre: Centre, operation: CardOperation, call: SoapCall) -> str:
    said = _spoken(call)
    asked = (said.get("社会保障卡卡号", ""), said.get("社会保障号码", ""), said.get("姓名", ""))
    try:
        return operation.carry_out(centre, card_of(centre.store, *asked))
    except DeclinedError as error:
        return error.text


def _spoken(call: SoapCall) -> dict[str, str]:
    """The elements of allDsjk's one text."""
    text = next(iter(call.arguments.values()), "")
    return {local(each): (each.text or "").strip() for each in read_xml(f"<root>{text}</root>")}


def _named(table: Mapping[str, CardOperation], name: str, argument: str) -> CardOperation:
    if name not in table:
        raise MalformedError(f"{argument} is one of {', '.join(table)}")
    return table[name]


def _card(centre: Centre, arguments: Arguments) -> SocialCard:
    asked = (arguments.get("aaz500", ""), arguments.get("aac002", ""), arguments.get("aac003", ""))
    return card_of(centre.store, *asked)


def _get_card(centre: Centre, arguments: Arguments) -> str:
    return state_text(_card(centre, arguments).social)


def _get_person(centre: Centre, arguments: Arguments) -> str:
    holder = cards_of(centre.store, arguments.get("aac002", ""), arguments.get("aac003", ""))[0].holder
    return _root([("AAC002", holder.id_number), ("AAC003", holder.name)])


def _get_bank(centre: Centre, arguments: Arguments) -> str:
    """Every card of the person, with what the centre holds of it."""
    found = cards_of(centre.store, arguments.get("aac002", ""), arguments.get("aac003", ""))
    rows = (elements(_row(card)) for card in found)
    return f"<root>{''.join(f'<ROW>{row}</ROW>' for row in rows)}</root>"


def _row(card: SocialCard) -> list[tuple[str, str]]:
    return [
        ("AAB301", card.key.card_id[:6]),
        ("AAZ500", card.number),
        ("AAC002", card.holder.id_number),
        ("AAC003", card.holder.name),
        ("YXQZ", card.valid_until.strftime("%Y%m%d") if card.valid_until else ""),
        ("AAZ502", str(card.social.value)),
        ("GETTIME", _time(card.received_at)),
        ("AAC019", str(card.financial.value)),
        ("AAZ501", card.key.card_id),
    ]


def _time(moment: datetime | None) -> str:
    return moment.strftime("%Y%m%d%H%M%S") if moment else ""


def _root(pairs: list[tuple[str, str]]) -> str:
    return f"<root>{elements(pairs)}</root>"


QUERIES: Mapping[str, Serve] = {
    "getAC01": _get_person,
    "getData": _get_person,
    "getCard": _get_card,
    "getBank": _get_bank,
}
