"""Runs `ssc` commands on a recording or replaying deck, and renders tapes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from terminal.cli.output import say
from terminal.exit_codes import ExitCode
from terminal.trace.tape import read_tape
from terminal.trace.tape_deck import Deck
from terminal.trace.tape_decks import record_tape, replay_tape


def run_recorded(
    out: str, words: Sequence[str], *, redacted: bool, overwrite: bool, now: datetime | None
) -> ExitCode:
    """Run a command and write its tape; a tape on which nothing happened is not kept."""
    _refuse_tape(words)
    if Path(out).exists() and not overwrite:
        raise click.ClickException(f"{out} exists; name another file, or give --force to replace it")
    with record_tape(
        out,
        now or datetime.now(UTC),
        elapsed_s=(lambda: 0.0) if now else time.monotonic,
        redacted=redacted,
        command=words,
        overwrite=overwrite,
    ) as deck:
        try:
            code = _run(words, deck)
        finally:
            events = deck.events
            if not events:
                Path(out).unlink()
    if not events:
        raise click.ClickException(
            f"nothing was recorded: `ssc {words[0]}` used no reader and no back office"
        )
    kept = "stand-ins for PINs, keys and ID numbers" if redacted else "real PINs, keys and ID numbers"
    say(f"{out}: {events} events recorded, with {kept}", err=True)
    return code


def run_replayed(path: str, words: Sequence[str]) -> ExitCode:
    """Run a command on a tape: the recorded one where no other is given. Raises TapeMismatchError."""
    tape = read_tape(path)
    command = words or tape.header.command
    if not command:
        raise click.ClickException(
            f"{path} names no command; say which one: ssc tape replay {path} -- COMMAND"
        )
    _refuse_tape(command)
    with replay_tape(tape, words or None) as deck:
        code = _run(command, deck)
    say(f"{path}: {len(tape.entries)} events replayed, all as recorded", err=True)
    return code


def rendered(path: str, form: str) -> bytes:
    """A tape in one of the forms of `ssc tape render`."""
    from terminal.trace import tape_pcap, tape_render

    tape = read_tape(path)
    if form == "pcapng":
        return tape_pcap.as_pcapng(tape)
    forms = {"text": tape_render.as_text, "markdown": tape_render.as_markdown, "html": tape_render.as_html}
    return ("\n".join(forms[form](tape)) + "\n").encode("utf-8", "backslashreplace")


def _refuse_tape(words: Sequence[str]) -> None:
    if words[0] == "tape":
        raise click.ClickException("a tape cannot record or replay `ssc tape`; name another command")


def _run(words: Sequence[str], deck: Deck) -> ExitCode:
    from terminal.cli.main import cli

    with cli.make_context("ssc", list(words), obj=deck) as context:
        return ExitCode(cli.invoke(context) or ExitCode.DONE)
