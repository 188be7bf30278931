"""A pharmacy's terminal with a holder in front of it: one who does what is asked, or one who plays a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from terminal.counter import DEFAULT_PHARMACY, Counter, settings_of
from terminal.flow.authentication import Means
from terminal.flow.dual_insert_run import Ended
from terminal.flow.operator import Operator, OperatorTimeoutError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, RemoveCard, Role, Show
from terminal.scenario.script import (
    Answer,
    Cancel,
    EnterPinStep,
    Insert,
    Remove,
    ScriptMismatchError,
    ScriptOperator,
    ScriptStep,
    Wait,
    describe,
)
from terminal.testing.back_office import RecordedOffice
from terminal.testing.bench import Bench, seeded
from terminal.testing.cards import WatchedSlot
from terminal.testing.scripted_card import ScriptedCard
from terminal.text import Pin
from terminal.trace.entries import Entry, ExchangeEntry, OperatorEntry, ReceiptEntry
from terminal.trace.recorder import Recorder
from virtual_card.card import VirtualCard
from virtual_card.faults import WatchedPlan
from virtual_card.issuer import issue
from virtual_card.persona import OLD_PIN
from virtual_card.slot import Slot


@dataclass(frozen=True, slots=True)
class CounterVisit:
    """How a visit went: `outcome` by its name (`activated`), every text the holder saw, the receipt by label.

    `receipt` is empty where none was printed. `trace` is everything that happened, masked.
    """

    outcome: str
    texts: tuple[str, ...]
    receipt: Mapping[str, str]
    ended: Ended = field(repr=False)
    trace: tuple[Entry, ...] = field(repr=False)

    @property
    def exchanges(self) -> tuple[ExchangeEntry, ...]:
        """The exchanges with cards and PSAM: `slot`, `explanation.title`, `.path`, `.sw`, `.command_hex` ..."""
        return tuple(entry for entry in self.trace if isinstance(entry, ExchangeEntry))

    def says(self, part: str) -> bool:
        """Whether a text shown to the holder contains this, in English or Chinese."""
        return any(part in text for text in self.texts)

    @classmethod
    def of(cls, ended: Ended, trace: list[Entry]) -> CounterVisit:
        """Sum up a visit from its trace."""
        texts = tuple(str(entry.text) for entry in trace if isinstance(entry, OperatorEntry))
        receipts = [entry.receipt for entry in trace if isinstance(entry, ReceiptEntry)]
        lines = {label.en: value for receipt in receipts for label, value in receipt.lines}
        return cls(ended.outcome.label, texts, lines, ended, tuple(trace))


class PharmacyTerminal:
    """A terminal at a counter; `pharmacy` is the place's code, `psam` what is in the PSAM slot (None: nothing).

    Every visit begins with empty card slots.
    """

    def __init__(self, bench: Bench, back_office: RecordedOffice) -> None:
        self.pharmacy = DEFAULT_PHARMACY
        self.means = Means(bench.options.means)
        self.psam = issue("psam", 1, random=seeded("psam")) if self.means is Means.PSAM else None
        self._bench = bench
        self._back_office = back_office
        self._random = seeded("terminal")
        self._steps: list[ScriptStep] = []
        self._cards: dict[str, VirtualCard] = {}
        self._faults: dict[Role, list[Mapping[str, Any]]] = {role: [] for role in Role}
        self._left: list[str] = []
        bench.strictness.watch(self._leftovers)

    def expect_insert(self, card: VirtualCard) -> Self:
        """The terminal asks for a card; the holder inserts this one, right or wrong."""
        name = next((name for name, known in self._cards.items() if known is card), None)
        if name is None:
            name = f"card {len(self._cards) + 1} ({card.kind})"
            self._cards[name] = card
        return self._expect(Insert(name))

    def expect_remove(self) -> Self:
        """The terminal asks for the card's removal; the holder takes it out."""
        return self._expect(Remove())

    def expect_pin(self, digits: str) -> Self:
        """The terminal asks for the PIN; the holder types this. Raises ValueError for what is no PIN."""
        return self._expect(EnterPinStep(Pin(digits).reveal()))

    def expect_confirm(self, agree: bool) -> Self:
        """The terminal asks whether to go on; the holder answers."""
        return self._expect(Answer(agree))

    def expect_cancel(self) -> Self:
        """The terminal asks for something; the holder presses cancel."""
        return self._expect(Cancel())

    def expect_nobody(self) -> Self:
        """The terminal asks for something; nobody reacts until it gives up."""
        return self._expect(Wait())

    def disturb(self, slot: str, **fault: Any) -> Self:
        """Let something go wrong in slot "old", "new" or "psam" during the next visit.

        A fault is data: `do="pull-after", instruction="CHANGE PIN"`, or `do="mute", at=5`, exchanges of the slot
        counted from the start of the visit. Raises FaultPlanError, ValueError for another slot.
        """
        if slot not in (names := [role.value for role in Role]):
            raise ValueError(f"{slot!r} is no slot of the terminal; there are {', '.join(names)}")
        WatchedPlan.from_data([fault])
        self._faults[Role(slot)].append(fault)
        return self

    def dual_insert(
        self,
        old_card: VirtualCard | None = None,
        new_card: VirtualCard | None = None,
        *,
        pin: str = OLD_PIN,
    ) -> CounterVisit:
        """One visit, from "insert the old card" to "remove the card".

        With cards the holder does whatever is asked; without any the script is played, which must fit. Raises
        UnexpectedError where it does not, ValueError where there is a script and cards beside it.
        """
        __tracebackhide__ = True
        scripted = old_card is None and new_card is None
        if self._steps and not scripted:
            raise ValueError("the visit is scripted already; call dual_insert() without cards")
        slots = self._take_slots()
        if not scripted:
            cards = {Role.OLD: old_card, Role.NEW: new_card}
            return self._visit(slots, ObligingHolder(cards, slots, Pin(pin)))
        operator = self._take_script(slots)
        try:
            visit = self._visit(slots, operator)
        except ScriptMismatchError as error:
            self._bench.strictness.fail(f"{error}; change the script")
        self._left += [f"script not played to its end, {left}" for left in operator.leftover()]
        return visit

    def _expect(self, step: ScriptStep) -> Self:
        self._steps.append(step)
        return self

    def _take_script(self, slots: Mapping[Role, Slot]) -> ScriptOperator:
        steps, self._steps = self._steps, []
        return ScriptOperator(steps, self._cards, slots, {}, self._bench.strictness.strict)

    def _take_slots(self) -> dict[Role, WatchedSlot]:
        faults, self._faults = self._faults, {role: [] for role in Role}
        if self._bench.options.readers == 1:
            old = new = self._slot("reader", [*faults[Role.OLD], *faults[Role.NEW]])
        else:
            old, new = (self._slot(role.text.en, faults[role]) for role in (Role.OLD, Role.NEW))
        slots = {Role.OLD: old, Role.NEW: new, Role.PSAM: self._slot(Role.PSAM.text.en, faults[Role.PSAM])}
        if self.psam is not None:
            slots[Role.PSAM].insert(self.psam)
        return slots

    def _slot(self, name: str, faults: list[Mapping[str, Any]]) -> WatchedSlot:
        return WatchedSlot(name, WatchedPlan.from_data(faults), self._bench.strictness)

    def _visit(self, slots: Mapping[Role, WatchedSlot], operator: Operator) -> CounterVisit:
        __tracebackhide__ = True
        settings = settings_of(self._back_office.profile, self.means, self.pharmacy)
        counter = Counter(slots, self._back_office, settings, self._bench.now, self._random)
        trace: list[Entry] = []
        recorder = Recorder(trace.append, lambda: _occupied(slots), settings.status_fid)
        try:
            ended = counter.dual_insert(operator, recorder)
        finally:
            for slot in slots.values():
                slot.remove()
        self._left += [left for slot in dict.fromkeys(slots.values()) for left in slot.leftovers()]
        return CounterVisit.of(ended, trace)

    def _leftovers(self) -> list[str]:
        pending = [
            f"script not played, call dual_insert(); step {number}: {describe(step)}"
            for number, step in enumerate(self._steps, 1)
        ]
        idle = [
            f"fault planned for a visit that never came: {fault['do']} in slot {role.value!r}"
            for role, faults in self._faults.items()
            for fault in faults
        ]
        return [*self._left, *pending, *idle]


