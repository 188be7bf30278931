"""The file: private, durable, recognised, and left alone when it is something else."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import pytest

from terminal.backoffice.database import DamagedStoreError, StoreError
from terminal.backoffice.office import Office
from terminal.backoffice.ports import CardKey, Holder, MedicalBase
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.text import Pin

HOLDER = Holder("990100198001010018", "测试甲")
KEY = CardKey("990100D15600000500A1B2C3D4E5F607", "A00000017")
HISTORY = bytes.fromhex("0081544B318660990100A1B2C3")
NOW = datetime(2026, 1, 10, tzinfo=UTC)


def test_a_new_file_and_its_log_belong_to_the_owner_alone(tmp_path):
    path = tmp_path / "centre.db"
    store = Store(path)
    with store.transaction():
        store.add_person(Holder("990100198001010018", "测试甲"))
    for name in os.listdir(tmp_path):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_a_url_that_is_none_is_told_without_its_password():
    with pytest.raises(StoreError, match="write it like postgresql") as told:
        Store("postgresql+psycopg://u:geheim@127.0.0.1:bad/x")
    assert "geheim" not in str(told.value)


def test_what_was_recorded_is_there_after_reopening(tmp_path):
    path = tmp_path / "centre.db"
    office = Office.open(path, load_profile("default"), lambda: datetime.now(UTC))
    office.enrolment.enrol_old_card(
        "sle4442", "900001", Holder("990100198001010018", "测试甲"), balance_fen=12
    )
    before = office.snapshot()
    office.close()
    assert Office.open(path, load_profile("default"), lambda: datetime.now(UTC)).snapshot() == before


def test_a_committed_change_survives_kill_9(tmp_path):
    path = tmp_path / "centre.db"
    program = f"""
        import os, signal
        from terminal.backoffice.ports import Holder
        from terminal.backoffice.store import Store
        store = Store({str(path)!r})
        with store.transaction():
            store.add_person(Holder("990100198001010018", "A"))
        with store.transaction():
            store.add_person(Holder("990100197502020025", "B"))
            os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert ended.returncode == -signal.SIGKILL
    Store(path).close()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT name FROM persons").fetchall() == [("A",)]


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\0" + bytes(200)])
def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path, content):
    path = tmp_path / "centre.db"
    path.write_bytes(content)
    with pytest.raises(DamagedStoreError, match=r"centre\.db: .*; restore it from a copy or name another"):
        Store(path)
    assert path.read_bytes() == content


def test_a_foreign_database_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE notes (text)")
    content = path.read_bytes()
    with pytest.raises(DamagedStoreError, match="not a back office's store"):
        Store(path)
    assert path.read_bytes() == content


def test_another_schema_version_is_refused(tmp_path):
    path = tmp_path / "centre.db"
    Store(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '0099'")
    with pytest.raises(DamagedStoreError, match="version 0099, not 0003"):
        Store(path)


def office_at(path, **options):
    return Office.open(path, load_profile("default"), lambda: NOW, **options)


@pytest.fixture
def recorded(tmp_path):
    """The file of a back office that knows one old and one new card."""
    path = tmp_path / "centre.db"
    office = office_at(path)
    office.enrolment.enrol_old_card("sle4442", "900001", HOLDER, balance_fen=12)
    office.enrolment.enrol_social_card(KEY, HISTORY, HOLDER, received_at=NOW, medical=MedicalBase({}))
    office.close()
    return path


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("UPDATE social_cards SET social = 77", "social card A00000017 is damaged .*77 is not a valid"),
        ("UPDATE old_cards SET state = 77", "old card 900001 is damaged .*77 is not a valid"),
        ("UPDATE social_cards SET received_at = 'soon'", "social card is damaged .*soon"),
        ("UPDATE social_cards SET medical = '[]'", "social card A00000017 is damaged"),
        ("UPDATE social_cards SET medical = '{'", "social card A00000017 is damaged"),
        ("DROP TABLE accounts", "no such table: accounts"),
        ("DROP TABLE social_cards", "no such table: .*social_cards"),
        (
            "ALTER TABLE social_cards RENAME COLUMN medical TO medicine",
            "no such column: social_cards.medical",
        ),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_store_damaged_inside_is_named_with_the_next_step(recorded, change, finding, read_only):
    with sqlite3.connect(recorded) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute(change)
    database.close()
    office = office_at(recorded, read_only=read_only)
    with pytest.raises(DamagedStoreError, match=rf"centre\.db: .*{finding}.*; restore it from a copy"):
        office.cards()


def test_reading_writes_nothing_and_needs_no_right_to_write(recorded):
    writer = office_at(recorded)
    expected = writer.snapshot()
    writer.close()
    content = recorded.read_bytes()
    recorded.chmod(0o400)
    recorded.parent.chmod(0o500)
    office = office_at(recorded, read_only=True)
    assert office.snapshot() == expected
    with pytest.raises(StoreError, match="readonly database"):
        office.enrolment.enrol_old_card("sle4442", "900002", HOLDER)
    recorded.parent.chmod(0o700)
    assert os.listdir(recorded.parent) == ["centre.db"]
    assert recorded.read_bytes() == content


def test_a_reader_sees_what_a_writer_that_is_still_at_work_has_committed(recorded):
    writer = office_at(recorded)
    writer.enrolment.enrol_old_card("sle4442", "900002", HOLDER)
    assert office_at(recorded, read_only=True).snapshot() == writer.snapshot()


def test_reading_an_empty_file_is_an_error_and_leaves_it_empty(tmp_path):
    path = tmp_path / "centre.db"
    path.touch()
    with pytest.raises(DamagedStoreError, match=r"centre\.db: an empty file.*; restore it from a copy"):
        Store(path, read_only=True)
    assert path.read_bytes() == b""
    assert os.listdir(tmp_path) == ["centre.db"]


def test_reading_makes_no_file(tmp_path):
    with pytest.raises(StoreError, match=r"centre\.db: there is no such file; name a store"):
        Store(tmp_path / "centre.db", read_only=True)
    assert os.listdir(tmp_path) == []


def test_a_directory_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(StoreError, match="choose a directory"):
        Store(tmp_path / "nowhere" / "centre.db")


def test_a_store_held_by_another_writer_is_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr("terminal.backoffice.database.BUSY_TIMEOUT_S", 0.01)
    path = tmp_path / "centre.db"
    store, other = Store(path), Store(path)
    with other.transaction(), pytest.raises(StoreError, match="who holds it"), store.transaction():
        pass


def test_no_pin_is_in_the_file(tmp_path):
    path = tmp_path / "centre.db"
    office = Office.open(path, load_profile("default"), lambda: datetime.now(UTC))
    holder = Holder("990100198001010018", "测试甲")
    office.enrolment.enrol_old_card("sle4442", "900001", holder, pin=Pin("73190528"))
    office.close()
    assert b"73190528" not in path.read_bytes()
    assert b"900001" in path.read_bytes()
