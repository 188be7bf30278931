"""`query`, the same at every kind of place where the holder is told state and balance in person (R42)."""

from __future__ import annotations

from typing import Any

import click

from terminal.cli.channel_options import ask_about_card, card_number_option, centre_options, papers_options
from terminal.exit_codes import ExitCode


def add_query(group: click.Group, kind: str) -> None:
    """Let a group of commands have it; `kind` is the kind of its places, as profiles have it."""

    @group.command()
    @card_number_option
    @papers_options
    @centre_options
    def query(number: str | None, **options: Any) -> ExitCode:
        """Show a card's state and balance to its identified holder (R42)."""
        from terminal.backoffice.card_ports import QueryCard
        from terminal.backoffice.channel_ports import PlaceKind

        return ask_about_card(
            PlaceKind(kind),
            number,
            options,
            lambda place, card, papers: QueryCard(place, card, None, papers),
        )
