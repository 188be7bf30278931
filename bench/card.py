"""How fast the virtual card answers, beside a null card in the same harness, on one core; what many cards cost.

The null card parses each command and looks it up as the real one does, and answers a constant: what is left
of the difference is what the card does. Rounds are interleaved, figures are medians. `python bench/card.py`,
about a minute; `--full` issues ten thousand cards instead of one thousand, which takes minutes. Goals are the
project's; published figures are those of the fastest card simulator in Python known to us.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from card_bank import bank_transactions, cryptograms
from card_commands import (
    MIXED,
    READ_BINARY,
    READ_RECORD,
    UPDATE_RECORD,
    authentications,
    purchases,
    sealed_updates,
)
from card_harness import of_card, of_null
from card_whole import dual_insert_ms, fork_us, import_ms, journalled, null_centre_ms

ROUNDS = 7
FLAT = {"memory": 1.1, "time": 2.0}
"""How much dearer a card may be among ten times as many: memory not at all, time by what the caches lose."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One line of the table. `measure` returns a figure in `unit`; `null` the same of the null card."""

    name: str
    unit: str
    measure: Callable[[], float]
    null: Callable[[], float] | None = None
    goal: float | None = None
    published: float | None = None
    smaller_is_better: bool = False


def benchmarks() -> list[Benchmark]:
    """Every line of the table; further ones are added here."""
    return [
        Benchmark(
            "READ RECORD", "APDU/s", of_card(READ_RECORD), of_null(READ_RECORD), 250_000, published=43_000
        ),
        Benchmark(
            "READ BINARY 250", "APDU/s", of_card(READ_BINARY), of_null(READ_BINARY), 250_000, published=12_900
        ),
        Benchmark("mixed session", "APDU/s", of_card(MIXED), of_null(MIXED), 250_000, published=28_000),
        Benchmark("UPDATE RECORD", "APDU/s", of_card(UPDATE_RECORD), of_null(UPDATE_RECORD)),
        Benchmark("challenge + EXT. AUTH., SM4", "pairs/s", authentications(), goal=100_000),
        Benchmark("challenge + UPDATE with MAC", "pairs/s", sealed_updates()),
        Benchmark("purse: INITIALIZE + DEBIT", "1/s", *purchases()),
        Benchmark("bank: GENERATE AC 3DES", "1/s", *cryptograms(sm=False)),
        Benchmark("bank: GENERATE AC SM4", "1/s", *cryptograms(sm=True)),
        Benchmark("bank: whole transaction 3DES", "1/s", *bank_transactions(sm=False)),
        Benchmark("bank: whole transaction SM4", "1/s", *bank_transactions(sm=True)),
        Benchmark("UPDATE RECORD, journalled", "APDU/s", journalled, goal=10_000),
        Benchmark(
            "dual insert, SM4 and SQLite",
            "ms",
            dual_insert_ms,
            null_centre_ms,
            goal=25,
            smaller_is_better=True,
        ),
        Benchmark("fork", "us", fork_us, goal=50, smaller_is_better=True),
        Benchmark("import virtual_card", "ms", import_ms, goal=60, smaller_is_better=True),
    ]


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    lines = benchmarks()
    figures: dict[str, list[float]] = {line.name: [] for line in lines}
    nulls: dict[str, list[float]] = {line.name: [] for line in lines}
    for _ in range(ROUNDS):
        for line in lines:
            figures[line.name].append(line.measure())
            if line.null is not None:
                nulls[line.name].append(line.null())
    print(f"{'':28}{'unit':>8}{'card':>11}{'null':>12}{'ratio':>7}{'goal':>10}{'published':>11}  met")
    missed = 0
    for line in lines:
        figure = statistics.median(figures[line.name])
        null = statistics.median(nulls[line.name]) if line.null is not None else None
        met = line.goal is None or (figure < line.goal) == line.smaller_is_better
        missed += not met
        print(
            f"{line.name:28}{line.unit:>8}{figure:11,.0f}{_number(null):>12}"
            f"{_ratio(line, figure, null):>7}{_number(line.goal):>10}"
            f"{_number(line.published):>11}  {'' if line.goal is None else 'yes' if met else 'NO'}"
        )
    missed += live_cards("--full" in sys.argv[1:])
    return 1 if missed else 0


def live_cards(full: bool) -> int:
    """Measure and print what a card costs among many; the number of goals missed."""
    print(f"\n{'':22}{'cards':>8}{'bytes a card':>14}{'contents':>10}{'us an APDU':>12}{'null':>8}  flat")
    missed = 0
    for kind, counts in {
        "forks": (1_000, 10_000),
        "issued": (1_000, 10_000) if full else (100, 1_000),
    }.items():
        few, many = (_live(kind, count) for count in counts)
        memory, time_ = many["bytes"] / few["bytes"], many["us"] / few["us"]
        null = many["null_us"] / few["null_us"]
        flat = memory < FLAT["memory"] and time_ < FLAT["time"]
        missed += not flat
        for count, found in zip(counts, (few, many), strict=True):
            print(
                f"{kind:22}{count:8,}{found['bytes']:14,.0f}{found['contents']:10,.0f}"
                f"{found['us']:12.2f}{found['null_us']:8.2f}"
            )
        print(f"{'  ratio':22}{'':8}{memory:14.2f}{'':10}{time_:12.2f}{null:8.2f}  {'yes' if flat else 'NO'}")
    return missed


def _live(kind: str, count: int) -> dict[str, float]:
    """The figures of one line, from a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name("live_cards.py")), kind, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _ratio(line: Benchmark, figure: float, null: float | None) -> str:
    """How many times the null measure is ahead."""
    if null is None:
        return ""
    return f"{figure / null if line.smaller_is_better else null / figure:.1f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
