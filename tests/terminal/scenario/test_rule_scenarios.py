"""Every rule of the domain is shown by a scenario, on its wrong side too; where it is broken, one of them fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from terminal.backoffice import bank, rules_clock, rules_holder, rules_places
from terminal.backoffice.card_ports import Enable
from terminal.backoffice.channel_desk import ChannelDesk
from terminal.backoffice.channel_ports import PlaceKind
from terminal.backoffice.database import StoreError
from terminal.backoffice.national import people, person_queries, settling
from terminal.backoffice.national.centre import Centre
from terminal.backoffice.office import Office
from terminal.backoffice.rule import Rule, Rules
from terminal.backoffice.rule_table import RULES as SAID
from terminal.backoffice.rule_table import label
from terminal.backoffice.rules import RULES
from terminal.backoffice.rules_page import numbers, scenarios
from terminal.backoffice.stored.settlements import Settlements
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.rule_report import Shown, as_table, by_rule
from terminal.scenario.run import ScenarioResult, run_scenario

FILES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
NEVER_REFUSES = {
    11: "registering at a hospital activates, nothing is asked that could be wrong",
    14: "the notice is the bank's; what is wrong with a card or person is told before it is sent",
    17: "a counter serves everybody who is identified; who is not is told by R10",
    18: "time alone activates",
    19: "a repetition is harmless: no refusal is the rule",
    52: "the books have no way to move money between funds, so nobody can ask for it",
}
"""Rules whose scenarios expect no refusal that names them."""


@cache
def loaded() -> tuple[Scenario, ...]:
    return tuple(load_scenario(path) for path in FILES)


def showing(number: int) -> list[Scenario]:
    return [scenario for scenario in loaded() if label(number) in scenario.rules]


@pytest.mark.parametrize("number", SAID)
def test_a_rule_is_shown_by_a_scenario_and_a_refusal_of_it_is_expected(number: int) -> None:
    assert showing(number), f"no scenario says that it shows R{number}"
    refused = [
        scenario.name
        for scenario in loaded()
        for visit in scenario.visits
        if visit.expect.rule == label(number)
    ]
    assert bool(refused) is (number not in NEVER_REFUSES)


def test_the_page_lists_what_the_scenarios_say() -> None:
    on_page = {number: set(names) for number, names in scenarios().items()}
    assert on_page == {number: {scenario.name for scenario in showing(number)} for number in SAID}


# --- broken on purpose ----------------------------------------------------------------------------------


def innermost(rule: Any) -> Rule:
    """The rule itself, where it is one that is silent under a condition."""
    while rule.__name__ == "apply":
        at = rule.__code__.co_freevars.index("rule")
        rule = rule.__closure__[at].cell_contents
    found: Rule = rule
    return found


def without(number: int) -> Rules:
    """The rules of the back office without every function that cites this one."""
    return {
        request: tuple(rule for rule in rules if number not in numbers(innermost(rule).__doc__ or ""))
        for request, rules in RULES.items()
    }


Break = Callable[[pytest.MonkeyPatch], None]


def patched(place: Any, name: str, value: Any) -> Break:
    return lambda monkeypatch: monkeypatch.setattr(place, name, value)


def no_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    served: Any = rules_places.SERVED_AT
    monkeypatch.setitem(served, Enable, served[Enable] - {PlaceKind.COUNTER})


def active_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An active card is answered as if it had just been activated."""
    once = ChannelDesk.enable
    monkeypatch.setattr(ChannelDesk, "enable", lambda desk, asked: replace(once(desk, asked), activated=True))


def mixed_funds(centre: Centre, card: Any, kind: str) -> int:
    """The account on the card for every insurance."""
    return centre.store.balance(card.account) if card is not None else 0


def account_unused(*args: Any, **options: Any) -> Any:
    return settle(*args, **{**options, "account_used": False})


settle = settling.settle
last_day = rules_clock.last_day
BREAKS: Mapping[int, Break] = {
    11: patched(rules_holder, "UNASKED", frozenset({PlaceKind.CENTRE})),
    14: patched(bank.BankHost, "send_notices", lambda host: None),
    17: no_counter,
    18: patched(rules_clock, "automatic_activation_is_due", lambda *asked: False),
    19: active_again,
    20: patched(rules_clock, "deadline_has_passed", lambda *asked: False),
    23: patched(rules_clock, "last_day", lambda *asked: last_day(*asked) + timedelta(days=1)),
    50: patched(settling, "settle", account_unused),
    51: patched(Settlements, "cancellation_of", lambda store, entry: None),
    52: patched(Centre, "balance", mixed_funds),
    53: patched(person_queries, "serious_illness_is_covered", lambda *asked: True),
    55: patched(people, "may_take_part", lambda *asked: True),
}
"""How the rules are broken that no function of the table of rules decides."""


def failing(number: int, rules: Rules) -> Iterator[str]:
    """The scenarios of a rule that fail, in turn."""
    office = partial(Office.open, rules=rules)
    for scenario in showing(number):
        if scenario.over_http:
            continue
        try:
            passed = run_scenario(scenario, make_office=office).passed
        except (AssertionError, KeyError, ValueError, StoreError):
            passed = False  # what a rule lets through nobody behind it is prepared for
        if not passed:
            yield scenario.name


@pytest.mark.parametrize("number", SAID)
def test_a_scenario_of_a_rule_fails_where_the_rule_is_broken(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if number in BREAKS:
        BREAKS[number](monkeypatch)
        rules: Rules = RULES
    else:
        rules = without(number)
        assert rules != RULES
    assert next(failing(number, rules), None), f"R{number} can be broken and no scenario of it fails"


# --- the table ------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_rule_and_says_what_failed() -> None:
    passed = ScenarioResult("good", ("activated",), (), 0.1, ("R10", "R17"))
    failed = ScenarioResult("bad", ("activated",), ("visit 1: no",), 0.1, ("R17",))
    rules = {each.rule: each for each in by_rule([passed, failed])}
    assert list(rules) == [label(number) for number in SAID]
    assert rules["R10"].shown is Shown.PASSED
    assert rules["R17"].shown is Shown.FAILED and rules["R17"].failed == ("bad",)
    assert rules["R1"].shown is Shown.NOT_SHOWN
    table = as_table(list(rules.values())).splitlines()
    assert "| R10 | good | passed |" in table
    assert "| R17 | good, bad | FAILED: bad |" in table
    assert "| R1 | none | not shown |" in table
