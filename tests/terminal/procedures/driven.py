"""Drives flows against virtual cards in their slots, a PSAM among them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from apdu.commands import verify
from apdu.layout import card_layout
from terminal.errors import expect_ok
from terminal.flow.authentication import Access, Means, start_psam
from terminal.flow.steps import Flow, PowerOn, Procedure, Role, on
from terminal.procedures.files import select_directory
from terminal.procedures.social import SocialCard, read_issuer_data
from terminal.session import Session
from terminal.text import Pin
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.slot import Slot

NOW = datetime(2030, 1, 15, 1, 30, tzinfo=UTC)


class Bench:
    """A terminal with a social security card and a PSAM; nobody operates it, and only a centre given answers."""

    def __init__(self, card: VirtualCard, psam: VirtualCard, centre: Any = None) -> None:
        slots = {Role.NEW: Slot("card"), Role.PSAM: Slot("psam")}
        slots[Role.NEW].insert(card)
        slots[Role.PSAM].insert(psam)
        readers = {role: VirtualReader(slot) for role, slot in slots.items()}
        self.access = Access(Means.PSAM)
        self.shown: list[Any] = []
        self.session = Session(
            readers,
            operator=nobody_asks(self.shown),
            back_office=nobody_asks() if centre is None else centre,
            now=lambda: NOW,
            random=random.Random(3).randbytes,
        )

    def run(self, directory: str, pin: str | None, act: Any) -> Any:
        """Power on, identify the card, select `directory`, verify the PIN, then `act(access, role, card)`."""
        return self.session.run(self._flow(directory, pin, act))

    def _flow(self, name: str, pin: str | None, act: Any) -> Flow[Any]:
        atr = yield PowerOn(Role.NEW)
        yield from start_psam(self.access)
        fci = yield from on(Role.NEW, select_directory(card_layout("3.0")[0]))
        card: SocialCard = yield from on(Role.NEW, read_issuer_data(atr, fci))
        directory = next(entry for entry in card_layout(card.version) if entry.name == name)
        yield from on(Role.NEW, select_directory(directory))
        if pin is not None:
            yield from on(Role.NEW, _verified(pin))
        return (yield from act(self.access, Role.NEW, card))


def _verified(pin: str) -> Procedure[None]:
    command = verify(Pin(pin).bcd())
    response = yield command
    expect_ok(command, response, "verifying the PIN")


def nobody_asks(shown: list[Any] | None = None) -> Any:
    """An operator or centre that these flows never ask anything; what is shown to it is kept in `shown`."""

    class Nobody:
        def show(self, step: Any) -> None:
            assert shown is not None
            shown.append(step)

        def __getattr__(self, name: str) -> Any:
            return lambda step: (_ for _ in ()).throw(AssertionError(f"{name} was asked"))

    return Nobody()
