"""Opening the store: a SQLite file (made once with mode 0600), memory, or PostgreSQL by URL.

A database is recognised again, brought up to date by migrations, and left alone when it is not ours.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from terminal.backoffice import schema

BUSY_TIMEOUT_S = 5.0
CURE = "restore it from a copy or name another"
MEMORY = ":memory:"
_DAMAGE = (
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_ERROR,  # a statement of ours that does not fit the tables: one is missing or altered
)
_LOST_RACES = frozenset({"40001", "40P01", "23505"})
"""PostgreSQL's codes for what another terminal did first: serialisation, deadlock, a row that is there already."""


class StoreError(Exception):
    """The back office's database cannot be used at all; the message names it and the next step."""


class DamagedStoreError(StoreError):
    """The database is there but is no such store, is damaged, or has another version. It is left untouched."""

    def __init__(self, path: str, finding: str, next_step: str) -> None:
        super().__init__(f"{path}: {finding}; {next_step}")
        self.path = path


class LostRaceError(StoreError):
    """Another terminal was first; nothing of this transaction is kept, and repeating it decides anew."""


def label_of(where: str | Path) -> str:
    """What people call this database: the file, or the URL without its password; raises StoreError for no URL."""
    if not is_url(where):
        return str(where)
    try:
        return make_url(str(where)).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):  # its text may hold the password
        raise StoreError(
            "the database's URL is none; write it like postgresql+psycopg://USER@HOST:PORT/DATABASE"
        ) from None


def is_url(where: str | Path) -> bool:
    """Whether a database is named by URL (`postgresql+psycopg://...`) and not as a file."""
    return "://" in str(where)


def connect(where: str | Path, *, read_only: bool = False) -> Connection:
    """One connection to the store at a path or URL, made where there is none; `:memory:` for one that is not kept.

    SQLite: write-ahead log with full synchronisation, so that a committed activation survives process and power. With
    `read_only` nothing is made or written, neither the file nor anything beside it. Raises DamagedStoreError,
    StoreError.
    """
    label = label_of(where)
    try:
        if is_url(where):
            return _connect_to_server(str(where), label, read_only)
        return _connect_to_read(label) if read_only else _connect_to_write(label)
    except (DBAPIError, sqlite3.DatabaseError) as error:
        raise translated(error, label) from None
    except SQLAlchemyError as error:
        raise StoreError(f"{label}: cannot be opened ({error}); name a file or a PostgreSQL URL") from None


# --- PostgreSQL ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _postgresql(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool, isolation_level="READ COMMITTED")


def _connect_to_server(url: str, label: str, read_only: bool) -> Connection:
    try:
        engine = _postgresql(url)
    except (ModuleNotFoundError, SQLAlchemyError) as error:
        raise StoreError(
            f"{label}: no such kind of database ({error}); a PostgreSQL URL begins with postgresql+psycopg:// and "
            "needs: pip install 'ssc-terminal[server]'"
        ) from None
    if engine.dialect.name != "postgresql":
        raise StoreError(f"{label}: {engine.dialect.name} is not supported; name a file or a PostgreSQL URL")
    connection = engine.connect()
    connection.info["writes"] = not read_only
    schema.bring_up(connection, label, read_only=read_only)
    return connection


# --- SQLite -------------------------------------------------------------------------------------------------


def copy_file(source: str, target: str) -> None:
    """Copy a store's file, with what its log holds; the source stays as it is. Raises as `connect`."""
    try:
        with closing(_open_to_read(source)) as original, closing(_driver(target)) as copy:
            original.backup(copy)
    except sqlite3.DatabaseError as error:
        raise translated(error, source) from None


def _connect_to_read(label: str) -> Connection:
    connection = _wrapped(_open_to_read(label))
    schema.bring_up(connection, label, read_only=True)
    return connection


def _open_to_read(label: str) -> sqlite3.Connection:
    if not os.path.exists(label):
        raise StoreError(f"{label}: there is no such file; name a store, or make one with `ssc centre enrol`")
    # SQLite makes files beside a write-ahead database even to read it, unless it is told that nobody writes:
    # and where no log lies beside the file, nobody has it open and nothing is left to bring in.
    unused = not os.path.exists(f"{label}-wal")
    address = f"{Path(label).absolute().as_uri()}?mode=ro{'&immutable=1' if unused else ''}"
    raw = _driver(address, uri=True)
    if _recognise(raw, label):
        raw.close()
        raise DamagedStoreError(label, "an empty file, not a back office's store", CURE)
    return raw


def _connect_to_write(label: str) -> Connection:
    if label != MEMORY:
        _create(label)
    raw = _driver(label)
    _recognise(raw, label)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    connection = _wrapped(raw)
    schema.bring_up(connection, label, read_only=False)
    connection.info["begin"] = schema.WRITING
    return connection


def _driver(address: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        address, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=uri, check_same_thread=False
    )


_opened: ContextVar[sqlite3.Connection] = ContextVar("opened")


@lru_cache(maxsize=1)
def _sqlite() -> Engine:
    """One engine for all files, which shares the compiled statements; each connection brings its own driver's."""
    engine = create_engine("sqlite://", creator=_opened.get, poolclass=NullPool)
    event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql(connection.info.get("begin", "BEGIN"))
    )
    return engine


def _wrapped(raw: sqlite3.Connection) -> Connection:
    """A connection of SQLAlchemy's around the driver's; its transactions begin as `info["begin"]` says."""
    token = _opened.set(raw)
    try:
        return _sqlite().connect()
    finally:
        _opened.reset(token)


def _create(label: str) -> None:
    try:
        os.close(os.open(label, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(
            f"{label}: cannot be made ({error.strerror}); choose a directory you may write to"
        ) from None


def _recognise(raw: sqlite3.Connection, label: str) -> bool:
    """True for an empty database to initialise, False for a store of ours; raises DamagedStoreError."""
    # In this order: whoever makes the tables meanwhile makes the mark with them.
    (tables,) = raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    (application,) = raw.execute("PRAGMA application_id").fetchone()
    if not (application or tables):
        return True
    if application != schema.APPLICATION_ID:
        raise DamagedStoreError(label, "a database, but not a back office's store", "name another file")
    return False


# --- errors -------------------------------------------------------------------------------------------------


def translated(error: DBAPIError | sqlite3.DatabaseError, label: str) -> StoreError:
    """What an error of the database means for the people who run the back office."""
    cause: Any = getattr(error, "orig", None) or error
    text = " ".join(str(cause).split())
    if getattr(cause, "sqlstate", None) in _LOST_RACES:
        return LostRaceError(f"{label}: another terminal was first ({text}); repeat")
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
        return DamagedStoreError(label, f"damaged or not a store ({text})", CURE)
    if is_url(label):
        return StoreError(
            f"{label}: the database does not answer ({text}); check that it runs, and your rights"
        )
    return StoreError(
        f"{label}: the back office's file cannot be used ({text}); check its rights and who holds it"
    )
