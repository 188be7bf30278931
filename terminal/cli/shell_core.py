"""The shell without a terminal: lines in, text out, errors counted; what a prompt or a script drives."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import click

from terminal.cli.errors import verdict
from terminal.cli.output import say
from terminal.cli.output import show as show_lines
from terminal.cli.shell_card import CardInHand, Exchanged
from terminal.exit_codes import ExitCode
from terminal.text import Text
from terminal.trace.as_json import entry_line
from terminal.trace.as_text import Line, entry_lines
from terminal.trace.entries import ExchangeEntry


class Leave(Exception):  # no error: the person is done
    """The person leaves the shell."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How the person at the terminal is asked for a yes."""

    confirm: Callable[[Text], bool]


@dataclass(slots=True)
class Shell:
    """One shell on one card. `asking` is None where nobody is there; `failed` the exit code of the first failure."""

    card: CardInHand
    commands: dict[str, ShellCommand]
    asking: Asking | None = None
    assume_yes: bool = False
    dry_run: bool = False
    verbose: bool = False
    as_json: bool = False
    failed: ExitCode = ExitCode.DONE
    _exchanges: int = field(default=0, init=False)

    def execute(self, text: str, place: str = "") -> None:
        """Carry out one line; whatever goes wrong is said once, with the line's `place`. Raises Leave."""
        try:
            words = _words(text)
            if words:
                self._dispatch(words)
        except Leave:
            raise
        except (Exception, KeyboardInterrupt) as error:
            code, message = verdict(error)
            say(f"{place}{message}", err=True)
            if not self.failed:
                self.failed = code

    def _dispatch(self, words: list[str]) -> None:
        command = self.commands.get(words[0])
        if command is None:
            shown = f"{words[0]}: " if words[0].isalpha() else ""  # it could be a PIN at the wrong prompt
            raise click.ClickException(f"{shown}no such command; `help` lists them")
        least, most = command.arguments
        if not least <= len(words) - 1 <= most:
            raise click.ClickException(f"usage: {command.usage}")
        if command.needs_card:
            _ = self.card.connection
        command.run(self, words[1:])

    def watch(self, exchanged: Exchanged) -> None:
        """Show an exchange where all are wanted."""
        self._exchanges += 1
        entry = ExchangeEntry(self._exchanges, exchanged.slot, exchanged.told)
        if self.as_json:
            say(entry_line(entry))
        elif self.verbose:
            show_lines(entry_lines(entry))

    def say(self, text: str) -> None:
        """Write a line for people; with --json there are only objects."""
        if not self.as_json:
            say(text)

    def show(self, lines: Iterable[Line]) -> None:
        """Write styled lines for people."""
        if not self.as_json:
            show_lines(lines)


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """One command: how it is typed, what it does, how many words it takes, and what completes them."""

    usage: str
    help: Text
    run: Callable[[Shell, list[str]], None]
    arguments: tuple[int, int] = (0, 0)
    completes: tuple[str, ...] = ()
    needs_card: bool = True


def _words(text: str) -> list[str]:
    """The words of a line, quotes as in a Unix shell; what follows # is a remark."""
    try:
        return shlex.split(text, comments=True)
    except ValueError as error:
        raise click.ClickException(f"{str(error).lower()} in this line") from None
