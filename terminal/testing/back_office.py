"""A back office in memory that remembers what it was asked, and can be out of reach."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TypeVar

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.office import Office
from terminal.backoffice.ports import Answer, BackOfficeError, Holder, Request, UnreachableError
from terminal.backoffice.profile import Profile, load_profile
from terminal.backoffice.records import CardStatus
from terminal.enrol import Standing, enrol_card
from terminal.session import CentreAnswered
from terminal.testing.bench import Bench, seeded
from virtual_card.card import VirtualCard
from virtual_card.issue_record import OldIssueRecord, issue_record

E = TypeVar("E", bound=Enum)


class RecordedOffice:
    """A `BackOffice` of the ports; `calls` holds every request with its answer or error, PINs masked.

    While `reachable` is False every request is lost.
    """

    def __init__(self, office: Office, bench: Bench) -> None:
        self.calls: list[CentreAnswered] = []
        self.reachable = True
        self._office = office
        self._losing: list[type] = []
        bench.strictness.watch(self._leftovers)

    @classmethod
    def open(cls, bench: Bench) -> RecordedOffice:
        """An empty back office with the bench's profile and clock; raises ProfileError."""
        profile = load_profile(bench.options.profile)
        return cls(Office.open(":memory:", profile, bench.now, random=seeded("centre")), bench)

    @property
    def profile(self) -> Profile:
        """The region's rules."""
        return self._office.profile

    def enrol(
        self,
        card: VirtualCard,
        *,
        holder: Holder | None = None,
        state: str | None = None,
        financial: str | None = None,
        received: datetime | None = None,
        pin_tries: int | None = None,
    ) -> str:
        """Make a card known as its issuer would; returns its number.

        The centre holds it in `state` ("FORMALLY_LOST"), the bank's side as `financial` ("ACTIVE"), handed out at
        `received`, with `pin_tries` left for an old card's PIN; None: as it was issued. Raises ValueError for a state
        that is none, EnrolmentError, NoIssueRecordError.
        """
        standing = Standing(
            None if state is None else _named(SocialState, state),
            None if financial is None else _named(FinancialState, financial),
            received,
            pin_tries,
        )
        return enrol_card(self._office, card, holder, standing)

    def status(self, card: VirtualCard) -> CardStatus:
        """What the centre holds of a card: state, usable, balance_fen, reservation; raises LookupError."""
        record = issue_record(card)
        role = "old" if isinstance(record, OldIssueRecord) else "new"
        for status in self._office.cards():
            if (status.role, status.number) == (role, record.number):
                return status
        raise LookupError(f"the back office does not know {record.kind} card {record.number}; enrol it first")

    def call(self, request: Request) -> Answer:
        """Answer a request, or raise RefusedError or UnreachableError, and remember it."""
        try:
            answer = self._answer(request)
        except BackOfficeError as error:
            self.calls.append(CentreAnswered(request, error))
            raise
        self.calls.append(CentreAnswered(request, answer))
        return answer

    def lose_answer_to(self, kind: type) -> None:
        """Lose the next answer to a request of this kind (`ConfirmActivation`), after it was carried out."""
        self._losing.append(kind)

    def close(self) -> None:
        """Forget everything."""
        self._office.close()

    def _answer(self, request: Request) -> Answer:
        if not self.reachable:
            raise UnreachableError("the test has cut the line")
        answer = self._office.call(request)
        if type(request) in self._losing:
            self._losing.remove(type(request))
            raise UnreachableError("the test has lost the answer")
        return answer

    def _leftovers(self) -> list[str]:
        return [f"answer to be lost was never given: {kind.__name__}" for kind in self._losing]


def _named(kind: type[E], name: str) -> E:
    if name not in kind.__members__:
        raise ValueError(f"{name!r} is no {kind.__name__}; there are {', '.join(kind.__members__)}")
    return kind[name]
