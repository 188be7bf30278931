"""Executing statements and turning rows into records; a row no program of ours wrote is damage.

What a settlement or an activation executes is declared once, with named parameters, as a constant beside its class:
SQLAlchemy takes three to ten times as long to build a statement anew as to run one that it has seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from terminal.backoffice.database import CURE, DamagedStoreError

T = TypeVar("T")
_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


@dataclass(frozen=True, slots=True)
class Held:
    """A selection whose rows nobody else changes until the end of a transaction that writes.

    PostgreSQL locks them; SQLite has one writer at a time anyway. `plain` is for who only reads.
    """

    plain: Select[Any]
    locking: Select[Any]


def held(statement: Select[Any]) -> Held:
    """A selection, with its rows held where the store writes."""
    return Held(statement, statement.with_for_update())


class Rows:
    """The connection that all parts of a store share; `_locks`: whether this store writes."""

    path: str
    _db: Connection
    _locks: bool

    @property
    def _inside(self) -> Connection:
        """The connection, inside a transaction: a read of its own would hold what it saw until somebody else's end."""
        if not self._db.in_transaction():
            raise RuntimeError("the store is read and written inside `transaction()` alone")
        return self._db

    def _run(self, statement: Executable, **values: Any) -> Any:
        return self._inside.execute(statement, values)

    def _add(self, table: Table, *rows: dict[str, Any], **values: Any) -> Any:
        """Insert rows, or one of these values; the result of one knows its primary key."""
        return self._inside.execute(_inserting(table), list(rows) or values)

    def _add_new(self, table: Table, **values: Any) -> None:
        """Insert one row; one that is there already, by any of its keys, stays as it is."""
        self._inside.execute(_inserting_new(self._db.dialect.name, table), values)

    def _all(self, record: Callable[[Row[Any]], T], statement: Select[Any] | Held, **values: Any) -> list[T]:
        return [self._record(record, row) for row in self._rows(record, statement, values)]

    def _first(
        self, record: Callable[[Row[Any]], T], statement: Select[Any] | Held, **values: Any
    ) -> T | None:
        found = self._rows(record, statement, values)
        return self._record(record, found[0]) if found else None

    def _rows(
        self, record: Callable[[Row[Any]], T], statement: Select[Any] | Held, values: dict[str, Any]
    ) -> Any:
        if isinstance(statement, Held):
            statement = statement.locking if self._locks else statement.plain
        try:
            return self._inside.execute(statement, values).all()
        except (ValueError, TypeError) as error:  # SQLAlchemy's types read a column
            raise DamagedStoreError(self.path, f"{_kind(record)} is damaged ({error})", CURE) from None

    def _record(self, record: Callable[[Row[Any]], T], row: Row[Any]) -> T:
        try:
            return record(row)
        except (ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
            name = getattr(row, "number", "")
            raise DamagedStoreError(self.path, f"{_kind(record)} {name} is damaged ({error})", CURE) from None


@cache
def _inserting(table: Table) -> Executable:
    return table.insert()


@cache
def _inserting_new(dialect: str, table: Table) -> Executable:
    insert: Any = _INSERT[dialect](table)
    statement: Executable = insert.on_conflict_do_nothing()
    return statement


def _kind(record: Callable[[Row[Any]], Any]) -> str:
    return record.__name__.strip("_").replace("_", " ")
