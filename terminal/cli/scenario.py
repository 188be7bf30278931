"""`ssc scenario`: sessions as data, played and swept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from terminal.cli.options import json_option
from terminal.cli.value_types import YAML_FILE
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.scenario.model import Scenario


@click.group()
def scenario() -> None:
    """Sessions as data: play them, or break them at every exchange."""


@scenario.command()
@click.argument("files", type=YAML_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--junit", metavar="OUT", help="Write a JUnit report to this file as well.")
@json_option
def run(files: tuple[str, ...], junit: str | None, as_json: bool) -> ExitCode:
    """Play scenarios and compare how they end with what they expect; exit code 1 where one differs."""
    from terminal.cli.output import say
    from terminal.scenario.junit import write_junit
    from terminal.scenario.run import run_scenario
    from terminal.trace.as_json import json_line

    loaded = [_load(path) for path in files]
    results = []
    for path, one in zip(files, loaded, strict=True):
        result = run_scenario(one)
        results.append(result)
        if as_json:
            values = {
                "file": path,
                "name": result.name,
                "passed": result.passed,
                "outcomes": list(result.outcomes),
                "problems": list(result.problems),
                "duration_s": round(result.duration_s, 6),
            }
            say(json_line("scenario", values))
            continue
        say(f"{'passed' if result.passed else 'FAILED'}  {result.name}: {', '.join(result.outcomes)}")
        for problem in result.problems:
            say(f"        {problem}")
    if junit is not None:
        write_junit(junit, results)
    failed = sum(not result.passed for result in results)
    if not as_json:
        say(f"{len(results)} scenario{'' if len(results) == 1 else 's'}, {failed} failed")
    return ExitCode.CHECK_FAILED if failed else ExitCode.DONE


@scenario.command()
@click.argument("files", type=YAML_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--sample", type=click.IntRange(1), default=1, metavar="N", help="Try only every N-th point.")
@json_option
def sweep(files: tuple[str, ...], sample: int, as_json: bool) -> ExitCode:
    """Break a scenario at every exchange, insert again, check that nothing was lost; exit code 1 otherwise.

    At each exchange the card is pulled or torn, the terminal's power cut, the message to the centre lost.
    """
    from terminal.cli.output import say
    from terminal.scenario.sweep import sweep as sweep_scenario
    from terminal.trace.as_json import json_line

    passed = True
    for path, one in [(path, _load(path)) for path in files]:
        result = sweep_scenario(one, every=sample)
        passed &= result.passed
        violations = [str(violation) for violation in result.violations]
        if as_json:
            values = {
                "file": path,
                "name": result.name,
                "exchanges": result.exchanges,
                "points": result.points,
                "violations": violations,
            }
            say(json_line("sweep", values))
            continue
        say(
            f"{result.name}: {result.exchanges} exchanges, {result.points} points tried, "
            f"{len(violations)} violations"
        )
        for violation in violations:
            say(f"  {violation}")
    return ExitCode.DONE if passed else ExitCode.CHECK_FAILED


def _load(path: str) -> Scenario:
    """A scenario file; one that is no YAML at all is a damaged file."""
    from terminal.cli.input_files import read_yaml
    from terminal.scenario.model import load_scenario

    read_yaml(path)
    return load_scenario(path)
