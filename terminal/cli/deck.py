"""The deck of the command that runs now: everyday's, or one that records or replays a tape."""

from __future__ import annotations

import click

from terminal.trace.tape_deck import Deck


def current_deck() -> Deck:
    """The deck in this command's context; every command that opens readers asks it for them."""
    context = click.get_current_context(silent=True)
    found = None if context is None else context.find_object(Deck)
    return Deck() if found is None else found
