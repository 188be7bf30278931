from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_samples import Run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PLAIN = str(SCENARIOS / "dual-insert.yaml")
REFUND = str(SCENARIOS / "purchase-refund.yaml")


def test_a_scenario_that_holds_passes(ssc: Run) -> None:
    result = ssc("scenario", "run", PLAIN)
    assert result.exit_code == 0
    assert result.stdout.startswith("passed  ")
    assert result.stdout.endswith("1 scenario, 0 failed\n")


def broken(tmp_path: Path) -> str:
    path = tmp_path / "broken.yaml"
    text = Path(PLAIN).read_text(encoding="utf-8")
    path.write_text(text.replace("outcome: activated", "outcome: timed-out"), encoding="utf-8")
    return str(path)


def test_a_scenario_that_does_not_hold_is_exit_code_1_with_its_problem(ssc: Run, tmp_path: Path) -> None:
    result = ssc("scenario", "run", PLAIN, broken(tmp_path), "--junit", "report.xml")
    assert result.exit_code == 1
    assert "FAILED" in result.stdout
    assert "outcome activated, expected timed-out" in result.stdout
    suite = ElementTree.parse(tmp_path / "report.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def test_results_as_json_are_one_a_line(ssc: Run, tmp_path: Path) -> None:
    result = ssc("scenario", "run", PLAIN, broken(tmp_path), "--json")
    passed, failed = [json.loads(line) for line in result.stdout.splitlines()]
    assert (passed["type"], passed["schema"], passed["passed"], passed["outcomes"]) == (
        "scenario",
        1,
        True,
        ["activated"],
    )
    assert not failed["passed"]
    assert failed["problems"]


def test_a_sampled_sweep_prints_points_and_violations(ssc: Run) -> None:
    result = ssc("scenario", "sweep", PLAIN, "--sample", "60")
    assert result.exit_code == 0
    assert "points tried, 0 violations" in result.stdout
    line = json.loads(ssc("scenario", "sweep", PLAIN, "--sample", "60", "--json").stdout)
    assert line["points"] > 0
    assert line["violations"] == []


def test_a_sweep_over_http_kills_the_centre_and_says_how_often(ssc: Run) -> None:
    result = ssc("scenario", "sweep", REFUND, "--over-http", "--sample", "4", "--json")
    assert result.exit_code == 0, result.stderr
    line = json.loads(result.stdout)
    assert line["over_http"] is True
    assert any("killed" in kind for kind in line["kinds"])
    assert sum(line["kinds"].values()) == line["points"] > line["exchanges"]
    assert line["violations"] == []


def test_a_database_for_a_sweep_has_to_be_empty_and_over_http(ssc: Run, tmp_path: Path) -> None:
    result = ssc("scenario", "sweep", REFUND, "--db", "a.db")
    assert (result.exit_code, "--over-http" in result.stderr) == (2, True)
    assert ssc("centre", "people", "--centre", "a.db").exit_code == 0
    result = ssc("scenario", "sweep", REFUND, "--over-http", "--db", "a.db")
    assert (result.exit_code, "holds a centre already" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("a: [", 10, "no valid YAML"),
        ("name: x\nsurprise: 1\n", 2, "surprise"),
        (None, 2, "No such file"),
    ],
)
def test_a_wrong_scenario_file_is_named(
    ssc: Run, tmp_path: Path, text: str | None, code: int, part: str
) -> None:
    if text is not None:
        (tmp_path / "s.yaml").write_text(text)
    for verb in ("run", "sweep"):
        result = ssc("scenario", verb, "s.yaml")
        assert result.exit_code == code
        assert "s.yaml" in result.stderr
        assert part in result.stderr


def test_rule_by_rule_every_rule_has_a_row_and_what_failed_is_named(ssc: Run, tmp_path: Path) -> None:
    counter, loss = (str(SCENARIOS / f"{name}.yaml") for name in ("counter-activate", "counter-loss"))
    result = ssc("scenario", "run", "--rules", counter, loss, broken(tmp_path))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "| R17 | counter-activate | passed |" in lines
    assert "| R41 | counter-loss | passed |" in lines
    assert "| R12 | dual-insert | FAILED: dual-insert |" in lines
    assert "| R55 | none | not shown |" in lines
    assert any("outcome activated, expected timed-out" in line for line in lines)


def test_rules_as_json_come_after_the_scenarios(ssc: Run) -> None:
    result = ssc("scenario", "run", "--rules", "--json", str(SCENARIOS / "counter-activate.yaml"))
    first, *rules = [json.loads(line) for line in result.stdout.splitlines()]
    assert (first["type"], first["rules"]) == ("scenario", ["R17", "R19"])
    shown = {line["rule"]: line for line in rules}
    assert (shown["R17"]["result"], shown["R17"]["scenarios"]) == ("passed", ["counter-activate"])
    assert (shown["R1"]["result"], shown["R1"]["scenarios"]) == ("not shown", [])
    assert "service counter" in shown["R17"]["en"]


def test_a_scenario_passes_with_the_centre_behind_a_service(ssc: Run) -> None:
    result = ssc("scenario", "run", "--over-http", str(SCENARIOS / "counter-activate.yaml"))
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 scenario, 0 failed")
