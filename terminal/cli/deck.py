"""The deck of the command that runs now: everyday's, or one that records or replays a tape."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from terminal.trace.tape_deck import Deck


def current_deck() -> Deck:
    """The deck in this command's context; every command that opens readers asks it for them."""
    context = click.get_current_context(silent=True)
    found = None if context is None else context.find_object(Deck)
    return Deck() if found is None else found


def input_lines(*, apdus: bool = False) -> Iterator[str]:
    """The lines of standard input without their ends, as a tape has them where there is one; `apdus`: nothing else."""
    deck = current_deck()
    while (text := deck.line(_next_line, apdus=apdus)) is not None:
        yield text


def _next_line() -> str | None:
    text = sys.stdin.readline()
    return text.rstrip("\r\n") if text else None
