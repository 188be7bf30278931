"""The synthetic people of the insurance centre, with cards that `ssc card new --seed N` makes again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from apdu.layout.states import FinancialState
from terminal.backoffice.insurance_desk import AskInsurance, InsurePerson, PersonInsured
from terminal.backoffice.national.fixtures import FIXTURES, Fixture
from terminal.backoffice.national.people import Insured
from terminal.backoffice.office_ports import OpenOffice
from terminal.backoffice.ports import Holder
from terminal.enrol import Standing, enrol_card
from virtual_card.issuer import issue
from virtual_card.persona import Persona

SOCIAL_KIND, OLD_KIND = "ssc-3.0", "sle4442"


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """One person at the centre: the declaration, the card's number, the person number."""

    fixture: Fixture
    card: str
    person: str


class InsuringOffice(OpenOffice, Protocol):
    """A back office, at hand or at the other end of a line, whose insurance centre takes people in."""

    @property
    def insurance(self) -> AskInsurance:
        """The insurance centre's own desk."""


def bring_in_people(
    office: InsuringOffice, now: Callable[[], datetime], fixtures: Iterable[Fixture] = FIXTURES
) -> list[BroughtIn]:
    """Bring the people in, each with a card the bank has activated; doing it again changes nothing."""
    return [_bring_in(office, now, fixture) for fixture in fixtures]


def _bring_in(office: InsuringOffice, now: Callable[[], datetime], fixture: Fixture) -> BroughtIn:
    persona = Persona.from_seed(fixture.seed)
    holder = Holder(persona.id_number, persona.name)
    standing = Standing(fixture.state, FinancialState.ACTIVE, now())
    number = enrol_card(office, issue(SOCIAL_KIND, fixture.seed), standing=standing)
    if fixture.old_card:
        enrol_card(office, issue(OLD_KIND, fixture.seed), holder)
    today = office.profile.local_date(now())
    insured = Insured(
        holder,
        tuple(cover.row(today) for cover in fixture.covers),
        fixture.months,
        fixture.voucher,
        number,
        fixture.balance_fen,
    )
    answer: PersonInsured = office.insurance(InsurePerson(insured))
    return BroughtIn(fixture, number, answer.number)
