"""Fuzz every card: seeded commands in sessions, each answer and each change of the memory judged.

`python tests/fuzz/run_fuzz.py --count 1000000 --seed 1` uses two processes. The same seed and count are the same
commands, however many processes there are; a finding is printed with the commands that lead to it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

from fuzz_commands import Commands
from fuzz_sequences import Sequences
from fuzz_subjects import fixed_key_pairs, subjects
from fuzz_watch import Watch, describe

from virtual_card import image
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.errors import VirtualCardError
from virtual_card.iso_card import IsoCard
from virtual_card.kinds import from_state

SESSION = 100
SEQUENCE_SHARE = 0.12
RESET_SHARE = 0.01
FETCH_SHARE = 0.5
IMAGE_EVERY = 10
CHUNK = 50
SHOWN = 10


class Found(Exception):
    """A session ends: the card did what it must not do."""


@dataclass(slots=True)
class Tally:
    """What a number of sessions came to."""

    commands: int = 0
    words: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.commands += other.commands
        self.words += other.words
        self.findings += other.findings


@dataclass(slots=True)
class Session:
    """One powered card from reset to the end of its commands."""

    card: VirtualCard
    rng: Random
    watch: Watch = field(init=False)
    sent: list[bytes] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if isinstance(self.card, ProcessorCard | IsoCard):
            self.card.strict = True
            self.card.random = self.rng.randbytes
        self.card.power_on()
        self.watch = Watch(self.card)

    def send(self, apdu: bytes) -> bytes:
        """Transmit one command; raises Found for a wrong answer or change, and whatever the card raised."""
        self.sent.append(apdu)
        answer = self.card.transmit(apdu)
        problem = self.watch.judge(apdu, answer)
        if problem is not None:
            raise Found(problem)
        self.words[answer[-2:].hex().upper()] += 1
        if answer[-2] == 0x61 and self.rng.random() < FETCH_SHARE and apdu[1:2] != b"\xc0":
            return answer[:-2] + self.send(bytes((0x00, 0xC0, 0, 0, answer[-1])))
        return answer

    def play(self, commands: Commands) -> None:
        """Commands and sequences until the session is full."""
        sequences = Sequences(self.card, self.send, self.rng)
        while len(self.sent) < SESSION:
            chance = self.rng.random()
            if chance < RESET_SHARE:
                self.card.power_off()
                self.card.power_on()
                self.watch.powered()
            elif chance < RESET_SHARE + SEQUENCE_SHARE:
                sequences.run()
            else:
                self.send(commands.one(self.rng))


@cache
def _subject(name: str) -> tuple[VirtualCard, Commands]:
    card = subjects()[name]()
    return card, Commands(card)


@cache
def _names() -> tuple[str, ...]:
    return tuple(subjects())


def play(seed: int, number: int) -> Tally:
    """Session `number`: its card and its commands follow from the seed."""
    name = _names()[number % len(_names())]
    base, commands = _subject(name)
    session = Session(base.fork(), Random(f"{seed}/{number}"))
    tally = Tally()
    try:
        with fixed_key_pairs():
            session.play(commands)
        if number // len(_names()) % IMAGE_EVERY == 0:
            _check_image(session.card)
    except Exception as error:
        tally.findings.append(_finding(name, seed, number, session, error))
    tally.commands, tally.words = len(session.sent), session.words
    return tally


def _check_image(card: VirtualCard) -> None:
    """What the card became can be stored and brought back."""
    state = json.loads(json.dumps(card.state()))
    if image.dumps(from_state(state, Random(0).randbytes)) != image.dumps(card):
        raise Found("the card's image, loaded again, is another card")


def _finding(name: str, seed: int, number: int, session: Session, error: Exception) -> str:
    what = (
        str(error) if isinstance(error, Found) else "".join(traceback.format_exception(error)[-3:]).rstrip()
    )
    if isinstance(error, VirtualCardError):
        what = f"{type(error).__name__}: {error}"
    lead = "\n".join(f"    {describe(apdu)}" for apdu in session.sent)
    return f"{name}, session {number} of seed {seed}: {what}\n{lead}"


def _chunk(seed: int, numbers: Sequence[int]) -> Tally:
    tally = Tally()
    for number in numbers:
        tally.add(play(seed, number))
    return tally


def _chunks(count: int) -> Iterator[range]:
    sessions = -(-count // SESSION)
    for start in range(0, sessions, CHUNK):
        yield range(start, min(start + CHUNK, sessions))


def fuzz(
    count: int, seed: int, processes: int = 1, report: Callable[[str], object] = lambda text: None
) -> Tally:
    """At least `count` commands; findings are reported as they come."""
    total = Tally()
    chunks = list(_chunks(count))
    if processes == 1:
        results: Iterator[Tally] = (_chunk(seed, numbers) for numbers in chunks)
        _collect(total, results, report)
        return total
    with ProcessPoolExecutor(processes) as pool:
        _collect(total, pool.map(_chunk, [seed] * len(chunks), chunks), report)
    return total


def _collect(total: Tally, results: Iterator[Tally], report: Callable[[str], object]) -> None:
    for tally in results:
        for finding in tally.findings[: max(SHOWN - len(total.findings), 0)]:
            report(finding)
        total.add(tally)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print the figures; exit code 1 where anything was found."""
    parser = argparse.ArgumentParser(description="Fuzz every kind and state of card.")
    parser.add_argument("--count", type=int, default=1_000_000, help="how many APDUs at least")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--session", type=int, help="play this one session again")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    if given.session is not None:
        total = play(given.seed, given.session)
        print("\n".join(total.findings))
    else:
        total = fuzz(given.count, given.seed, given.processes, lambda text: print(text, flush=True))
    seconds = time.perf_counter() - started
    names = _names()
    print(
        f"{total.commands:,} APDUs, seed {given.seed}, {given.processes} processes, {seconds:.0f} s,", end=" "
    )
    print(f"{total.commands / seconds:,.0f} a second")
    print(f"{len(names)} cards: {'; '.join(names)}")
    common = ", ".join(f"{word} {count:,}" for word, count in total.words.most_common(12))
    print(f"{len(total.words)} different status words; the most frequent: {common}")
    print(f"{len(total.findings)} findings")
    return 1 if total.findings else 0


if __name__ == "__main__":
    sys.exit(main())
