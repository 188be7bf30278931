"""`ssc phone` and `ssc online`: channels without a card reader; the card catches up at its next insertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from terminal.cli.channel_options import (
    ask_about_card,
    card_id_option,
    card_number_option,
    centre_options,
    papers_options,
)
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    pass


@click.group()
def phone() -> None:
    """What the official phone line does: an operator takes ID number and card number."""


@click.group()
def online() -> None:
    """What the holder does in an app: ID number, card number and card identification number."""


@phone.command("activate")
@card_number_option
@papers_options
@centre_options
def activate_by_phone(number: str | None, **options: Any) -> ExitCode:
    """Activate a card by phone (R15)."""
    from terminal.backoffice.card_ports import Enable
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.PHONE,
        number,
        options,
        lambda place, card, papers: Enable(place, card, None, papers),
    )


@phone.command("loss")
@card_number_option
@papers_options
@centre_options
def loss_by_phone(number: str | None, **options: Any) -> ExitCode:
    """Report a card lost for the time being (R41)."""
    from terminal.backoffice.card_life_ports import ReportLoss
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.PHONE,
        number,
        options,
        lambda place, card, papers: ReportLoss(place, card, False, papers),
    )


@online.command("activate")
@card_number_option
@card_id_option
@papers_options
@centre_options
def activate_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Activate a card online (R16); an active one is answered so, and nothing is changed."""
    from terminal.backoffice.card_ports import Enable
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: Enable(place, card, card_id, papers),
    )


@online.command("loss")
@card_number_option
@card_id_option
@papers_options
@centre_options
def loss_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Report a card lost for the time being (R41)."""
    from terminal.backoffice.card_life_ports import ReportLoss
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: ReportLoss(place, card, False, papers, card_id),
    )


@online.command("query")
@card_number_option
@card_id_option
@papers_options
@centre_options
def query_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Show a card's state and balance to its holder (R42)."""
    from terminal.backoffice.card_ports import QueryCard
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: QueryCard(place, card, card_id, papers),
    )


@online.command("sign")
@card_number_option
@card_id_option
@papers_options
@centre_options
def sign_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Issue the electronic social security card (R22)."""
    from terminal.backoffice.card_ports import SignElectronicCard
    from terminal.backoffice.channel_ports import PlaceKind

    return ask_about_card(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: SignElectronicCard(place, card, card_id, papers),
    )
