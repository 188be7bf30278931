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
import shutil
import statistics
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from centre_bare import bare_s
from centre_load import SECONDS, postgresql, served, wrk
from centre_people import populate
from centre_settlement import PLACE, SETTLEMENTS, Buyer, Till, buyer, line_to, settlement

from terminal.backoffice.store import Store

FLAT = 1.5
"""How much dearer a settlement may be at the most cards than at the fewest."""
ROUNDS = 20
TERMINALS = (1, 8, 64)
PEOPLE_OVER_HTTP = 1000


def by_cards(sizes: tuple[int, ...], directory: Path) -> bool:
    """Cost of a settlement by the number of cards; whether it is flat."""
    print("one settlement in process, SQLite file, every commit on the disk")
    print(f"{'cards':>10}{'settlement':>14}{'bare':>12}{'ratio':>8}")
    paths = {cards: directory / f"{cards}.db" for cards in sizes}
    costs = []
    for cards, took_s in _settled(paths).items():
        costs.append(statistics.median(took_s))
        bare = bare_s(paths[cards], cards)
        print(
            f"{cards:>10}{costs[-1] * 1e6:>11.0f} µs{bare * 1e6:>9.0f} µs{costs[-1] / bare:>8.2f}", flush=True
        )
    growth = costs[-1] / costs[0]
    print(f"{sizes[-1]} cards to {sizes[0]}: {growth:.2f} times (flat: at most {FLAT})\n", flush=True)
    return growth <= FLAT


def _settled(paths: Mapping[int, Path]) -> dict[int, list[float]]:
    """Seconds of settlements by the number of cards, in turns: what the disk does meanwhile, it does to all."""
    stores = {cards: Store(path) for cards, path in paths.items()}
    for cards, store in stores.items():
        populate(store, cards)
    tills = {cards: Till(store, cards) for cards, store in stores.items()}
    took_s: dict[int, list[float]] = {cards: [] for cards in paths}
    for _ in range(ROUNDS):
        for cards, till in tills.items():
            took_s[cards] += till.settle(SETTLEMENTS // ROUNDS)
    for store in stores.values():
        with store.transaction():
            faults = store.ledger_faults() + store.settlement_faults()
        store.close()
        assert faults == [], faults[:3]
    return took_s


def by_terminals(name: str, where: str) -> bool:
    """Settlements per second by the number of terminals; whether every one of them was carried out."""
    store = Store(where)
    populate(store, PEOPLE_OVER_HTTP)
    line = line_to(store)
    people = [buyer(line, number) for number in range(1, PEOPLE_OVER_HTTP + 1)]
    envelope = line.envelope(settlement(Buyer("PERSON", "CARD"), "MSGID"))
    store.close()
    environment = {
        "HEAD": json.dumps(envelope, default=float),
        "PLACE": PLACE,
        "PEOPLE": " ".join(f"{who.person}:{who.card}" for who in people),
    }
    failed = 0
    with served(where) as url:
        for number, terminals in enumerate(TERMINALS, 1):
            null = wrk(f"{url}/health", terminals, {})
            path = f"{url}/fsi/api/rsfComIfsService/callService"
            load = wrk(path, terminals, {**environment, "FIRST": str(number * 10**9)})
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
        good &= by_terminals("SQLite", str(directory / "http.db"))
        good &= by_terminals("PostgreSQL", stack.enter_context(postgresql(directory)))
    return not good


if __name__ == "__main__":
    assert shutil.which("wrk"), "wrk is missing; tests/system/install-debian-packages installs it"
    sys.exit(main())
