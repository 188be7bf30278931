"""R14 from end to end: an outlet activates the bank's application, the pharmacy finds the card in use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.bank import AccountState, BankAccount, BankHost
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.ports import UnreachableError
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Flow, PowerOff, PowerOn, Role, on
from terminal.procedures.financial_activation import (
    Activated,
    FinancialActivation,
    activate_financial,
    terminal_values,
)
from terminal.scenario import invariants
from terminal.scenario.findings import status_on_card
from terminal.scenario.model import load_scenario
from terminal.scenario.run import play
from terminal.scenario.script import Insert, Remove
from terminal.scenario.stage import Stage
from terminal.session import Session
from terminal.transport.virtual import VirtualReader
from virtual_card.applications.pboc.personalisation import card_number
from virtual_card.slot import Slot

PLAIN = Path(__file__).parents[2] / "scenarios" / "dual-insert.yaml"
NOON = datetime(2030, 1, 8, 12, 0)


class Line:
    """The line to the centre, which can be down or lose an answer."""

    def __init__(self, stage: Stage) -> None:
        self.office = stage.office
        self.up = True
        self.loses_answers = False

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        if not self.up:
            raise UnreachableError("the line is down")
        answer = self.office.bank_activated(notice)
        if self.loses_answers:
            raise UnreachableError("the answer was lost")
        return answer


class Outlet:
    """The bank's outlet with the holder's new card, and the bank behind it."""

    def __init__(self) -> None:
        self.stage = Stage.of(load_scenario(PLAIN))
        self.line = Line(self.stage)
        record: Any = self.stage.records["new"]
        bank_card = card_number(self.stage.scenario.cards["new"].seed, 19)
        notice = BankNotice(record.number, record.holder_id, bank_card)
        self.account = BankAccount(notice=notice)
        self.host = BankHost({bank_card: self.account}, centre=self.line)

    def activate(self) -> FinancialActivation:
        slot = Slot("outlet")
        slot.insert(self.stage.cards["new"])
        session = Session(
            {Role.NEW: VirtualReader(slot)},
            operator=None,  # type: ignore[arg-type]
            back_office=None,  # type: ignore[arg-type]
            now=lambda: NOON,
            random=bytes,
        )
        result: FinancialActivation = session.run(self._flow())
        slot.remove()
        return result

    def _flow(self) -> Flow[FinancialActivation]:
        yield PowerOn(Role.NEW)
        values = terminal_values(NOON, bytes(4), sm=True)
        result = yield from on(Role.NEW, activate_financial(self.host, values))
        yield PowerOff(Role.NEW)
        return result

    @property
    def centre(self) -> tuple[SocialState, FinancialState | None]:
        (new,) = [card for card in self.stage.office.cards() if card.role == "new"]
        return new.state, new.financial

    def on_card(self) -> tuple[SocialState, FinancialState]:
        found = status_on_card(self.stage.cards["new"])
        assert found is not None and found.status is not None
        return found.status.social, found.status.financial

    def insert_at_the_pharmacy(self) -> Outcome:
        visit = msgspec.structs.replace(
            self.stage.scenario.visits[0], operator=[Insert(card="new"), Remove()], faults=[]
        )
        ended = play(self.stage, visit).ended
        assert ended is not None
        return ended.outcome


BOTH_ACTIVE = (SocialState.NORMAL, FinancialState.ACTIVE)


def test_card_activated_by_the_bank_is_active_at_the_centre_and_catches_up_when_inserted() -> None:
    outlet = Outlet()
    assert outlet.activate().outcome is Activated.DONE
    assert outlet.centre == BOTH_ACTIVE
    assert outlet.on_card() == (SocialState.SEALED, FinancialState.INACTIVE)
    assert outlet.insert_at_the_pharmacy() is Outcome.CAUGHT_UP
    assert outlet.on_card() == BOTH_ACTIVE
    assert invariants.settled(outlet.stage) == []


@pytest.mark.parametrize("carried_out", [False, True])
def test_notice_without_an_answer_waits_and_goes_again(carried_out: bool) -> None:
    outlet = Outlet()
    outlet.line.up, outlet.line.loses_answers = carried_out, carried_out
    assert outlet.activate().outcome is Activated.DONE
    assert outlet.account.state is AccountState.ACTIVE
    assert outlet.host.waiting == [outlet.account.notice]
    assert (outlet.centre == BOTH_ACTIVE) is carried_out
    outlet.line.up, outlet.line.loses_answers = True, False
    outlet.host.send_notices()
    assert outlet.host.waiting == outlet.host.refused == []
    assert outlet.centre == BOTH_ACTIVE


def test_notice_the_centre_refuses_is_kept_apart_and_the_account_stays_active() -> None:
    outlet = Outlet()
    assert outlet.account.notice is not None
    stranger = BankNotice("A00000099", outlet.account.notice.id_number, outlet.account.notice.bank_card)
    outlet.account.notice = stranger
    assert outlet.activate().outcome is Activated.DONE
    ((notice, refusal),) = outlet.host.refused
    assert (notice, refusal.rule, outlet.host.waiting) == (stranger, "R1", [])
    assert outlet.centre == (SocialState.SEALED, FinancialState.INACTIVE)
