"""Options that the channels' commands share, and the order that they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from terminal.cli.options import MOMENT, centre_option, json_option, profile_option, quiet_option
from terminal.cli.reader_options import ADDRESS, patience_option
from terminal.cli.value_types import YAML_FILE

if TYPE_CHECKING:
    from terminal.backoffice.channel_ports import Papers, PlaceKind
    from terminal.backoffice.ports import Place, Request
    from terminal.cli.channel_run import ChannelOrder
    from terminal.exit_codes import ExitCode

F = TypeVar("F", bound=Callable[..., Any])


class CardNumber(click.ParamType[str]):
    """The number of a social security card; what is none is not repeated: it may be a person's."""

    name = "number"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Nine characters."""
        if not is_card_number(value):
            self.fail("a card number has nine letters and digits; this is none", param, ctx)
        return value


def is_card_number(text: str) -> bool:
    """Whether this has the form of a card number."""
    return len(text) == 9 and text.isascii() and text.isalnum()


CARD_NUMBER = CardNumber()


def _decorated(command: F, *options: Callable[[F], F]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


def centre_options(command: F) -> F:
    """`centre`, `profile`, `place`, `now`, `verbose`, `as_json`, `quiet`."""
    return _decorated(
        command,
        centre_option,
        profile_option,
        click.option("--place", metavar="CODE", help="The place's code.  [default: the region's first]"),
        click.option("--now", type=MOMENT, help="Stop the clock at this time, ISO 8601."),
        click.option("-v", "--verbose", is_flag=True, help="Every exchange, decoded to the field."),
        json_option,
        quiet_option,
    )


def reader_options(command: F) -> F:
    """`reader`, `psam`, `keys`, `wait_s`."""
    return _decorated(
        command,
        click.option("--reader", type=ADDRESS, metavar="ADDRESS", help="The card's reader, or its image."),
        click.option(
            "--psam",
            type=ADDRESS,
            metavar="ADDRESS",
            help="The PSAM's reader, or its image.  [default: the HSM]",
        ),
        click.option("--keys", type=YAML_FILE, metavar="FILE", help="YAML file of root keys for the HSM."),
        patience_option,
    )


def papers_options(command: F) -> F:
    """`id_card`, `agent_card`, `power_of_attorney`."""
    return _decorated(
        command,
        click.option(
            "--id-card",
            type=YAML_FILE,
            metavar="FILE",
            help="The holder's ID card as it was shown or told: a YAML file (id_number, name).",
        ),
        click.option(
            "--agent", "agent_card", type=YAML_FILE, metavar="FILE", help="The agent's own ID card, likewise."
        ),
        click.option("--power-of-attorney", is_flag=True, help="The agent shows a power of attorney."),
    )


card_number_option = click.option(
    "--card", "number", type=CARD_NUMBER, metavar="NUMBER", help="The card's number."
)
card_id_option = click.option("--card-id", metavar="HEX", help="The card identification number (卡识别码).")


def order_of(kind: PlaceKind, options: dict[str, Any]) -> tuple[ChannelOrder, Papers]:
    """The order of a command from its options, and the papers shown; takes both out of `options`."""
    from terminal.cli.channel_run import ChannelOrder, papers
    from terminal.cli.presenter import View, choose

    shown = papers(
        options.pop("id_card", None),
        options.pop("agent_card", None),
        options.pop("power_of_attorney", False),
    )
    verbose = options.pop("verbose")
    view = choose(options.pop("as_json"), options.pop("quiet"), View.FULL if verbose else View.SPOKEN)
    taken = {name: options.pop(name) for name in ("centre", "profile", "place", "now")}
    for name in ("reader", "psam", "keys", "wait_s"):
        if name in options:
            taken[name] = options.pop(name)
    return ChannelOrder(kind=kind, view=view, **taken), shown


def require(**named: object) -> None:
    """Raises ClickException naming the option that is missing; names as `card_id` for `--card-id`."""
    for name, value in named.items():
        if value is None:
            raise click.ClickException(f"--{name.replace('_', '-')} is needed here")


def ask_about_card(
    kind: PlaceKind,
    number: str | None,
    options: dict[str, Any],
    request: Callable[[Place, str, Papers], Request],
) -> ExitCode:
    """Put a request about one card, which is not at hand, from a place of this kind."""
    from terminal.cli.channel_run import without_card

    require(card=number)
    assert number is not None
    order, papers = order_of(kind, options)
    return without_card(order, lambda place: request(place, number, papers))
