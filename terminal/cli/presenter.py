"""What a command shows of a visit: all, what is said at the counter, JSON lines, or the receipt."""

from __future__ import annotations

from enum import Enum

import click

from terminal.cli.output import say, show
from terminal.trace.as_json import entry_line
from terminal.trace.as_text import answered_lines, entry_lines, receipt_lines, spoken_lines
from terminal.trace.entries import Entry, ReceiptEntry


class View(Enum):
    """How much of a visit is shown; ANSWERED is SPOKEN without what the console has prompted for."""

    FULL = "full"
    SPOKEN = "spoken"
    ANSWERED = "answered"
    JSON = "json"
    RECEIPT = "receipt"


def present(view: View, entry: Entry) -> None:
    """Show one entry as the view wants it."""
    if view is View.JSON:
        say(entry_line(entry))
    elif view is View.FULL:
        show(entry_lines(entry))
    elif view is View.SPOKEN:
        show(spoken_lines(entry))
    elif view is View.ANSWERED:
        show(answered_lines(entry))
    elif isinstance(entry, ReceiptEntry):
        show(receipt_lines(entry.receipt))


def choose(as_json: bool, quiet: bool, otherwise: View) -> View:
    """The view that the options `--json` and `--quiet` ask for."""
    if as_json and quiet:
        raise click.ClickException("--json and --quiet exclude each other; give one of them")
    if as_json:
        return View.JSON
    return View.RECEIPT if quiet else otherwise
