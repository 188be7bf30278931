"""`ssc phone` and `ssc online`: channels without a card reader; the card catches up at its next insertion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from terminal.cli.channel_options import (
    card_id_option,
    card_number_option,
    centre_options,
    order_of,
    papers_options,
    require,
)
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.backoffice.card_ports import (
        CardChanged,
        CardRequest,
        CardView,
        ElectronicCard,
        Enabled,
        Papers,
        PlaceKind,
    )
    from terminal.backoffice.ports import Place
    from terminal.flow.channel import Finished


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
    from terminal.backoffice.card_ports import Enable, PlaceKind

    return _ask(
        PlaceKind.PHONE,
        number,
        options,
        lambda place, card, papers: Enable(place, card, None, papers),
        _enabled,
    )


@phone.command("loss")
@card_number_option
@papers_options
@centre_options
def loss_by_phone(number: str | None, **options: Any) -> ExitCode:
    """Report a card lost for the time being (R41)."""
    from terminal.backoffice.card_ports import PlaceKind, ReportLoss

    return _ask(
        PlaceKind.PHONE,
        number,
        options,
        lambda place, card, papers: ReportLoss(place, card, False, papers),
        _lost,
    )


@online.command("activate")
@card_number_option
@card_id_option
@papers_options
@centre_options
def activate_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Activate a card online (R16); an active one is answered so, and nothing is changed."""
    from terminal.backoffice.card_ports import Enable, PlaceKind

    return _ask(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: Enable(place, card, card_id, papers),
        _enabled,
    )


@online.command("query")
@card_number_option
@card_id_option
@papers_options
@centre_options
def query_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Show a card's state and balance to its holder (R42)."""
    from terminal.backoffice.card_ports import PlaceKind, QueryCard

    return _ask(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: QueryCard(place, card, card_id, papers),
        viewed,
    )


@online.command("sign")
@card_number_option
@card_id_option
@papers_options
@centre_options
def sign_online(number: str | None, card_id: str | None, **options: Any) -> ExitCode:
    """Issue the electronic social security card (R22)."""
    from terminal.backoffice.card_ports import PlaceKind, SignElectronicCard

    return _ask(
        PlaceKind.ONLINE,
        number,
        options,
        lambda place, card, papers: SignElectronicCard(place, card, card_id, papers),
        _signed,
    )


def _ask(
    kind: PlaceKind,
    number: str | None,
    options: dict[str, Any],
    request: Callable[[Place, str, Papers], CardRequest],
    told: Callable[[Any], Finished],
) -> ExitCode:
    """Put a question about one card, which is not at hand, from a place of this kind."""
    from terminal.cli.channel_run import without_card

    require(card=number)
    assert number is not None
    order, papers = order_of(kind, options)
    return without_card(order, lambda place: request(place, number, papers), told)


def _enabled(answer: Enabled) -> Finished:
    from terminal.flow.channel import done
    from terminal.flow.errands import ACTIVATED, ALREADY

    return done("activated", ACTIVATED) if answer.activated else done("already-active", ALREADY)


def _lost(answer: CardChanged) -> Finished:
    from terminal.flow.channel import done
    from terminal.flow.errands import LOST

    return done("loss-reported", LOST[False])


def viewed(answer: CardView) -> Finished:
    """State and balance in one sentence."""
    from terminal.flow.channel import done
    from terminal.flow.texts import yuan
    from terminal.text import Text

    state, balance = answer.social, yuan(answer.balance_fen)
    name = state.name.lower().replace("_", " ")
    return done(
        "answered",
        Text(
            f"Card {answer.number}: {name}, balance {balance}.",
            f"卡{answer.number}：{state.zh}，个人账户余额{balance}。",
        ),
    )


def _signed(answer: ElectronicCard) -> Finished:
    from terminal.flow.channel import done
    from terminal.text import Text

    if answer.issued:
        return done("signed", Text("The electronic card is issued.", "电子社保卡已签发。"))
    return done("already-signed", Text("The electronic card was issued before.", "电子社保卡此前已签发。"))
