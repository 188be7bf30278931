"""A back office in memory with one synthetic holder, both cards enrolled, and a clock the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from centre_samples import (
    BALANCE_FEN,
    COUNTER,
    HISTORY,
    HOLDER,
    KEY,
    OTHER,
    OTHER_HISTORY,
    OTHER_KEY,
    PAPERS,
    PIN,
    PLACE,
    RECEIVED,
)
from postgresql_server import Fresh

from apdu.layout.states import FinancialState
from terminal.backoffice.card_life_ports import CardChanged, LockCard, ReleaseLoss, ReportLoss
from terminal.backoffice.channel_ports import CENTRE
from terminal.backoffice.office import Office
from terminal.backoffice.ports import (
    ConfirmActivation,
    Confirmed,
    MedicalBase,
    NewCardAnswer,
    NewCardQuery,
    OldCardAnswer,
    OldCardQuery,
    PinAnswer,
    Place,
    RefusedError,
    ReleaseReservation,
    Request,
    ReservationView,
    Reserve,
    Reserved,
    VerifyOldPin,
)
from terminal.backoffice.profile import load_profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.store import Store
from terminal.text import Pin


@dataclass
class World:
    """The office and its clock, with short names for the requests of a dual insert."""

    where: ClassVar[Fresh]

    profile_name: str = "default"
    options: dict[str, Any] = field(default_factory=dict)
    now: datetime = RECEIVED + timedelta(days=30)

    def __post_init__(self) -> None:
        self.store = Store(World.where())
        profile = load_profile(self.profile_name)
        self.office = Office(self.store, profile, lambda: self.now, random=bytes, **self.options)
        self.enrolment = self.office.enrolment

    def enrol(self, **new_card: Any) -> World:
        self.enrolment.enrol_old_card("sle4442", "900001", HOLDER, pin=PIN, balance_fen=BALANCE_FEN)
        given = {"received_at": RECEIVED, "medical": MedicalBase({0x8A: "M1"}), **new_card}
        self.enrolment.enrol_social_card(KEY, HISTORY, HOLDER, **given)
        return self

    def enrol_other(self) -> World:
        self.enrolment.enrol_old_card("sle4428", "900002", OTHER, pin=PIN, balance_fen=500)
        self.enrolment.enrol_social_card(OTHER_KEY, OTHER_HISTORY, OTHER, received_at=RECEIVED)
        return self

    def query(self, old: str | None = "900001", journal: str | None = None) -> NewCardAnswer:
        return self.call(NewCardQuery(PLACE, KEY, old, journal))

    def query_old(self, number: str = "900001", kind: str = "sle4442") -> OldCardAnswer:
        return self.call(OldCardQuery(PLACE, kind, number))

    def verify(self, pin: Pin = PIN, old: str | None = "900001", place: Place = PLACE) -> PinAnswer:
        return self.call(VerifyOldPin(place, KEY, pin, old))

    def reserve(self, old: str | None = "900001", place: Place = PLACE) -> Reserved:
        return self.call(Reserve(place, KEY, old))

    def reserved_number(self) -> str:
        self.verify()
        return self.reserve().reservation.number

    def confirm(self, number: str) -> Confirmed:
        return self.call(ConfirmActivation(PLACE, number))

    def release(self, number: str) -> ReservationView:
        return self.call(ReleaseReservation(PLACE, number))

    def activate(self) -> Confirmed:
        return self.confirm(self.reserved_number())

    def lose(self, formal: bool = True) -> CardChanged:
        return self.call(ReportLoss(CENTRE, KEY.number, formal))

    def release_loss(self) -> CardChanged:
        return self.call(ReleaseLoss(COUNTER, KEY.number, PAPERS))

    def lock(self) -> CardChanged:
        return self.call(LockCard(CENTRE, KEY.number))

    def activate_financial(self) -> None:
        with self.store.transaction():
            self.store.set_financial(KEY.number, FinancialState.ACTIVE)

    def card(self, number: str = KEY.number) -> SocialCard:
        with self.store.transaction():
            card = self.store.social_card(number)
        assert card is not None
        return card

    def call(self, request: Request) -> Any:
        return self.office.call(request)

    def refusal(self, action: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
        """Rule and code of the refusal an action must meet; its text exists in both languages."""
        with pytest.raises(RefusedError) as caught:
            action(*arguments, **named)
        refusal = caught.value.refusal
        assert refusal.text.en.isascii() and not refusal.text.zh.isascii()
        return refusal.rule, refusal.code.value


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, to open by name."""
    return str(tmp_path / "a.db") if request.param == "sqlite" else request.getfixturevalue("postgresql")()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Everything the back office decides is the same on both databases."""
    if "world" in metafunc.fixturenames or "World" in vars(metafunc.module):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a World keeps its store."""
    kind = getattr(request, "param", "sqlite")
    where: Fresh = request.getfixturevalue("postgresql") if kind == "postgresql" else lambda: ":memory:"
    monkeypatch.setattr(World, "where", staticmethod(where), raising=False)


@pytest.fixture
def world() -> World:
    return World().enrol()


@pytest.fixture
def make_world() -> type[World]:
    return World
