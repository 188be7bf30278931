"""`ssc serve`: parts of the product as services on the network."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from terminal.cli.options import MOMENT, json_option, profile_option
from terminal.cli.value_types import CENTRE_FILE, PROFILE
from terminal.exit_codes import ExitCode

LOOPBACK = "127.0.0.1"


@click.group()
def serve() -> None:
    """The back office, or the reader driver, as a service."""


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


@serve.command()
@click.option(
    "--host", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="The address to listen at."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=12342,
    show_default=True,
    metavar="N",
    help="The port of WebSocket and POST; 0 takes any that is free.",
)
@click.option(
    "--profile",
    default="lenient",
    show_default=True,
    metavar="NAME|FILE",
    help="Driver profile: which vendor's habits; docs/driver.md lists them.",
)
@click.option(
    "--card", default="none", metavar="ADDRESS", help="What is in the card slot: an image, or a reader."
)
@click.option("--contactless", default="none", metavar="ADDRESS", help="What lies on the contactless field.")
@click.option(
    "--psam",
    default="new",
    show_default=True,
    metavar="ADDRESS|new|none",
    help="The PSAM: an image, a reader, a fresh one with national keys, or none.",
)
@click.option("--device-number", default="", metavar="TEXT", help="The device number that programs are told.")
@click.option(
    "--keypad",
    type=click.Choice(["page", "console", "none"]),
    default="page",
    show_default=True,
    help="Who answers when `ssc slot keypad` has prepared nothing; none: a time-out at once.",
)
@click.option(
    "--centre", metavar="FILE|URL", help="The centre whose HSM the joined steps (Step1To2) talk to."
)
@click.option(
    "--region",
    type=PROFILE,
    default="default",
    show_default=True,
    metavar="NAME|FILE",
    help="The centre's region.",
)
@click.option(
    "--allow-origin",
    "allowed",
    multiple=True,
    metavar="ORIGIN",
    help="A web page that may read cards, such as https://pos.example; `null` for pages from files. Repeatable.",
)
@click.option(
    "--endpoint",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file by which native libraries find the service.  [default: where they look]",
)
@click.option(
    "--tcp", is_flag=True, help="Let native libraries in at a loopback port too: those of Windows need it."
)
@json_option
def driver(*, card: str, contactless: str, psam: str, as_json: bool, **said: Any) -> ExitCode:
    """Serve the reader-driver interface (SSCardDriver) until Ctrl-C, on virtual cards or readers.

    POS programs call it through the native library (`ssc driver build`), over WebSocket or by POST; cards are moved
    with `ssc slot`.
    """
    from terminal.cli.serving_driver import DriverOrder, run
    from terminal.testbench.slots import Place

    cards = {Place.CONTACT: card, Place.CONTACTLESS: contactless, Place.SAM: psam}
    return run(DriverOrder(cards=cards, **said), as_json)
