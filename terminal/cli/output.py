"""Where commands write: plain lines, coloured on a terminal; a closed pipe or terminal never ends the work."""

from __future__ import annotations

import errno
import os
import stat
import sys
import traceback
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO
from weakref import WeakSet

import click

if TYPE_CHECKING:
    from terminal.trace.as_text import Line

CANCELLED = "cancelled; everything written so far is saved"

_silenced: WeakSet[TextIO] = WeakSet()


def say(text: str = "", *, err: bool = False) -> None:
    """Write one line; once the reader of the pipe is gone, or the terminal closed, nothing more, and no error."""
    stream = sys.stderr if err else sys.stdout
    if stream in _silenced:
        return
    try:
        click.echo(text, file=stream)
    except OSError as error:
        _silence_if_nobody_reads(stream, error)


def _silence_if_nobody_reads(stream: TextIO, error: OSError) -> None:
    """Raises the error where it has another cause, such as a full disk, and stderr is left to say so on.

    A terminal that was closed says EIO.
    """
    closed_terminal = error.errno == errno.EIO and stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    if not (closed_terminal or isinstance(error, BrokenPipeError) or stream is sys.stderr):
        raise error
    silence(stream)


def say_trace(error: BaseException) -> None:
    """With SSC_DEBUG set, the traceback of what a command ended with."""
    if os.environ.get("SSC_DEBUG"):
        traceback.print_exception(error)


def silence(stream: TextIO) -> None:
    """Let everything that is still written to a stream vanish, also what Python flushes at the end."""
    _silenced.add(stream)
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


def show(lines: Iterable[Line]) -> None:
    """Write styled lines: in colour where the output is a terminal and NO_COLOR is not set."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        _show_in_colour(lines)
        return
    for line in lines:
        say(line.plain)


def _show_in_colour(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    for line in lines:
        styled = Text.assemble(*line.pieces)
        styled.rstrip()
        try:
            console.print(styled, soft_wrap=True)
        except OSError as error:
            _silence_if_nobody_reads(sys.stdout, error)
            return
