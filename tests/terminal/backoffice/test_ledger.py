"""Money: journals add up, funds never mix (R52), personal accounts never go below zero, however many work at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from terminal.backoffice.database import LostRaceError, StoreError
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import OverdraftError, fund_account

AT = datetime(2030, 1, 8, tzinfo=UTC)
NAMES = ("new:A00000017", "new:A00000025", "pharmacy:990100000001", fund_account("310"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(0, 10**9))))
def test_whatever_is_moved_nothing_is_made_or_lost(moves: list[tuple[str, str, int]]) -> None:
    store, balances = Store(), dict.fromkeys(NAMES, 0)
    for source, target, amount_fen in moves:
        enough = source == fund_account("310") or balances[source] >= amount_fen
        try:
            with store.transaction():
                store.move(source, target, amount_fen, reason="test", at=AT)
        except OverdraftError:
            assert not enough
            continue
        balances[source] -= amount_fen
        balances[target] += amount_fen
    with store.transaction():
        assert {name: store.balance(name) for name in NAMES} == balances
        assert store.ledger_faults() == []
    assert sum(balances.values()) == 0
    store.close()


def test_money_never_moves_between_funds(where: str) -> None:
    store = Store(where)
    with store.transaction():
        store.move(fund_account("310"), "new:A00000017", 100, reason="test", at=AT)
    with pytest.raises((StoreError, IntegrityError)), store.transaction():
        store.move("new:A00000017", fund_account("390"), 100, reason="test", at=AT, fund="390")
    with store.transaction():
        assert store.balance("new:A00000017") == 100
        assert store.balance(fund_account("390")) == 0


def test_an_amount_below_zero_is_refused(where: str) -> None:
    store = Store(where)
    with pytest.raises(ValueError, match="swap source and target"), store.transaction():
        store.move(NAMES[0], NAMES[1], -1, reason="test", at=AT)


def test_terminals_at_the_same_time_never_overdraw(where: str) -> None:
    store = Store(where)
    with store.transaction():
        store.move(fund_account("310"), NAMES[0], 1000, reason="test", at=AT)
    store.close()

    def spend(_: int) -> int:
        mine = Store(where)
        taken = 0
        for _ in range(10):
            try:
                with mine.transaction():
                    mine.move(NAMES[0], NAMES[2], 30, reason="test", at=AT)
                taken += 30
            except (OverdraftError, LostRaceError):
                pass
        mine.close()
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken_fen = sum(threads.map(spend, range(8)))
    store = Store(where)
    with store.transaction():
        assert (store.balance(NAMES[0]), store.balance(NAMES[2])) == (1000 - taken_fen, taken_fen)
        assert store.ledger_faults() == []
    assert taken_fen == 990


def test_a_crooked_ledger_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "centre.db")
    with store.transaction():
        store.move(fund_account("310"), NAMES[0], 1000, reason="test", at=AT)
        store._db.exec_driver_sql("UPDATE postings SET amount_fen = 999 WHERE amount_fen = 1000")
        faults = store.ledger_faults()
    assert faults == ["journal 1 does not add up", f"account {NAMES[0]} is not the sum of its postings"]
