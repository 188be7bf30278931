"""`ssc tape`: record what a command does with readers, people and the back office; replay it; show it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from terminal.cli.options import MOMENT
from terminal.exit_codes import ExitCode

FORMS = ("text", "markdown", "html", "pcapng")
TAPE_FILE = click.Path(dir_okay=False)


@click.group()
def tape() -> None:
    """Record sessions, replay them without a card, show them."""


@tape.command()
@click.argument("out", type=TAPE_FILE, metavar="OUT.tape")
@click.argument("command", nargs=-1, required=True, metavar="-- COMMAND ARGS...")
@click.option("--unredacted", is_flag=True, help="Write real PINs, keys and ID numbers; 0600.")
@click.option("--force", is_flag=True, help="Replace OUT.tape if it exists.")
@click.option("--now", type=MOMENT, help="Stop the tape's clock at this time, ISO 8601.")
def record(
    out: str, command: tuple[str, ...], unredacted: bool, force: bool, now: datetime | None
) -> ExitCode:
    """Run another ssc command and record it.

    Readers, prompts, the back office, clock and randomness go on the tape; PINs, keys and numbers that identify a
    person are replaced by stand-ins, with which the tape still replays.
    """
    from terminal.cli.tape_runs import run_recorded

    return run_recorded(out, command, redacted=not unredacted, overwrite=force, now=now)


@tape.command()
@click.argument("file", type=TAPE_FILE, metavar="TAPE")
@click.argument("command", nargs=-1, metavar="[-- COMMAND ARGS...]")
def replay(file: str, command: tuple[str, ...]) -> ExitCode:
    """Run the recorded command again, everything from the tape.

    Nothing is opened. The first thing that is not as recorded ends it with exit code 1, and so does anything that is
    left on the tape at the end. COMMAND is another command line to run in place of the recorded one.
    """
    from terminal.cli.tape_runs import run_replayed

    return run_replayed(file, command)


@tape.command()
@click.argument("file", type=TAPE_FILE, metavar="TAPE")
@click.option("--to", "form", type=click.Choice(FORMS), default="text", show_default=True, help="The form.")
@click.option("-o", "--output", type=TAPE_FILE, metavar="FILE", help="Write there, not to stdout.")
def render(file: str, form: str, output: str | None) -> ExitCode:
    """Show a tape: as text, for a bug report, or for Wireshark.

    Every exchange is decoded to the field. Secrets are left out, also those of an unredacted tape.
    """
    from terminal.cli.tape_runs import rendered

    if output is not None and Path(output).exists() and Path(output).samefile(file):
        raise click.ClickException(f"{output} is the tape itself; name another file")
    content = rendered(file, form)
    if output is not None:
        Path(output).write_bytes(content)
        return ExitCode.DONE
    if form == "pcapng" and sys.stdout.isatty():
        raise click.ClickException("pcapng is no text; name a file with -o, or pipe it into a program")
    click.echo(content, nl=False)
    return ExitCode.DONE
