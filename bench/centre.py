"""What a settlement costs at the centre: by the number of cards, in process; and by the number of terminals, over HTTP.

In process: a 2102 through the national interface, beside the bare database transaction (the same rows, written by
hand through the database's own driver). Over HTTP: settlements per second and their latency with 1, 8 and 64 terminals
(connections of `wrk`, which makes a fresh msgid for each), beside the service's health page, which does nothing. On a
SQLite file and on PostgreSQL, both with every commit on the disk. Needs wrk and PostgreSQL; about two minutes, with
`--full` (10^6 cards) about five.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, text

from apdu.identifiers import citizen_check_character
from terminal.backoffice import tables
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national_line import InsuranceLine, MessageIds
from terminal.backoffice.national_ports import PERSON, SETTLEMENT, SIGN_IN, Transact
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND, fund_account
from terminal.flow.bill import Bill, BillItem

PLACE = "990100000001"
PROFILE = load_profile("default")
OPENING_FEN = 10**8
SETTLEMENTS = 400
FLAT = 1.5
"""How much dearer a settlement may be at the most cards than at the fewest."""
TERMINALS = (1, 8, 64)
SECONDS = 5
PEOPLE_OVER_HTTP = 1000
BATCH = 20_000
HISTORY = bytes.fromhex("00814E43238697990100000001")
BILL = Bill((BillItem("XA01", "", Decimal(1), Decimal("0.01")),))

WRK = """\
local head, number = os.getenv("HEAD"), tonumber(os.getenv("FIRST"))
local people, cards = {}, {}
for person, card in string.gmatch(os.getenv("PEOPLE"), "(%w+):(%w+)") do
  people[#people + 1], cards[#cards + 1] = person, card
end
failed = 0
request = function()
  number = number + 1
  local one = number % #people + 1
  local body = head:gsub("MSGID", string.format("%s%018.0f", os.getenv("PLACE"), number))
    :gsub("PERSON", people[one]):gsub("CARD", cards[one])
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
end
response = function(status, headers, body)
  if status ~= 200 or not body:find('"infcode":0', 1, true) then failed = failed + 1 end
end
local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
done = function(summary, latency, requests)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("failed") end
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), wrong))
end
"""
WRK_NULL = WRK[WRK.index("local threads") :].replace('thread:get("failed")', "0")


def now() -> datetime:
    return datetime.now(UTC)


# --- people and cards ---------------------------------------------------------------------------------------------


def card_number(number: int) -> str:
    return f"A{number:08d}"


def id_number(number: int) -> str:
    """A citizen's number of its own for each of 20 million."""
    day, order = divmod(number, 1000)
    body = f"990100{date.fromordinal(date(1950, 1, 1).toordinal() + day):%Y%m%d}{order:03d}"
    return body + citizen_check_character(body)


def populate(store: Store, cards: int) -> None:
    """Persons with an active card, an insurance in force, and an account, booked as everything else is."""
    at, since = now(), date(2020, 1, 1)
    fund = fund_account(EMPLOYEE_FUND)
    with store.transaction():
        total = OPENING_FEN * cards
        add(
            store,
            tables.accounts,
            [{"account": fund, "fund": EMPLOYEE_FUND, "personal": False, "balance_fen": -total}],
        )
    for first in range(1, cards + 1, BATCH):
        batch = range(first, min(first + BATCH, cards + 1))
        with store.transaction():
            add(store, tables.persons, [{"id_number": id_number(n), "name": "测试"} for n in batch])
            add(store, tables.social_cards, [social_card(n) for n in batch])
            add(store, tables.insurances, [insurance(n, since) for n in batch])
            add(store, tables.accounts, [account(n) for n in batch])
            add(store, tables.journals, [journal(n, at) for n in batch])
            add(
                store,
                tables.postings,
                [posting(n, name) for n in batch for name in (fund, f"new:{card_number(n)}")],
            )
    if store._db.dialect.name == "postgresql":  # numbers were given, so that the sequence has not moved
        with store.transaction():
            store._db.execute(
                text("SELECT setval(pg_get_serial_sequence('journals', 'entry'), :last)"), {"last": cards}
            )


