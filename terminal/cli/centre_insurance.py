"""`ssc centre people`, `reconcile`, `receipt`: the insurance centre's own desk, at its store or over the line."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from terminal.cli.options import Day, centre_option, json_option, profile_option
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from terminal.backoffice.national.reconciling import DayEnd
    from terminal.testing.people import BroughtIn
    from terminal.trace.as_text import Line


@click.command()
@centre_option
@profile_option
@json_option
def people(centre: str, profile: str, as_json: bool) -> ExitCode:
    """Bring the synthetic people in: one for every situation at the insurance centre, each with a card.

    `ssc card new --kind ssc-3.0 --seed N` makes a person's card. Bringing them in again changes nothing.
    """
    from datetime import UTC, datetime

    from terminal.cli.files import open_office, region_profile
    from terminal.cli.output import say, show
    from terminal.testing.people import bring_in_people
    from terminal.trace.as_json import both, json_line

    def now() -> datetime:
        return datetime.now(UTC)

    with closing(open_office(centre, region_profile(profile), now)) as office:
        brought = bring_in_people(office, now)
    if not as_json:
        show(_people(brought))
        return ExitCode.DONE
    for each in brought:
        found = each.fixture
        values = {"letter": found.letter, **both(found.text), "seed": found.seed}
        values |= {"card": each.card, "person": each.person, "voucher": found.voucher}
        say(json_line("person", values))
    return ExitCode.DONE


def _people(brought: list[BroughtIn]) -> Iterator[Line]:
    """One line a person, under a heading."""
    from terminal.trace.as_text import line
    from terminal.trace.columns import pad

    widths = (3, 6, 11, 22, 12)

    def row(*cells: str) -> str:
        *cut, last = cells
        return "".join(pad(cell, width) for cell, width in zip(cut, widths, strict=True)) + last

    yield line((row("", "seed", "card", "person", "e-voucher", "situation"), "bold"))
    for each in brought:
        found = each.fixture
        yield line(row(found.letter, f"{found.seed}", each.card, each.person, found.voucher, f"{found.text}"))


@click.command()
@centre_option
@profile_option
@click.option("--day", type=Day(), metavar="DATE", help="Which day.  [default: today]")
@json_option
def reconcile(centre: str, profile: str, day: date | None, as_json: bool) -> ExitCode:
    """Close a day: what every place settled, and whether the whole ledger adds up."""
    from datetime import UTC, datetime

    from terminal.backoffice.insurance_desk import CloseDay
    from terminal.cli.files import look_into, region_profile
    from terminal.cli.output import say, show

    with closing(look_into(centre, region_profile(profile), lambda: datetime.now(UTC))) as office:
        ended: DayEnd = office.insurance(CloseDay(day))
    if as_json:
        for text in _totals_json(ended):
            say(text)
        return ExitCode.DAMAGED_FILE if ended.faults else ExitCode.DONE
    show(_totals(ended))
    for fault in ended.faults:
        say(f"fault: {fault}", err=True)
    say("账务有误 the ledger does not add up" if ended.faults else "账务平衡 the ledger adds up")
    return ExitCode.DAMAGED_FILE if ended.faults else ExitCode.DONE


def _totals_json(ended: DayEnd) -> Iterator[str]:
    from terminal.trace.as_json import json_line

    for period, totals in ended.periods:
        values: dict[str, object] = {
            "place": period.place,
            "fund": period.fund,
            "clearing": period.clearing,
            "total_fen": totals.total_fen,
            "fund_pay_fen": totals.fund_pay_fen,
            "account_pay_fen": totals.account_pay_fen,
            "count": totals.count,
        }
        yield json_line("totals", values)
    faults = list(ended.faults)
    yield json_line("day-end", {"day": f"{ended.day}", "balanced": not faults, "faults": faults})


TOTALS = (("place", 14), ("insutype", 10), ("clr_type", 10), ("fees", 13), ("fund", 13), ("account", 13))
"""The columns of a day's end, the insurance interface's names where it has them; the count comes last."""


def _totals(ended: DayEnd) -> Iterator[Line]:
    """One line for what each place settled of one kind, under a heading."""
    from terminal.flow.texts import yuan
    from terminal.trace.as_text import line
    from terminal.trace.columns import pad

    if not ended.periods:
        yield line(f"nothing was settled on {ended.day} 当日无结算")
        return
    yield line(("".join(pad(name, width) for name, width in TOTALS) + "count", "bold"))
    for period, totals in ended.periods:
        cells = (
            period.place,
            period.fund,
            period.clearing,
            yuan(totals.total_fen),
            yuan(totals.fund_pay_fen),
            yuan(totals.account_pay_fen),
        )
        shown = (pad(cell, width) for cell, (_, width) in zip(cells, TOTALS, strict=True))
        yield line(f"{''.join(shown)}{totals.count}")


@click.command()
@click.argument("settlement", metavar="SETL_ID")
@centre_option
@profile_option
@click.option("--html", is_flag=True, help="As a page of HTML.")
@json_option
def receipt(settlement: str, centre: str, profile: str, html: bool, as_json: bool) -> ExitCode:
    """Print the slip of a settlement again, as text or as a page."""
    from datetime import UTC, datetime

    from terminal.backoffice.insurance_desk import FindSettlement, FoundSettlement
    from terminal.cli.files import look_into, region_profile
    from terminal.cli.output import say, show
    from terminal.flow.receipt_page import receipt_page
    from terminal.flow.settlement_receipt import settlement_receipt
    from terminal.trace.as_json import entry_line
    from terminal.trace.as_text import receipt_lines
    from terminal.trace.entries import ReceiptEntry

    with closing(look_into(centre, region_profile(profile), lambda: datetime.now(UTC))) as office:
        answer: FoundSettlement = office.insurance(FindSettlement(settlement))
    found = answer.settlement
    if found is None:
        raise click.UsageError(
            f"there is no settlement {settlement!r}; 2102 and 2207 answer with its setl_id"
        )
    slip = settlement_receipt(found.setlinfo, found.place_name, found.setlinfo)
    if as_json:
        say(entry_line(ReceiptEntry(slip)))
    elif html:
        say(receipt_page(slip).rstrip("\n"))
    else:
        show(receipt_lines(slip))
    return ExitCode.DONE
