"""What `ssc scenario sweep` does: scenarios swept one after the other, each summed up when it is through."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import click

from terminal.cli.output import say
from terminal.exit_codes import ExitCode
from terminal.scenario.model import Scenario
from terminal.scenario.service_sweep import sweep_over_http
from terminal.scenario.sweep import sweep
from terminal.scenario.sweep_points import SweepResult
from terminal.trace.as_json import json_line

CLEAR_LINE = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class SweepOrder:
    """What the command line asks for: one point in `sample`, `db` by path or URL."""

    sample: int
    over_http: bool
    db: str | None
    as_json: bool


def run(order: SweepOrder, scenarios: Sequence[tuple[str, Scenario]]) -> ExitCode:
    """Sweep scenarios, by the file each is from; raises ScenarioError, StoreError."""
    passed = True
    for path, scenario in scenarios:
        result = _swept(order, scenario)
        passed &= result.passed
        if order.as_json:
            say(_as_json(order, path, result))
        else:
            _show(result)
    return ExitCode.DONE if passed else ExitCode.CHECK_FAILED


def _swept(order: SweepOrder, scenario: Scenario) -> SweepResult:
    try:
        if order.over_http:
            return sweep_over_http(scenario, where=order.db, every=order.sample, progress=_progress)
        return sweep(scenario, every=order.sample, progress=_progress)
    finally:
        _tell(CLEAR_LINE)


def _progress(done: int, total: int) -> None:
    _tell(f"{CLEAR_LINE}{done} of {total} points")


def _tell(text: str) -> None:
    """Somebody at a terminal sees how far it is; it is no part of what the command prints."""
    if sys.stderr.isatty():
        click.echo(text, nl=False, err=True)


def _show(result: SweepResult) -> None:
    say(
        f"{result.name}: {result.exchanges} exchanges, {result.points} points tried, "
        f"{len(result.violations)} violations"
    )
    say(f"  {', '.join(f'{what} {count}' for what, count in result.kinds.items())}")
    for violation in result.violations:
        say(f"  {violation}")


def _as_json(order: SweepOrder, path: str, result: SweepResult) -> str:
    values = {
        "file": path,
        "name": result.name,
        "over_http": order.over_http,
        "exchanges": result.exchanges,
        "points": result.points,
        "kinds": dict(result.kinds),
        "violations": [str(violation) for violation in result.violations],
    }
    return json_line("sweep", values)
