"""Virtual cards that repeat themselves exactly, and slots that tell when a card failed or a fault never struck."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from terminal.testing.bench import Strictness, UnexpectedError, seeded
from terminal.testing.scripted_card import masked
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.errors import VirtualCardError
from virtual_card.faults import WatchedPlan
from virtual_card.issuer import issue
from virtual_card.slot import Slot


class CardFactory:
    """Issues cards whose challenges come from the seed as well."""

    def __init__(self, strictness: Strictness) -> None:
        self._strictness = strictness

    def __call__(
        self, kind: str = "ssc-3.0", seed: int = 1, *, state: str | None = None, **options: Any
    ) -> VirtualCard:
        """Issue a card; options and errors are those of `virtual_card.issuer.issue`."""
        card = issue(kind, seed, state=state, **{"random": seeded(f"{kind}/{seed}"), **options})
        if isinstance(card, ProcessorCard):
            card.strict = self._strictness.strict
        return card


class WatchedSlot(Slot):
    """A slot that notes when the card in it failed inside, so that no driver can swallow it."""

    def __init__(
        self,
        name: str,
        plan: WatchedPlan,
        strictness: Strictness,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(name, plan, sleep)
        self._plan = plan
        self._strictness = strictness

    def leftovers(self) -> list[str]:
        """The planned faults that never struck."""
        return [f"fault in slot {self.name!r} never struck: {fault}" for fault in self._plan.idle()]

    def _transmit(self, apdu: bytes) -> bytes:
        __tracebackhide__ = True
        try:
            return super()._transmit(apdu)
        except (VirtualCardError, UnexpectedError):
            raise
        except Exception as error:
            self._strictness.fail(_bug(error, apdu))


def _bug(error: Exception, apdu: bytes) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "unknown place"
    return f"the virtual card failed inside ({type(error).__name__} at {where}) on {masked(apdu)}"


class SlotFactory:
    """Makes slots, and sees that every planned fault strikes."""

    def __init__(self, strictness: Strictness) -> None:
        self._strictness = strictness

    def __call__(
        self,
        card: VirtualCard | None = None,
        faults: Iterable[Mapping[str, Any]] = (),
        *,
        name: str = "slot",
        sleep: Callable[[float], None] = time.sleep,
    ) -> WatchedSlot:
        """A slot with `card` in it, or an empty one; `sleep` is called with the seconds of a `slow` fault."""
        slot = WatchedSlot(name, WatchedPlan.from_data(faults), self._strictness, sleep)
        self._strictness.watch(slot.leftovers)
        if card is not None:
            slot.insert(card)
        return slot
