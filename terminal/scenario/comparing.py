"""What was seen of a visit beside what its scenario expects, as problems in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from terminal.flow.authentication import Means
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.findings import final_problems, money_faults
from terminal.scenario.model import Expectation, VisitSpec
from terminal.scenario.played import ErrandEnded, Visit
from terminal.scenario.stage import Stage

NOTHING = "nothing"


def visit_problems(stage: Stage, visit: VisitSpec, played: Visit) -> list[str]:
    """Every way in which a visit and what it left behind differ from what was expected."""
    expect = visit.expect
    problems = [played.mismatch] if played.mismatch else []
    if played.outcome != expect.outcome:
        detail = f" ({played.ended.detail})" if played.ended and played.ended.detail else ""
        problems.append(f"outcome {played.outcome}{detail}, expected {expect.outcome}")
    if expect.exit_code is not None and played.exit_code != expect.exit_code and not played.mismatch:
        problems.append(f"exit code {played.exit_code}, expected {expect.exit_code}")
    problems += _rule_problems(expect, played)
    if expect.means is not None and played.means is not Means(expect.means):
        used = played.means.value if played.means else NOTHING
        problems.append(f"authenticated by {used}, expected {expect.means}")
    problems += [f"nothing asked for {step}" for step in played.operator.leftover()]
    problems += [f"fault never struck: {fault}" for fault in played.idle_faults]
    problems += [f"nobody said {part!r}" for part in _missing(expect.says, played.said)]
    problems += [f"nothing printed has {part!r}" for part in _missing(expect.receipt, played.printed)]
    problems += _answer_problems(expect, played)
    problems += payment_problems(expect, played)
    problems += books_problems(stage, visit, expect)
    return problems + final_problems(stage, expect)


def _missing(parts: list[str], texts: list[str]) -> list[str]:
    return [part for part in parts if not any(part in text for text in texts)]


def _rule_problems(expect: Expectation, played: Visit) -> Iterator[str]:
    if expect.rule is None:
        return
    refusal = played.ended.refusal if played.ended else None
    cited = (refusal.rule if refusal else "") or "no rule"
    if cited != expect.rule:
        yield f"it cites {cited}, expected {expect.rule}"


def _answer_problems(expect: Expectation, played: Visit) -> Iterator[str]:
    answer = played.ended.answer if isinstance(played.ended, ErrandEnded) else None
    for path, wanted in expect.answer.items():
        found, want = plain(value_at(answer, path)), plain(wanted)
        if found != want:
            yield f"{path} of the answer is {found}, expected {want}"


def value_at(answer: Any, path: str) -> Any:
    """What stands at a path of an answer, by dots: keys, attributes, positions of lists; None where nothing does."""
    for part in path.split("."):
        if isinstance(answer, Mapping):
            answer = answer.get(part)
        elif isinstance(answer, list | tuple):
            answer = answer[int(part)] if part.isdigit() and int(part) < len(answer) else None
        else:
            answer = getattr(answer, part, None)
    return answer


def plain(value: Any) -> Any:
    """A value as a scenario writes it: states by name, days and amounts as text."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def payment_problems(expect: Expectation, played: Visit) -> list[str]:
    """How what was paid differs from what was expected."""
    wanted = {key: fen for key, fen in msgspec.structs.asdict(expect.pays).items() if fen is not None}
    if not wanted:
        return []
    sale = played.ended.sale if isinstance(played.ended, PaymentEnded) else None
    if sale is None:
        return ["nothing was paid"]
    return [
        f"{key} is {getattr(sale, key)}, expected {fen}"
        for key, fen in wanted.items()
        if getattr(sale, key) != fen
    ]


def books_problems(stage: Stage, visit: VisitSpec, expect: Expectation) -> list[str]:
    """What does not add up at the centre, and how the till's book differs from what was expected."""
    terminal = visit.terminal or stage.scenario.terminal
    problems = money_faults(stage)
    if expect.book is not None:
        drawer = stage.drawers.get(terminal.pharmacy)
        phases = [sale.phase.value for sale in drawer.book.sales()] if drawer else []
        if phases != expect.book:
            problems.append(f"the book says {phases}, expected {expect.book}")
    return problems
