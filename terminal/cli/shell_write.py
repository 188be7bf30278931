"""`update`: one item of a file, typed as the layout declares it, planned before it is written."""

from __future__ import annotations

from typing import Any

import click

from apdu.command import Command
from apdu.commands import RecordMode, select_file, update_binary, update_record
from apdu.explain_fields import shown
from apdu.layout import FileSpec, LayoutError, Structure
from apdu.layout.access import NEVER
from apdu.layout.old_cards import OLD_CARDS
from terminal.cli.dry_run import plan, show_plan
from terminal.cli.shell_core import Shell
from terminal.cli.shell_look import go, read
from terminal.cli.shell_tree import Target, field_bytes, find_file, find_target, parse_value, record_with
from terminal.errors import expect_ok
from terminal.text import Text


def update(shell: Shell, words: list[str]) -> None:
    """Write an item after showing the commands and asking."""
    _update(shell, words, asked=not shell.assume_yes)


def update_without_asking(shell: Shell, words: list[str]) -> None:
    """Write an item; the commands are shown, nobody is asked."""
    _update(shell, words, asked=False)


def _update(shell: Shell, words: list[str], *, asked: bool) -> None:
    card = shell.card
    directory, spec = find_file(card.directories, card.directory, words[0])
    if (
        card.kind in OLD_CARDS
        or spec.update == NEVER
        or spec.structure in (Structure.CYCLIC, Structure.INTERNAL)
    ):
        raise click.ClickException(f"{spec.path} is never written by a terminal")
    target = find_target(spec, words[1])
    value = parse_value(target.written, words[2])
    if asked and shell.asking is None and not shell.dry_run:
        raise click.ClickException(
            "nobody is there to confirm; write `update!`, or start the shell with --yes"
        )
    if directory is not card.directory:
        go(shell, directory.name)
    writing = _writing(shell, spec, target, value)
    commands = (select_file(spec.fid), writing)
    show_plan(plan(commands, card.copy_of_place()), as_json=shell.as_json)
    if shell.dry_run:
        return
    if asked and not _confirmed(shell, spec, target, value):
        shell.say("nothing was written 未写入")
        return
    for command in commands:
        expect_ok(command, card.exchange(command), f"writing {spec.path} item {words[1]}", str(spec.update))
    shell.say(f"{spec.path} item {words[1]} written 已写入")


def _confirmed(shell: Shell, spec: FileSpec, target: Target, value: Any) -> bool:
    assert shell.asking is not None
    item = target.written
    told = shown(value, item) or "empty 空"
    return shell.asking.confirm(
        Text(f"Write {told!r} to {spec.path}, {item.name}?", f"写入{spec.path} {item.name_zh}？")
    )


def _writing(shell: Shell, spec: FileSpec, target: Target, value: Any) -> Command:
    """The one command that writes: a field at its offset, a record by its tag or, of several, by its number."""
    if spec.structure is Structure.TRANSPARENT:
        return update_binary(target.item.offset or 0, field_bytes(spec, target, value))
    if target.occurrence == 1 and target.child is None:
        record = record_with(spec, target, value, None)
        return update_record(record[0], record, mode=RecordMode.FIRST)
    number, present = _present(shell, spec, target)
    return update_record(number, record_with(spec, target, value, present))


def _present(shell: Shell, spec: FileSpec, target: Target) -> tuple[int, bytes]:
    """Number and bytes of the record that is to be changed, read from the card."""
    records = read(shell, spec).records
    matching = [
        (number, record)
        for number, record in enumerate(records, 1)
        if record[:1] == bytes((target.item.tag or 0,))
    ]
    if len(matching) < target.occurrence:
        raise LayoutError(
            spec.path,
            target.item.label,
            0,
            f"the card lets {len(matching)} such records be read; it has to be read first",
        )
    return matching[target.occurrence - 1]
