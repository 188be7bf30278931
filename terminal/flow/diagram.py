"""Writes the page of the dual insert from its table: `python -m terminal.flow.diagram > docs/dual-insert.md`."""

from __future__ import annotations

import inspect

from terminal.flow.dual_insert import MACHINE, State
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.outcomes import Outcome

HEAD = """\
# The dual insert

Generated from `terminal/flow/dual_insert.py` by `python -m terminal.flow.diagram > docs/dual-insert.md`; do not edit.

At a designated pharmacy the holder's old medical card goes in, then the new social security card, and the new card is
activated. Every pair of state and event has an answer: the state's own row first, then what holds anywhere, then
`IMPOSSIBLE`, which is a bug.
"""


def page() -> str:
    """The page as Markdown: diagram, states, endings."""
    return "\n".join((HEAD, f"```mermaid\n{MACHINE.mermaid()}```\n", _states(), _endings()))


def _states() -> str:
    lines = ["## States", "", "| state | what is done |", "|---|---|"]
    lines += [f"| `{state.name}` | {_claim(state)} |" for state in State]
    return "\n".join(lines) + "\n"


def _claim(state: State) -> str:
    return (inspect.getdoc(ACTIONS[state]) or "").split("\n\n")[0].replace("\n", " ")


def _endings() -> str:
    lines = [
        "## Endings",
        "",
        "| outcome | exit code | what the holder is told, unless the back office says it more exactly |",
        "|---|---|---|",
    ]
    lines += [f"| `{each.label}` | {each.exit_code} | {each.text} |" for each in Outcome]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
