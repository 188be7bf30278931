"""Every scenario of the dual insert passes, and together they reach every outcome there is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from terminal.flow.outcomes import Outcome
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.run import run_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(SCENARIOS.glob("dual-insert*.yaml"))

UNREACHED = {
    Outcome.REFUSED: "always replaced by the outcome of the refusal itself",
    Outcome.PIN_NOT_VERIFIED: "the issuer always reports a PIN; the centre's tests enrol cards without one",
    Outcome.NO_RESERVATION: "needs a centre that forgets; shown in tests/terminal/flow/test_flow_endings.py",
    Outcome.READER_FAILED: "virtual readers do not fail; shown in tests/terminal/flow/test_flow_endings.py",
    Outcome.UNDONE: "needs somebody else at the centre; shown in test_given_up.py",
    Outcome.IMPOSSIBLE: "would be a bug",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_passes(path: Path) -> None:
    result = run_scenario(load_scenario(path))
    assert result.passed, "\n".join(result.problems)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_is_named_after_its_file_and_checks_exit_code_and_end_state(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    for visit in scenario.visits:
        assert visit.expect.exit_code is not None or visit.expect.outcome == "terminal-power-lost"
        assert visit.expect.centre != type(visit.expect.centre)()
        assert visit.expect.card != type(visit.expect.card)()


def test_every_outcome_is_expected_by_a_scenario_or_exempt_with_its_reason() -> None:
    expected = {visit.expect.outcome for path in FILES for visit in load_scenario(path).visits}
    assert {outcome for outcome in Outcome if outcome.label not in expected} == set(UNREACHED)


def varied(*, old: str, new: str, means: str, readers: int) -> Scenario:
    """The plain scenario with other cards and another terminal."""
    plain = load_scenario(SCENARIOS / "dual-insert.yaml")
    replace = msgspec.structs.replace
    cards = {"old": replace(plain.cards["old"], kind=old), "new": replace(plain.cards["new"], kind=new)}
    (visit,) = plain.visits
    expect = replace(visit.expect, means=means)
    terminal = replace(plain.terminal, means=means, readers=readers)
    return replace(plain, cards=cards, terminal=terminal, visits=[replace(visit, expect=expect)])


@pytest.mark.parametrize("readers", [1, 2])
@pytest.mark.parametrize("means", ["psam", "hsm"])
@pytest.mark.parametrize("old", ["sle4442", "sle4428", "old-cpu"])
@pytest.mark.parametrize("new", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
def test_every_generation_replaces_every_old_card(new: str, old: str, means: str, readers: int) -> None:
    result = run_scenario(varied(old=old, new=new, means=means, readers=readers))
    assert result.passed, "\n".join(result.problems)
