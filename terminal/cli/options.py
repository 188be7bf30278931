"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any, TypeVar

import click

from terminal.cli.value_types import CENTRE_FILE, PROFILE

SOCIAL_KINDS = ("ssc-1.0", "ssc-2.0", "ssc-3.0")
OLD_KINDS = ("sle4442", "sle4428", "old-cpu")
ALL_KINDS = (*SOCIAL_KINDS, *OLD_KINDS, "psam")
FIRST_YEAR, LAST_YEAR = 2000, 2999
SHANGHAI = timezone(timedelta(hours=8))

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
quiet_option = click.option("--quiet", is_flag=True, help="The receipt alone.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show the commands that would be sent, decoded; send and write nothing."
)
centre_option = click.option(
    "--centre",
    type=CENTRE_FILE,
    required=True,
    metavar="FILE|URL",
    help="The back office: a SQLite file, a PostgreSQL URL, or the service at http://HOST:PORT.",
)
profile_option = click.option(
    "--profile",
    type=PROFILE,
    default="default",
    show_default=True,
    metavar="NAME|FILE",
    help="Region profile: a name, or a YAML file.",
)


F = TypeVar("F", bound=Callable[..., Any])


def pin_options(command: F) -> F:
    """The options for a PIN: `pin`, `pin_stdin`, `pin_env`, `force`; `pin_source` makes one source of them."""
    for option in (
        click.option("--force", is_flag=True, help="Send the PIN though one try is left."),
        click.option("--pin-env", metavar="NAME", help="The PIN is in this environment variable."),
        click.option("--pin-stdin", is_flag=True, help="The PIN is the first line of standard input."),
        click.option("--pin", is_flag=True, help="Ask for the PIN: at the reader's keypad, else here."),
    ):
        command = option(command)
    return command


class Moment(click.ParamType[datetime]):
    """An instant as ISO 8601; without zone it is Shanghai's."""

    name = "iso8601"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The instant, with its zone."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write it like 2030-01-08T10:00:00+08:00", param, ctx)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail(f"{value!r}: the year is one of {FIRST_YEAR} to {LAST_YEAR}", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


MOMENT = Moment()


class Day(click.ParamType[date]):
    """A calendar day as ISO 8601."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it like 2030-01-31", param, ctx)


DAY = Day()
