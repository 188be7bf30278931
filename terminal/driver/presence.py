"""Whether whoever called a function is still there to hear its answer: a keypad asks nobody's holder for a PIN."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LOOK_EVERY_S = 0.25
"""How often a keypad that waits for a person looks."""

_there: ContextVar[Callable[[], bool]] = ContextVar("_there", default=lambda: True)


@contextmanager
def calling(there: Callable[[], bool]) -> Iterator[None]:
    """Calls in this block, and in this thread, are made for somebody of whom `there` tells."""
    before = _there.set(there)
    try:
        yield
    finally:
        _there.reset(before)


def somebody_waits() -> bool:
    """Whether the caller of this thread is there; True where nobody said who it is."""
    return _there.get()()
