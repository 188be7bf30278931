"""Persons as the insurance centre knows them: kinds of insurance, contributions, e-vouchers, photographs.

As with cards, PostgreSQL locks the row of a person that is read in a transaction that writes: whatever settles for the
same person happens one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
from sqlalchemy import Row, bindparam, delete, select

from terminal.backoffice.ports import Holder
from terminal.backoffice.stored.rows import Rows, held
from terminal.backoffice.tables import contributions, insurances, persons, photographs, vouchers

INSURED = "1"
"""psn_insu_stas of an insurance in force; 2 and 4 are paused or ended."""

_BY_ENTRY = held(select(persons).where(persons.c.entry == bindparam("entry")))
_BY_ID = held(select(persons).where(persons.c.id_number == bindparam("id_number")))
_BY_VOUCHER = select(vouchers.c.id_number).where(vouchers.c.token == bindparam("token"))
_INSURANCES = (
    select(insurances)
    .where(insurances.c.id_number == bindparam("id_number"))
    .order_by(insurances.c.kind, insurances.c.since)
)
_PHOTOGRAPH = select(photographs.c.image).where(photographs.c.id_number == bindparam("id_number"))
_MONTHS = select(contributions.c.month).where(
    contributions.c.id_number == bindparam("id_number"), contributions.c.fund == bindparam("fund")
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person on record; `entry` is the row's number, which the person number is made of."""

    entry: int
    holder: Holder

    @property
    def id_number(self) -> str:
        """The citizen's number (R54)."""
        return self.holder.id_number


InsuranceCode = Annotated[str, msgspec.Meta(max_length=6)]
StatusCode = Annotated[str, msgspec.Meta(max_length=1)]


@dataclass(frozen=True, slots=True)
class InsuranceRow:
    """One insurance of a person: `kind` 310, 390 …, `status` 1 in force, 2 and 4 paused or ended."""

    kind: InsuranceCode
    person_type: InsuranceCode
    status: StatusCode
    since: date
    paused_since: date | None = None
    employer: str | None = None


class People(Rows):
    """Persons, their insurances, contributions, e-vouchers and photographs."""

    def person(self, entry: int) -> Person | None:
        """The person in this row."""
        return self._first(_person, _BY_ENTRY, entry=entry)

    def person_by_id(self, id_number: str) -> Person | None:
        """The person with this ID number."""
        return self._first(_person, _BY_ID, id_number=id_number)

    def person_by_voucher(self, token: str) -> Person | None:
        """The person whose e-voucher has this token."""
        found = self._run(_BY_VOUCHER, token=token).scalar()
        return self.person_by_id(found) if found else None

    def add_voucher(self, token: str, id_number: str) -> None:
        """Record an e-voucher; one known already stays as recorded."""
        self._add_new(vouchers, token=token, id_number=id_number)

    def insurances_of(self, id_number: str) -> list[InsuranceRow]:
        """A person's insurances, the paused ones too, by kind."""
        return self._all(_insurance, _INSURANCES, id_number=id_number)

    def add_insurance(self, id_number: str, row: InsuranceRow) -> None:
        """Record an insurance; one of the same kind since the same day stays as recorded."""
        self._add_new(
            insurances,
            id_number=id_number,
            kind=row.kind,
            person_type=row.person_type,
            status=row.status,
            since=row.since,
            paused_since=row.paused_since,
            employer=row.employer,
        )

    def add_contributions(self, id_number: str, fund: str, months: Iterable[str]) -> None:
        """Record months (`2026-03`) a fund was paid for; a month counts once."""
        for month in months:
            self._add_new(contributions, id_number=id_number, fund=fund, month=month)

    def contributions_of(self, id_number: str, fund: str) -> frozenset[str]:
        """The months a fund was paid for."""
        return frozenset(self._run(_MONTHS, id_number=id_number, fund=fund).scalars())

    def photograph_of(self, id_number: str) -> bytes | None:
        """A person's photograph as it was handed in."""
        found: bytes | None = self._run(_PHOTOGRAPH, id_number=id_number).scalar()
        return found

    def set_photograph(self, id_number: str, image: bytes) -> None:
        """Record the photograph of a person, who was read in this transaction, in place of an earlier one."""
        self._run(delete(photographs).where(photographs.c.id_number == id_number))
        self._add(photographs, id_number=id_number, image=image)


def _person(row: Row[Any]) -> Person:
    return Person(row.entry, Holder(row.id_number, row.name))


def _insurance(row: Row[Any]) -> InsuranceRow:
    return InsuranceRow(row.kind, row.person_type, row.status, row.since, row.paused_since, row.employer)
