"""`ssc pharmacy purchase`, `refund`, `reconcile`: the options of a till."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from terminal.cli.channel_options import papers_options
from terminal.cli.options import DAY, MOMENT, centre_option, json_option, profile_option, quiet_option
from terminal.cli.reader_options import ADDRESS, patience_option
from terminal.cli.value_types import CARD_FILE, YAML_FILE
from terminal.exit_codes import ExitCode

_COMMON = (
    centre_option,
    click.option(
        "--book",
        default="till.book",
        show_default=True,
        metavar="FILE",
        help="The till's book, made on first use: every message is in it before it is sent.",
    ),
    profile_option,
    click.option("--pharmacy", "place", metavar="CODE", help="The pharmacy's code."),
    click.option("--yes", is_flag=True, help="Agree to what is asked, PINs excepted."),
    click.option("--html", metavar="FILE", help="Write the slip as a page of HTML as well."),
    click.option("--now", type=MOMENT, help="Stop the clock at this time, ISO 8601."),
    click.option("-v", "--verbose", is_flag=True, help="Every exchange, decoded to the field."),
    json_option,
    quiet_option,
)


def till_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command of a till has."""
    for option in reversed(_COMMON):
        command = option(command)
    return command


@click.command()
@click.option("--bill", type=YAML_FILE, required=True, metavar="FILE", help="YAML file of what is sold.")
@click.option("--card", type=CARD_FILE, metavar="FILE", help="Image of the social security card.")
@click.option("--reader", type=ADDRESS, metavar="ADDRESS", help="The card's reader, in place of an image.")
@patience_option
@click.option(
    "--psam",
    type=ADDRESS,
    metavar="FILE|ADDRESS",
    help="Image of the terminal's PSAM, or the reader it sits in; without it the centre's HSM authenticates.",
)
@click.option("--keys", type=YAML_FILE, metavar="FILE", help="YAML file of root keys for the HSM.")
@papers_options
@till_options
def purchase(
    *,
    bill: str,
    card: str | None,
    reader: str | None,
    wait_s: float,
    psam: str | None,
    keys: str | None,
    id_card: str | None,
    agent_card: str | None,
    power_of_attorney: bool,
    **given: Any,
) -> ExitCode:
    """Sell to the holder of a card: the insurance pays what it may, the holder the rest.

    Sign-in, card, PIN, pre-settlement, settlement, slip. A first purchase activates the card where the region says so,
    or asks for the holder's ID card (--id-card). An answer of the centre that does not come is reversed, now or
    before the next message of this till.
    """
    from terminal.cli import payment
    from terminal.cli.channel_run import papers

    if (card is None) == (reader is None):
        raise click.ClickException("one card is needed: give --card FILE or --reader ADDRESS")
    address = reader or f"virtual:{card}"
    shown = papers(id_card, agent_card, power_of_attorney)
    order, view = _order(given, reader=address, psam=psam, keys=keys, wait_s=wait_s, papers=shown)
    return payment.purchase(order, bill, view)


@click.command()
@click.option("--settlement", required=True, metavar="NUMBER", help="The centre's number, as on the slip.")
@till_options
def refund(*, settlement: str, **given: Any) -> ExitCode:
    """Cancel a settlement of this till, once; no card is needed."""
    from terminal.cli import payment

    order, view = _order(given)
    return payment.refund(order, settlement, view)


@click.command()
@click.option("--day", type=DAY, metavar="DATE", help="The day, like 2030-01-31.  [default: today]")
@till_options
def reconcile(*, day: date | None, **given: Any) -> ExitCode:
    """Compare a day's totals with the centre's; exit code 1 where they differ."""
    from terminal.cli import payment

    order, view = _order(given)
    return payment.reconcile(order, day, view)


def _order(given: dict[str, Any], **card: Any) -> tuple[Any, Any]:
    from terminal.cli.payment import TillOrder
    from terminal.cli.presenter import View, choose

    now: datetime | None = given["now"]
    order = TillOrder(
        centre=given["centre"],
        book=given["book"],
        profile=given["profile"],
        place=given["place"],
        html=given["html"],
        now=now,
        yes=given["yes"],
        **{"keys": None, **card},
    )
    verbose = View.FULL if given["verbose"] else View.SPOKEN
    return order, choose(given["as_json"], given["quiet"], verbose)
