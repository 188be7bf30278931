"""A counter's three PC/SC readers, on a machine that has no others and no PC/SC service."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import smartcard.scard
from cli_samples import SEED

from terminal.transport.pcsc.errors import NO_SERVICE
from terminal.transport.pcsc.virtual_scard import VirtualScard
from terminal.transport.virtual import VirtualReader
from virtual_card.issuer import issue
from virtual_card.slot import Slot

FRONT, SECOND, SAM = "Counter front 00 00", "Counter front 00 01", "Counter SAM 01 00"


class NoService:
    """pyscard on a machine without the PC/SC service."""

    def __getattr__(self, name: str) -> object:
        return getattr(smartcard.scard, name)

    def SCardEstablishContext(self, scope: int, /) -> tuple[int, int]:
        """What pyscard answers: the code as a signed number."""
        return NO_SERVICE - (1 << 32), 0


def without_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the PC/SC service away."""
    monkeypatch.setitem(sys.modules, "smartcard.scard", NoService())  # type: ignore[arg-type]


@contextmanager
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Slot]]:
    """The slots of the three readers, by name; a social security card in the first."""
    scard = VirtualScard(NoService())  # type: ignore[arg-type]
    slots = {name: Slot(name) for name in (FRONT, SECOND, SAM)}
    slots[FRONT].insert(issue("ssc-2.0", SEED))
    for name, slot in slots.items():
        scard.readers.add(name, VirtualReader(slot))
    monkeypatch.setitem(sys.modules, "smartcard.scard", scard)  # type: ignore[arg-type]
    try:
        yield slots
    finally:
        for name in slots:
            scard.readers.remove(name)
