"""What one live card costs while many live in one process: `python bench/live_cards.py forks 10000`.

Prints one JSON object: resident bytes a card, the bytes of its contents alone, and microseconds an APDU when every
card in turn reads out its issuer data (ten commands), so that each session begins on cold caches; beside it the same
number of null cards. Each figure wants a fresh process, so bench/card.py starts one for each line of its table.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parent))

from null_card import NullCard

from virtual_card.card import ProcessorCard
from virtual_card.issuer import issue

SESSION = [
    bytes.fromhex(apdu)
    for apdu in (
        "00A404000F7378312E73682EC9E7BBE1B1A3D5CF",
        "00C000001E",
        "00A4000002EF05",
        "00B2010412",
        "00B2020403",
        "00B2030406",
        "00B204040E",
        "00B2050406",
        "00B2060406",
        "00B207040B",
    )
]
PAGE = 4096
SECONDS = 2.0


class Transmits(Protocol):
    """A card, or a null card."""

    def transmit(self, apdu: bytes) -> bytes:
        """One command."""


def forked(count: int) -> list[ProcessorCard]:
    """Cards that share what one issued card is compiled to."""
    card = issued(1)[0]
    return [card.fork() for _ in range(count)]


def issued(count: int) -> list[ProcessorCard]:
    """Cards of different holders, each issued by itself."""
    cards = [issue("ssc-3.0", seed) for seed in range(1, count + 1)]
    return [card for card in cards if isinstance(card, ProcessorCard)]


MAKERS: dict[str, Callable[[int], list[ProcessorCard]]] = {"forks": forked, "issued": issued}


def resident() -> int:
    """The process's resident bytes, after everything that is garbage is gone."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def contents_bytes(card: ProcessorCard) -> int:
    """The bytes the card holds: the least that any representation of it takes."""
    return sum(
        len(cell) if isinstance(cell, bytearray) else sum(len(record) for record in cell)
        for cell in card.memory.cells
    )


def microseconds(cards: Sequence[Transmits]) -> float:
    """Microseconds an APDU, a session with every card in turn; the best pass counts, the others were disturbed."""
    best = float("inf")
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        for card in cards:
            for apdu in SESSION:
                card.transmit(apdu)
        best = min(best, time.perf_counter() - start)
    return best / len(cards) / len(SESSION) * 1e6


def measure(kind: str, count: int) -> dict[str, float]:
    """Make the cards, power them, have a session with each in turn."""
    MAKERS[kind](1)  # modules and caches that every process has once
    before = resident()
    cards = MAKERS[kind](count)
    for card in cards:
        card.power_on()
        answers = [card.transmit(apdu)[-2] for apdu in SESSION]
        if not set(answers) <= {0x90, 0x61}:
            raise SystemExit(
                f"the card refuses {SESSION[[a in (0x90, 0x61) for a in answers].index(False)].hex()}"
            )
    after = resident()
    return {
        "bytes": (after - before) / count,
        "contents": contents_bytes(cards[0]),
        "us": microseconds(cards),
        "null_us": microseconds([NullCard() for _ in range(count)]),
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