@dataclass(slots=True)
class ObligingHolder:
    """Does what is asked: inserts the card for each slot, types the same PIN every time, agrees, removes."""

    cards: Mapping[Role, VirtualCard | None]
    slots: Mapping[Role, Slot]
    pin: Pin

    def insert_card(self, request: InsertCard) -> None:
        """Insert the card asked for; raises OperatorTimeoutError where the holder has none."""
        card = self.cards[request.role]
        if card is None:
            raise OperatorTimeoutError(f"the holder has no {request.role.text.en}")
        self.slots[request.role].remove()
        self.slots[request.role].insert(card)

    def remove_card(self, request: RemoveCard) -> None:
        """Take the card out."""
        self.slots[request.role].remove()

    def enter_pin(self, request: EnterPin) -> Pin:
        """Type the PIN."""
        return self.pin

    def confirm(self, request: Confirm) -> bool:
        """Agree."""
        return True

    def show(self, request: Show) -> None:
        """Read it."""

    def print_receipt(self, request: PrintReceipt) -> None:
        """Take it."""


def _occupied(slots: Mapping[Role, Slot]) -> dict[str, str | None]:
    """The kind of card in each slot as the layout names it; None where empty or not known."""
    cards = {role.value: slot.card for role, slot in slots.items()}
    return {
        name: card.kind if card and not isinstance(card, ScriptedCard) else None
        for name, card in cards.items()
    }
