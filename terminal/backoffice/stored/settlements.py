"""Visits and settlements. A cancellation is a settlement of opposite sign that names the one it cancels.

What was reversed counts for nothing, and so does what reversed it: both rows are marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update

from terminal.backoffice.stored.rows import Rows, held
from terminal.backoffice.tables import accounts, settlements, visits

_VISIT = held(select(visits).where(visits.c.entry == bindparam("entry")))
_VISIT_BY_MSGID = held(select(visits).where(visits.c.msgid == bindparam("msgid")))
_SETTLEMENT = held(select(settlements).where(settlements.c.entry == bindparam("entry")))
_BY_MSGID = held(select(settlements).where(settlements.c.msgid == bindparam("msgid")))
_CANCELLATION = held(
    select(settlements).where(settlements.c.cancels == bindparam("entry"), ~settlements.c.reversed)
)
_OF_VISIT = (
    select(settlements)
    .where(settlements.c.visit == bindparam("visit"), ~settlements.c.reversed)
    .order_by(settlements.c.entry)
)
_CANCELLED = settlements.alias("cancelled")
_USED = (
    select(
        func.coalesce(func.sum(settlements.c.deductible_fen), 0),
        func.coalesce(func.sum(settlements.c.fund_pay_fen), 0),
    )
    .join_from(settlements, _CANCELLED, settlements.c.cancels == _CANCELLED.c.entry, isouter=True)
    .where(
        settlements.c.id_number == bindparam("id_number"),
        settlements.c.fund == bindparam("fund"),
        settlements.c.day >= bindparam("first"),
        # A cancellation gives back to the year of what it cancels.
        func.coalesce(_CANCELLED.c.day, settlements.c.day).between(bindparam("first"), bindparam("last")),
        ~settlements.c.reversed,
    )
)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit: a purchase, an out-patient registration (its number there), an admission."""

    id_number: str
    place: str
    kind: str
    med_type: str
    number_at_place: str | None
    msgid: str
    at: datetime
    cancelled: bool = False
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement, or with opposite figures a cancellation (`cancels`: the entry it undoes).

    `fund` is the kind of insurance, `account` what was charged, `clearing` its class (clr_type), `detail` JSON of all
    other figures.
    """

    msgid: str
    infno: str
    visit: int
    place: str
    id_number: str
    fund: str
    clearing: str
    account: str | None
    day: date
    at: datetime
    total_fen: int
    deductible_fen: int
    fund_pay_fen: int
    account_pay_fen: int
    cash_pay_fen: int
    balance_fen: int
    detail: str
    cancels: int | None = None
    reversed: bool = False
    reconciled: bool = False
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over settlements and cancellations in fen, and how many there were."""

    total_fen: int = 0
    fund_pay_fen: int = 0
    account_pay_fen: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Which settlements are meant: of a place, a kind of insurance and a clearing class, between two days inclusive."""

    place: str
    fund: str
    clearing: str
    first: date
    last: date

    @property
    def condition(self) -> ColumnElement[bool]:
        """The rows that count."""
        return (
            (settlements.c.place == self.place)
            & settlements.c.day.between(self.first, self.last)
            & (settlements.c.fund == self.fund)
            & (settlements.c.clearing == self.clearing)
            & ~settlements.c.reversed
        )


class Settlements(Rows):
    """Visits and settlements."""

    def add_visit(self, visit: VisitRow) -> int:
        """Record a visit; gives its number."""
        return self._add_row(visits, visit)

    def visit(self, entry: int) -> VisitRow | None:
        """The visit with this number."""
        return self._first(_visit, _VISIT, entry=entry)

    def visit_by_msgid(self, msgid: str) -> VisitRow | None:
        """The visit that this message began."""
        return self._first(_visit, _VISIT_BY_MSGID, msgid=msgid)

    def cancel_visit(self, entry: int) -> None:
        """Record that the visit does not take place."""
        self._run(update(visits).where(visits.c.entry == entry).values(cancelled=True))

    def add_settlement(self, settlement: Settlement) -> int:
        """Record a settlement; gives its number. The database refuses a second standing cancellation."""
        return self._add_row(settlements, settlement)

    def settlement(self, entry: int) -> Settlement | None:
        """The settlement with this number."""
        return self._first(_settlement, _SETTLEMENT, entry=entry)

    def settlement_by_msgid(self, msgid: str) -> Settlement | None:
        """The settlement, or cancellation, that this message made."""
        return self._first(_settlement, _BY_MSGID, msgid=msgid)

    def cancellation_of(self, entry: int) -> Settlement | None:
        """The cancellation of a settlement that stands."""
        return self._first(_settlement, _CANCELLATION, entry=entry)

    def settlements_of_visit(self, visit: int) -> list[Settlement]:
        """Every settlement and cancellation of a visit that was not reversed."""
        return self._all(_settlement, _OF_VISIT, visit=visit)

    def mark_reversed(self, entry: int) -> None:
        """What was reversed counts for nothing."""
        self._run(update(settlements).where(settlements.c.entry == entry).values(reversed=True))

    def used_in_year(self, id_number: str, fund: str, year: int) -> tuple[int, int]:
        """What a person has used up in a year, in fen: deductible paid, paid by the fund.

        What was cancelled, in this year or a later one, is not used up.
        """
        days = {"first": date(year, 1, 1), "last": date(year, 12, 31)}
        deductible, paid = self._run(_USED, id_number=id_number, fund=fund, **days).one()
        return int(deductible), int(paid)

    def totals(self, period: Period) -> Totals:
        """What a period comes to; cancellations count with their negative amounts."""
        sums = [
            func.coalesce(func.sum(column), 0)
            for column in (settlements.c.total_fen, settlements.c.fund_pay_fen, settlements.c.account_pay_fen)
        ]
        row = self._run(select(*sums, func.count()).where(period.condition)).one()
        return Totals(*(int(each) for each in row))

    def mark_reconciled(self, period: Period) -> None:
        """Both sides agree on the period: what is in it is not reversed any more, only cancelled."""
        self._run(update(settlements).where(period.condition).values(reconciled=True))

    def periods_of_day(self, place: str, day: date) -> list[Period]:
        """What a place has settled on a day, by kind of insurance and clearing class."""
        columns = (settlements.c.fund, settlements.c.clearing)
        chosen = (settlements.c.place == place) & (settlements.c.day == day) & ~settlements.c.reversed
        rows = self._run(select(*columns).where(chosen).distinct().order_by(*columns))
        return [Period(place, fund, clearing, day, day) for fund, clearing in rows]

    def settlement_faults(self) -> list[str]:
        """What does not add up: places whose accounts are not what their settlements come to."""
        paid = func.sum(settlements.c.fund_pay_fen + settlements.c.account_pay_fen)
        by_place = select(settlements.c.place, settlements.c.fund, paid).group_by(
            settlements.c.place, settlements.c.fund
        )
        expected = {place_account(place, fund): int(sum_fen) for place, fund, sum_fen in self._run(by_place)}
        kept = dict(
            self._run(
                select(accounts.c.account, accounts.c.balance_fen).where(accounts.c.account.like("place:%"))
            ).all()
        )
        return [
            f"{name} holds {kept.get(name, 0)} fen, its settlements come to {expected.get(name, 0)}"
            for name in sorted(expected.keys() | kept.keys())
            if kept.get(name, 0) != expected.get(name, 0)
        ]

    def _add_row(self, table: Any, row: Any) -> int:
        values = {name: getattr(row, name) for name in row.__slots__ if name != "entry"}
        return int(self._add(table, **values).inserted_primary_key[0])


def place_account(place: str, fund: str) -> str:
    """The ledger's name of what a place is owed by personal accounts and fund of one kind of insurance."""
    return f"place:{place}:{fund}"


def _visit(row: Row[Any]) -> VisitRow:
    return VisitRow(**row._mapping)


def _settlement(row: Row[Any]) -> Settlement:
    return Settlement(**row._mapping)
