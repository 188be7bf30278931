"""`ssc card insert`: a card in a PC/SC reader, for every program of this machine."""

from __future__ import annotations

import click

from terminal.cli.options import json_option
from terminal.cli.presented import ADDRESS, DEFAULT_ADDRESS, Address
from terminal.exit_codes import ExitCode


@click.command()
@click.argument("image")
@click.option(
    "--vpcd",
    "address",
    type=ADDRESS,
    default=DEFAULT_ADDRESS,
    show_default=str(DEFAULT_ADDRESS),
    metavar="HOST:PORT",
    help="Where the reader waits for its card; `ssc pcscd` says it.",
)
@json_option
def insert(image: str, address: Address, as_json: bool) -> ExitCode:
    """Put a card into a virtual PC/SC reader, and leave it there until Ctrl-C.

    The reader is one of vsmartcard's vpcd. What programs write is saved as it happens; a daemon that ends is
    waited for.
    """
    from terminal.cli.output import say
    from terminal.cli.presented import presented, slot_with
    from terminal.cli.staying import until_interrupted
    from virtual_card.pcscd import EXPOSURE

    with until_interrupted(), slot_with(image) as slot, presented(slot, address, as_json) as there:
        say(f"{EXPOSURE}; Ctrl-C takes the card out", err=True)
        there.wait_stopped()
    say(f"{image}: taken out and saved", err=True)
    return ExitCode.DONE
