"""What `CardService` serves: changes of a card, questions about persons and cards, applications and batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from terminal.backoffice.ports import Holder
from terminal.backoffice.records import SocialCard
from terminal.backoffice.stored.orders import Order, OrderStatus
from terminal.serve.pool import Centre
from terminal.serve.soap import elements
from terminal.serve.soap_cards import (
    ALREADY,
    CANCEL,
    DONE,
    ENABLE,
    FORMAL_LOSS,
    QUERY,
    RELEASE,
    TEMPORARY_LOSS,
    CardOperation,
    DeclinedError,
    card_of,
    cards_of,
    person_of,
    state_text,
)
from terminal.serve.soap_orders import (
    APPLY,
    BATCH,
    ORDERS,
    PHOTOGRAPH,
    Applied,
    application_of,
    carried_out,
    holder_of,
    masked,
    moment,
    step_of,
)
from terminal.serve.soap_photographs import change_photograph, photograph_in, told_photograph, written

Arguments = Mapping[str, str]
Row = list[tuple[str, str]]
NOTHING_APPLIED_FOR = "没有待制卡的申请"
NO_BATCH = "没有此批次"


@dataclass(frozen=True, slots=True)
class Served:
    """An operation: the name that failures call it by, and what it answers."""

    name: str
    serve: Callable[[Centre, Arguments], str]


def _changing(operation: CardOperation) -> Served:
    return Served(operation.name, lambda centre, asked: operation.carry_out(centre, _card(centre, asked)))


def _card(centre: Centre, asked: Arguments) -> SocialCard:
    return card_of(centre.store, asked.get("aaz500", ""), asked.get("aac002", ""), asked.get("aac003", ""))


def _cards(centre: Centre, asked: Arguments) -> list[SocialCard]:
    return cards_of(centre.store, asked.get("aac002", ""), asked.get("aac003", ""))


def _person(centre: Centre, asked: Arguments) -> Holder:
    return person_of(centre.store, asked.get("aac002", ""), asked.get("aac003", ""))


def _get_card(centre: Centre, asked: Arguments) -> str:
    return state_text(_card(centre, asked).social)


def _get_person(centre: Centre, asked: Arguments) -> str:
    return f"<root>{elements(_person_row(_person(centre, asked)))}</root>"


def _get_data(centre: Centre, asked: Arguments) -> str:
    """The person with the photograph."""
    holder = _person(centre, asked)
    return f"<root>{elements([*_person_row(holder), ('PHOTO', told_photograph(centre, holder))])}</root>"


def _person_row(holder: Holder) -> Row:
    return [("AAC002", holder.id_number), ("AAC003", holder.name)]


def _get_bank(centre: Centre, asked: Arguments) -> str:
    """The card that is named, or every card of the person."""
    found = [_card(centre, asked)] if asked.get("aaz500") else _cards(centre, asked)
    return _told_cards(centre, found)


def _get_banks(centre: Centre, asked: Arguments) -> str:
    """Every card of the person."""
    return _told_cards(centre, _cards(centre, asked))


def _told_cards(centre: Centre, found: list[SocialCard]) -> str:
    made = {order.number: order for order, _ in _orders(centre, found[0].holder.id_number)}
    return f"<root>{_rows(_card_row(centre, card, made.get(card.number)) for card in found)}</root>"


def _card_row(centre: Centre, card: SocialCard, order: Order | None) -> Row:
    return [
        ("AAB301", card.key.card_id[:6]),
        ("AAZ500", card.number),
        ("AAC002", card.holder.id_number),
        ("AAC003", card.holder.name),
        ("FKRQ", moment(centre, order.made_at if order else None)[:8]),
        ("YXQZ", card.valid_until.strftime("%Y%m%d") if card.valid_until else ""),
        ("AAZ502", str(card.social.value)),
        ("AAE008", order.bank if order else ""),
        ("AAE008B", (order.bank_branch or "") if order else ""),
        ("AAE010", masked(card.bank_number)),
        ("AAE010A", masked(card.chip_account)),
        ("AAE010B", ""),
        ("GETTIME", moment(centre, card.received_at)),
        ("GETTIME1", moment(centre, card.bank_activated_at)),
        ("AAC019", str(card.financial.value)),
        ("KFWM", card.historical_bytes.hex().upper()),
        ("AAZ501", card.key.card_id),
    ]


def _get_progress(centre: Centre, asked: Arguments) -> str:
    """getAZ03: how far the making of each of the person's cards is."""
    found = _orders(centre, holder_of(asked.get("aac002", ""), asked.get("aac003", "")).id_number)
    return f"<root>{_rows(_order_row(centre, *each) for each in found)}</root>"


