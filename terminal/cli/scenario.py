"""`ssc scenario`: sessions as data, played and swept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from terminal.cli.options import json_option
from terminal.cli.value_types import CENTRE_FILE, YAML_FILE
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.scenario.model import Scenario
    from terminal.scenario.run import ScenarioResult


@click.group()
def scenario() -> None:
    """Sessions as data: play them, or break them at every exchange."""


@scenario.command()
@click.argument("files", type=YAML_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--junit", metavar="OUT", help="Write a JUnit report to this file as well.")
@click.option("--over-http", is_flag=True, help="Put the centre behind a service on this machine.")
@click.option("--rules", "rule_by_rule", is_flag=True, help="Tell rule by rule which scenario shows it.")
@json_option
def run(
    files: tuple[str, ...], junit: str | None, over_http: bool, rule_by_rule: bool, as_json: bool
) -> ExitCode:
    """Play scenarios and compare how they end with what they expect; exit code 1 where one differs."""
    from terminal.cli.output import say
    from terminal.scenario.junit import write_junit
    from terminal.scenario.run import run_scenario
    from terminal.trace.as_json import json_line

    loaded = [_load(path) for path in files]
    results = []
    for path, one in zip(files, loaded, strict=True):
        result = run_scenario(one, over_http=over_http)
        results.append(result)
        if as_json:
            values = {
                "file": path,
                "name": result.name,
                "passed": result.passed,
                "rules": list(result.rules),
                "outcomes": list(result.outcomes),
                "problems": list(result.problems),
                "duration_s": round(result.duration_s, 6),
            }
            say(json_line("scenario", values))
            continue
        if rule_by_rule and result.passed:
            continue
        say(f"{'passed' if result.passed else 'FAILED'}  {result.name}: {', '.join(result.outcomes)}")
        for problem in result.problems:
            say(f"        {problem}")
    if junit is not None:
        write_junit(junit, results)
    if rule_by_rule:
        _tell_rules(results, as_json)
    failed = sum(not result.passed for result in results)
    if not as_json:
        say(f"{len(results)} scenario{'' if len(results) == 1 else 's'}, {failed} failed")
    return ExitCode.CHECK_FAILED if failed else ExitCode.DONE


def _tell_rules(results: list[ScenarioResult], as_json: bool) -> None:
    from terminal.cli.output import say
    from terminal.scenario.rule_report import as_table, by_rule
    from terminal.trace.as_json import json_line

    rules = list(by_rule(results))
    if not as_json:
        say(as_table(rules))
    for each in rules if as_json else ():
        values = {
            "rule": each.rule,
            "en": each.text.en,
            "zh": each.text.zh,
            "scenarios": list(each.scenarios),
            "failed": list(each.failed),
            "result": each.shown.value.lower(),
        }
        say(json_line("rule", values))


@scenario.command()
@click.argument("files", type=YAML_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--sample", type=click.IntRange(1), default=1, metavar="N", help="Try one point in N.")
@click.option(
    "--over-http", is_flag=True, help="The centre is a process of its own, and killed with kill -9."
)
@click.option(
    "--db",
    type=CENTRE_FILE,
    metavar="FILE|URL",
    help="The centre's database with --over-http: an empty one.  [default: a SQLite file that is not kept]",
)
@json_option
def sweep(files: tuple[str, ...], sample: int, over_http: bool, db: str | None, as_json: bool) -> ExitCode:
    """Break a scenario at every exchange, go on, check that nothing was lost or doubled; exit code 1 otherwise.

    At each exchange the card is pulled or torn, the terminal's power cut, the message to the centre lost; over HTTP the
    card is pulled, the centre killed, its answer lost.
    """
    from terminal.cli.scenario_sweep import SweepOrder, run

    if db is not None and not over_http:
        raise click.UsageError("--db is the database of a centre over HTTP; add --over-http")
    order = SweepOrder(sample, over_http, db, as_json)
    return run(order, [(path, _load(path)) for path in files])


def _load(path: str) -> Scenario:
    """A scenario file; one that is no YAML at all is a damaged file."""
    from terminal.cli.input_files import read_yaml
    from terminal.scenario.model import load_scenario

    read_yaml(path)
    return load_scenario(path)
