"""Writes the page of the card states from their table.

`python -m terminal.backoffice.card_states_page > docs/card-states.md`.
"""

from __future__ import annotations

from apdu.layout.states import SocialState
from terminal.backoffice.card_states import MOVES, OF_THE_CENTRE, REPEATS, Before, Operation, mermaid

HEAD = """\
# The states of a card

Generated from `terminal/backoffice/card_states.py` by
`python -m terminal.backoffice.card_states_page > docs/card-states.md`; do not edit.

The card management centre keeps one state for each social security card, the field AAZ502 of the card-holder database.
A loss remembers the state before it and a release returns there; a sealed card that was lost is sealed again. Past the
bank's deadline the centre itself reports the loss (R20), which is released only after the bank's application is active
(R21). A replacement cancels the lost card and begins with a new sealed one. Locking and unlocking, and cancelling a
locked card, are the centre's alone. `VOID` stands in records taken over from elsewhere; nothing leads there or away.
"""


def page() -> str:
    """The page as Markdown: diagram, states, table."""
    return "\n".join((HEAD, f"```mermaid\n{mermaid()}```\n", _states(), _table()))


def _states() -> str:
    lines = ["## States", "", "| AAZ502 | state | | usable |", "|---|---|---|---|"]
    for state in SocialState:
        usable = "yes" if state is SocialState.NORMAL else "no"
        lines.append(f"| {int(state)} | `{state.name}` | {state.zh} | {usable} |")
    return "\n".join(lines) + "\n"


def _table() -> str:
    names = " | ".join(f"`{state.name}`" for state in SocialState)
    lines = [
        "## Moves",
        "",
        "`=`: done before, answered and nothing changed (R19); empty: refused.",
        "",
        f"| operation | {names} |",
        "|---|" + "---|" * len(SocialState),
    ]
    for operation in Operation:
        whose = ", the centre alone" if operation in OF_THE_CENTRE else ""
        cells = " | ".join(_cell(state, operation) for state in SocialState)
        lines.append(f"| {operation.text}{whose} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(state: SocialState, operation: Operation) -> str:
    if state in REPEATS[operation]:
        return "="
    move = MOVES[state].get(operation)
    if move is None:
        return ""
    return move.value if isinstance(move, Before) else f"`{move.name}`"


if __name__ == "__main__":
    print(page(), end="")
