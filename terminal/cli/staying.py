"""Commands that stay until they are told to end: Ctrl-C, SIGTERM and a closed terminal end them alike."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from terminal.cli.output import say

ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def until_interrupted() -> Iterator[None]:
    """A block that Ctrl-C, SIGTERM or SIGHUP ends as it is meant to end: what it opened is closed, the command goes on.

    A signal that is ignored stays ignored, as under nohup.
    """
    before = {number: signal.getsignal(number) for number in ENDINGS}
    taken = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in taken:
        signal.signal(number, _interrupt)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)


def say_unfinished(names: Iterable[str]) -> None:
    """Say in one line what a service did not wait for when it was told to end; nothing where there is none."""
    if left := ", ".join(names):
        say(f"未等待 Still under way and not waited for: {left}; who asked got no answer", err=True)
