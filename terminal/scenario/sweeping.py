"""The sweep itself: the same visit again and again, one thing going wrong each time, and every way back from there.

What is swept is a `Subject`; where it happens, and what can go wrong there, is a `Ground`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Protocol

from terminal.counter import Counter
from terminal.scenario.model import TerminalSpec
from terminal.scenario.script import ScriptOperator, ScriptStep
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape, SweepResult, Violation
from terminal.session import Disturbance, TerminalPowerLossError

Disturb = Callable[[Counter], Disturbance]
"""What happens to the terminal at a counter."""

WayBack = Callable[[Stage], Iterable[str]]
"""Goes on after a visit that was broken; gives what does not hold then."""

Progress = Callable[[int, int], None]
"""Told points done and all."""

AT_ONCE = "nothing"
"""The way back of those who have not moved yet."""


@contextmanager
def visiting(
    stage: Stage, terminal: TerminalSpec, steps: Sequence[ScriptStep]
) -> Iterator[tuple[Counter, ScriptOperator]]:
    """One visit: the counter and the scripted holder; afterwards no card is in a slot, and none has power.

    Where the terminal's power goes the block ends without an exception: such a visit has no ending.
    """
    counter = stage.counter(terminal)
    try:
        yield counter, ScriptOperator(steps, stage.cards, counter.slots, stage.pins, strict=False)
    except TerminalPowerLossError:
        pass
    finally:
        for slot in counter.slots.values():
            slot.power_loss()
        counter.clear()


class Subject(Protocol):
    """A visit that is broken, and how people go on after it."""

    @property
    def ways_back(self) -> Mapping[str, WayBack]:
        """By name; each is tried after each point."""

    def prepare(self, stage: Stage) -> None:
        """Play what comes before the visit."""

    def learn(self, stage: Stage, disturb: Disturb, shape: Shape) -> None:
        """Play the visit undisturbed and remember how it ends; raises ScenarioError where it does not end well."""

    def visit(self, stage: Stage, disturb: Disturb) -> None:
        """Play the visit with something happening to the terminal."""

    def at_once(self, stage: Stage) -> Iterable[str]:
        """What does not hold right after a broken visit."""


class Ground(Protocol):
    """Where visits are played: fresh stages, what can go wrong, and the end of it."""

    def stage(self) -> Stage:
        """A stage on which nothing was played; the one before it is not used any more."""

    def points(self, shape: Shape) -> Iterator[Point]:
        """Every point of a visit that looks like this undisturbed."""

    def watched(self, stage: Stage, shape: Shape) -> AbstractContextManager[Disturb]:
        """For one visit only the shape, which is told of every exchange."""

    def struck(self, stage: Stage, point: Point) -> AbstractContextManager[Disturb]:
        """For one visit what the point says; behind it everything works again."""

    def complaints(self) -> list[str]:
        """What should not have been, seen since it was asked last."""


def sweep_on(ground: Ground, subject: Subject, name: str, every: int, progress: Progress) -> SweepResult:
    """Try one point in `every`, drawn from all by the name; raises ScenarioError where all is not well undisturbed."""
    shape = Shape()
    with _prepared(ground, subject) as stage, ground.watched(stage, shape) as watch:
        subject.learn(stage, watch, shape)
    chosen = _sample(list(ground.points(shape)), every, name)
    result = SweepResult(name, exchanges=len(shape.parties))
    for point in chosen:
        result.violations += _try(ground, subject, point)
        result.kinds[point.what] += 1
        progress(result.points, len(chosen))
    return result


def _try(ground: Ground, subject: Subject, point: Point) -> Iterator[Violation]:
    for way, go_back in subject.ways_back.items():
        with _prepared(ground, subject) as stage:
            with ground.struck(stage, point) as disturb:
                subject.visit(stage, disturb)
            for problem in subject.at_once(stage):
                yield Violation(point, AT_ONCE, problem)
            for problem in (*go_back(stage), *ground.complaints()):
                yield Violation(point, way, problem)


def _sample(points: Sequence[Point], every: int, name: str) -> Sequence[Point]:
    """One point in `every`, in their order: drawn, since points of a kind come at regular distances."""
    drawn = Random(name).sample(range(len(points)), -(-len(points) // every))
    return [points[index] for index in sorted(drawn)]


@contextmanager
def _prepared(ground: Ground, subject: Subject) -> Iterator[Stage]:
    stage = ground.stage()
    try:
        subject.prepare(stage)
        yield stage
    finally:
        stage.office.close()
