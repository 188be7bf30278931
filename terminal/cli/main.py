"""The `ssc` command: its groups, loaded when they are used, and the one place where every command ends."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from terminal.exit_codes import ExitCode

COMMANDS = {
    "demo": ("terminal.cli.demo", "demo", "Play the whole dual insert on two virtual cards."),
    "pharmacy": (
        "terminal.cli.pharmacy",
        "pharmacy",
        "What happens at the counter of a designated pharmacy.",
    ),
    "counter": (
        "terminal.cli.counter",
        "counter",
        "What happens at a service counter of the social security department.",
    ),
    "bank": ("terminal.cli.bank", "bank", "What happens at an outlet of the bank that issued the card."),
    "hospital": ("terminal.cli.hospital", "hospital", "What happens at a designated hospital."),
    "phone": (
        "terminal.cli.remote_channels",
        "phone",
        "What the official phone line does: an operator takes ID number and card number.",
    ),
    "online": (
        "terminal.cli.remote_channels",
        "online",
        "What the holder does in an app: ID number, card number and card identification number.",
    ),
    "centre": ("terminal.cli.centre", "centre", "The back office: bring cards in, look at them."),
    "serve": ("terminal.cli.serve", "serve", "The back office, or the reader driver, as a service."),
    "card": ("terminal.cli.card", "card", "Make, show and compare virtual cards."),
    "scenario": (
        "terminal.cli.scenario",
        "scenario",
        "Sessions as data: play them, or break them at every exchange.",
    ),
    "readers": (
        "terminal.cli.readers",
        "readers",
        "List PC/SC readers with the card in each, and card images in this directory.",
    ),
    "read": (
        "terminal.cli.read",
        "read",
        "Tell what card is in a reader, and read all that may be read of it.",
    ),
    "decode": ("terminal.cli.decode", "decode", "Decode whatever is pasted."),
    "shell": (
        "terminal.cli.shell",
        "shell",
        "Look around on a card: ls, cd, cat, update, verify, auth, apdu.",
    ),
    "apdu": ("terminal.cli.apdu", "apdu", "Power a card and send each APDU in one session."),
    "pcscd": (
        "terminal.cli.pcscd",
        "pcscd",
        "A PC/SC daemon of your own, with virtual readers, until Ctrl-C.",
    ),
    "tape": ("terminal.cli.tape", "tape", "Record sessions, replay them without a card, show them."),
    "driver": ("terminal.cli.driver", "driver", "The native libraries that POS software loads."),
    "slot": (
        "terminal.cli.slot",
        "slot",
        "Move cards and make things go wrong at a running `ssc serve driver`.",
    ),
    "doctor": (
        "terminal.cli.doctor",
        "doctor",
        "Look for what keeps readers from working, and say how to mend it.",
    ),
    "schema": ("terminal.cli.schema", "schema", "Print the JSON Schema of what --json prints."),
    "completion": (
        "terminal.cli.completion",
        "completion",
        "Print the script that makes your shell complete `ssc`.",
    ),
}
"""Name of each command, the module and object that carry it out, and its line in `ssc --help`."""

COMPLETION = "_SSC_COMPLETE"
"""The variable by which a shell's completion script asks for candidates."""


class Commands(click.Group):
    """A group whose commands are imported when they are called; whatever they raise ends in an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands and what they do, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, and the group's own options, without importing any."""
        named = [CompletionItem(name, help=text) for name, (_, _, text) in COMMANDS.items()]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [item for item in named if item.value.startswith(incomplete)] + options

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the exit codes mean."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(int(code)), code.meaning) for code in ExitCode])

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **options: Any
    ) -> NoReturn:
        """Run a command and end the process with its exit code."""
        if COMPLETION in os.environ:
            sys.exit(super().main(args, prog_name, complete_var=COMPLETION, **options))
        options["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, **options) or ExitCode.DONE
            sys.stdout.flush()
        except (KeyboardInterrupt, click.Abort) as error:  # what `report` imports may be there by half
            from terminal.cli.output import CANCELLED, say, say_trace

            say_trace(error)
            say(CANCELLED, err=True)
            code = ExitCode.CANCELLED
        except (Exception, SystemExit) as error:
            from terminal.cli.errors import report

            code = report(error)
        sys.exit(int(code))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.version_option(package_name="ssc-terminal", prog_name="ssc", message="%(prog)s %(version)s")
def cli() -> None:
    """A terminal for the Chinese social security card, its virtual cards and its back office."""


def main() -> NoReturn:
    """The console entry point."""
    _open_what_was_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli.main(prog_name="ssc")


def _open_what_was_closed() -> None:
    """A shell may start a command without one of its streams (`>&-`): then nothing is read, or nobody listens."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


if __name__ == "__main__":
    main()
