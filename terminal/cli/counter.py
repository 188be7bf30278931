"""`ssc counter`: a service counter of the social security department."""

from __future__ import annotations

from typing import Any

import click

from terminal.cli.card_state_commands import cancel_at_counter
from terminal.cli.channel_options import (
    CARD_NUMBER,
    card_number_option,
    centre_options,
    is_card_number,
    order_of,
    papers_options,
    reader_options,
    require,
)
from terminal.cli.pin_commands import add_pin_commands
from terminal.cli.query_command import add_query
from terminal.cli.value_types import YAML_FILE
from terminal.exit_codes import ExitCode


@click.group()
def counter() -> None:
    """What happens at a service counter of the social security department."""


@counter.command()
@reader_options
@papers_options
@centre_options
def activate(**options: Any) -> ExitCode:
    """Activate a card at once, on the spot (R17)."""
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import with_card
    from terminal.flow.errands import enable

    order, papers = order_of(PlaceKind.COUNTER, options)
    require(reader=order.reader)
    return with_card(order, lambda _: enable(papers))


add_pin_commands(counter, "counter")
add_query(counter, "counter")
counter.add_command(cancel_at_counter)


@counter.command()
@card_number_option
@click.option("--formal", is_flag=True, help="A formal loss; otherwise for the time being.")
@papers_options
@centre_options
def loss(number: str | None, formal: bool, **options: Any) -> ExitCode:
    """Report a card lost (R41)."""
    from terminal.backoffice.card_life_ports import ReportLoss
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import without_card

    require(card=number)
    assert number is not None
    order, papers = order_of(PlaceKind.COUNTER, options)
    return without_card(order, lambda place: ReportLoss(place, number, formal, papers))


@counter.command()
@card_number_option
@reader_options
@papers_options
@centre_options
def release(number: str | None, **options: Any) -> ExitCode:
    """Release a loss (R21): of the card in the reader, or of one by its number."""
    from terminal.backoffice.card_life_ports import ReleaseLoss
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import with_card, without_card
    from terminal.flow.errands import release_loss

    order, papers = order_of(PlaceKind.COUNTER, options)
    _one_of(number, order.reader)
    if number is None:
        return with_card(order, lambda _: release_loss(papers))
    return without_card(order, lambda place: ReleaseLoss(place, number, papers))


@counter.command()
@click.option(
    "--lost", required=True, type=CARD_NUMBER, metavar="NUMBER", help="The number of the lost card."
)
@reader_options
@papers_options
@centre_options
def replace(lost: str, **options: Any) -> ExitCode:
    """Let the new card in the reader take the place of a formally lost one (R41).

    Bring the new card in with `ssc centre enrol` first.
    """
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import with_card
    from terminal.flow.errands import replace as replacing

    order, papers = order_of(PlaceKind.COUNTER, options)
    require(reader=order.reader)
    return with_card(order, lambda _: replacing(papers, lost))


@counter.command()
@click.option("--employer", metavar="NAME", help="With --list: the employer who collects the cards.")
@click.option("--list", "listed", type=YAML_FILE, metavar="FILE", help="YAML list of card numbers.")
@reader_options
@papers_options
@centre_options
def receive(employer: str | None, listed: str | None, **options: Any) -> ExitCode:
    """Hand over the card in the reader to its holder, or many cards to an employer by list (R18, R23)."""
    from terminal.backoffice.card_life_ports import HandOverToEmployer
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.channel_run import with_card, without_card
    from terminal.cli.input_files import InputFileError, read_shape
    from terminal.flow.errands import hand_over

    order, papers = order_of(PlaceKind.COUNTER, options)
    _one_of(listed, order.reader, names="--list FILE or --reader ADDRESS")
    if listed is None:
        return with_card(order, lambda _: hand_over(papers))
    require(employer=employer)
    assert employer is not None
    numbers = tuple(read_shape(listed, list[str], LIST_HINT, all_text=True))
    for line, number in enumerate(numbers, 1):
        if not is_card_number(number):
            raise InputFileError(f"{listed}: entry {line} is no card number; {LIST_HINT}")
    return without_card(order, lambda place: HandOverToEmployer(place, employer, numbers))


LIST_HINT = "a list of cards has one line for each: `- A00000017`"


def _one_of(first: object, second: object, names: str = "--card NUMBER or --reader ADDRESS") -> None:
    if (first is None) is (second is None):
        raise click.ClickException(f"give one of them: {names}")
