"""Writes the page of the dual insert from its table: `python -m terminal.flow.diagram > docs/dual-insert.md`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from terminal.flow.card_alone import CARD_ALONE, OWN
from terminal.flow.dual_insert import MACHINE
from terminal.flow.dual_insert_actions import ACTIONS
from terminal.flow.outcomes import Endings, Outcome

HEAD = """\
# The dual insert

Generated from `terminal/flow/dual_insert.py` by `python -m terminal.flow.diagram > docs/dual-insert.md`; do not edit.

At a designated pharmacy the holder's old medical card goes in, then the new social security card, and the new card is
activated. Every pair of state and event has an answer: the state's own row first, then what holds anywhere, then
`IMPOSSIBLE`, which is a bug.
"""
ALONE = """\
## The card alone

Where the region's profile says `pharmacy_way: first-purchase` the social security card alone is activated, by
`ssc pharmacy activate` or by its first `ssc pharmacy purchase`; where it says `id-card` the holder's ID card is shown
too (`--id-card FILE`). The centre goes first, in one transaction; a card that left before it was written catches up at
its next insertion. States are named as above; these do something else:
"""
TOLD = "what the holder is told, unless the back office says it more exactly"


def page() -> str:
    """The page as Markdown: diagram, states, endings."""
    return "\n".join(
        (
            HEAD,
            f"```mermaid\n{MACHINE.mermaid()}```\n",
            states(MACHINE.rows, ACTIONS),
            ALONE,
            _table(OWN, OWN),
            f"```mermaid\n{CARD_ALONE.mermaid()}```\n",
            endings(Outcome, TOLD),
        )
    )


def states(kinds: Iterable[Enum], actions: Mapping[Any, Callable[..., Any]]) -> str:
    """The table of states, each with the first sentence of what is done in it."""
    return f"## States\n\n{_table(kinds, actions)}"


def _table(kinds: Iterable[Enum], actions: Mapping[Any, Callable[..., Any]]) -> str:
    lines = ["| state | what is done |", "|---|---|"]
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
