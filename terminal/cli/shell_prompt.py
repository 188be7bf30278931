"""The shell at a terminal: prompt, history, completion; Ctrl-C drops the line, Ctrl-D ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from terminal.cli.deck import current_deck
from terminal.cli.output import say
from terminal.cli.shell_completion import candidates
from terminal.cli.shell_core import Asking, Leave, Shell
from terminal.cli.shell_history import history_file, storable
from terminal.text import Text

WRITE = Text("Write the item?", "写入该项？")
"""What a tape says was asked: the question itself names the value."""


class CardCompleter(Completer):
    """Completes from what is known of the card, without talking to it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The candidates for the word before the cursor."""
        word, found = candidates(self._shell, document.text_before_cursor)
        for one in found:
            yield Completion(one.word, -len(word), display_meta=one.meaning)


class LinesWithoutSecrets(FileHistory):
    """History that neither keeps nor offers a line with something secret in it."""

    def __init__(self, shell: Shell, path: str) -> None:
        self._shell = shell
        super().__init__(path)

    def append_string(self, string: str) -> None:
        """Keep a line that may be kept."""
        if storable(self._shell, string):
            super().append_string(string)


def converse(shell: Shell) -> None:
    """Read and carry out lines until the person leaves."""
    shell.asking = Asking(_confirm)
    deck, prompt = current_deck(), Prompt(shell)
    say("help lists the commands 命令列表, Ctrl-D ends 退出")
    while True:
        try:
            typed = deck.line(prompt.read)
            if typed is None:
                return
            shell.execute(typed)
        except KeyboardInterrupt:
            continue
        except Leave:
            return


class Prompt:
    """Where a person types; nothing of it is made before the first line is wanted, which a replay never does."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @cached_property
    def _session(self) -> PromptSession[str]:
        return PromptSession(
            history=LinesWithoutSecrets(self._shell, str(history_file())),
            completer=CardCompleter(self._shell),
            complete_while_typing=False,
            enable_history_search=True,
        )

    def read(self) -> str | None:
        """The next line, None after Ctrl-D; raises KeyboardInterrupt."""
        try:
            return self._session.prompt(f"{prompt_text(self._shell)}> ")
        except EOFError:
            return None


def prompt_text(shell: Shell) -> str:
    """The kind of card and where it stands."""
    card = shell.card
    if not card.connected:
        return "no card 无卡"
    place = card.explainer.place
    here = place.directory.name if place.directory else place.path
    return ":".join(part for part in (card.kind or "card", here) if part)


def _confirm(text: Text) -> bool:
    return current_deck().choice(WRITE, lambda: click.confirm(f"{text.zh} {text.en}", default=False))
