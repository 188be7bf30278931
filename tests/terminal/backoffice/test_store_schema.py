"""The tables: the newest version made at once, and older ones brought up to it without losing anything."""

from __future__ import annotations

import importlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from apdu.layout.states import SocialState
from terminal.backoffice import schema
from terminal.backoffice.database import DamagedStoreError, connect
from terminal.backoffice.records import ReservationStatus
from terminal.backoffice.store import Store
from terminal.backoffice.tables import metadata

FIRST = importlib.import_module("terminal.backoffice.migrations.versions.v0001_first")
ROWS = """
PRAGMA application_id = 1397965634; PRAGMA user_version = 1;
INSERT INTO persons VALUES ('990100198001010018', '测试甲');
INSERT INTO social_cards VALUES ('A00000017', '990100D15600000500A1B2C3D4E5F607', X'0081544B318660990100A1B2C3',
  '990100198001010018', 1, 0, '2040-01-01', '2030-01-08T10:00:00+08:00', 1, '{"138": "M1"}', NULL, NULL);
INSERT INTO old_cards VALUES ('900001', 'sle4442', '990100198001010018', 9, 'A00000017');
INSERT INTO verifiers VALUES ('900001', X'00', 1, X'01', 4, NULL, NULL);
INSERT INTO ledger VALUES (1, 'old:900001', 1234, 'enrolment', NULL, '2030-01-07T10:00:00+08:00');
INSERT INTO ledger VALUES (2, 'old:900001', -1234, 'activation', '2030010800000001', '2030-01-08T10:00:00+08:00');
INSERT INTO ledger VALUES (3, 'new:A00000017', 1234, 'activation', '2030010800000001', '2030-01-08T10:00:00+08:00');
INSERT INTO reservations VALUES (1, '2030010800000001', 'A00000017', '900001', 'committed',
  '2030-01-08T10:00:00+08:00', 1234);
INSERT INTO audit VALUES (1, '2030-01-08T10:00:00+08:00', 'reserve', 'A00000017', '2030010800000001', NULL, NULL);
"""

SECOND = (
    "DROP TABLE photographs",
    "ALTER TABLE card_orders DROP COLUMN bank_branch",
    *(f"ALTER TABLE social_cards DROP COLUMN {column}" for column in ("chip_account", "bank_activated_at")),
    "UPDATE alembic_version SET version_num = '0002'",
)
"""Takes a store back to version 2."""


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A file as version 1 left it, with one activation carried out."""
    path = tmp_path / "centre.db"
    database = sqlite3.connect(path)
    database.executescript(FIRST.SCHEMA + ROWS)
    database.close()
    return path


def test_a_store_of_the_first_version_keeps_everything(first_version: Path) -> None:
    store = Store(first_version)
    with store.transaction():
        card = store.social_card("A00000017")
        (reservation,) = store.reservations_of("A00000017")
        assert card is not None and card.social is SocialState.NORMAL
        assert card.received_at is not None and card.received_at.isoformat() == "2030-01-08T02:00:00+00:00"
        assert (reservation.number, reservation.status) == ("2030010800000001", ReservationStatus.COMMITTED)
        assert (store.balance("new:A00000017"), store.balance("old:900001")) == (1234, 0)
        assert store.balance("fund:310") == -1234
        assert store.ledger_faults() == []
        counter = store.pin_counter("900001")
        assert counter is not None and counter.tries_left == 4
        assert [line[1] for line in store.audit()] == ["reserve"]
    store.close()
    assert Store(first_version, read_only=True).path == str(first_version)


@pytest.mark.parametrize("older", [True, False], ids=["older", "new"])
def test_many_who_open_it_at_once_bring_it_up_once(first_version: Path, tmp_path: Path, older: bool) -> None:
    path, begin = first_version if older else tmp_path / "new.db", Barrier(4)

    def opened(_: int) -> str:
        begin.wait()
        connection = connect(path)
        try:
            return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as tills:
        assert set(tills.map(opened, range(4))) == {schema.HEAD}


def test_reading_alone_does_not_migrate(first_version: Path) -> None:
    before = first_version.read_bytes()
    with pytest.raises(DamagedStoreError, match="version 0001, and 0003 is needed; open it once"):
        Store(first_version, read_only=True)
    assert first_version.read_bytes() == before


def test_a_migration_that_fails_changes_nothing(first_version: Path) -> None:
    database = sqlite3.connect(first_version)
    database.execute("UPDATE social_cards SET received_at = 'soon'")
    database.commit()
    database.close()
    with pytest.raises(ValueError, match="soon"):
        Store(first_version)
    database = sqlite3.connect(first_version)
    assert database.execute("SELECT count(*) FROM ledger").fetchone() == (3,)


def test_made_and_migrated_tables_are_the_declared_ones(first_version: Path, where: str) -> None:
    for database in (where, str(first_version)):
        connection = connect(database)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        connection.close()


def test_a_store_of_the_second_version_is_brought_up_on_either_database(where: str) -> None:
    Store(where).close()
    connection = connect(where)
    with connection.begin():
        for statement in SECOND:
            connection.exec_driver_sql(statement)
    connection.close()
    with pytest.raises(DamagedStoreError, match="version 0002, and 0003 is needed"):
        Store(where, read_only=True)
    Store(where).close()
    connection = connect(where)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []
    connection.close()


def test_the_program_works_with_the_newest_migration() -> None:
    migrations = Path(schema.__file__).parent / "migrations"
    assert ScriptDirectory(str(migrations)).get_current_head() == schema.HEAD


def test_a_foreign_database_is_left_alone(where: str) -> None:
    from sqlalchemy import create_engine, text

    if where.startswith("postgresql"):
        with create_engine(where).begin() as connection:
            connection.execute(text("CREATE TABLE notes (note TEXT)"))
    else:
        database = sqlite3.connect(where)
        database.executescript("CREATE TABLE notes (note TEXT)")
        database.close()
    with pytest.raises(DamagedStoreError, match="a database, but not a back office's store; name another"):
        Store(where)
