"""Every scenario of a channel, of the centre's clock and of its failing service passes, and they reach every ending."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from terminal.scenario.errand_tables import AT_READER, BY_NUMBER
from terminal.scenario.errands import OUTCOMES, Errand
from terminal.scenario.fault_spec import ServiceFault
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.run import run_scenario
from terminal.serve.failures import FailureKind

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = [
    path
    for path in sorted(SCENARIOS.glob("*.yaml"))
    if path.stem.partition("-")[0] not in ("dual", "purchase")
]
CHANNELS = {"bank", "centre", "counter", "employer", "hospital", "online", "pharmacy", "phone", "service"}
UNREACHED = {
    "bank-declined": "the host of a scenario has an account for every card",
    "bank-refused": "the chips of a scenario do what their bank orders",
}
FINE = {*OUTCOMES, "completed", "paid", "reconciled", "refunded", "registered", "visit-given-up"}
FINE -= {"bank-activated-alone", "no-new-pin", "not-insurable"}
WITHOUT_A_RULE = {
    "bank-activated-alone",
    "centre-unreachable",
    "hsm-refused",
    "interrupted",
    "no-new-pin",
    "no-such-visit",
    "not-genuine",
    "reversed",
    "visit-kept",
    "visit-settled",
}
"""How a visit ends that no rule decided against."""


@cache
def loaded(path: Path) -> Scenario:
    return load_scenario(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_passes_under_its_file_name_and_shows_a_rule(path: Path) -> None:
    scenario = loaded(path)
    result = run_scenario(scenario)
    assert result.passed, "\n".join(result.problems)
    assert scenario.name == path.stem
    assert scenario.name.partition("-")[0] in CHANNELS
    assert scenario.rules and result.rules == tuple(scenario.rules)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_refusal_is_expected_with_its_rule_and_exit_code(path: Path) -> None:
    for number, visit in enumerate(loaded(path).visits, 1):
        expect = visit.expect
        if expect.outcome in FINE:
            assert expect.rule is None, number
        else:
            assert expect.exit_code is not None, number
            assert (expect.rule is None) is (expect.outcome in WITHOUT_A_RULE), number


def test_every_ending_of_an_errand_is_expected_or_exempt_with_its_reason() -> None:
    expected = {visit.expect.outcome for path in FILES for visit in loaded(path).visits}
    assert set(OUTCOMES) - expected == set(UNREACHED)


def test_every_step_is_taken_by_a_scenario() -> None:
    taken = {type(visit.errand) for path in FILES for visit in loaded(path).visits}
    assert set(get_args(Errand)) <= taken
    with_and_without = {kind for kind in AT_READER if kind in BY_NUMBER}
    seen = {
        (type(visit.errand), getattr(visit.errand, "card", None) is None)
        for path in FILES
        for visit in loaded(path).visits
    }
    assert {(kind, at_reader) for kind in with_and_without for at_reader in (True, False)} <= seen


def test_every_failure_of_the_service_strikes_in_a_scenario() -> None:
    struck = {
        fault.do
        for path in FILES
        for visit in loaded(path).visits
        for fault in visit.faults
        if isinstance(fault, ServiceFault)
    }
    assert struck == set(FailureKind)


@pytest.mark.parametrize(
    "name", ["counter-activate", "hospital-out-patient", "dual-insert", "purchase-refund"]
)
def test_a_scenario_ends_the_same_over_http(name: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{name}.yaml")
    inside, outside = run_scenario(scenario), run_scenario(scenario, over_http=True)
    assert outside.passed, "\n".join(outside.problems)
    assert outside.outcomes == inside.outcomes


def test_a_failure_of_the_service_that_never_struck_fails_the_scenario() -> None:
    scenario = load_scenario(SCENARIOS / "service-settlement-slow.yaml")
    first = scenario.visits[0]
    never = msgspec.structs.replace(first, faults=[ServiceFault(do=FailureKind.DOWN, transaction="2401")])
    result = run_scenario(msgspec.structs.replace(scenario, visits=[never]))
    assert result.problems == ("visit 1: fault never struck: service: down at call 1 of 2401",)