def _orders(centre: Centre, id_number: str) -> list[tuple[Order, SocialCard | None]]:
    return carried_out(centre, lambda production: production.orders_of(id_number))


def _order_row(centre: Centre, order: Order, card: SocialCard | None) -> Row:
    return [
        ("CARDTYPE", "1"),
        ("TRANSACTTYPE", order.kind.value),
        ("BATCHNO", order.batch or ""),
        ("ORGANID", order.bank),
        ("APPLYTIME", moment(centre, order.applied_at)),
        ("BANKTIME0", moment(centre, order.begun_at)),
        ("BANKFINISHTIME0", moment(centre, order.made_at)),
        ("INSURETIME", moment(centre, order.begun_at)),
        ("INSUREFINISHTIME0", moment(centre, order.made_at)),
        ("PROVINCETIME", ""),
        ("CITYTIME", moment(centre, order.made_at)),
        ("GETTIME", moment(centre, card.received_at if card else None)),
        ("GETTIME1", moment(centre, card.bank_activated_at if card else None)),
        ("REMARKS", order.reason or ""),
        ("VALIDTAG", "1"),
        ("ZKZT", step_of(order, card)),
    ]


def _apply(centre: Centre, asked: Arguments) -> str:
    applied = Applied(
        id_number=asked.get("aac002", ""),
        name=asked.get("aac003", ""),
        bank=asked.get("aae008", ""),
        branch=asked.get("aae008b", ""),
        replaces=asked.get("aaz500", ""),
    )
    application = application_of(applied, photograph_in(asked.get("photo", "")))
    _, changed = carried_out(centre, lambda production: production.apply(application))
    return DONE if changed else ALREADY


def _change_photograph(centre: Centre, asked: Arguments) -> str:
    holder = holder_of(asked.get("aac002", ""), asked.get("aac003", ""))
    return change_photograph(centre, holder, asked.get("photo", ""))


def _begin_batch(centre: Centre, _: Arguments) -> str:
    begun = carried_out(centre, lambda production: production.begin_batch())
    if begun is None:
        raise DeclinedError(NOTHING_APPLIED_FOR, "4")
    return elements([("批次号", begun[0]), ("数量", str(begun[1]))])


def _batch_data(centre: Centre, asked: Arguments) -> str:
    batch = asked.get("batchno", "")
    found = carried_out(centre, lambda production: production.orders_of_batch(batch))
    if not found:
        raise DeclinedError(NO_BATCH, "1")
    return _rows(
        [
            ("社会保障卡卡号", order.number or ""),
            ("社会保障号码", holder.id_number),
            ("姓名", holder.name),
            ("银行编码", order.bank),
            ("相片", written(image)),
        ]
        for order, holder, image in found
    )


_TOTALS: Mapping[OrderStatus, str] = {
    OrderStatus.APPLIED: "申请数",
    OrderStatus.IN_PRODUCTION: "制卡中数",
    OrderStatus.MADE: "已制卡数",
}


def _totals(centre: Centre, _: Arguments) -> str:
    found = carried_out(centre, lambda production: production.totals())
    return elements((word, str(found.get(status, 0))) for status, word in _TOTALS.items())


def _rows(rows: Iterable[Row]) -> str:
    return "".join(f"<ROW>{elements(row)}</ROW>" for row in rows)


SERVERS: Mapping[str, Served] = {
    "01": _changing(TEMPORARY_LOSS),
    "02": _changing(FORMAL_LOSS),
    "03": _changing(RELEASE),
    "04": _changing(CANCEL),
    "11": _changing(ENABLE),
}
"""Argument `server` of setCard."""

SPOKEN: Mapping[str, Served] = {
    "领卡启用": _changing(ENABLE),
    "临时挂失": _changing(TEMPORARY_LOSS),
    "正式挂失": _changing(FORMAL_LOSS),
    "解除挂失": _changing(RELEASE),
    "申请社保卡": Served(APPLY, _apply),
    "相片修改": Served(PHOTOGRAPH, _change_photograph),
    "获取批次号": Served(BATCH, _begin_batch),
    "即制卡数据": Served(ORDERS, _batch_data),
    "制卡统计数据查询": Served(ORDERS, _totals),
}
"""Element 操作 of allDsjk; an application with a card number is one for that card's replacement."""

FIXED: Mapping[str, Served] = {
    "setStart": _changing(ENABLE),
    "setLoss": _changing(TEMPORARY_LOSS),
    "getAC01": Served(QUERY, _get_person),
    "getData": Served(QUERY, _get_data),
    "getCard": Served(QUERY, _get_card),
    "getBank": Served(QUERY, _get_bank),
    "getBanks": Served(QUERY, _get_banks),
    "getAZ03": Served(ORDERS, _get_progress),
}
"""Operations of their own."""
