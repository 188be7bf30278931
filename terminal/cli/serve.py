"""`ssc serve`: parts of the product as services on the network."""

from __future__ import annotations

from datetime import datetime

import click

from terminal.cli.options import MOMENT, json_option, profile_option
from terminal.cli.value_types import CENTRE_FILE
from terminal.exit_codes import ExitCode

LOOPBACK = "127.0.0.1"


@click.group()
def serve() -> None:
    """The back office as a service on the network."""


@serve.command()
@click.option(
    "--db",
    type=CENTRE_FILE,
    default="centre.db",
    show_default=True,
    metavar="FILE|URL",
    help="Where it is kept: a SQLite file, made on first use, or postgresql+psycopg://...",
)
@click.option(
    "--host",
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS",
    help="The address to listen at; any other than this machine's own is told with a warning.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="The port to listen at.  [default: any that is free]",
)
@profile_option
@click.option(
    "--verify-signatures",
    is_flag=True,
    help="The national interface takes signed requests only; accounts from SSC_CSB_ACCESS_KEY and SSC_CSB_SECRET, "
    "SSC_TIF_PAASID and SSC_TIF_SECRET.",
)
@click.option("--now", type=MOMENT, help="Stop the clock at this time, ISO 8601.")
@json_option
def centre(
    *,
    db: str,
    host: str,
    port: int,
    profile: str,
    verify_signatures: bool,
    now: datetime | None,
    as_json: bool,
) -> ExitCode:
    """Serve the centre over HTTP until Ctrl-C: insurance, card management, HSM.

    With SSC_CENTRE_TOKEN set, every caller must present it. The address goes wherever --centre takes a file.
    """
    from terminal.cli.serving import Order, run

    return run(Order(db, host, port, profile, verify_signatures, now), as_json)
