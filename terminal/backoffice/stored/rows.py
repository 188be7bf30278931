"""Executing statements and turning rows into records; a row no program of ours wrote is damage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

from terminal.backoffice.database import CURE, DamagedStoreError

T = TypeVar("T")
_INSERT = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Rows:
    """The connection that all parts of a store share."""

    path: str
    _db: Connection

    def _run(self, statement: Executable, values: dict[str, Any] | None = None) -> Any:
        return self._db.execute(statement, values)

    def _add(self, table: Table, **values: Any) -> Any:
        """Insert one row; the result knows its primary key."""
        return self._db.execute(table.insert(), values)

    def _add_new(self, table: Table, **values: Any) -> None:
        """Insert one row; one that is there already, by any of its keys, stays as it is."""
        insert: Any = _INSERT[self._db.dialect.name](table)
        self._run(insert.values(values).on_conflict_do_nothing())

    def _all(self, record: Callable[[Row[Any]], T], statement: Select[Any]) -> list[T]:
        return [self._record(record, row) for row in self._rows(record, statement)]

    def _first(self, record: Callable[[Row[Any]], T], statement: Select[Any]) -> T | None:
        found = self._all(record, statement)
        return found[0] if found else None

    def _rows(self, record: Callable[[Row[Any]], T], statement: Select[Any]) -> Any:
        try:
            return self._db.execute(statement).all()
        except (ValueError, TypeError) as error:  # SQLAlchemy's types read a column
            raise DamagedStoreError(self.path, f"{_kind(record)} is damaged ({error})", CURE) from None

    def _record(self, record: Callable[[Row[Any]], T], row: Row[Any]) -> T:
        try:
            return record(row)
        except (ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
            name = getattr(row, "number", "")
            raise DamagedStoreError(self.path, f"{_kind(record)} {name} is damaged ({error})", CURE) from None


def _kind(record: Callable[[Row[Any]], Any]) -> str:
    return record.__name__.strip("_").replace("_", " ")
