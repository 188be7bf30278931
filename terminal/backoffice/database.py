"""Opening the store's SQLite file: made once with mode 0600, recognised again, left alone when not ours."""

from __future__ import annotations

import os
import sqlite3
from importlib import resources
from pathlib import Path

APPLICATION_ID = 0x53534342
"""Marks the file as this back office's own ("SSCB" in the SQLite header)."""

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 5.0
CURE = "restore it from a copy or name another"
_DAMAGE = (
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_ERROR,  # a statement of ours that does not fit the tables: one is missing or altered
)


class StoreError(Exception):
    """The back office's file cannot be used at all; the message names it and the next step."""


class DamagedStoreError(StoreError):
    """The file is there but is no such store, is damaged, or has another version. It is left untouched."""

    def __init__(self, path: str, finding: str, next_step: str) -> None:
        super().__init__(f"{path}: {finding}; {next_step}")
        self.path = path


def connect(path: str | Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the store at `path`, made (mode 0600) where there is none; `:memory:` for one that is not kept.

    Write-ahead log with full synchronisation: a committed activation survives process and power. With
    `read_only` nothing is made or written, neither the file nor anything beside it. Raises DamagedStoreError,
    StoreError.
    """
    label = str(path)
    return _connect_to_read(label) if read_only else _connect_to_write(label)


def _connect_to_read(label: str) -> sqlite3.Connection:
    if not os.path.exists(label):
        raise StoreError(f"{label}: there is no such file; name a store, or make one with `ssc centre enrol`")
    # SQLite makes files beside a write-ahead database even to read it, unless it is told that nobody writes:
    # and where no log lies beside the file, nobody has it open and nothing is left to bring in.
    unused = not os.path.exists(f"{label}-wal")
    address = f"{Path(label).absolute().as_uri()}?mode=ro{'&immutable=1' if unused else ''}"
    try:
        connection = sqlite3.connect(address, timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
        empty = _recognise(connection, label)
    except sqlite3.DatabaseError as error:
        raise translated(error, label) from None
    if empty:
        connection.close()
        raise DamagedStoreError(label, "an empty file, not a back office's store", CURE)
    return connection


def _connect_to_write(label: str) -> sqlite3.Connection:
    new = label == ":memory:" or _create(label)
    try:
        connection = sqlite3.connect(label, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        if not new:
            new = _recognise(connection, label)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if new:
            _initialise(connection)
    except sqlite3.DatabaseError as error:
        raise translated(error, label) from None
    return connection


def translated(error: sqlite3.DatabaseError, label: str) -> StoreError:
    """What an error of SQLite means for the people who run the back office."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
        return DamagedStoreError(label, f"damaged or not a store ({error})", CURE)
    return StoreError(
        f"{label}: the back office's file cannot be used ({error}); check its rights and who holds it"
    )


def _create(label: str) -> bool:
    try:
        os.close(os.open(label, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        raise StoreError(
            f"{label}: cannot be made ({error.strerror}); choose a directory you may write to"
        ) from None
    return True


def _recognise(connection: sqlite3.Connection, label: str) -> bool:
    """True for an empty database to initialise, False for a store of ours."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not (application or version or tables):
        return True
    if application != APPLICATION_ID:
        raise DamagedStoreError(label, "a database, but not a back office's store", "name another file")
    if version != SCHEMA_VERSION:
        raise DamagedStoreError(
            label,
            f"a store of version {version}, not {SCHEMA_VERSION}",
            "use the program version that made it",
        )
    return False


def _initialise(connection: sqlite3.Connection) -> None:
    schema = (resources.files("terminal.backoffice") / "schema.sql").read_text("utf-8")
    connection.executescript(
        f"BEGIN EXCLUSIVE;\n{schema}\nPRAGMA application_id = {APPLICATION_ID};\n"
        f"PRAGMA user_version = {SCHEMA_VERSION};\nCOMMIT;"
    )
