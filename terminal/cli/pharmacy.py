"""`ssc pharmacy`: the counter of a designated pharmacy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from terminal.cli import pharmacy_till
from terminal.cli.channel_options import papers_options
from terminal.cli.options import MOMENT, dry_run_option, json_option, profile_option, quiet_option
from terminal.cli.pin_commands import add_pin_commands
from terminal.cli.query_command import add_query
from terminal.cli.reader_options import ADDRESS, patience_option
from terminal.cli.value_types import CARD_FILE, CENTRE_FILE, YAML_FILE
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.backoffice.channel_ports import Papers

READERS_STAND_ALONE = (
    "--reader, or --old-reader and --new-reader, stand alone: a person moves the cards; "
    "leave out --old-card, --new-card, --script and --one-reader"
)


@click.group()
def pharmacy() -> None:
    """What happens at the counter of a designated pharmacy."""


pharmacy.add_command(pharmacy_till.purchase)
pharmacy.add_command(pharmacy_till.refund)
pharmacy.add_command(pharmacy_till.reconcile)
add_pin_commands(pharmacy, "pharmacy")
add_query(pharmacy, "pharmacy")


@pharmacy.command()
@click.option("--old-card", type=CARD_FILE, metavar="FILE", help="Image of the old medical card.")
@click.option("--new-card", type=CARD_FILE, metavar="FILE", help="Image of the social security card.")
@click.option(
    "--reader",
    type=ADDRESS,
    metavar="ADDRESS",
    help="The one reader for both cards, in turn, in place of images.",
)
@click.option("--old-reader", type=ADDRESS, metavar="ADDRESS", help="The reader for the old medical card.")
@click.option(
    "--new-reader", type=ADDRESS, metavar="ADDRESS", help="The reader for the social security card."
)
@patience_option
@click.option(
    "--psam",
    type=ADDRESS,
    metavar="FILE|ADDRESS",
    help="Image of the terminal's PSAM, or the reader it sits in.",
)
@click.option("--hsm", is_flag=True, help="No PSAM: the centre's HSM authenticates.  [default]")
@click.option(
    "--centre",
    type=CENTRE_FILE,
    metavar="FILE|URL",
    help="The back office: a SQLite file, made on first use, a PostgreSQL URL, or the service at http://HOST:PORT.",
)
@papers_options
@profile_option
@click.option("--pharmacy", "place", metavar="CODE", help="The pharmacy's code.")
@click.option("--one-reader", is_flag=True, help="One reader, used twice.")
@click.option(
    "--script",
    type=YAML_FILE,
    metavar="FILE",
    help="YAML list of what the operator does; without it you are asked.",
)
@click.option(
    "--keys",
    type=YAML_FILE,
    metavar="FILE",
    help="YAML file of root keys for the HSM, as `ssc card new --keys`.",
)
@click.option("--now", type=MOMENT, help="Stop the clock at this time, ISO 8601.")
@click.option("-v", "--verbose", is_flag=True, help="Every exchange, decoded to the field.")
@dry_run_option
@json_option
@quiet_option
def activate(
    *,
    old_card: str | None,
    new_card: str | None,
    reader: str | None,
    old_reader: str | None,
    new_reader: str | None,
    wait_s: float,
    psam: str | None,
    hsm: bool,
    centre: str | None,
    id_card: str | None,
    agent_card: str | None,
    power_of_attorney: bool,
    profile: str,
    place: str | None,
    one_reader: bool,
    script: str | None,
    keys: str | None,
    now: datetime | None,
    verbose: bool,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> ExitCode:
    """Activate a social security card: the old medical card goes in, then the new card.

    In a region that needs no old card the new one alone goes in, with the holder's ID card (--id-card) where the region
    asks for it.

    The cards are images (--old-card, --new-card), written as the cards write and whole whenever the command ends;
    or a person puts cards into readers (--reader, or --old-reader and --new-reader). A dry run asks nobody: it
    plays the whole visit on copies of the images, or for readers on specimen cards, and shows every command.
    """
    from terminal.cli import activation, dry_visit, reader_activation
    from terminal.cli.channel_run import papers
    from terminal.cli.presenter import View, choose

    if psam and hsm:
        raise click.ClickException("--psam and --hsm exclude each other; give one of them")
    view = choose(as_json, quiet, View.FULL if verbose or dry_run else View.SPOKEN)
    common: dict[str, Any] = {
        "psam": psam,
        "centre": centre,
        "profile": profile,
        "pharmacy": place,
        "keys": keys,
        "now": now,
        "papers": papers(id_card, agent_card, power_of_attorney),
    }
    old_needed = _old_card_needed(profile, common["papers"])
    images = Pair("--old-card and --new-card", old_card, new_card, old_needed)
    readers = Pair(
        "--old-reader and --new-reader, or --reader", old_reader or reader, new_reader or reader, old_needed
    )
    if readers.given:
        if images.given or script or one_reader or (reader and (old_reader or new_reader)):
            raise click.ClickException(READERS_STAND_ALONE)
        old, new = readers.both()
        at_readers = reader_activation.ReaderOrder(**common, old=old or new, new=new, wait_s=wait_s)
        return (
            dry_visit.on_specimens(at_readers, view) if dry_run else reader_activation.run(at_readers, view)
        )
    old, new = images.both()
    order = activation.CardOrder(**common, old_card=old, new_card=new, one_reader=one_reader, script=script)
    return dry_visit.on_copies(order, view) if dry_run else activation.run(order, view)


def _old_card_needed(profile: str, papers: Papers) -> bool:
    """Whether the region's pharmacies take the old card first; refuses papers where they ask for none."""
    from terminal.backoffice.channel_ports import NO_PAPERS, PharmacyWay
    from terminal.cli.files import region_profile

    way = region_profile(profile).pharmacy_way
    if papers != NO_PAPERS and not way.card_alone:
        raise click.ClickException(
            f"pharmacies of profile {profile} ask for no ID card ({way.value}); leave the papers out"
        )
    return way is PharmacyWay.DUAL_INSERT


@dataclass(frozen=True, slots=True)
class Pair:
    """Two options that are given together, or the second alone where the region needs no old card."""

    options: str
    old: str | None
    new: str | None
    old_needed: bool

    @property
    def given(self) -> bool:
        """At least one of them."""
        return self.old is not None or self.new is not None

    def both(self) -> tuple[str | None, str]:
        """Both values; raises ClickException where one is missing that is needed."""
        if self.new is None or (self.old is None and self.old_needed):
            what = "both cards are needed" if self.old_needed else "the social security card is needed"
            raise click.ClickException(f"{what}: {self.options}")
        return self.old, self.new
