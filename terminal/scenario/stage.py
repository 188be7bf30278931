"""Sets the stage of a scenario: issues the cards, enrols them, prepares counter and clock, all from seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.national.fixtures import EMPLOYEE, FREELANCE, PAUSED, RESIDENT, Cover
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national.people import Insured, InsuringError, bring_in
from terminal.backoffice.national_line import MessageIds, National
from terminal.backoffice.office import Office
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.ports import Holder
from terminal.backoffice.profile import Profile, ProfileError, load_profile
from terminal.counter import Counter, Till
from terminal.enrol import Standing, enrol_card
from terminal.flow.authentication import Means
from terminal.flow.sales import SalesBook
from terminal.flow.steps import Role
from terminal.procedures.medical import MEDICAL_FID, medical_records
from terminal.scenario.made_cards import holder_of, issue_card, issue_psam, seeded
from terminal.scenario.model import CentreSpec, Scenario, ScenarioError, TerminalSpec
from terminal.scenario.payments import InsuranceSpec
from terminal.scenario.script import INITIAL_PIN, OLD_PIN
from terminal.scenario.setting import CardSpec
from terminal.serve.failures import FailureSwitch
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.card_kinds import GENERATIONS, CardKind, CardState
from virtual_card.faults import FaultPlan
from virtual_card.issue_record import IssueRecord, NoIssueRecordError, SocialIssueRecord, issue_record
from virtual_card.issuer import IssueError
from virtual_card.persona import INITIAL_PIN as ISSUED_PIN
from virtual_card.persona import OLD_PIN as OLD_CARD_PIN

PERSON_TYPES = {"390": RESIDENT}
"""Whom a kind of insurance is for; all others are employees'."""

OfficeMaker = Callable[..., Office]


@dataclass(frozen=True, slots=True)
class Drawer:
    """What of a till outlives its power."""

    book: SalesBook
    new_msgid: MessageIds


