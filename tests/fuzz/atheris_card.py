"""Coverage-guided fuzzing of every card with atheris: `python tests/fuzz/atheris_card.py [libFuzzer options]`.

The input's first byte picks the card; the rest are commands, each after one byte that is its length.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_subjects import fixed_key_pairs, subjects
from fuzz_watch import Watch, describe

from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.iso_card import IsoCard

INSTALL = "atheris is not installed and no dependency of this project; install it with: pip install atheris"


def one_input(data: bytes) -> None:
    """Play one input; raises AssertionError, or what the card raised, for what a card must not do."""
    if not data:
        return
    cards = _cards()
    card = cards[data[0] % len(cards)].fork()
    if isinstance(card, ProcessorCard | IsoCard):
        card.strict = True
        card.random = Random(0).randbytes
    card.power_on()
    watch = Watch(card)
    with fixed_key_pairs():
        for apdu in _commands(data[1:]):
            problem = watch.judge(apdu, card.transmit(apdu))
            assert problem is None, f"{card.kind}: {problem}: {describe(apdu)}"


@cache
def _cards() -> tuple[VirtualCard, ...]:
    return tuple(make() for make in subjects().values())


def _commands(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        yield data[at + 1 : end]
        at = end


def main() -> int:
    """Hand over to atheris; exit code 2 where it is missing."""
    try:
        import atheris
    except ImportError:
        print(INSTALL, file=sys.stderr)
        return 2
    atheris.instrument_all()
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
