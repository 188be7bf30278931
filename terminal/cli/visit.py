"""One visit at a counter, shown as it happens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from terminal.backoffice.channel_ports import NO_PAPERS, Papers
from terminal.cli.presenter import View, present
from terminal.counter import Counter, Terminal
from terminal.flow.dual_insert_run import Ended
from terminal.flow.operator import Operator
from terminal.flow.steps import Role
from terminal.trace.entries import EndEntry, Entry, Slots
from terminal.trace.recorder import Recorder


def visit(
    terminal: Terminal,
    operator: Operator,
    slots: Callable[[], Slots],
    view: View,
    papers: Papers = NO_PAPERS,
) -> Ended:
    """Run an activation and show it; the last entry says how it ended."""
    show = partial(present, view)
    ended = terminal.dual_insert(operator, Recorder(show, slots, terminal.settings.status_fid), papers=papers)
    entry: Entry = EndEntry(ended.outcome.label, int(ended.outcome.exit_code), ended.text, ended.detail)
    show(entry)
    return ended


def occupied(counter: Counter) -> dict[str, str | None]:
    """The kind of the card in each slot, None where it is empty; `reader` where one serves both cards."""
    names = {role: role.value for role in counter.slots}
    if counter.slots[Role.OLD] is counter.slots[Role.NEW]:
        names = {Role.OLD: "reader", Role.PSAM: Role.PSAM.value}
    cards = {name: counter.slots[role].card for role, name in names.items()}
    return {name: card.kind if card else None for name, card in cards.items()}