@dataclass(slots=True)
class Stage:
    """One scenario ready to be played; `copy` gives an untouched one again, for sweeps.

    `records` are what the issuer reports of the cards by name, whatever became of them since. `clock` is the time now.
    `line` and `national` are the centre as terminals see it, `office` the same to those who look at its books; `alone`
    keeps it from working meanwhile. `failures`: the switch of its service, where it is one. `said`: the last values of
    the insurance centre's answers, by field.
    """

    scenario: Scenario
    profile: Profile
    cards: dict[str, VirtualCard]
    psam: VirtualCard | None
    pins: Mapping[str, str]
    records: Mapping[str, IssueRecord]
    make_office: OfficeMaker = Office.open
    clock: datetime = field(init=False)
    office: Office = field(init=False)
    line: OpenOffice = field(init=False)
    national: National = field(init=False)
    alone: Callable[[], AbstractContextManager[object]] = nullcontext
    failures: FailureSwitch | None = None
    drawers: dict[str, Drawer] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.clock = self.scenario.clock
        self.office = self._open_office()
        self.line = self.office
        self.national = NationalInterface(
            self.office.store, self.profile, self.now, seeded(self.scenario, "insurance")
        )

    @classmethod
    def of(cls, scenario: Scenario, make_office: OfficeMaker = Office.open) -> Stage:
        """Issue and enrol everything; raises ScenarioError where cards, PSAM or profile cannot be had."""
        try:
            return cls._set_up(scenario, make_office)
        except (IssueError, ProfileError, EnrolmentError, InsuringError, NoIssueRecordError) as error:
            raise ScenarioError(f"{scenario.name}: {error}") from None

    @classmethod
    def _set_up(cls, scenario: Scenario, make_office: OfficeMaker) -> Stage:
        draw = seeded(scenario, "cards")
        cards = {
            name: issue_card(
                spec,
                scenario.clock,
                seeded(scenario, f"card {name}"),
                holder_of(spec, scenario.cards, scenario.clock.date()),
            )
            for name, spec in scenario.cards.items()
        }
        pins = {
            OLD_PIN: (scenario.cards["old"].pin if "old" in scenario.cards else None) or OLD_CARD_PIN,
            INITIAL_PIN: scenario.cards["new"].pin or ISSUED_PIN,
        }
        psam = issue_psam(scenario.terminal.psam, draw)
        held = [name for name, spec in scenario.cards.items() if _is_a_holders(spec)]
        records: dict[str, IssueRecord] = {name: issue_record(cards[name]) for name in held}
        return cls(scenario, load_profile(scenario.profile), cards, psam, pins, records, make_office)

    def copy(self) -> Stage:
        """The same stage before anything was played on it: forked cards, a new back office."""
        cards = {name: card.fork() for name, card in self.cards.items()}
        psam = self.psam.fork() if self.psam else None
        return Stage(self.scenario, self.profile, cards, psam, self.pins, self.records, self.make_office)

    def records_on_card(self, directory: str, fid: int, name: str = "new") -> list[bytes]:
        """The records of a file of a card, as they are in its memory."""
        card = self.cards[name]
        return (
            card.contents().directory(directory).file(fid).records if isinstance(card, ProcessorCard) else []
        )

    def medical_records(self, name: str = "new") -> list[bytes]:
        """The records of DF04/EF05 that an activation writes to a card."""
        record = self.records[name]
        return medical_records(GENERATIONS[CardKind(record.kind)].version, record.medical)

    def medical_records_missing(self, name: str = "new") -> list[bytes]:
        """Those of them that are not on the card."""
        written = self.records_on_card("DF04", MEDICAL_FID, name)
        return [record for record in self.medical_records(name) if record not in written]

    def now(self) -> datetime:
        """The scenario's clock; it stands still until a step moves it."""
        return self.clock

    def social_record(self, name: str) -> SocialIssueRecord:
        """What the issuer reports of a social security card; raises ScenarioError where it is none."""
        record = self.records.get(name)
        if not isinstance(record, SocialIssueRecord):
            raise ScenarioError(f"{self.scenario.name}: {name!r} is no social security card")
        return record

    def holder_id(self, name: str) -> str:
        """The ID number of a card's holder; raises ScenarioError where nothing says whose the card is."""
        record = self.records.get(name)
        if record is None or record.holder_id is None:
            raise ScenarioError(f"{self.scenario.name}: nobody holds {name!r}")
        return record.holder_id

    def counter(self, terminal: TerminalSpec, faults: Mapping[Role, FaultPlan] | None = None) -> Counter:
        """A counter with this terminal's PSAM and the stage's back office; the slots are empty."""
        psam = self.psam
        if terminal.psam != self.scenario.terminal.psam:
            psam = issue_psam(terminal.psam, seeded(self.scenario, "other PSAM"))
        if psam is not None:
            psam.power_off()
        return Counter.set_up(
            self.line,
            Means(terminal.means),
            psam=psam if terminal.psam.present else None,
            one_reader=terminal.readers == 1,
            pharmacy=terminal.pharmacy,
            now=self.now,
            random=seeded(self.scenario, "terminal"),
            faults=faults,
        )

    def till(self, counter: Counter) -> Till:
        """The till of a counter; its book is the pharmacy's, whatever became of the terminal since."""
        drawer = self.drawer(counter.settings.pharmacy)
        return Till(counter.terminal(), self.profile, self.national, drawer.book, drawer.new_msgid)

    def drawer(self, place: str) -> Drawer:
        """What outlives a terminal's power at a place."""
        if place not in self.drawers:
            self.drawers[place] = Drawer(SalesBook(), MessageIds(place, self.profile, self.now))
        return self.drawers[place]

    def _open_office(self) -> Office:
        office = self.make_office(":memory:", self.profile, self.now, random=seeded(self.scenario, "centre"))
        for name, spec in self.scenario.cards.items():
            if spec.enrolled and spec.kind != "psam":
                enrol_card(office, self.cards[name], standing=standing_of(self.scenario.centre, name))
        if self.scenario.insurance is not None:
            insure(office, self.profile, self.now, self.records["new"], self.scenario.insurance)
        return office


def _is_a_holders(spec: CardSpec) -> bool:
    """Whether it is a personalised card of a person, of which an issuer has something to report."""
    return spec.kind != CardKind.PSAM and spec.state != CardState.BLANK


def insure(
    office: Office, profile: Profile, now: Callable[[], datetime], record: IssueRecord, spec: InsuranceSpec
) -> None:
    """Bring the holder of a card into the insurance centre; raises InsuringError."""
    assert isinstance(record, SocialIssueRecord)
    today = profile.local_date(now())
    person = FREELANCE if spec.self_employed else EMPLOYEE
    rows = [Cover(kind, PERSON_TYPES.get(kind, person)) for kind in spec.kinds]
    rows += [Cover(kind, PERSON_TYPES.get(kind, person), PAUSED) for kind in spec.paused]
    holder = Holder(record.holder_id, record.holder_name)
    months = dict.fromkeys((*spec.kinds, *spec.paused), spec.months)
    covers = tuple(row.row(today) for row in rows)
    insured = Insured(holder, covers, months, None, record.number, spec.balance_fen)
    bring_in(office.store, profile, now, insured)


def standing_of(centre: CentreSpec, name: str) -> Standing:
    """What the centre is to hold of the card called `old` or `new`; nothing particular of any other."""
    if name == "old":
        state = SocialState[centre.old_state] if centre.old_state else None
        return Standing(state=state, pin_tries=centre.pin_tries)
    if name == "new":
        return Standing(
            state=SocialState[centre.new_state] if centre.new_state else None,
            financial=FinancialState[centre.financial] if centre.financial else None,
            received=centre.received,
        )
    return Standing()
