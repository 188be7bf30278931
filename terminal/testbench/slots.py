"""The slots of the bench: virtual ones that cards go in and out of, or readers on the desk that a person serves."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum

from apdu.keys import BY_NAME
from terminal.driver.ports import Device
from terminal.readers import open_reader
from terminal.testbench.orders import CardOrder, DamagedImageOrderError, OrderError, PsamSpec
from terminal.text import Text
from terminal.transport.base import Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.errors import FaultPlanError, VirtualCardError
from virtual_card.faults import FaultPlan
from virtual_card.image import DamagedImageError, JournalledImage, open_journalled
from virtual_card.issuer import IssueError, PsamOptions, SocialOptions, issue
from virtual_card.slot import Slot
from virtual_card.state import Purse


class Place(Enum):
    """A slot by its name."""

    CONTACT = "contact"
    CONTACTLESS = "contactless"
    SAM = "sam"

    @property
    def text(self) -> Text:
        """Its name for people."""
        return _NAMES[self]


_NAMES = {
    Place.CONTACT: Text("card slot", "接触式卡座"),
    Place.CONTACTLESS: Text("contactless field", "非接触读写区"),
    Place.SAM: Text("PSAM slot", "PSAM卡座"),
}


@dataclass(frozen=True, slots=True)
class SlotView:
    """What is in a slot now: `kind` None where it is empty or nobody can know, `source` the image or the recipe."""

    place: Place
    reader: str
    present: bool
    kind: str | None = None
    source: str = ""


class Slots:
    """The three slots; `readers` puts a reader by its address in the place of a virtual slot. Threads may share it.

    A context manager: at its end every image is closed and every reader released.
    """

    def __init__(self, readers: Mapping[Place, str] | None = None, number: str = "") -> None:
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._virtual = {place: Slot(place.text.en) for place in Place if place not in (readers or {})}
        self._readers: dict[Place, Reader] = {
            place: VirtualReader(slot) for place, slot in self._virtual.items()
        }
        self._images: dict[Place, JournalledImage] = {}
        self._sources: dict[Place, str] = {}
        try:
            for place, address in (readers or {}).items():
                self._readers[place] = self._stack.enter_context(open_reader(address))
        except BaseException:
            self._stack.close()
            raise
        self._number = number

    def __enter__(self) -> Slots:
        return self

    def __exit__(self, *_: object) -> None:
        for place in Place:
            if place in self._virtual:
                self.remove(place)
        self._stack.close()

    @property
    def device(self) -> Device:
        """The reader that a driver drives, with these slots."""
        places = self._readers
        return Device(places[Place.CONTACT], places[Place.CONTACTLESS], places[Place.SAM], self._number)

    def look(self) -> list[SlotView]:
        """What is in each slot."""
        return [self._view(place) for place in Place]

    def insert(self, place: Place, order: CardOrder) -> SlotView:
        """Put a card in; the one that is in there comes out first, and may be the same one again.

        Raises OrderError, then nothing has changed.
        """
        self._slot(place)
        plan = _plan(order)
        with self._lock:
            card, image = self._again(place, order.image) or _card(order)
            self._put(place, card, plan, order.image or f"{order.kind} seed {order.seed}", image)
        return self._view(place)

    def put(self, place: Place, card: VirtualCard, plan: FaultPlan | None = None) -> SlotView:
        """Put a card in that a program holds already; raises OrderError at a reader."""
        self._slot(place)
        with self._lock:
            self._put(place, card, plan or FaultPlan(), card.kind, None)
        return self._view(place)

    def _put(
        self, place: Place, card: VirtualCard, plan: FaultPlan, source: str, image: JournalledImage | None
    ) -> None:
        slot = self._virtual[place]
        if image is not None and image is self._images.get(place):
            slot.remove()
        else:
            self._take_out(place)
        slot.arm(plan)
        slot.insert(card)
        self._sources[place] = source
        if image is not None:
            self._images[place] = image

    def _again(self, place: Place, path: str | None) -> tuple[VirtualCard, JournalledImage] | None:
        """The card of an image that is in this slot already; raises OrderError where it is in another one."""
        where = next(
            (at for at, image in self._images.items() if path and image.path == os.path.realpath(path)), None
        )
        if where is None:
            return None
        if where is not place:
            raise OrderError(
                f"{path}: this card is in the {where.text.en}; take it out first: "
                f"ssc slot remove --slot {where.value}"
            )
        return self._images[where].card, self._images[where]

    def remove(self, place: Place) -> SlotView:
        """Pull the card, in whatever it is doing; an empty slot stays empty. Raises OrderError at a reader."""
        self._slot(place)
        with self._lock:
            self._take_out(place)
        return self._view(place)

    def _take_out(self, place: Place) -> None:
        self._virtual[place].remove()
        self._sources.pop(place, None)
        image = self._images.pop(place, None)
        if image is not None:
            image.close()

    def _slot(self, place: Place) -> Slot:
        slot = self._virtual.get(place)
        if slot is None:
            raise OrderError(
                f"{place.value}: this is {self._readers[place].name}, a reader on the desk; move the card by hand"
            )
        return slot

    def _view(self, place: Place) -> SlotView:
        reader, slot = self._readers[place], self._virtual.get(place)
        if slot is None:
            return SlotView(place, reader.name, reader.card_present())
        card = slot.card
        return SlotView(
            place, reader.name, card is not None, card.kind if card else None, self._sources.get(place, "")
        )


def _plan(order: CardOrder) -> FaultPlan:
    try:
        return FaultPlan.from_data(order.faults)
    except FaultPlanError as error:
        raise OrderError(str(error)) from None


def _card(order: CardOrder) -> tuple[VirtualCard, JournalledImage | None]:
    if order.image is not None:
        image = _image(order.image)
        return image.card, image
    return _issued(order), None


def _image(path: str) -> JournalledImage:
    try:
        return open_journalled(path)
    except OSError as error:
        raise OrderError(f"{path}: {error.strerror}; check the name of the card image") from None
    except DamagedImageError as error:
        raise DamagedImageOrderError(str(error)) from None
    except VirtualCardError as error:
        raise OrderError(str(error)) from None


def _issued(order: CardOrder) -> VirtualCard:
    purse = None if order.purse_fen is None else Purse(order.purse_fen)
    try:
        return issue(
            order.kind or "",
            order.seed,
            state=order.state,
            pin=order.pin,
            social=SocialOptions(purse=purse, contactless=order.contactless),
            psam=_psam_options(order.psam or PsamSpec()),
        )
    except IssueError as error:
        raise OrderError(str(error)) from None


def _psam_options(spec: PsamSpec) -> PsamOptions:
    """A PSAM that does no debit has no key for it, and says so with 9403."""
    lacking = {*spec.without, *(["DPK"] if spec.refuses_purchase else [])}
    return PsamOptions(
        terminal_number=spec.terminal_number,
        levels={} if spec.level is None else dict.fromkeys(BY_NAME, spec.level),
        without=frozenset(lacking),
        environments=spec.algorithms(),
        refuses_purchase=spec.refuses_purchase,
    )
