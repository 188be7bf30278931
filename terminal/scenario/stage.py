"""Sets the stage of a scenario: issues the cards, enrols them, prepares counter and clock, all from seeds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apdu.commands import verify
from apdu.crypto import Algorithm
from apdu.keys import KEYS
from apdu.layout.application_status import DEFAULT_FID
from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.national.fixtures import EMPLOYEE, PAUSED, RESIDENT, Cover
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national.people import Insured, InsuringError, bring_in
from terminal.backoffice.national_line import MessageIds
from terminal.backoffice.office import Office
from terminal.backoffice.ports import Holder
from terminal.backoffice.profile import Profile, ProfileError, load_profile
from terminal.counter import Counter, Till
from terminal.enrol import Standing, enrol_card
from terminal.flow.authentication import Means
from terminal.flow.sales import SalesBook
from terminal.flow.steps import Role
from terminal.procedures.medical import medical_records
from terminal.scenario.model import CardSpec, CentreSpec, PsamSpec, Scenario, ScenarioError, TerminalSpec
from terminal.scenario.payments import InsuranceSpec
from terminal.scenario.script import INITIAL_PIN, OLD_PIN
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.card_kinds import GENERATIONS, CardKind
from virtual_card.faults import FaultPlan
from virtual_card.issue_record import IssueRecord, NoIssueRecordError, SocialIssueRecord, issue_record
from virtual_card.issuer import IssueError, PsamOptions, SocialOptions, issue
from virtual_card.persona import INITIAL_PIN as ISSUED_PIN
from virtual_card.persona import OLD_PIN as OLD_CARD_PIN

FOREIGN_ROOTS = {f"{key.name}/{version}": bytes(16) for key in KEYS for version in (1, 2, 3)}
"""Roots nobody issues with: a card made from them is not genuine."""

WRONG_PIN = bytes.fromhex("9999999F")

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

    `records` are what the issuer reports of the pair, `old` and `new`, whatever became of the cards since.
    """

    scenario: Scenario
    profile: Profile
    cards: dict[str, VirtualCard]
    psam: VirtualCard | None
    pins: Mapping[str, str]
    records: Mapping[str, IssueRecord]
    make_office: OfficeMaker = Office.open
    office: Office = field(init=False)
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.office = self._open_office()

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
            name: issue_card(spec, scenario.clock, seeded(scenario, f"card {name}"))
            for name, spec in scenario.cards.items()
        }
        pins = {
            OLD_PIN: (scenario.cards["old"].pin if "old" in scenario.cards else None) or OLD_CARD_PIN,
            INITIAL_PIN: scenario.cards["new"].pin or ISSUED_PIN,
        }
        psam = issue_psam(scenario.terminal.psam, draw)
        pair = [name for name in ("old", "new") if name in cards]
        records: dict[str, IssueRecord] = {name: issue_record(cards[name]) for name in pair}
        return cls(scenario, load_profile(scenario.profile), cards, psam, pins, records, make_office)

    def copy(self) -> Stage:
        """The same stage before anything was played on it: forked cards, a new back office."""
        cards = {name: card.fork() for name, card in self.cards.items()}
        psam = self.psam.fork() if self.psam else None
        return Stage(self.scenario, self.profile, cards, psam, self.pins, self.records, self.make_office)

    def records_on_card(self, directory: str, fid: int) -> list[bytes]:
        """The records of a file of the new card, as they are in its memory."""
        card = self.cards["new"]
        return (
            card.contents().directory(directory).file(fid).records if isinstance(card, ProcessorCard) else []
        )

    def medical_records(self) -> list[bytes]:
        """The records of DF04/EF05 that an activation writes to the new card."""
        record = self.records["new"]
        return medical_records(GENERATIONS[CardKind(record.kind)].version, record.medical)

    def now(self) -> datetime:
        """The scenario's clock; it stands still."""
        return self.scenario.clock

    def counter(self, terminal: TerminalSpec, faults: Mapping[Role, FaultPlan] | None = None) -> Counter:
        """A counter with this terminal's PSAM and the stage's back office; the slots are empty."""
        psam = self.psam
        if terminal.psam != self.scenario.terminal.psam:
            psam = issue_psam(terminal.psam, seeded(self.scenario, "other PSAM"))
        if psam is not None:
            psam.power_off()
        return Counter.set_up(
            self.office,
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
        place = counter.settings.pharmacy
        if place not in self.drawers:
            self.drawers[place] = Drawer(SalesBook(), MessageIds(place, self.profile, self.now))
        drawer = self.drawers[place]
        national = NationalInterface(
            self.office.store, self.profile, self.now, seeded(self.scenario, "insurance")
        )
        return Till(counter.terminal(), self.profile, national, drawer.book, drawer.new_msgid)

    def _open_office(self) -> Office:
        office = self.make_office(":memory:", self.profile, self.now, random=seeded(self.scenario, "centre"))
        for name, spec in self.scenario.cards.items():
            if spec.enrolled and spec.kind != "psam":
                enrol_card(office, self.cards[name], standing=standing_of(self.scenario.centre, name))
        if self.scenario.insurance is not None:
            insure(office, self.profile, self.now, self.records["new"], self.scenario.insurance)
        return office


def seeded(scenario: Scenario, purpose: str) -> Callable[[int], bytes]:
    """A source of bytes that gives the same for the same scenario and purpose."""
    return random.Random(f"{scenario.name}/{scenario.seed}/{purpose}").randbytes


def insure(
    office: Office, profile: Profile, now: Callable[[], datetime], record: IssueRecord, spec: InsuranceSpec
) -> None:
    """Bring the holder of a card into the insurance centre."""
    assert isinstance(record, SocialIssueRecord)
    today = profile.local_date(now())
    rows = [Cover(kind, PERSON_TYPES.get(kind, EMPLOYEE)) for kind in spec.kinds]
    rows += [Cover(kind, PERSON_TYPES.get(kind, EMPLOYEE), PAUSED) for kind in spec.paused]
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


def issue_card(spec: CardSpec, clock: datetime, draw: Callable[[int], bytes]) -> VirtualCard:
    """Issue a card of the scenario, its PIN tries spent by wrong PINs where it says so."""
    options: dict[str, Any] = {}
    if not spec.status_file or spec.contactless:
        status_fid = DEFAULT_FID if spec.status_file else None
        options["social"] = SocialOptions(status_fid=status_fid, contactless=spec.contactless)
    card = issue(
        spec.kind,
        spec.seed,
        state=spec.state,
        today=clock.date(),
        root_keys=None if spec.genuine else FOREIGN_ROOTS,
        pin=spec.pin,
        random=draw,
        **options,
    )
    if spec.pin_tries is not None:
        _spend_pin_tries(card, spec.pin_tries)
    return card


def _spend_pin_tries(card: VirtualCard, left: int) -> None:
    card.power_on()
    for _ in range(16):
        query = card.transmit(bytes.fromhex("0020000000"))
        if query[1] & 0x0F <= left:
            break
        card.transmit(verify(WRONG_PIN).encode())
    card.power_off()


def issue_psam(spec: PsamSpec, draw: Callable[[int], bytes]) -> VirtualCard:
    """Issue the terminal's PSAM as the scenario describes it."""
    options = PsamOptions(
        levels=spec.levels,
        without=frozenset(spec.without),
        environments=tuple(Algorithm[name] for name in spec.environments),
    )
    return issue("psam", 0, psam=options, random=draw)
