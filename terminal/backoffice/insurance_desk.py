"""What the insurance centre's own people ask, at the centre or over the line: people in, days closed, slips found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from terminal.backoffice.clock import Clock
from terminal.backoffice.national.people import Insured, bring_in
from terminal.backoffice.national.reconciling import DayEnd, Shown, day_end, settlement_on_record
from terminal.backoffice.profile import Profile
from terminal.backoffice.store import Store


@dataclass(frozen=True, slots=True)
class InsurePerson:
    """Bring a person in, with insurances, contributions and opening balance. Answer: PersonInsured."""

    person: Insured


@dataclass(frozen=True, slots=True)
class PersonInsured:
    """The person is on record under this number, the same one every time."""

    number: str


@dataclass(frozen=True, slots=True)
class CloseDay:
    """What every place settled on a day (None: today), and whether the whole ledger adds up. Answer: DayEnd."""

    day: date | None = None


@dataclass(frozen=True, slots=True)
class FindSettlement:
    """A settlement by its number alone. Answer: FoundSettlement."""

    number: str


@dataclass(frozen=True, slots=True)
class FoundSettlement:
    """The settlement, None where there is none of that number."""

    settlement: Shown | None


InsuranceRequest = InsurePerson | CloseDay | FindSettlement


class AskInsurance(Protocol):
    """Puts one of these requests; raises InsuringError, UnreachableError, StoreError."""

    def __call__(self, request: InsuranceRequest) -> Any:
        """The answer that the request names."""


class InsuranceDesk:
    """The desk over a store. `now` gives aware datetimes."""

    def __init__(self, store: Store, profile: Profile, now: Callable[[], datetime]) -> None:
        self._store = store
        self._profile = profile
        self._now = now
        self._desks: Mapping[type, Callable[[Any], Any]] = {
            InsurePerson: self._insure,
            CloseDay: self._close,
            FindSettlement: self._find,
        }

    def __call__(self, request: InsuranceRequest) -> Any:
        """Answer a request; raises InsuringError, StoreError."""
        return self._desks[type(request)](request)

    def _insure(self, request: InsurePerson) -> PersonInsured:
        return PersonInsured(bring_in(self._store, self._profile, self._now, request.person))

    def _close(self, request: CloseDay) -> DayEnd:
        day = request.day or self._profile.local_date(self._now())
        return day_end(self._store, self._profile, day)

    def _find(self, request: FindSettlement) -> FoundSettlement:
        clock = Clock(self._store, self._profile, self._now)
        return FoundSettlement(settlement_on_record(self._store, self._profile, clock, request.number))
