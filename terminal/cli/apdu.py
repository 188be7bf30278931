"""`ssc apdu`: command APDUs to a card, one `>` and one `<` line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

import click

from terminal.cli.options import dry_run_option, json_option
from terminal.cli.reader_options import open_for, powered, reader_option, wait_option
from terminal.exit_codes import ExitCode


@click.command()
@reader_option
@click.option("--raw", is_flag=True, help="Send exactly these bytes; 61xx and 6Cxx are left to you.")
@wait_option
@dry_run_option
@json_option
@click.argument("apdus", nargs=-1, required=True, metavar="HEX...")
def apdu(
    *, address: str, raw: bool, wait_s: float | None, dry_run: bool, as_json: bool, apdus: tuple[str, ...]
) -> ExitCode:
    """Power a card and send each APDU in one session.

    ADDRESS is pcsc:NAME-PART, virtual:IMAGE, vpcd:HOST:PORT, tape:FILE, or the name of a card image,
    which is written back. HEX is one command APDU; spaces inside are allowed. A single - reads them from stdin,
    one a line.
    The data of VERIFY, CHANGE PIN and key loading are shown as **; answers are shown as they are. With --json each
    exchange is explained, and its answer masked too.
    """
    from apdu.command import Command
    from apdu.explain import Explainer
    from terminal.cli.deck import input_lines
    from terminal.cli.dry_run import Basis, announce, plan, show_plan
    from terminal.cli.exchange import parse_hex, send_all, tell_all

    if raw and as_json:
        raise click.ClickException("--raw and --json exclude each other: only whole exchanges are explained")
    if apdus == ("-",):
        commands: Iterator[bytes] = (
            parse_hex(text, f"line {number}", raw)
            for number, text in enumerate(input_lines(apdus=True), 1)
            if text.strip()
        )
    else:
        commands = iter([parse_hex(text, f"argument {number}", raw) for number, text in enumerate(apdus, 1)])
    if dry_run:
        announce(Basis.COMMANDS, as_json=as_json)
        planned = plan((Command.parse(command) for command in commands), Explainer())
        show_plan(planned, as_json=as_json)
        return ExitCode.DONE
    with ExitStack() as stack:
        connection = powered(open_for(stack, "reader", address), stack, wait_s)
        send = tell_all if as_json else partial(send_all, raw=raw)
        send(connection, commands)
    return ExitCode.DONE
