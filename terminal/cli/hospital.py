"""`ssc hospital`: first use of a card at a designated hospital."""

from __future__ import annotations

from typing import Any

import click

from terminal.cli.channel_options import centre_options, order_of, reader_options, require
from terminal.exit_codes import ExitCode


@click.group()
def hospital() -> None:
    """What happens at a designated hospital."""


@hospital.command()
@reader_options
@centre_options
def activate(**options: Any) -> ExitCode:
    """Activate a card by registering with it for the first time; nothing else is asked (R11)."""
    from terminal.backoffice.card_ports import PlaceKind
    from terminal.cli.channel_run import with_card
    from terminal.flow.errands import enable

    order, papers = order_of(PlaceKind.HOSPITAL, options)
    require(reader=order.reader)
    return with_card(order, lambda _: enable(papers))
