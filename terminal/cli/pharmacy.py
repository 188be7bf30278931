"""`ssc pharmacy`: the counter of a designated pharmacy."""

from __future__ import annotations

from datetime import datetime

import click

from terminal.cli.options import MOMENT, json_option, profile_option, quiet_option
from terminal.exit_codes import ExitCode


@click.group()
def pharmacy() -> None:
    """What happens at the counter of a designated pharmacy."""


@pharmacy.command()
@click.option("--old-card", required=True, metavar="FILE", help="Image of the old medical card.")
@click.option("--new-card", required=True, metavar="FILE", help="Image of the social security card.")
@click.option("--psam", metavar="FILE", help="Image of the terminal's PSAM.")
@click.option("--hsm", is_flag=True, help="No PSAM: the centre's HSM authenticates.  [default]")
@click.option("--centre", metavar="FILE", help="The back office's SQLite file, made on first use.")
@profile_option
@click.option("--pharmacy", "place", metavar="CODE", help="The pharmacy's code.")
@click.option("--one-reader", is_flag=True, help="One reader, used twice.")
@click.option(
    "--script", metavar="FILE", help="YAML list of what the operator does; without it you are asked."
)
@click.option("--keys", metavar="FILE", help="YAML file of root keys for the HSM, as `ssc card new --keys`.")
@click.option("--now", type=MOMENT, help="Stop the clock at this time, ISO 8601.")
@click.option("-v", "--verbose", is_flag=True, help="Every exchange, decoded to the field.")
@json_option
@quiet_option
def activate(
    *,
    old_card: str,
    new_card: str,
    psam: str | None,
    hsm: bool,
    centre: str | None,
    profile: str,
    place: str | None,
    one_reader: bool,
    script: str | None,
    keys: str | None,
    now: datetime | None,
    verbose: bool,
    as_json: bool,
    quiet: bool,
) -> ExitCode:
    """Activate a social security card: the old medical card goes in, then the new card.

    Both card images are written as the cards write, and are whole whenever the command ends.
    """
    from terminal.cli.activation import Order, run
    from terminal.cli.presenter import View, choose

    if psam and hsm:
        raise click.ClickException("--psam and --hsm exclude each other; give one of them")
    view = choose(as_json, quiet, View.FULL if verbose else View.SPOKEN)
    return run(Order(old_card, new_card, psam, centre, profile, place, one_reader, script, keys, now), view)
