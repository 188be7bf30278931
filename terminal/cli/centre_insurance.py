"""`ssc centre people`, `reconcile`, `receipt`: the insurance centre's own desk, over the store itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from terminal.cli.options import Day, profile_option
from terminal.cli.value_types import CENTRE_FILE
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from terminal.backoffice.store import Store

store_option = click.option(
    "--centre",
    type=CENTRE_FILE,
    required=True,
    metavar="FILE|URL",
    help="The back office: a SQLite file, or a PostgreSQL URL.",
)


@contextmanager
def _opened(where: str, *, new: bool = False) -> Iterator[Store]:
    from pathlib import Path

    from terminal.backoffice.database import StoreError, is_url
    from terminal.backoffice.store import Store

    if where.startswith(("http://", "https://")):
        raise StoreError(
            f"{where}: this is the centre's own desk; name its file or database, not the service"
        )
    if not (new or is_url(where) or Path(where).exists()):
        raise FileNotFoundError(2, "no such file", where)
    store = Store(where)
    try:
        yield store
    finally:
        store.close()


@click.command()
@store_option
@profile_option
def people(centre: str, profile: str) -> ExitCode:
    """Bring the synthetic people in: one for every situation at the insurance centre, each with a card.

    `ssc card new --kind ssc-3.0 --seed N` makes a person's card. Bringing them in again changes nothing.
    """
    from datetime import UTC, datetime

    from terminal.cli.files import region_profile
    from terminal.cli.output import say
    from terminal.testing.people import bring_in_people
    from terminal.trace.columns import pad

    region = region_profile(profile)
    with _opened(centre, new=True) as store:
        for each in bring_in_people(store, region, lambda: datetime.now(UTC)):
            found = each.fixture
            say(
                f"{found.letter}  seed {found.seed}  {each.card}  {each.person}  {pad(found.voucher, 12)}{found.text}"
            )
    return ExitCode.DONE


@click.command()
@store_option
@profile_option
@click.option("--day", type=Day(), metavar="DATE", help="Which day.  [default: today]")
def reconcile(centre: str, profile: str, day: date | None) -> ExitCode:
    """Close a day: what every place settled, and whether the whole ledger adds up."""
    from datetime import UTC, datetime

    from terminal.backoffice.national.reconciling import day_end, totals_text
    from terminal.cli.files import region_profile
    from terminal.cli.output import say

    region = region_profile(profile)
    with _opened(centre) as store:
        ended = day_end(store, region, day or region.local_date(datetime.now(UTC)))
    for period, totals in ended.periods:
        say(f"{period.place} insutype {period.fund} clr_type {period.clearing}: {totals_text(totals)}")
    if not ended.periods:
        say(f"nothing was settled on {ended.day} 当日无结算")
    for fault in ended.faults:
        say(f"fault: {fault}", err=True)
    say("账务有误 the ledger does not add up" if ended.faults else "账务平衡 the ledger adds up")
    return ExitCode.DAMAGED_FILE if ended.faults else ExitCode.DONE


@click.command()
@click.argument("settlement", metavar="SETL_ID")
@store_option
@profile_option
@click.option("--html", is_flag=True, help="As a page of HTML.")
def receipt(settlement: str, centre: str, profile: str, html: bool) -> ExitCode:
    """Print the slip of a settlement again, as text or as a page."""
    from datetime import UTC, datetime

    from terminal.backoffice.clock import Clock
    from terminal.backoffice.national.reconciling import settlement_on_record
    from terminal.cli.files import region_profile
    from terminal.cli.output import say, show
    from terminal.flow.receipt_page import receipt_page
    from terminal.flow.settlement_receipt import settlement_receipt
    from terminal.trace.as_text import receipt_lines

    region = region_profile(profile)
    with _opened(centre) as store:
        found = settlement_on_record(
            store, region, Clock(store, region, lambda: datetime.now(UTC)), settlement
        )
    if found is None:
        raise click.UsageError(
            f"there is no settlement {settlement!r}; 2102 and 2207 answer with its setl_id"
        )
    slip = settlement_receipt(found.setlinfo, found.place_name, found.setlinfo)
    if html:
        say(receipt_page(slip).rstrip("\n"))
    else:
        show(receipt_lines(slip))
    return ExitCode.DONE
