"""Sessions to be recorded and replayed: a counter on the desk, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from terminal.backoffice.office import Office
from terminal.backoffice.profile import load_profile
from terminal.counter import Counter, Terminal
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.dual_insert_run import Ended
from terminal.flow.steps import Role
from terminal.scenario.script import EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.trace.tape import Tape, read_tape
from terminal.trace.tape_deck import Deck
from terminal.trace.tape_decks import record_tape, replay_tape
from terminal.transport.base import Reader
from virtual_card.faults import FaultPlan
from virtual_card.issuer import issue
from virtual_card.persona import OLD_PIN

CLOCK = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
INITIAL_PIN = "123456"
STEPS: tuple[ScriptStep, ...] = (Insert("old"), Remove(), Insert("new"), EnterPinStep("old"), Remove())


def ticking() -> Callable[[], float]:
    """A monotonic clock that goes on by 10 ms at each look."""
    ticks = count()
    return lambda: next(ticks) / 100


@dataclass
class Visit:
    """A dual insert on virtual cards: what a recording deck is handed."""

    kind: str = "ssc-3.0"
    old: str = "sle4442"
    means: Means = Means.PSAM
    seed: int = 1
    steps: tuple[ScriptStep, ...] = STEPS
    faults: Mapping[Role, FaultPlan] = field(default_factory=dict)
    one_reader: bool = False
    office: Any = None

    def __post_init__(self) -> None:
        random = Random(self.seed).randbytes
        self.cards = {
            "old": issue(self.old, self.seed, random=random),
            "new": issue(self.kind, self.seed, random=random),
        }
        self.profile = load_profile("default")
        office = Office.open(":memory:", self.profile, lambda: CLOCK, random=random)
        for card in self.cards.values():
            enrol_card(office, card)
        psam = issue("psam", self.seed, random=random) if self.means is Means.PSAM else None
        self.counter = Counter.set_up(
            office,
            self.means,
            psam=psam,
            one_reader=self.one_reader,
            now=lambda: CLOCK,
            random=random,
            faults=self.faults,
        )
        self.office = self.office or office

    def play(self, deck: Deck) -> Ended:
        """The visit, everything through the deck."""
        terminal = self.counter.terminal()
        operator = ScriptOperator(self.steps, self.cards, self.counter.slots, {"old": OLD_PIN})
        with ExitStack() as stack:

            def opened(role: str, reader: Reader) -> Reader:
                return stack.enter_context(deck.reader(role, "", lambda: nullcontext(reader)))

            readers = {
                role: opened(role.value, reader)
                for role, reader in terminal.readers.items()
                if not (self.one_reader and role is Role.NEW)
            }
            if self.one_reader:
                readers[Role.NEW] = readers[Role.OLD]
            office = stack.enter_context(deck.back_office(lambda: nullcontext(self.office)))
            return Terminal(
                readers,
                office,
                terminal.settings,
                deck.now(terminal.now),
                deck.random(terminal.random),
            ).dual_insert(deck.operator(lambda: operator))


def nothing_there() -> AbstractContextManager[Any]:
    """What a replay must never open."""
    raise AssertionError("a replay opened something")


def replayed(visit: Visit, tape: Tape) -> Ended:
    """The visit again, from a tape alone: cards, person and centre are gone."""
    terminal = visit.counter.terminal()
    with replay_tape(tape) as deck, ExitStack() as stack:
        roles = [role for role in terminal.readers if not (visit.one_reader and role is Role.NEW)]
        readers = {role: stack.enter_context(deck.reader(role.value, "", nothing_there)) for role in roles}
        if visit.one_reader:
            readers[Role.NEW] = readers[Role.OLD]
        return Terminal(
            readers,
            stack.enter_context(deck.back_office(nothing_there)),
            terminal.settings,
            deck.now(nothing_there),
            deck.random(nothing_there),
        ).dual_insert(deck.operator(nothing_there))


def recorded(visit: Visit, path: Path, *, redacted: bool = True) -> tuple[Ended, Tape]:
    """A visit and its tape."""
    with record_tape(path, CLOCK, elapsed_s=ticking(), redacted=redacted) as deck:
        ended = visit.play(deck)
    return ended, read_tape(path)


def lines(tape: Tape) -> Iterator[str]:
    """The events of a tape as they are written."""
    return iter(tape.text().splitlines()[6:-1])
