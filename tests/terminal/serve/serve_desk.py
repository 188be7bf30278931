"""A pharmacy whose back office is at the other end of a socket: two cards of one holder, a clock, and visits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.profile import Profile, load_profile
from terminal.backoffice.remote import RemoteOffice
from terminal.counter import Counter
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.outcomes import Outcome
from terminal.scenario.script import EnterPinStep, Insert, Remove, ScriptOperator, ScriptStep
from terminal.serve.failures import FailureSwitch
from terminal.serve.pool import CentrePool
from virtual_card.card import VirtualCard
from virtual_card.issue_record import OldIssueRecord, issue_record
from virtual_card.issuer import issue

NOW = datetime(2030, 1, 8, 10, tzinfo=UTC)
TOKEN = "canary-token-of-the-centre"
PROFILE = load_profile("default")
BOTH_CARDS: Sequence[ScriptStep] = (
    Insert("old"),
    Remove(),
    Insert("new"),
    EnterPinStep("old"),
    Remove(),
)
FINISHED = {Outcome.ACTIVATED, Outcome.COMPLETED, Outcome.ALREADY_ACTIVE}


@dataclass
class Served:
    """A centre that is a service in this process."""

    url: str
    pool: CentrePool
    switch: FailureSwitch
    clock: list[datetime] = field(default_factory=lambda: [NOW])

    def office(self, token: str | None = TOKEN, timeout_s: float = 20.0) -> RemoteOffice:
        return RemoteOffice(self.url, PROFILE, token, timeout_s)

    def audit(self) -> list[tuple[str, ...]]:
        with self.pool.centre() as centre, centre.store.transaction():
            return centre.store.audit()

    def ledger_faults(self) -> list[str]:
        with self.pool.centre() as centre, centre.store.transaction():
            return centre.store.ledger_faults()

    def move_clock(self, by: timedelta) -> None:
        self.clock[0] += by


@dataclass
class Pharmacy:
    """A counter with an old card and a new one, both enrolled at `office`."""

    office: OpenOffice
    seed: int = 5
    profile: Profile = PROFILE
    cards: dict[str, VirtualCard] = field(init=False)
    numbers: dict[str, str] = field(init=False)
    balance_fen: int = field(init=False)

    def __post_init__(self) -> None:
        self.cards = {"old": issue("sle4442", self.seed), "new": issue("ssc-3.0", self.seed)}
        record = issue_record(self.cards["old"])
        assert isinstance(record, OldIssueRecord) and record.old_pin and record.balance_fen
        self.pins = {"old": record.old_pin}
        self.balance_fen = record.balance_fen

    def enrol(self) -> Pharmacy:
        self.numbers = {name: enrol_card(self.office, card) for name, card in self.cards.items()}
        return self

    def visit(
        self,
        office: OpenOffice | None = None,
        steps: Sequence[ScriptStep] = BOTH_CARDS,
        now: Callable[[], datetime] = lambda: NOW,
    ) -> Outcome:
        counter = Counter.set_up(office or self.office, Means.HSM, now=now)
        operator = ScriptOperator(list(steps), self.cards, counter.slots, self.pins, strict=False)
        return counter.dual_insert(operator).outcome

    def until_finished(self, visits: int = 3) -> Outcome:
        """Insert again and again, as a holder would."""
        for _ in range(visits - 1):
            if (outcome := self.visit()) in FINISHED:
                return outcome
        return self.visit()

    def problems(self) -> list[str]:
        """What is not as it must be after an activation: one usable card, and all of the money on it."""
        cards = {card.role: card for card in self.office.cards() if card.number in self.numbers.values()}
        old, new = cards["old"], cards["new"]
        found = []
        if old.usable or not new.usable:
            found.append(f"usable: old {old.usable}, new {new.usable}")
        if (old.balance_fen, new.balance_fen) != (0, self.balance_fen):
            found.append(f"balances {old.balance_fen} and {new.balance_fen}, not 0 and {self.balance_fen}")
        return found
