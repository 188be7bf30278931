"""Writes the page of the dual insert from its table: `python -m terminal.flow.diagram > docs/dual-insert.md`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from terminal.flow.dual_insert import MACHINE, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.outcomes import Endings, Outcome

HEAD = """\
# The dual insert

Generated from `terminal/flow/dual_insert.py` by `python -m terminal.flow.diagram > docs/dual-insert.md`; do not edit.

At a designated pharmacy the holder's old medical card goes in, then the new social security card, and the new card is
activated. Every pair of state and event has an answer: the state's own row first, then what holds anywhere, then
`IMPOSSIBLE`, which is a bug.
"""
TOLD = "what the holder is told, unless the back office says it more exactly"


def page() -> str:
    """The page as Markdown: diagram, states, endings."""
    return "\n".join(
        (HEAD, f"```mermaid\n{MACHINE.mermaid()}```\n", states(State, ACTIONS), endings(Outcome, TOLD))
    )


def states(kinds: type[Enum], actions: Mapping[Any, Callable[..., Any]]) -> str:
    """The table of states, each with the first sentence of what is done in it."""
    lines = ["## States", "", "| state | what is done |", "|---|---|"]
    lines += [f"| `{state.name}` | {_claim(actions[state])} |" for state in kinds]
    return "\n".join(lines) + "\n"


def _claim(action: Callable[..., Any]) -> str:
    return (inspect.getdoc(action) or "").split("\n\n")[0].replace("\n", " ")


def endings(kinds: type[Endings], told: str) -> str:
    """The table of endings; `told` heads the column of what is said."""
    lines = [
        "## Endings",
        "",
        f"| outcome | exit code | {told} |",
        "|---|---|---|",
    ]
    lines += [f"| `{each.label}` | {each.exit_code} | {each.text} |" for each in kinds]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
