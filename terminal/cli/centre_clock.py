"""`ssc centre tick` and `ssc centre query`: what is due by the clock, and one card as the centre sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from terminal.cli.channel_options import card_number_option, centre_options, order_of, require
from terminal.cli.options import MOMENT, json_option, profile_option
from terminal.cli.value_types import CENTRE_FILE
from terminal.exit_codes import ExitCode


@click.command()
@click.option(
    "--centre",
    type=CENTRE_FILE,
    required=True,
    metavar="FILE|URL",
    help="A SQLite file, or a PostgreSQL URL.",
)
@profile_option
@click.option("--now", type=MOMENT, help="As if it were this time, ISO 8601.")
@json_option
def tick(centre: str, profile: str, now: datetime | None, as_json: bool) -> ExitCode:
    """Do all that is due by the clock: activations hours after collection (R18), losses past the deadline (R20)."""
    from datetime import UTC
    from pathlib import Path

    from terminal.backoffice.database import is_url
    from terminal.backoffice.office import Office
    from terminal.cli.files import region_profile
    from terminal.cli.output import say
    from terminal.trace.as_json import json_line

    if not is_url(centre) and not Path(centre).exists():
        raise FileNotFoundError(2, "no such file", centre)
    office = Office.open(centre, region_profile(profile), lambda: now or datetime.now(UTC))
    try:
        done = office.tick()
    finally:
        office.close()
    if as_json:
        say(json_line("ticked", {"activated": done.activated, "lost": done.lost}))
    else:
        say(
            f"自动启用{done.activated}张，逾期挂失{done.lost}张。 "
            f"{done.activated} activated by themselves, {done.lost} reported lost past the deadline."
        )
    return ExitCode.DONE


@click.command()
@card_number_option
@centre_options
def query(number: str | None, **options: Any) -> ExitCode:
    """Show one card as the centre sees it, everything due by the clock done first."""
    from terminal.backoffice.card_ports import PlaceKind, QueryCard
    from terminal.cli.channel_run import without_card

    require(card=number)
    assert number is not None
    order, _ = order_of(PlaceKind.CENTRE, options)
    return without_card(order, lambda place: QueryCard(place, number))
