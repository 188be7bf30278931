"""What each step of a scenario does: with the card in the reader, or by a request to the centre alone.

One row a step. Names of cards become numbers, papers become what they say, kinds of place become the region's first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from terminal.backoffice import card_life_ports as life
from terminal.backoffice import card_ports as ports
from terminal.backoffice.channel_ports import CENTRE, Agent, Papers, PlaceKind, Service
from terminal.backoffice.outlet import outlet
from terminal.backoffice.ports import BackOffice, Place, Request
from terminal.flow import channel, errands
from terminal.flow.pin_change import change_pin
from terminal.scenario import errands as spec
from terminal.scenario.errands import AtPlace
from terminal.scenario.papers import PapersSpec, is_id_number
from terminal.scenario.stage import Stage
from terminal.text import Pin

KINDS = {kind.value: kind for kind in PlaceKind}


@dataclass(frozen=True, slots=True)
class Desk:
    """One step being carried out: the names in it, resolved on a stage; `office` is the centre as the place sees it."""

    stage: Stage
    step: Any
    office: BackOffice

    @property
    def place(self) -> Place:
        """Where this is."""
        return place_of(self.stage, self.step)

    @property
    def papers(self) -> Papers:
        """What is shown or told."""
        return shown_papers(self.stage, self.step.papers)

    @property
    def card_id(self) -> str | None:
        """The identification number that is told, if one is."""
        name = self.step.card_id
        return None if name is None else self.stage.social_record(name).card_id

    @property
    def card(self) -> str:
        """The number of the card that this is about."""
        return self.number(self.step.card)

    def number(self, name: str) -> str:
        """The number of a card by its name; what is no card's name stands for itself."""
        return self.stage.records[name].number if name in self.stage.records else name


def shown_papers(stage: Stage, shown: PapersSpec) -> Papers:
    """Papers with the numbers of the persons they name."""

    def number(said: str | None) -> str | None:
        return said if said is None or is_id_number(said) else stage.holder_id(said)

    comes = shown.agent is not None or shown.power_of_attorney
    agent = Agent(number(shown.agent), shown.power_of_attorney) if comes else None
    return Papers(number(shown.holder), agent)


def place_of(stage: Stage, step: AtPlace) -> Place:
    """The region's first place of a kind, or the place of a code."""
    if step.at not in KINDS:
        return Place(step.at)
    if step.at == PlaceKind.CENTRE.value:
        return CENTRE
    return Place(next(iter(stage.profile.places_of(KINDS[step.at])), step.at))


AT_READER: Mapping[type, Callable[[Desk], channel.Errand]] = {
    spec.Enable: lambda desk: errands.enable(desk.papers),
    spec.ReportLoss: lambda desk: errands.report_loss(desk.papers, desk.step.formal),
    spec.ReleaseLoss: lambda desk: errands.release_loss(desk.papers),
    spec.Replace: lambda desk: errands.replace(desk.papers, desk.number(desk.step.lost)),
    spec.HandOver: lambda desk: errands.hand_over(desk.papers),
    spec.ChangePin: lambda desk: change_pin(desk.papers),
    spec.RenewPin: lambda desk: errands.renew_pin(desk.papers, Pin(desk.step.pin) if desk.step.pin else None),
    spec.ActivateBank: lambda desk: errands.activate_bank(desk.papers, outlet(desk.office)),
}
"""What is done with the card in the reader."""

BY_NUMBER: Mapping[type, Callable[[Desk], Request]] = {
    spec.Enable: lambda desk: ports.Enable(desk.place, desk.card, desk.card_id, desk.papers),
    spec.Query: lambda desk: ports.QueryCard(desk.place, desk.card, desk.card_id, desk.papers),
    spec.SignElectronicCard: lambda desk: ports.SignElectronicCard(
        desk.place, desk.card, desk.card_id, desk.papers
    ),
    spec.ReportLoss: lambda desk: life.ReportLoss(
        desk.place, desk.card, desk.step.formal, desk.papers, desk.card_id
    ),
    spec.ReleaseLoss: lambda desk: life.ReleaseLoss(desk.place, desk.card, desk.papers),
    spec.Replace: lambda desk: life.ReplaceCard(
        desk.place, desk.number(desk.step.lost), desk.card, desk.papers
    ),
    spec.HandOver: lambda desk: life.HandOver(desk.place, desk.card, None, desk.papers),
    spec.HandOverList: lambda desk: life.HandOverToEmployer(
        desk.place, desk.step.employer, tuple(desk.number(name) for name in desk.step.cards)
    ),
    spec.CancelCard: lambda desk: life.CancelCard(desk.place, desk.card, desk.papers),
    spec.LockCard: lambda desk: life.LockCard(desk.place, desk.card),
    spec.UnlockCard: lambda desk: life.UnlockCard(desk.place, desk.card),
    spec.AskLeave: lambda desk: ports.Authorise(
        desk.place,
        desk.card,
        desk.stage.social_record(desk.step.card).card_id,
        Service(desk.step.service),
        desk.papers,
    ),
    spec.Tick: lambda desk: life.Tick(),
}
"""What is asked without a card in a reader."""


def in_reader(step: Any) -> bool:
    """Whether the card has to be in the reader for this."""
    return type(step) in AT_READER and getattr(step, "card", None) is None
