"""Which version of the tables a database has, and how it gets the newest one.

A new database gets the tables at once; an older one is brought up by the migrations in `migrations/`, in one
transaction. A test holds that both ways lead to the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from terminal.backoffice.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0003"
"""The version this program works with: the newest of `migrations/versions`."""

FIRST = "0001"
VERSIONS = "alembic_version"
APPLICATION_ID = 0x53534342
"""Marks a SQLite file as this back office's own ("SSCB" in its header), and in PostgreSQL who brings the tables up."""

WRITING = "BEGIN IMMEDIATE"
"""How a transaction of SQLite begins that writes; one that comes to write later is refused where another was first."""


def bring_up(connection: Connection, label: str, *, read_only: bool) -> None:
    """Make the tables, or migrate them; with `read_only` an older version is refused.

    Raises DamagedStoreError for a database that is not ours, or newer than this program.
    """
    with connection.begin():
        found = _version(connection)
        ours = found is not None or not _tables(connection)
    if found == HEAD:
        return
    _check(label, found, ours=ours, read_only=read_only)
    connection.info["begin"] = WRITING
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLICATION_ID})
        found = _version(connection)  # another process may have been first
        if found is None:
            _create(connection)
        elif found != HEAD:
            _migrate(connection)


def _check(label: str, found: str | None, *, ours: bool, read_only: bool) -> None:
    from terminal.backoffice.database import DamagedStoreError

    if not ours or (found is None and read_only):
        raise DamagedStoreError(label, "a database, but not a back office's store", "name another")
    if found is not None and found > HEAD:
        raise DamagedStoreError(
            label, f"a store of version {found}, not {HEAD}", "use the program version that made it"
        )
    if read_only:
        raise DamagedStoreError(
            label,
            f"a store of version {found}, and {HEAD} is needed",
            "open it once with a command that writes",
        )


def _migrate(connection: Connection) -> None:
    """Bring the tables of an older version up to the newest one, all or nothing."""
    from alembic import command

    if VERSIONS not in _tables(connection):
        command.stamp(_config(connection), FIRST)
    command.upgrade(_config(connection), HEAD)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _tables(connection: Connection) -> frozenset[str]:
    return frozenset(inspect(connection).get_table_names())


def _version(connection: Connection) -> str | None:
    """The version of the tables; the first one was marked in SQLite's header alone. None: no store of ours."""
    tables = _tables(connection) if connection.dialect.name == "postgresql" else _sqlite_tables(connection)
    if VERSIONS in tables:
        return str(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar_one())
    return FIRST if {"persons", "social_cards", "ledger"} <= tables else None


def _sqlite_tables(connection: Connection) -> frozenset[str]:
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")
    return frozenset(name for (name,) in rows)


def _create(connection: Connection) -> None:
    for statement in _statements(connection.dialect):
        connection.exec_driver_sql(statement)


_made: dict[str, tuple[str, ...]] = {}


def _statements(dialect: Dialect) -> tuple[str, ...]:
    """The statements that make the tables; worked out once, since tests make thousands of stores."""
    if dialect.name not in _made:
        _made[dialect.name] = tuple(_compile(dialect))
    return _made[dialect.name]


def _compile(dialect: Dialect) -> Iterator[str]:
    for table in metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            yield str(CreateIndex(index).compile(dialect=dialect))
    if dialect.name == "sqlite":
        yield f"PRAGMA application_id = {APPLICATION_ID}"
    yield f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    yield f"INSERT INTO {VERSIONS} VALUES ('{HEAD}')"
