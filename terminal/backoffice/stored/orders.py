"""Cards that were applied for, from the application to the day they are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from terminal.backoffice.stored.rows import Rows, held
from terminal.backoffice.tables import card_orders


class OrderKind(Enum):
    """Why a card is made; the value is the code that systems exchange."""

    NEW = "01"
    LOST = "05"


class OrderStatus(Enum):
    """How far the making of a card is; the value is the code that systems exchange."""

    APPLIED = "00"
    IN_PRODUCTION = "01"
    MADE = "02"


@dataclass(frozen=True, slots=True)
class Order:
    """One card to be made. `replaces`: number of the lost card, `number`: the new one's, once it is known.

    `bank` is the issuing bank's code, `bank_branch` the line number of its branch; `reason` what the holder says.
    """

    id_number: str
    kind: OrderKind
    bank: str
    applied_at: datetime
    reason: str | None = None
    replaces: str | None = None
    status: OrderStatus = OrderStatus.APPLIED
    number: str | None = None
    batch: str | None = None
    begun_at: datetime | None = None
    made_at: datetime | None = None
    bank_branch: str | None = None
    entry: int = 0


_OF_PERSON = held(
    select(card_orders).where(card_orders.c.id_number == bindparam("id_number")).order_by(card_orders.c.entry)
)
_BY_NUMBER = held(select(card_orders).where(card_orders.c.number == bindparam("number")))
_OF_BATCH = select(card_orders).where(card_orders.c.batch == bindparam("batch")).order_by(card_orders.c.entry)
_WAITING = held(
    select(card_orders)
    .where(card_orders.c.status == OrderStatus.APPLIED.value)
    .order_by(card_orders.c.entry)
    .limit(bindparam("limit"))
)
_BATCHES = select(func.count(card_orders.c.batch.distinct())).where(
    card_orders.c.batch.startswith(bindparam("beginning"))
)
_LATEST = select(func.max(card_orders.c.batch)).where(card_orders.c.status == OrderStatus.IN_PRODUCTION.value)
_BY_STATUS = select(card_orders.c.status, func.count()).group_by(card_orders.c.status)


class Orders(Rows):
    """Orders, by person, number and batch."""

    def add_order(self, order: Order) -> Order:
        """Record an order; gives it with its entry. The database refuses a second unfinished one of a person."""
        added = self._add(card_orders, **_values(order))
        return replace(order, entry=int(added.inserted_primary_key[0]))

    def orders_of(self, id_number: str) -> list[Order]:
        """A person's orders, the earliest first."""
        return self._all(_order, _OF_PERSON, id_number=id_number)

    def order_of_card(self, number: str) -> Order | None:
        """The order that the card of this number was or is made for."""
        return self._first(_order, _BY_NUMBER, number=number)

    def orders_of_batch(self, batch: str) -> list[Order]:
        """The orders of a batch, in order."""
        return self._all(_order, _OF_BATCH, batch=batch)

    def waiting_orders(self, limit: int) -> list[Order]:
        """Applications that nobody has begun to make, the earliest first."""
        return self._all(_order, _WAITING, limit=limit)

    def batches_like(self, beginning: str) -> int:
        """How many batches there are whose number begins so."""
        return int(self._run(_BATCHES, beginning=beginning).scalar_one())

    def latest_batch(self) -> str | None:
        """The last batch of which a card is still being made."""
        found: str | None = self._run(_LATEST).scalar()
        return found

    def orders_by_status(self) -> dict[OrderStatus, int]:
        """How many orders there are of each status."""
        return {OrderStatus(status): int(number) for status, number in self._run(_BY_STATUS)}

    def set_order(self, order: Order) -> None:
        """Record how far an order is."""
        self._run(update(card_orders).where(card_orders.c.entry == order.entry).values(_values(order)))


def _values(order: Order) -> dict[str, Any]:
    values = {name: getattr(order, name) for name in Order.__slots__ if name != "entry"}
    return {**values, "kind": order.kind.value, "status": order.status.value}


def _order(row: Row[Any]) -> Order:
    return Order(**{**row._mapping, "kind": OrderKind(row.kind), "status": OrderStatus(row.status)})