def add(store: Store, table: Any, rows: list[dict[str, Any]]) -> None:
    store._db.execute(insert(table), rows)


def social_card(number: int) -> dict[str, Any]:
    return {
        "number": card_number(number),
        "card_id": f"990100D156000005{number:016X}",
        "historical_bytes": HISTORY[:9] + number.to_bytes(4, "big"),
        "id_number": id_number(number),
        "social": 1,
        "financial": 1,
        "receipt_mode": 1,
        "medical": "{}",
    }


def insurance(number: int, since: date) -> dict[str, Any]:
    return {
        "id_number": id_number(number),
        "kind": EMPLOYEE_FUND,
        "person_type": "1101",
        "status": "1",
        "since": since,
    }


def account(number: int) -> dict[str, Any]:
    name = f"new:{card_number(number)}"
    return {"account": name, "fund": EMPLOYEE_FUND, "personal": True, "balance_fen": OPENING_FEN}


def journal(number: int, at: datetime) -> dict[str, Any]:
    return {"entry": number, "at": at, "fund": EMPLOYEE_FUND, "reason": "enrolment", "reference": None}


def posting(number: int, account: str) -> dict[str, Any]:
    amount = OPENING_FEN if account.startswith("new:") else -OPENING_FEN
    return {"journal": number, "account": account, "fund": EMPLOYEE_FUND, "amount_fen": amount}


# --- in process ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person who buys: the number at the insurance centre, and the card's."""

    person: str
    card: str


def line_to(store: Store) -> InsuranceLine:
    ids = MessageIds(PLACE, PROFILE, now)
    line = InsuranceLine(NationalInterface(store, PROFILE, now), PLACE, PROFILE, now, ids)
    line.transact(Transact(SIGN_IN, {"signIn": {"opter_no": "001", "mac": "-", "ip": "127.0.0.1"}}))
    return line


def buyer(line: InsuranceLine, number: int) -> Buyer:
    asked = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card_number(number),
        "card_sn": f"990100D156000005{number:016X}",
        "psn_cert_type": "01",
    }
    found = line.transact(Transact(PERSON, {"data": asked})).output["baseinfo"]
    return Buyer(found["psn_no"], card_number(number))


def settlement(who: Buyer, msgid: str | None = None) -> Transact:
    at = now().astimezone(PROFILE.zone)
    asked = {
        "druginfo": BILL.head(who.person, who.card, EMPLOYEE_FUND, at),
        "drugdetail": BILL.details(at),
    }
    return Transact(SETTLEMENT, asked, msgid, PROFILE.region)


def settlement_s(store: Store, cards: int) -> float:
    """Median seconds of one settlement, of people at random."""
    line = line_to(store)
    draw = random.Random(1)
    people = [buyer(line, draw.randint(1, cards)) for _ in range(SETTLEMENTS)]
    took = []
    for who in people:
        begun = time.perf_counter()
        line.transact(settlement(who))
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


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


def by_cards(sizes: tuple[int, ...], directory: Path) -> bool:
    """Cost of a settlement by the number of cards; whether it is flat."""
    print("one settlement in process, SQLite file, every commit on the disk")
    print(f"{'cards':>10}{'settlement':>14}{'bare':>12}{'ratio':>8}")
    costs = []
    for cards in sizes:
        path = directory / f"{cards}.db"
        store = Store(path)
        populate(store, cards)
        costs.append(settlement_s(store, cards))
        with store.transaction():
            faults = store.ledger_faults() + store.settlement_faults()
        store.close()
        assert faults == [], faults[:3]
        bare = bare_s(path, cards)
        print(
            f"{cards:>10}{costs[-1] * 1e6:>11.0f} µs{bare * 1e6:>9.0f} µs{costs[-1] / bare:>8.2f}", flush=True
        )
        path.unlink()
    growth = costs[-1] / costs[0]
    print(f"{sizes[-1]} cards to {sizes[0]}: {growth:.2f} times (flat: at most {FLAT})\n", flush=True)
    return growth <= FLAT


# --- over HTTP ----------------------------------------------------------------------------------------------------


