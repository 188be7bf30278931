"""`ssc hospital`: the desk of a designated hospital."""

from __future__ import annotations

from typing import Any

import click

from terminal.cli import hospital_desk
from terminal.cli.channel_options import centre_options, order_of, reader_options, require
from terminal.cli.pin_commands import add_pin_commands
from terminal.cli.query_command import add_query
from terminal.exit_codes import ExitCode


@click.group()
def hospital() -> None:
    """What happens at a designated hospital."""


for _command in (
    hospital_desk.register,
    hospital_desk.admit,
    hospital_desk.settle,
    hospital_desk.refund,
    hospital_desk.give_up,
    hospital_desk.reconcile,
):
    hospital.add_command(_command)


add_pin_commands(hospital, "hospital")
add_query(hospital, "hospital")


@hospital.command()
@reader_options
@centre_options
def activate(**options: Any) -> ExitCode:
    """Activate a card by registering with it for the first time; nothing else is asked (R11)."""
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import with_card
    from terminal.flow.errands import enable

    order, papers = order_of(PlaceKind.HOSPITAL, options)
    require(reader=order.reader)
    return with_card(order, lambda _: enable(papers))
