"""`ssc apdu`: command APDUs to a card, one `>` and one `<` line each."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from terminal.exit_codes import ExitCode

SCHEME = "virtual:"


@click.command()
@click.option(
    "--reader", required=True, metavar="virtual:FILE", help="The card: an image, in a virtual reader."
)
@click.option("--raw", is_flag=True, help="Send exactly these bytes; 61xx and 6Cxx are left to you.")
@click.argument("apdus", nargs=-1, required=True, metavar="HEX...")
def apdu(reader: str, raw: bool, apdus: tuple[str, ...]) -> ExitCode:
    """Power a card, send each APDU, write the image back.

    HEX is one command APDU; spaces inside are allowed. A single - reads them from stdin, one a line.
    The data of VERIFY, CHANGE PIN and key loading are shown as **; answers are shown as they are.
    """
    from terminal.cli.exchange import parse_hex, send_all

    if not reader.startswith(SCHEME) or reader == SCHEME:
        raise click.ClickException(
            f"{reader!r} is no reader; {SCHEME}FILE puts a card image into a virtual one"
        )
    if apdus == ("-",):
        commands: Iterator[bytes] = (
            parse_hex(text, f"line {number}", raw) for number, text in enumerate(sys.stdin, 1) if text.strip()
        )
    else:
        commands = iter([parse_hex(text, f"argument {number}", raw) for number, text in enumerate(apdus, 1)])
    send_all(reader.removeprefix(SCHEME), commands, raw)
    return ExitCode.DONE
