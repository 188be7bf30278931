"""`ssc bank`: an outlet of the issuing bank, with the bank's host behind it."""

from __future__ import annotations

from typing import Any

import click

from terminal.cli.channel_options import centre_options, order_of, papers_options, reader_options, require
from terminal.exit_codes import ExitCode


@click.group()
def bank() -> None:
    """What happens at an outlet of the bank that issued the card."""


@bank.command()
@reader_options
@papers_options
@click.option("--social-only", is_flag=True, help="Activate the social application alone (R10).")
@click.option("--new-pin-env", metavar="NAME", help="The bank PIN the holder chose is in this variable.")
@centre_options
def activate(social_only: bool, new_pin_env: str | None, **options: Any) -> ExitCode:
    """Activate the financial application of an identified holder's card (R20).

    The bank then tells the centre, which activates the social application by itself (R14), and the card in the
    reader is brought up to date.
    """
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.backoffice.outlet import outlet
    from terminal.cli.channel_run import with_card
    from terminal.cli.pin_source import PinSource, Way
    from terminal.flow.errands import activate_bank, enable

    order, papers = order_of(PlaceKind.BANK, options)
    require(reader=order.reader)
    if social_only:
        return with_card(order, lambda _: enable(papers))
    new_pin = PinSource(Way.ENVIRONMENT, new_pin_env).obtain() if new_pin_env else None
    return with_card(order, lambda office: activate_bank(papers, outlet(office, new_pin)))
