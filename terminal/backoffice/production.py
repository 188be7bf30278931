"""Where cards are applied for and made: application, replacement of a lost card, batches, instant issue.

Every step is harmless when repeated (R19): the same application is the same order, a card that was made is made. The
centre knows of a card from the day it is made; then it lies sealed until it is handed over and activated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from apdu.identifiers import card_check_character
from apdu.layout.states import SocialState
from terminal.backoffice.card_life_ports import ReplaceCard
from terminal.backoffice.channel_ports import Papers
from terminal.backoffice.enrolment import Enrolment
from terminal.backoffice.ports import CardKey, Holder, Place
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import LossReason, SocialCard
from terminal.backoffice.store import Store
from terminal.backoffice.stored.orders import Order, OrderKind, OrderStatus
from terminal.text import Text

SERIES = "P"
"""First character of the numbers that are given here; the others are digits, and the check character."""

BATCH_LIMIT = 500
PHOTOGRAPH_LIMIT = 4096
"""Bytes of a photograph: what the card's own file of it holds (LD/T 32.6 section 8.1.4)."""

OUT_OF_USE = frozenset({SocialState.CANCELLED, SocialState.VOID})
"""Who has a card in any other state has a card."""


class OrderFault(Enum):
    """Why a card is not applied for or made."""

    NO_PERSON = Text("Nobody of this number is on record.", "没有此人信息。")
    OTHER_NAME = Text("The name is not that of the person on record.", "姓名与登记信息不符。")
    HAS_CARD = Text("The person has a card; a lost one is replaced.", "该人员已有社保卡，遗失请办理补卡。")
    ORDERED = Text("Another card is being made for this person.", "该人员已有在制卡申请。")
    NO_CARD = Text("The card is not on record, or another person's.", "没有此卡记录，或非本人卡。")
    NOT_LOST = Text("A card is replaced after its formal loss was reported.", "该卡未正式挂失，不能补卡。")
    DEADLINE = Text(
        "R21: the card is lost by the bank's deadline alone; go to the bank.",
        "该卡因逾期未激活金融应用挂失，请先到银行办理。",
    )
    NOT_ORDERED = Text(
        "No card of this number is being made for this person.", "没有该人员该卡号的制卡记录。"
    )


class OrderError(Exception):
    """A card is not applied for or made; nothing was changed."""

    def __init__(self, fault: OrderFault) -> None:
        super().__init__(str(fault.value))
        self.fault = fault


@dataclass(frozen=True, slots=True, repr=False)
class Application:
    """Who wants a card of which bank; `replaces` is the number of the lost one, if it is for that.

    `branch`: the line number of the bank's branch; `photograph`: JPEG or BMP, as it goes onto the card.
    """

    holder: Holder
    bank: str
    replaces: str | None = None
    reason: str | None = None
    branch: str | None = None
    photograph: bytes | None = None

    def agrees_with(self, order: Order) -> bool:
        """Whether it asks for the card that is ordered; what one of both leaves out agrees with anything."""
        same_branch = self.branch == order.bank_branch or None in (self.branch, order.bank_branch)
        return self.replaces == order.replaces and self.bank in ("", order.bank) and same_branch


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A card as personalisation reports it: the bank card number, and the chip's account at the bank."""

    key: CardKey
    historical_bytes: bytes
    holder: Holder
    bank_number: str
    chip_account: str


