"""Readers by address: `pcsc:NAME-PART`, `virtual:IMAGE`, `vpcd:HOST:PORT`, `tape:FILE`, or an error that lists them.

A composition point: an address may lead to a real card, to a virtual one, or to a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from terminal.transport.base import Reader, ReaderError


class ReaderHintError(ReaderError):
    """An address that leads to no reader, or to more than one; the message lists the candidates."""


@contextmanager
def _virtual(path: str) -> Iterator[Reader]:
    from terminal.transport.virtual import VirtualReader
    from virtual_card.image import open_journalled
    from virtual_card.slot import Slot

    with open_journalled(path) as card:
        slot = Slot(path)
        slot.insert(card)
        yield VirtualReader(slot)


SCHEMES: Mapping[str, Callable[[str], AbstractContextManager[Reader]]] = {"virtual": _virtual}
"""What each scheme opens; each is a context manager that leaves nothing open behind it."""


def open_reader(address: str) -> AbstractContextManager[Reader]:
    """The one reader at an address; raises ReaderHintError, or what opening it raises, when entered."""
    scheme, colon, rest = address.partition(":")
    if not colon or scheme not in SCHEMES or not rest:
        known = ", ".join(f"{name}:..." for name in SCHEMES)
        raise ReaderHintError(f"{address!r} is no reader; known are {known}")
    return SCHEMES[scheme](rest)
