"""What stands around the card: its image on the disk, a whole dual insert, a fork, the import of the package."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from card_commands import UPDATE_RECORD
from card_harness import blank, opened

from terminal.backoffice.office import Office
from terminal.scenario.model import CardSpec, Expectation, Scenario, VisitSpec
from terminal.scenario.run import play
from terminal.scenario.script import EnterPinStep, Insert, Remove
from terminal.scenario.stage import Stage
from virtual_card import image
from virtual_card.card import ProcessorCard

VISITS = 10
CENTRE_REQUESTS = 6
VISIT = VisitSpec(
    operator=[Insert(card="old"), Remove(), Insert(card="new"), EnterPinStep(pin="old"), Remove()],
    expect=Expectation(outcome="activated"),
)
DUAL_INSERT = Scenario(
    name="bench", cards={"old": CardSpec(kind="sle4442"), "new": CardSpec(kind="ssc-3.0")}, visits=[VISIT]
)


def journalled() -> float:
    """UPDATE RECORD a second with the image journal on, including the closing synchronisation to disk."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "card.image")
        image.save(blank(), path)
        journal = image.open_journalled(path)
        card = journal.card
        assert isinstance(card, ProcessorCard)
        opened(card)
        start = time.perf_counter()
        for apdu in islice(cycle(UPDATE_RECORD), 5000):
            card.transmit(apdu)
        journal.close()
        return 5000 / (time.perf_counter() - start)


def dual_insert_ms() -> float:
    """Milliseconds of a complete dual insert: 3.0 card with SM4, SLE4442, PSAM, the centre on an SQLite file.

    From "insert the old card" to "remove the card", everything a visit does; cards and centre are prepared before.
    """
    with tempfile.TemporaryDirectory() as folder:
        stages = [dual_insert_stage(Path(folder, f"{number}.db")) for number in range(VISITS)]
        start = time.perf_counter()
        for stage in stages:
            played = play(stage, VISIT)
            if played.outcome != "activated":
                raise SystemExit(f"the dual insert ended {played.outcome}")
        elapsed = time.perf_counter() - start
        for stage in stages:
            stage.office.close()
    return elapsed / VISITS * 1e3


def dual_insert_stage(path: Path) -> Stage:
    """A stage whose back office is an SQLite file."""
    return Stage.of(
        DUAL_INSERT, lambda _, profile, now, **options: Office.open(path, profile, now, **options)
    )


def null_centre_ms() -> float:
    """Milliseconds of the centre's share alone if it did nothing: as many synced SQLite transactions as a visit has."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder, "null.db"), isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE note (at REAL)")
        start = time.perf_counter()
        for _ in range(VISITS * CENTRE_REQUESTS):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO note VALUES (0)")
            database.execute("COMMIT")
        elapsed = time.perf_counter() - start
        database.close()
    return elapsed / VISITS * 1e3


def fork_us() -> float:
    """Microseconds to fork a card."""
    card = blank()
    start = time.perf_counter()
    for _ in range(2000):
        card.fork()
    return (time.perf_counter() - start) / 2000 * 1e6


def import_ms() -> float:
    """Milliseconds of `import virtual_card` in a new interpreter, without the interpreter's own start."""
    code = "import time; t = time.perf_counter(); import virtual_card; print((time.perf_counter() - t) * 1e3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)
