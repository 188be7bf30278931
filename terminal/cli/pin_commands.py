"""`change-pin` and `reset-pin`, the same at every kind of place that may have them (R40)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from terminal.cli.channel_options import centre_options, order_of, papers_options, reader_options, require
from terminal.cli.options import pin_options
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.cli.channel_run import ChannelOrder


def add_pin_commands(group: click.Group, kind: str) -> None:
    """Let a group of commands have both; `kind` is the kind of its places, as profiles have it."""
    group.add_command(_changing(kind))
    group.add_command(_resetting(kind))


def _changing(kind: str) -> click.Command:
    @click.command("change-pin")
    @reader_options
    @papers_options
    @centre_options
    def change_pin(**options: Any) -> ExitCode:
        """Let the holder change the PIN: the present one, then the new one twice, typed here or line by line (R40)."""
        from terminal.cli.channel_run import with_card
        from terminal.flow.pin_change import change_pin

        order, papers = _order(kind, options)
        return with_card(order, lambda _: change_pin(papers))

    return change_pin


def _resetting(kind: str) -> click.Command:
    @click.command("reset-pin")
    @reader_options
    @papers_options
    @click.option("--unblock", is_flag=True, help="Keep the PIN, and give it its tries back.")
    @pin_options
    @centre_options
    def reset_pin(
        unblock: bool, pin: bool, pin_stdin: bool, pin_env: str | None, force: bool, **options: Any
    ) -> ExitCode:
        """Set a new PIN on the card of an identified holder, or unblock the old one (R40)."""
        from terminal.cli.channel_run import with_card
        from terminal.cli.pin_source import pin_source
        from terminal.flow.errands import renew_pin

        order, papers = _order(kind, options)
        source = pin_source(pin=pin, pin_stdin=pin_stdin, pin_env=pin_env, force=force)
        if (source is None) is not unblock:
            raise click.ClickException("give the new PIN (--pin, --pin-stdin or --pin-env), or --unblock")
        new = source.obtain() if source else None
        return with_card(order, lambda _: renew_pin(papers, new))

    return reset_pin


def _order(kind: str, options: dict[str, Any]) -> tuple[ChannelOrder, Any]:
    from terminal.backoffice.channel_ports import PlaceKind

    order, papers = order_of(PlaceKind(kind), options)
    require(reader=order.reader)
    return order, papers
