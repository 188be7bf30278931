"""`cancel`, `lock` and `unlock`: requests about a card's state that nobody need have the card for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from terminal.cli.channel_options import ask_about_card, card_number_option, centre_options, papers_options
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.backoffice.channel_ports import PlaceKind

for_good = click.option("--yes", is_flag=True, help="Agree: a cancelled card can never be used again.")


@click.command("cancel")
@card_number_option
@for_good
@papers_options
@centre_options
def cancel_at_counter(number: str | None, yes: bool, **options: Any) -> ExitCode:
    """Cancel a card for good (注销) at the wish of its identified holder; a locked one only the centre cancels."""
    from terminal.backoffice.channel_ports import PlaceKind

    return _cancel(PlaceKind.COUNTER, number, yes, options)


@click.command("cancel")
@card_number_option
@for_good
@centre_options
def cancel_at_centre(number: str | None, yes: bool, **options: Any) -> ExitCode:
    """Cancel a card for good (注销), a locked one too: the centre's own staff."""
    from terminal.backoffice.channel_ports import PlaceKind

    return _cancel(PlaceKind.CENTRE, number, yes, options)


def _cancel(kind: PlaceKind, number: str | None, yes: bool, options: dict[str, Any]) -> ExitCode:
    from terminal.backoffice.card_life_ports import CancelCard

    if not yes:
        raise click.ClickException("a cancelled card can never be used again; give --yes to go on")
    return ask_about_card(kind, number, options, CancelCard)


@click.command()
@card_number_option
@centre_options
def lock(number: str | None, **options: Any) -> ExitCode:
    """Lock the social application (应用锁定): the centre's own staff alone."""
    from terminal.backoffice.card_life_ports import LockCard
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(PlaceKind.CENTRE, number, options, lambda place, card, _: LockCard(place, card))


@click.command()
@card_number_option
@centre_options
def unlock(number: str | None, **options: Any) -> ExitCode:
    """Lift the lock of a card (解除锁定): the centre's own staff alone."""
    from terminal.backoffice.card_life_ports import UnlockCard
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(PlaceKind.CENTRE, number, options, lambda place, card, _: UnlockCard(place, card))
