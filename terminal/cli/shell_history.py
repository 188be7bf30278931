"""The shell's history: a file of its owner's own, and no line in it that holds a secret or a slip of the tongue."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from apdu.command import Command, MalformedApduError
from apdu.instructions import find, secret_data
from apdu.layout import LayoutError, Secrecy
from apdu.redact import citizen_numbers
from terminal.cli.shell_core import Shell
from terminal.cli.shell_tree import NoSuchNameError, find_file, find_target

STATE_HOME = "XDG_STATE_HOME"


def history_file() -> Path:
    """The file, made with mode 0600 in the state directory of the XDG base directory specification."""
    home = os.environ.get(STATE_HOME, "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".local" / "state"
    folder = base / "ssc"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "shell-history"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    path.chmod(0o600)
    return path


def storable(shell: Shell, text: str) -> bool:
    """Whether a line may be kept: a known command, without secret bytes, identity numbers or surplus words.

    What is no command could be a PIN typed at the wrong prompt.
    """
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        return False
    if not words or words[0] not in shell.commands or citizen_numbers(text.encode()):
        return False
    least, most = shell.commands[words[0]].arguments
    if not least <= len(words) - 1 <= most:
        return False
    rule = _RULES.get(words[0])
    return rule is None or rule(shell, words[1:])


def _plain_bytes(shell: Shell, words: list[str]) -> bool:
    """Bytes that are a command without secret data; of others nobody can tell."""
    try:
        command = Command.parse(bytes.fromhex("".join(words)))
    except (MalformedApduError, ValueError):
        return False
    known = find(command.cla, command.ins) is not None
    return (
        known
        and not secret_data(command.cla, command.ins, command.data)
        and not citizen_numbers(command.data)
    )


def _open_item(shell: Shell, words: list[str]) -> bool:
    card = shell.card
    try:
        _, spec = find_file(card.directories, card.directory, words[0])
        return find_target(spec, words[1]).written.secrecy is Secrecy.OPEN
    except (NoSuchNameError, LayoutError):
        return False


def _variable_alone(shell: Shell, words: list[str]) -> bool:
    return not any(word.isdecimal() for word in words)


_RULES = {
    "apdu": _plain_bytes,
    "explain": _plain_bytes,
    "update": _open_item,
    "update!": _open_item,
    "verify": _variable_alone,
}
