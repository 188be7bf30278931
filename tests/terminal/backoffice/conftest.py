"""A back office in memory with one synthetic holder, both cards enrolled, and a clock the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from terminal.backoffice.office import Office
from terminal.backoffice.ports import (
    CardKey,
    ConfirmActivation,
    Confirmed,
    Holder,
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
from terminal.backoffice.store import Store
from terminal.text import Pin

HOLDER = Holder("990100198001010010", "测试甲")
OTHER = Holder("990100197502020029", "测试乙")
KEY = CardKey("990100D15600000500A1B2C3D4E5F607", "A00000017")
OTHER_KEY = CardKey("990100D15600000500A1B2C4D4E5F608", "A00000025")
HISTORY = bytes.fromhex("0081544B318660990100A1B2C3")
OTHER_HISTORY = bytes.fromhex("0081544B318660990100A1B2C4")
PIN = Pin("246813")
PLACE = Place("990100000001")
BALANCE_FEN = 123_457
RECEIVED = datetime.fromisoformat("2026-01-10T23:30:00+08:00")


@dataclass
class World:
    """The office and its clock, with short names for the requests of a dual insert."""

    profile_name: str = "default"
    options: dict[str, Any] = field(default_factory=dict)
    now: datetime = RECEIVED + timedelta(days=30)

    def __post_init__(self) -> None:
        self.store = Store()
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

    def call(self, request: Request) -> Any:
        return self.office.call(request)

    def refusal(self, action: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
        """Rule and code of the refusal an action must meet; its text exists in both languages."""
        with pytest.raises(RefusedError) as caught:
            action(*arguments, **named)
        refusal = caught.value.refusal
        assert refusal.text.en.isascii() and not refusal.text.zh.isascii()
        return refusal.rule, refusal.code.value


@pytest.fixture
def world() -> World:
    return World().enrol()


@pytest.fixture
def make_world() -> type[World]:
    return World
