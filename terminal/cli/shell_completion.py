"""What the word under the cursor may become: commands, directories, files, items, values of code tables, keys."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from apdu.keys import KEYS
from terminal.cli.shell_core import Shell
from terminal.cli.shell_tree import NoSuchNameError, find_file, find_target, item_name, values_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """One completion of the last word, and what it is in both languages."""

    word: str
    meaning: str


def candidates(shell: Shell, text: str) -> tuple[str, list[Candidate]]:
    """The word being typed at the end of `text`, and what it may become. Never raises, never talks to the card."""
    words = _typed(text)
    if words is None:
        return "", []
    *before, word = words
    found = _commands(shell) if not before else _arguments(shell, before)
    return word, [one for one in found if one.word.casefold().startswith(word.casefold())]


def _typed(text: str) -> list[str] | None:
    """The words so far, the last one empty after a space; None inside a quotation."""
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    return [*words, ""] if not words or text[-1:].isspace() else words


def _commands(shell: Shell) -> Iterator[Candidate]:
    for name, command in shell.commands.items():
        yield Candidate(name, f"{command.help.en} {command.help.zh}")


def _arguments(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    command = shell.commands.get(before[0])
    place = len(before) - 1
    if command is None or place >= len(command.completes):
        return iter(())
    return _SOURCES[command.completes[place]](shell, before[1:])


def _directories(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    for entry in shell.card.present:
        yield Candidate(entry.name, entry.label_zh)


def _files(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    here = shell.card.directory
    for file in here.files if here else ():
        yield Candidate(file.path.rpartition("/")[2], f"{file.name} {file.name_zh}")
    for entry in shell.card.present:
        if entry is not here:
            for file in entry.files:
                yield Candidate(file.path, f"{file.name} {file.name_zh}")


def _items(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    card = shell.card
    try:
        _, spec = find_file(card.directories, card.directory, before[0])
    except NoSuchNameError:
        return
    for item in spec.items:
        if item.children:
            for child in item.children:
                yield Candidate(f"{item_name(item)}/{item_name(child)}", f"{child.name} {child.name_zh}")
        else:
            yield Candidate(item_name(item), f"{item.name} {item.name_zh}")


def _values(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    card = shell.card
    try:
        _, spec = find_file(card.directories, card.directory, before[0])
        item = find_target(spec, before[1]).written
    except NoSuchNameError:
        return
    for code in values_of(item):
        yield Candidate(str(code), f"{code.en} {code.zh}")


def _keys(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    here = shell.card.directory
    for key in KEYS:
        if key.reference is not None and here is not None and key.owner in ("SSSE", here.name):
            yield Candidate(key.name, f"{key.purpose} {key.purpose_zh}")


def _words(shell: Shell, before: list[str]) -> Iterator[Candidate]:
    return _commands(shell)


_SOURCES: Mapping[str, Callable[[Shell, list[str]], Iterator[Candidate]]] = {
    "directory": _directories,
    "file": _files,
    "item": _items,
    "value": _values,
    "key": _keys,
    "command": _words,
}
