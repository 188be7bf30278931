"""Repeats a scenario with one thing going wrong at every exchange, goes on from there, and checks the invariants.

In one process: at each exchange, on both sides of it, the card is pulled, the terminal loses its power; at each
exchange with a card that writes, the card is torn after every byte of the write in turn; at each exchange with the
centre the request is lost, or the answer. With the centre as a process of its own it is `service_sweep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from terminal.backoffice.office import Office
from terminal.counter import Counter
from terminal.scenario.activation_sweep import DualInsertSubject
from terminal.scenario.errand_sweep import ErrandSubject
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.payment_sweep import PaymentSubject
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape, Strike, SweepResult, points_of
from terminal.scenario.sweeping import Disturb, Progress, Subject, sweep_on
from terminal.session import Disturbance


@dataclass(frozen=True, slots=True)
class InProcess:
    """Everything in one process: each stage is a copy of an untouched one."""

    original: Stage

    def stage(self) -> Stage:
        """A copy."""
        return self.original.copy()

    def points(self, shape: Shape) -> Iterator[Point]:
        """Pulls, tears, power losses, lost requests and answers."""
        return points_of(shape.parties, shape.writes)

    @contextmanager
    def watched(self, stage: Stage, shape: Shape) -> Iterator[Disturb]:
        """The shape itself is told of every exchange."""
        yield lambda counter: shape

    @contextmanager
    def struck(self, stage: Stage, point: Point) -> Iterator[Disturb]:
        """What the point says, once."""

        def disturb(counter: Counter) -> Disturbance:
            return Strike(point, counter)

        yield disturb

    def complaints(self) -> list[str]:
        """Nothing stands between the visits and their checks."""
        return []


def sweep(
    scenario: Scenario,
    *,
    every: int = 1,
    make_office: Callable[..., Office] = Office.open,
    progress: Progress = lambda done, total: None,
) -> SweepResult:
    """Try every point (or every n-th) of a scenario, see `subject_of`.

    `make_office` replaces the back office, to show that a broken rule is found; `progress` is told points done and all.
    Raises ScenarioError for a scenario that cannot be swept.
    """
    subject = subject_of(scenario)
    ground = InProcess(Stage.of(scenario, make_office))
    return sweep_on(ground, subject, scenario.name, every, progress)


def subject_of(scenario: Scenario) -> Subject:
    """What a scenario is swept as: one visit that activates, or several of which the last one pays or cancels.

    Raises ScenarioError for any other.
    """
    last = scenario.visits[-1]
    if not any(visit.faults for visit in scenario.visits):
        if last.pays:
            return PaymentSubject(scenario)
        if ErrandSubject.fits(scenario):
            return ErrandSubject(scenario)
        if len(scenario.visits) == 1 and last.errand is None:
            return DualInsertSubject(scenario)
    raise ScenarioError(
        f"{scenario.name}: a sweep needs one visit without faults that activates the card in the reader, or several "
        "that end by paying; it brings its own faults"
    )
