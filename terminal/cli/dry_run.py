"""Dry runs: the commands that would be sent, decoded, and nothing sent.

The plan of given APDUs is their decoding. The plan of a procedure is a run on a specimen: a made-up card of the
kind, in process, forgotten at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.response import Response
from terminal.cli.decode_text import field_lines
from terminal.cli.output import say, show
from terminal.text import Text
from terminal.trace.as_json import both, field_values, json_line
from terminal.trace.as_text import Line, line, name_of
from terminal.trace.columns import WIDTH, wrap
from terminal.transport.base import Reader

SPECIMEN_SEED = 1
ACCEPTED = Response(b"", 0x9000)
"""The answer a plan goes on from, so that a selection leads where it should."""


class Basis(Enum):
    """What a plan was made from."""

    COMMANDS = "commands"
    COPIES = "copies"
    SPECIMEN = "specimen"

    @property
    def text(self) -> Text:
        """The same for people."""
        return _TEXTS[self]


_TEXTS = {
    Basis.COMMANDS: Text(
        "Dry run: these commands would be sent; nothing was sent.", "试运行：以下命令未发送。"
    ),
    Basis.COPIES: Text(
        "Dry run on copies of the images: no image and no centre is written to.",
        "试运行：使用卡映像副本，不写入任何文件。",
    ),
    Basis.SPECIMEN: Text(
        "Dry run on a specimen card: a made-up card of this kind, not the one in the reader.",
        "试运行：使用样卡，不访问读卡器中的卡。",
    ),
}


def announce(basis: Basis, *, as_json: bool = False) -> None:
    """Say, before anything else, that nothing that follows touches what was named."""
    if as_json:
        say(json_line("dry-run", {"basis": basis.value, **both(basis.text)}))
    else:
        for part in wrap(name_of(basis.text), WIDTH):
            say(part)


def specimen_reader(kind: str) -> Reader:
    """A reader with a made-up card of this kind in it; raises IssueError for an unknown kind."""
    from terminal.transport.virtual import VirtualReader
    from virtual_card.issuer import issue
    from virtual_card.slot import Slot

    slot = Slot(f"specimen {kind}")
    slot.insert(issue(kind, SPECIMEN_SEED))
    return VirtualReader(slot)


def plan(commands: Iterable[Command], explainer: Explainer) -> list[Explanation]:
    """Commands explained in their order, as if the card accepted each; `explainer` says where the card stands."""
    return [explainer.explain(command, ACCEPTED) for command in commands]


def show_plan(planned: Iterable[Explanation], *, as_json: bool = False) -> None:
    """Show planned commands, masked by meaning; their answers are not known, so none are shown."""
    for number, told in enumerate(planned, 1):
        show_planned(number, told, as_json=as_json)


def show_planned(number: int, told: Explanation, *, as_json: bool) -> None:
    """Show one planned command; where a specimen answered, its fields have the answer's meaning too."""
    if as_json:
        say(planned_line(number, told))
    else:
        show(planned_lines(number, told))


def planned_line(number: int, told: Explanation) -> str:
    """One planned command as a line of JSON."""
    values = {
        "number": number,
        "command": told.command_hex,
        "title": told.title,
        "title_zh": told.title_zh,
        "path": told.path,
        "fields": [field_values(field) for field in told.fields],
    }
    return json_line("planned", values)


def planned_lines(number: int, told: Explanation) -> Iterator[Line]:
    """One planned command as lines."""
    yield line(f"{number:>3}  ", (f"{told.title} {told.title_zh}", "cyan"), "  ", (told.path, "magenta"))
    for count, part in enumerate(wrap(told.command_hex, 70)):
        yield line("     ", ("  " if count else "> ") + part)
    yield from field_lines(told.fields, margin=7)
