"""Sweeps a scenario with the centre as a process of its own, which is killed, over a real database."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from terminal.backoffice.profile import load_profile
from terminal.scenario.errands import Advance
from terminal.scenario.model import Scenario, ScenarioError
from terminal.scenario.service_database import sweep_database
from terminal.scenario.service_ground import ServiceGround
from terminal.scenario.service_line import Line
from terminal.scenario.service_process import Service
from terminal.scenario.sweep import subject_of
from terminal.scenario.sweep_points import SweepResult
from terminal.scenario.sweeping import Progress, sweep_on


def sweep_over_http(
    scenario: Scenario,
    *,
    where: str | None = None,
    every: int = 1,
    options: Mapping[str, Any] | None = None,
    progress: Progress = lambda done, total: None,
) -> SweepResult:
    """Try every point (or every n-th) of a scenario, see `subject_of`, over the empty database at a path or URL.

    None takes a SQLite file that is not kept. `options` are the service's, as `Office` takes them, to show that a
    broken rule is found. Raises ScenarioError for a scenario that cannot be swept, StoreError, ProfileError.
    """
    subject = subject_of(scenario)
    if any(isinstance(visit.errand, Advance) for visit in scenario.visits):
        raise ScenarioError(
            f"{scenario.name}: the clock of a centre that is swept stands still; leave `advance` out"
        )
    profile = load_profile(scenario.profile)
    with (
        sweep_database(where) as database,
        closing(Service(database.where, profile, scenario.clock, options)) as service,
        closing(Line(service)) as line,
    ):
        ground = ServiceGround(scenario, database, service, line)
        return sweep_on(ground, subject, scenario.name, every, progress)