@contextmanager
def served(where: str) -> Iterator[str]:
    """The centre as a service of its own; its address."""
    command = [sys.executable, "-c", "from terminal.cli.main import main; main()"]
    process = subprocess.Popen(
        [*command, "serve", "centre", "--db", where, "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def postgresql(directory: Path) -> Iterator[str]:
    """A PostgreSQL server of our own, as it comes: fsync is on."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    assert programs, "PostgreSQL is missing; tests/system/install-debian-packages installs it"
    home = directory / "pg"
    home.mkdir()
    user = None
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        os.chown(home, user, -1)
        directory.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs[-1] / program, *arguments], cwd=home, user=user, check=True, stdout=subprocess.DEVNULL
        )

    run("initdb", "-D", f"{home}/data", "-U", "ssc", "-A", "trust")
    options = f"-k {home} -c listen_addresses=''"
    run("pg_ctl", "-D", f"{home}/data", "-w", "-s", "-l", f"{home}/log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://ssc@/postgres?host={home}"
    finally:
        run("pg_ctl", "-D", f"{home}/data", "-w", "-s", "-m", "immediate", "stop")


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers a second, latency in milliseconds, answers that were no success."""

    per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


def wrk(url: str, terminals: int, script: Path, environment: dict[str, str]) -> Load:
    command = ["wrk", "-t1", f"-c{terminals}", f"-d{SECONDS}s", "-s", str(script), url]
    ended = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", ended.stdout)
    assert found, ended.stdout + ended.stderr
    requests, duration, p50, p99, failed = (int(each) for each in found.groups())
    return Load(requests / duration * 1e6, p50 / 1e3, p99 / 1e3, failed)


def by_terminals(name: str, where: str, directory: Path) -> bool:
    """Settlements per second by the number of terminals; whether every one of them was carried out."""
    store = Store(where)
    populate(store, PEOPLE_OVER_HTTP)
    line = line_to(store)
    people = [buyer(line, number) for number in range(1, PEOPLE_OVER_HTTP + 1)]
    envelope = line.envelope(settlement(Buyer("PERSON", "CARD"), "MSGID"))
    store.close()
    for script, lines in (("settle.lua", WRK), ("null.lua", WRK_NULL)):
        (directory / script).write_text(lines, encoding="utf-8")
    environment = {
        "HEAD": json.dumps(envelope, default=float),
        "PLACE": PLACE,
        "PEOPLE": " ".join(f"{who.person}:{who.card}" for who in people),
    }
    failed = 0
    with served(where) as url:
        for number, terminals in enumerate(TERMINALS, 1):
            null = wrk(f"{url}/health", terminals, directory / "null.lua", {})
            path = f"{url}/fsi/api/rsfComIfsService/callService"
            load = wrk(
                path, terminals, directory / "settle.lua", {**environment, "FIRST": str(number * 10**9)}
            )
            failed += load.failed
            print(
                f"{name:<12}{terminals:>10}{load.per_s:>14.0f}{load.p50_ms:>10.1f}{load.p99_ms:>10.1f}"
                f"{null.per_s:>12.0f}{null.p50_ms:>10.1f}{load.failed:>8}",
                flush=True,
            )
    store = Store(where)
    with store.transaction():
        faults = store.ledger_faults() + store.settlement_faults()
    store.close()
    assert faults == [], faults[:3]
    return failed == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--full", action="store_true", help="up to a million cards")
    parser.add_argument("--cards-only", action="store_true", help="leave HTTP out")
    given = parser.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="ssc-bench-")))
        good = by_cards((10**3, 10**5, 10**6) if given.full else (10**3, 10**5), directory)
        if given.cards_only:
            return not good
        print(f"settlements over HTTP, {PEOPLE_OVER_HTTP} people, {SECONDS} s each; null: the health page")
        print(
            f"{'store':<12}{'terminals':>10}{'settlements/s':>14}{'p50 ms':>10}{'p99 ms':>10}"
            f"{'null/s':>12}{'p50 ms':>10}{'failed':>8}"
        )
        good &= by_terminals("SQLite", str(directory / "http.db"), directory)
        good &= by_terminals("PostgreSQL", stack.enter_context(postgresql(directory)), directory)
    return not good


if __name__ == "__main__":
    assert shutil.which("wrk"), "wrk is missing; tests/system/install-debian-packages installs it"
    sys.exit(main())
