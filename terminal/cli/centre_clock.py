"""`ssc centre tick` and `ssc centre query`: what is due by the clock, and one card as the centre sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from terminal.cli.channel_options import card_number_option, centre_options, order_of, require
from terminal.cli.options import MOMENT, centre_option, json_option, profile_option
from terminal.exit_codes import ExitCode


@click.command()
@centre_option
@profile_option
@click.option("--now", type=MOMENT, help="As if it were this time, ISO 8601; a service has its own clock.")
@json_option
def tick(centre: str, profile: str, now: datetime | None, as_json: bool) -> ExitCode:
    """Do all that is due by the clock: activations hours after collection (R18), losses past the deadline (R20)."""
    from contextlib import closing
    from datetime import UTC

    from terminal.backoffice.link import is_http
    from terminal.cli.files import open_known_office, region_profile
    from terminal.cli.output import say
    from terminal.trace.as_json import json_line

    if now is not None and is_http(centre):
        raise click.ClickException(f"{centre}: the centre has its own clock; leave --now out")
    region = region_profile(profile)
    with closing(open_known_office(centre, region, lambda: now or datetime.now(UTC))) as office:
        done = office.tick()
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
    from terminal.backoffice.card_ports import QueryCard
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import without_card

    require(card=number)
    assert number is not None
    order, _ = order_of(PlaceKind.CENTRE, options)
    return without_card(order, lambda place: QueryCard(place, number))
