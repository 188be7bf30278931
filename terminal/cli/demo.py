"""`ssc demo`."""

from __future__ import annotations

import click

from terminal.cli.options import OLD_KINDS, SOCIAL_KINDS, json_option, quiet_option
from terminal.exit_codes import ExitCode


@click.command()
@click.option(
    "--kind", type=click.Choice(SOCIAL_KINDS), default="ssc-3.0", show_default=True, help="The new card."
)
@click.option(
    "--old", type=click.Choice(OLD_KINDS), default="sle4442", show_default=True, help="The old card."
)
@click.option("--hsm", is_flag=True, help="Authenticate through the centre's HSM instead of a PSAM.")
@json_option
@quiet_option
def demo(kind: str, old: str, hsm: bool, as_json: bool, quiet: bool) -> ExitCode:
    """Play the whole dual insert on two virtual cards.

    The old medical card goes in, then the social security card, which is activated. Cards, clock and random
    numbers are fixed: every run is the same.
    """
    from terminal.cli.demonstration import Demonstration, run
    from terminal.cli.presenter import View, choose

    return run(Demonstration(kind, old, hsm), choose(as_json, quiet, View.FULL))