class Production:
    """Orders over a store. `call` answers typed requests: a card that was lost is replaced by one of them."""

    def __init__(
        self,
        store: Store,
        profile: Profile,
        now: Callable[[], datetime],
        enrolment: Enrolment,
        call: Callable[[Any], Any],
    ) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._enrolment = enrolment
        self._call = call

    def check(self, application: Application) -> None:
        """Whether a card could be applied for; raises OrderError."""
        with self._store.transaction():
            self._known(application)

    def apply(self, application: Application) -> tuple[Order, bool]:
        """Apply for a card; gives the order, and whether it is new or something in it is. Raises OrderError."""
        with self._store.transaction():
            return self._applied(application)

    def issue(self, application: Application) -> Order:
        """Begin to make a card at once, for whoever waits at the desk; gives its number. Raises OrderError."""
        with self._store.transaction():
            order, _ = self._applied(application)
            return order if order.number is not None else self._begun(order, None)

    def begin_batch(self) -> tuple[str, int] | None:
        """Begin to make what was applied for, up to a limit: number and size of the batch.

        Where nothing waits: the batch that is being made, so that a lost answer is not lost; None where there is none.
        """
        with self._store.transaction():
            waiting = self._store.waiting_orders(BATCH_LIMIT)
            if not waiting:
                latest = self._store.latest_batch()
                return None if latest is None else (latest, len(self._store.orders_of_batch(latest)))
            day = f"{self._profile.region}{self._profile.local_date(self._now()):%Y%m%d}"
            batch = f"{day}{self._store.batches_like(day) + 1:04d}"
            for order in waiting:
                self._begun(order, batch)
            return batch, len(waiting)

    def complete(self, made: Made) -> Order:
        """Bring a card in that was made, sealed; one that was lost is replaced by it. Sent again, it is finished.

        Raises OrderError, EnrolmentError, RefusedError.
        """
        with self._store.transaction():
            order = self._ordered(made)
        self._enrolment.enrol_social_card(made.key, made.historical_bytes, made.holder)
        if order.replaces is not None:
            place = Place(next(iter(self._profile.counters)))
            papers = Papers(made.holder.id_number)
            self._call(ReplaceCard(place, order.replaces, made.key.number, papers))
        with self._store.transaction():
            self._store.set_bank_number(made.key.number, made.bank_number)
            self._store.set_chip_account(made.key.number, made.chip_account)
            if order.made_at is None:
                order = replace(order, status=OrderStatus.MADE, made_at=self._now())
                self._store.set_order(order)
                self._store.note(self._now(), "card-made", made.key.number)
        return order

    def orders_of(self, id_number: str) -> list[tuple[Order, SocialCard | None]]:
        """A person's orders, each with the card once it is made."""
        with self._store.transaction():
            found = self._store.orders_of(id_number)
            return [(order, self._card(order)) for order in found]

    def orders_of_batch(self, batch: str) -> list[tuple[Order, Holder, bytes | None]]:
        """The orders of a batch, each with whose card it is and the photograph: what personalisation needs."""
        with self._store.transaction():
            return [
                (order, self._person(order.id_number), self._store.photograph_of(order.id_number))
                for order in self._store.orders_of_batch(batch)
            ]

    def photograph_of(self, holder: Holder) -> bytes | None:
        """A person's photograph, None where none was handed in; raises OrderError."""
        with self._store.transaction():
            self._on_record(holder)
            return self._store.photograph_of(holder.id_number)

    def set_photograph(self, holder: Holder, image: bytes) -> bool:
        """Put a photograph in the place of an earlier one; False where it is the same. Raises OrderError."""
        with self._store.transaction():
            self._on_record(holder)
            return self._photographed(holder, image)

    def totals(self) -> dict[OrderStatus, int]:
        """How many orders there are of each status."""
        with self._store.transaction():
            return self._store.orders_by_status()

    # --- inside a transaction ----------------------------------------------------------------------------------

    def _known(self, application: Application) -> Order | None:
        """The same application, if it was made already; raises OrderError for one that must not be."""
        holder = application.holder
        person = self._store.person_by_id(holder.id_number)
        if person is not None and person.holder.name != holder.name:
            raise OrderError(OrderFault.OTHER_NAME)
        unfinished = [each for each in self._store.orders_of(holder.id_number) if each.made_at is None]
        if unfinished:
            if not application.agrees_with(unfinished[0]):
                raise OrderError(OrderFault.ORDERED)
            return unfinished[0]
        if application.replaces is not None:
            self._check_lost(application.replaces, holder)
        elif any(card.social not in OUT_OF_USE for card in self._store.social_cards_of(holder.id_number)):
            raise OrderError(OrderFault.HAS_CARD)
        return None

    def _on_record(self, holder: Holder) -> None:
        """Whether this person is known by this name; raises OrderError."""
        person = self._store.person_by_id(holder.id_number)
        if person is None:
            raise OrderError(OrderFault.NO_PERSON)
        if person.holder != holder:
            raise OrderError(OrderFault.OTHER_NAME)

    def _with_more(self, order: Order, application: Application) -> tuple[Order, bool]:
        """The order with what the same application says besides when it is made again."""
        changed = self._photographed(application.holder, application.photograph)
        if application.branch == order.bank_branch or application.branch is None:
            return order, changed
        order = replace(order, bank_branch=application.branch)
        self._store.set_order(order)
        return order, True

    def _photographed(self, holder: Holder, image: bytes | None) -> bool:
        if image is None or self._store.photograph_of(holder.id_number) == image:
            return False
        self._store.set_photograph(holder.id_number, image)
        self._store.note(self._now(), "photograph")
        return True

    def _check_lost(self, number: str, holder: Holder) -> None:
        card = self._store.social_card(number)
        if card is None or card.holder != holder:
            raise OrderError(OrderFault.NO_CARD)
        if card.social is not SocialState.FORMALLY_LOST:
            raise OrderError(OrderFault.NOT_LOST)
        if card.loss_reason is LossReason.DEADLINE:
            raise OrderError(OrderFault.DEADLINE)

    def _applied(self, application: Application) -> tuple[Order, bool]:
        known = self._known(application)
        if known is not None:
            return self._with_more(known, application)
        self._store.add_person(application.holder)
        self._photographed(application.holder, application.photograph)
        kind = OrderKind.NEW if application.replaces is None else OrderKind.LOST
        order = self._store.add_order(
            Order(
                application.holder.id_number,
                kind,
                application.bank,
                applied_at=self._now(),
                reason=application.reason,
                replaces=application.replaces,
                bank_branch=application.branch,
            )
        )
        self._store.note(self._now(), "card-ordered", application.replaces, detail=kind.value)
        return order, True

    def _begun(self, order: Order, batch: str | None) -> Order:
        body = f"{SERIES}{order.entry:07d}"
        begun = replace(
            order,
            status=OrderStatus.IN_PRODUCTION,
            number=body + card_check_character(body),
            batch=batch,
            begun_at=self._now(),
        )
        self._store.set_order(begun)
        return begun

    def _ordered(self, made: Made) -> Order:
        """The order that a card was made for; raises OrderError."""
        order = self._store.order_of_card(made.key.number)
        if order is None or order.id_number != made.holder.id_number:
            raise OrderError(OrderFault.NOT_ORDERED)
        if self._person(order.id_number) != made.holder:
            raise OrderError(OrderFault.OTHER_NAME)
        if order.made_at is None and order.replaces is not None:
            lost = self._store.social_card(order.replaces)
            if lost is None or lost.replaced_by != made.key.number:
                self._check_lost(order.replaces, made.holder)
        return order

    def _person(self, id_number: str) -> Holder:
        person = self._store.person_by_id(id_number)
        assert person is not None, "the database holds no order without its person"
        return person.holder

    def _card(self, order: Order) -> SocialCard | None:
        return self._store.social_card(order.number) if order.made_at and order.number else None
