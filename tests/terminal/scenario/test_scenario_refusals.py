"""What is wrong with a scenario, or differs from it, is said so that a person can act on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from terminal.scenario.model import ScenarioError, load_scenario, load_script
from terminal.scenario.run import ScenarioResult, run_scenario

PLAIN = Path(__file__).parents[2] / "scenarios" / "dual-insert.yaml"


def changed(tmp_path: Path, *path: str | int, to: Any) -> Path:
    """A copy of the plain scenario with one value replaced; the path ends in its key."""
    data = yaml.safe_load(PLAIN.read_text(encoding="utf-8"))
    place = data
    for key in path[:-1]:
        place = place[key] if isinstance(key, int) else place.setdefault(key, {})
    place[path[-1]] = to
    copy = tmp_path / "changed.yaml"
    copy.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return copy


def run(path: Path) -> ScenarioResult:
    return run_scenario(load_scenario(path))


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("outcome",), "expired", "visit 1: outcome activated, expected expired"),
        (("exit_code",), 8, "visit 1: exit code 0, expected 8"),
        (("means",), "hsm", "visit 1: authenticated by psam, expected hsm"),
        (("says",), ["Goodbye."], "visit 1: nobody said 'Goodbye.'"),
        (
            ("card", "social"),
            "SEALED",
            "visit 1: social state on the card is NORMAL, expected SEALED",
        ),
        (("card", "journal"), "open", "visit 1: journal on the card is closed, expected open"),
        (("card", "pin"), "initial", "visit 1: PIN 'initial' on the card is refused, expected working"),
        (
            ("centre", "old_state"),
            "NORMAL",
            "visit 1: state of the old card at the centre is CANCELLED, expected NORMAL",
        ),
        (
            ("centre", "new_balance_fen"),
            1,
            "visit 1: balance of the new card is 428536, expected 1",
        ),
        (
            ("centre", "reservation"),
            "open",
            "visit 1: reservation at the centre is committed, expected open",
        ),
    ],
)
def test_wrong_expectation_is_a_readable_problem(
    tmp_path: Path, path: tuple[str, ...], value: Any, problem: str
) -> None:
    result = run(changed(tmp_path, "visits", 0, "expect", *path, to=value))
    assert not result.passed
    assert result.problems == (problem,)


def test_step_that_nothing_asked_for_is_reported(tmp_path: Path) -> None:
    steps = [
        {"do": "insert", "card": "old"},
        {"do": "remove"},
        {"do": "insert", "card": "new"},
        {"do": "pin", "pin": "old"},
        {"do": "remove"},
        {"do": "pin", "pin": "135790"},
    ]
    result = run(changed(tmp_path, "visits", 0, "operator", to=steps))
    assert result.problems == ("visit 1: nothing asked for step 6: pin ****",)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        (
            [{"do": "insert", "card": "old"}, {"do": "pin", "pin": "135790"}],
            "the terminal says 'remove the card', but step 2 is pin ****",
        ),
        (
            [{"do": "insert", "card": "old"}],
            "the terminal says 'remove the card', but the script has no step left",
        ),
    ],
)
def test_prompt_the_script_does_not_answer_is_reported(
    tmp_path: Path, steps: list[dict[str, str]], problem: str
) -> None:
    result = run(changed(tmp_path, "visits", 0, "operator", to=steps))
    assert f"visit 1: {problem}" in result.problems
    assert result.outcomes == ("script-mismatch",)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("visits",), [], "$.visits"),
        (("visits", 0, "expect"), {"exit_code": 0}, "missing required field `outcome`"),
        (("colour",), "red", "contains unknown field `colour`"),
        (("cards", "old", "sort"), "sle4442", "$.cards.old"),
        (("cards", "old", "seed"), "one", "$.cards.old"),
        (("cards", "old", "seed"), -1, "$.cards.old"),
        (("terminal", "readers"), 3, "$.terminal.readers"),
        (("terminal", "means"), "magic", "$.terminal.means"),
        (("clock",), "yesterday", "$.clock"),
        (("centre", "new_state"), "ASLEEP", "$.centre.new_state"),
        (("visits", 0, "operator", 0, "do"), "dance", "$.visits[0].operator[0]"),
        (("visits", 0, "operator", 0, "speed"), 2, "$.visits[0].operator[0]"),
        (("visits", 0, "expect", "exit_code"), "zero", "$.visits[0].expect.exit_code"),
        (("visits", 0, "expect", "outcome"), "fine", "'fine' is no outcome; known are activated"),
        (("visits", 0, "faults"), [{"party": "moon", "do": "mute"}], "$.visits[0].faults[0]"),
        (("visits", 0, "faults"), [{"party": "centre", "do": "lose-all", "at": 1}], "$.visits[0].faults[0]"),
        (("cards",), {"old": {"kind": "sle4442"}}, "`cards`: the pair needs a card named 'new'"),
        (
            ("cards", "old", "kind"),
            "ssc-3.0",
            "`cards.old.kind`: the old card is one of sle4442, sle4428, old-cpu",
        ),
        (("cards", "old", "kind"), "sle9999", "'sle9999' is no kind of card"),
        (("cards", "new", "state"), "tired", "a ssc-3.0 card is not issued as 'tired'"),
        (("cards", "new", "pin"), "12", "a PIN has 4 to 16 digits"),
        (("visits", 0, "operator", 3, "pin"), "12", "$.visits[0].operator[3]"),
        (("rules",), ["R99"], "R99 is no rule; the rules are R1, R2"),
        (("clock",), "2030-03-01T09:00:00", "`clock` needs a time zone"),
        (("cards", "old", "bank"), "active", "a sle4442 card has neither `bank` nor `handed_out`"),
        (("visits", 0, "expect", "rule"), "R99", "R99 is no rule"),
        (("visits", 0, "expect", "centre"), {"cards": {"third": {}}}, "there is no card 'third'"),
        (("visits", 0, "papers"), {"holder": "third"}, "`visits[0].papers.holder`: there is no card 'third'"),
        (("visits", 0, "papers"), {"holder": "110101199902280127"}, "begins with 990100"),
        (("visits", 0, "errand"), {"do": "dance"}, "$.visits[0].errand"),
        (("visits", 0, "errand"), {"do": "enable", "at": "phone"}, "`at: phone` has no reader"),
        (
            ("visits", 0, "errand"),
            {"do": "enable", "at": "counter", "papers": {"agent": "third"}},
            "`visits[0].errand.papers.agent`: there is no card 'third'",
        ),
        (("visits", 0, "errand"), {"do": "advance"}, "say how far"),
        (("visits", 0, "errand"), {"do": "advance", "to": "2030-03-02T09:00:00"}, "`to` needs a time zone"),
        (("visits", 0, "errand"), {"do": "renew-pin", "at": "counter", "pin": "12"}, "a PIN has 4 to 16"),
        (
            ("visits", 0, "errand"),
            {"do": "ask-leave", "at": "bank", "card": "new", "service": "tea"},
            "'tea' is no service; known are pin-change",
        ),
        (("visits", 0, "faults"), [{"party": "service", "do": "down"}], "needs `over_http: true`"),
        (("visits", 0, "faults"), [{"party": "service", "do": "down", "seconds": 3}], "seconds: does not"),
        (("visits", 0, "clinic"), {"do": "settle", "total": "1.234"}, "$.visits[0].clinic.total"),
        (
            ("visits", 0, "operator", 0, "card"),
            "third",
            "`visits[0].operator[0].card`: there is no card 'third'",
        ),
    ],
)
def test_unknown_key_or_wrong_type_is_refused_with_file_and_path(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, place: str
) -> None:
    file = changed(tmp_path, *path, to=value)
    with pytest.raises(ScenarioError) as refused:
        load_scenario(file)
    assert str(file) in str(refused.value)
    assert place in str(refused.value)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"do": "explode", "at": 1}, "'explode' is none of pull-before, pull-after"),
        ({"do": "mute"}, "give the exchange (at) or the instruction"),
        ({"do": "mute", "instruction": "DANCE"}, "'DANCE' is none of"),
        ({"do": "tear", "at": 1}, "after_bytes: is needed by tear"),
        ({"do": "status", "at": 1, "sw": "90"}, "'90' is not four hex digits"),
    ],
)
def test_impossible_fault_is_refused_with_its_path(
    tmp_path: Path, fault: dict[str, Any], problem: str
) -> None:
    entry = {"party": "card", "slot": "new", **fault}
    file = changed(tmp_path, "visits", 0, "faults", to=[entry])
    with pytest.raises(ScenarioError) as refused:
        load_scenario(file)
    assert problem in str(refused.value)
    assert "$.visits[0].faults[0]" in str(refused.value)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"party": "card", "slot": "new", "do": "mute", "at": 9999}, "new: mute at exchange 9999"),
        ({"party": "centre", "do": "lose-request", "at": 9999}, "centre: lose-request at exchange 9999"),
        ({"party": "terminal", "do": "power-loss-after", "at": 9999}, "terminal: power-loss-after at"),
    ],
)
@pytest.mark.parametrize("readers", [1, 2])
def test_fault_that_never_struck_fails_the_scenario(
    tmp_path: Path, fault: dict[str, Any], problem: str, readers: int
) -> None:
    file = changed(tmp_path, "visits", 0, "faults", to=[fault])
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    data["terminal"] = {"readers": readers}
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (found,) = run(file).problems
    where = problem if readers == 2 else problem.replace("new:", "old:")
    assert found.startswith(f"visit 1: fault never struck: {where}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name: [unclosed", "no valid YAML at line"),
        ("name: x\nseed: 1\nname: y\n", "line 3, column 1: the key 'name' stands there twice"),
        ("clock: 2026-13-45\n", "line 1, column 8: this value is no timestamp"),
        ('seed: !!int "24681x"', "line 1, column 7: a tag stands there"),
        ("[" * 100_000, "nested too deeply"),
        ("#" * 1_000_001, "larger than 1000000 bytes"),
        ("\tname: x", "no valid YAML at line 1, column 1"),
        ("- just\n- a list\n", "Expected `object`, got `array`"),
        ("", "Expected `object`, got `null`"),
        ("name: !!python/object:os.system x", "no valid YAML"),
    ],
)
def test_bad_yaml_is_refused_with_file_and_place(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(file)
    assert str(file) in str(refused.value)
    assert problem in str(refused.value)


def test_missing_file_and_binary_file_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml: cannot be read"):
        load_scenario(tmp_path / "nowhere.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="is no UTF-8 text"):
        load_scenario(binary)
    with pytest.raises(ScenarioError, match="is no UTF-8 text"):
        load_script(binary)


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("profile",), "atlantis", "atlantis"),
        (("terminal", "psam", "without"), ["XK9"], "'XK9' is no key"),
    ],
)
def test_profile_or_psam_that_cannot_be_had_are_refused_in_words(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, problem: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        run(changed(tmp_path, *path, to=value))
    assert problem in str(refused.value)


def errands(tmp_path: Path, *steps: dict[str, Any]) -> ScenarioResult:
    visits = [{"errand": step, "expect": {"outcome": "clock-moved"}} for step in steps]
    return run(changed(tmp_path, "visits", to=visits))


def test_two_purposes_of_one_visit_are_refused(tmp_path: Path) -> None:
    visit = {"errand": {"do": "tick"}, "reconcile": True, "expect": {"outcome": "ticked"}}
    with pytest.raises(ScenarioError, match="make two visits"):
        run(changed(tmp_path, "visits", to=[visit]))


def test_the_clock_is_not_moved_back(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="lies before 2030-03-01T09:00:00"):
        errands(tmp_path, {"do": "advance", "to": "2030-02-01T09:00:00+08:00"})


def test_a_value_that_no_answer_gave_is_a_problem_of_the_script(tmp_path: Path) -> None:
    step = {"do": "transact", "at": "hospital", "infno": "2201", "input": {"data": {"psn_no": "$psn_no"}}}
    result = errands(tmp_path, step)
    assert result.outcomes == ("script-mismatch",)
    assert "the scenario sends $psn_no, and no answer so far has it" in result.problems[0]


@pytest.mark.parametrize(
    ("expect", "problem"),
    [
        ({"outcome": "answered", "answer": {"balance_fen": 1}}, "balance_fen of the answer is 0, expected 1"),
        ({"outcome": "answered", "answer": {"colour": "red"}}, "colour of the answer is None, expected red"),
        ({"outcome": "answered", "rule": "R41"}, "it cites no rule, expected R41"),
        ({"outcome": "answered", "receipt": ["Thank you"]}, "nothing printed has 'Thank you'"),
        (
            {"outcome": "answered", "centre": {"cards": {"new": {"enabled_by": "BANK"}}}},
            "enabled_by of new at the centre is NONE, expected BANK",
        ),
        (
            {"outcome": "answered", "centre": {"ledger": {"fund:310": 0}}},
            "account fund:310 is -428536, expected 0",
        ),
        (
            {"outcome": "answered", "card": {"channel": "BANK"}},
            "channel on the card is NONE, expected BANK",
        ),
        (
            {"outcome": "answered", "card": {"medical": True}},
            "medical base data on the card is False, expected True",
        ),
    ],
)
def test_a_wrong_expectation_of_an_errand_is_a_readable_problem(
    tmp_path: Path, expect: dict[str, Any], problem: str
) -> None:
    query = {"do": "query", "at": "counter", "card": "new", "papers": {"holder": "new"}}
    result = run(changed(tmp_path, "visits", to=[{"errand": query, "expect": expect}]))
    assert result.problems == (f"visit 1: {problem}",)


def test_script_alone_is_a_list_of_steps(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("- {do: insert, card: old}\n- {do: answer, agree: true}\n", encoding="utf-8")
    assert len(load_script(script)) == 2
    script.write_text("- {do: insert}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"\$\[0\]"):
        load_script(script)
