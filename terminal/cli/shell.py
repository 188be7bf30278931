"""`ssc shell`: a person, or a script on stdin, at a card."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from terminal.cli.options import dry_run_option, json_option
from terminal.cli.reader_options import ADDRESS, OpenReaders, reader_argument, wait_option
from terminal.exit_codes import ExitCode
from terminal.text import Text

if TYPE_CHECKING:
    from terminal.cli.shell_core import Shell

SOMEBODY = Text("Is somebody at the terminal?", "终端前是否有人？")


@click.command()
@reader_argument
@click.option("--psam", type=ADDRESS, metavar="ADDRESS", help="The reader of the PSAM, for `auth`.")
@click.option("--yes", is_flag=True, help="`update` writes without asking.")
@dry_run_option
@wait_option
@click.option("-v", "--verbose", is_flag=True, help="Every exchange, decoded to the field.")
@json_option
def shell(
    *,
    address: str,
    psam: str | None,
    yes: bool,
    dry_run: bool,
    wait_s: float | None,
    verbose: bool,
    as_json: bool,
) -> ExitCode:
    """Look around on a card: ls, cd, cat, update, verify, auth, apdu.

    `help` in it lists the commands. At a terminal it has history and completion; otherwise it reads commands from
    stdin, goes on after one that fails, and ends with the exit code of the first that did.
    """
    from terminal.cli.deck import current_deck
    from terminal.cli.dry_run import Basis, announce
    from terminal.cli.shell_card import CardInHand
    from terminal.cli.shell_commands import COMMANDS
    from terminal.cli.shell_core import Shell
    from terminal.transport.base import NoCardError

    with ExitStack() as stack:
        opened = OpenReaders(stack)
        reader = opened.open("reader", address)
        sam = None if psam is None else opened.open_psam(psam)
        card = CardInHand(reader, sam, current_deck().random(os.urandom))
        stack.callback(card.close)
        one = Shell(card, COMMANDS, assume_yes=yes, dry_run=dry_run, verbose=verbose, as_json=as_json)
        card.watch = one.watch
        if dry_run:
            announce(Basis.COMMANDS, as_json=as_json)
        if not reader.card_present() and (wait_s is None or not reader.wait(True, wait_s)):
            raise NoCardError(f"no card in {reader.name}; insert one, or give --wait SECONDS to wait for it")
        card.connect()
        if current_deck().choice(SOMEBODY, lambda: sys.stdin.isatty() and sys.stdout.isatty()):
            from terminal.cli.shell_prompt import converse

            converse(one)
            return ExitCode.DONE
        return _script(one)


def _script(one: Shell) -> ExitCode:
    from terminal.cli.deck import input_lines
    from terminal.cli.shell_core import Leave

    try:
        for number, text in enumerate(input_lines(), 1):
            one.execute(text, f"line {number}: ")
    except Leave:
        pass
    return one.failed
