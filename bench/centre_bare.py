"""The limit of a settlement: the same rows, written by hand through the database's own driver."""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from itertools import count
from pathlib import Path

from centre_people import card_number, id_number, now
from centre_settlement import PLACE, SETTLEMENTS

from terminal.backoffice.stored.ledger import EMPLOYEE_FUND


def bare_s(path: Path, cards: int) -> float:
    """Median seconds of the same rows by hand: no rules, no arithmetic, no JSON."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    database.execute("PRAGMA foreign_keys = ON")
    draw, numbers, took = random.Random(2), count(1), []
    at, day = now().isoformat(), f"{now():%Y-%m-%d}"
    for _ in range(SETTLEMENTS):
        number, msgid = draw.randint(1, cards), f"bare{next(numbers):026d}{random.getrandbits(30)}"
        person, name = id_number(number), f"new:{card_number(number)}"
        begun = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        bare_transaction(database, (msgid, person, name, at, day))
        database.execute("COMMIT")
        took.append(time.perf_counter() - begun)
    database.close()
    return statistics.median(took)


def bare_transaction(database: sqlite3.Connection, given: tuple[str, str, str, str, str]) -> None:
    msgid, person, name, at, day = given
    run, shop = database.execute, f"place:{PLACE}:{EMPLOYEE_FUND}"
    visit = run(
        "INSERT INTO visits (id_number, place, kind, med_type, msgid, at, cancelled) VALUES (?,?,'310','41',?,?,0)",
        (person, PLACE, msgid, at),
    ).lastrowid
    run(
        "INSERT INTO settlements (msgid, infno, visit, place, id_number, fund, clearing, account, day, at, total_fen,"
        " deductible_fen, fund_pay_fen, account_pay_fen, cash_pay_fen, balance_fen, detail, reversed, reconciled)"
        " VALUES (?,'2102',?,?,?,'310','41',?,?,?,1,0,0,1,0,0,'{}',0,0)",
        (msgid, visit, PLACE, person, name, day, at),
    )
    booked = run("INSERT INTO journals (at, fund, reason) VALUES (?,'310','settlement')", (at,)).lastrowid
    for account_name, amount in ((name, -1), (shop, 1)):
        run("UPDATE accounts SET balance_fen = balance_fen + ? WHERE account = ?", (amount, account_name))
        run(
            "INSERT INTO postings (journal, account, fund, amount_fen) VALUES (?,?,'310',?)",
            (booked, account_name, amount),
        )
    run("INSERT INTO messages VALUES (?,'2102',?,x'00','{}',?)", (msgid, PLACE, at))
