"""Bytes and power: `apdu`, `explain`, `reset`, `connect`, `help`, `quit`."""

from __future__ import annotations

from apdu.command import Command
from apdu.decoding import context, decode
from apdu.layout import Structure
from terminal.cli.decode_text import decoded_lines, field_lines, pasted_hex
from terminal.cli.dry_run import plan, show_plan
from terminal.cli.exchange import masked_command
from terminal.cli.shell_core import Leave, Shell
from terminal.trace.as_text import labelled, line

WAIT_S = 60.0


def apdu(shell: Shell, words: list[str]) -> None:
    """Send one command APDU and explain the exchange; secrets in it are masked, the answer is as it is."""
    command = Command.parse(pasted_hex("".join(words), "the line"))
    if shell.dry_run:
        show_plan(plan((command,), shell.card.copy_of_place()), as_json=shell.as_json)
        return
    response, told = shell.card.explained(command)
    shell.say(f"> {masked_command(command.encode())}")
    shell.say(f"< {response.encode().hex().upper()}")
    shell.show(field_lines(told.fields))
    remedy = f" ({told.remedy} {told.remedy_zh})" if told.remedy else ""
    shell.say(f"  {told.sw:04X} {told.meaning} {told.meaning_zh}{remedy}")


def explain(shell: Shell, words: list[str]) -> None:
    """Decode bytes without sending them, as `ssc decode`; a record is taken to be of the current file."""
    card = shell.card
    spec = card.explainer.place.file
    record_of = spec.path if spec is not None and spec.structure is not Structure.TRANSPARENT else None
    known = context(card.kind, record_of, None, None, masked=True)
    shell.show(decoded_lines(decode(pasted_hex(" ".join(words), "the line"), known, None)))


def reset(shell: Shell, words: list[str]) -> None:
    """Reset the card: it forgets selection and rights."""
    shell.say(shell.card.reset().hex().upper())


def connect(shell: Shell, words: list[str]) -> None:
    """Power the card on again; waits for one where there is none."""
    card = shell.card
    card.close()
    if not card.reader.card_present():
        shell.say(f"请插卡 Insert the card ({card.reader.name}); Ctrl-C gives up")
        card.reader.wait(True, None if shell.asking else WAIT_S)
    card.connect()


def help_(shell: Shell, words: list[str]) -> None:
    """The commands, or how one is typed."""
    chosen = {name: one for name, one in shell.commands.items() if not words or name == words[0]}
    for one in chosen.values():
        shell.show(labelled(one.usage, one.help.en, margin=2, column=34))
        shell.show([line(" " * 36, (one.help.zh, "dim"))])


def leave(shell: Shell, words: list[str]) -> None:
    """End the shell."""
    raise Leave
