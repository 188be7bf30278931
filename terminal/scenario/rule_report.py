"""Rule by rule: which scenarios show it, and whether they passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from terminal.backoffice.rule_table import RULES, label
from terminal.scenario.run import ScenarioResult
from terminal.text import Text


class Shown(Enum):
    """What became of a rule; the value is what is printed."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of the domain, the scenarios that show it, and those of them that failed."""

    rule: str
    text: Text
    scenarios: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def shown(self) -> Shown:
        """Whether the rule holds, as far as these scenarios can tell."""
        if self.failed:
            return Shown.FAILED
        return Shown.PASSED if self.scenarios else Shown.NOT_SHOWN


def by_rule(results: Sequence[ScenarioResult]) -> Iterator[RuleResult]:
    """Every rule in order, with those of the scenarios that name it."""
    for number, text in RULES.items():
        rule = label(number)
        mine = [result for result in results if rule in result.rules]
        failed = tuple(result.name for result in mine if not result.passed)
        yield RuleResult(rule, text, tuple(result.name for result in mine), failed)


def as_table(rules: Sequence[RuleResult]) -> str:
    """The rules as a Markdown table: rule, scenarios, result."""
    rows = [f"| {each.rule} | {', '.join(each.scenarios) or 'none'} | {_result(each)} |" for each in rules]
    return "\n".join(("| rule 规则 | scenarios 场景 | result 结果 |", "|---|---|---|", *rows))


def _result(rule: RuleResult) -> str:
    return f"{rule.shown.value}: {', '.join(rule.failed)}" if rule.failed else rule.shown.value
