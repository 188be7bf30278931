"""Endings of the dual insert that no scenario can stage: odd cards, odd answers of the centre, a broken reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from apdu.layout.application_status import read_status_records
from apdu.layout.states import SocialState
from terminal.backoffice import refusals
from terminal.backoffice.ports import (
    Answer,
    BackOffice,
    ConfirmActivation,
    HsmMessage,
    NewCardAnswer,
    NewCardQuery,
    OldCardQuery,
    Refusal,
    RefusalCode,
    RefusedError,
    ReleaseReservation,
    Request,
    Reserve,
    SignIn,
    VerifyOldPin,
)
from terminal.flow.dual_insert_run import Ended
from terminal.flow.outcomes import BY_REFUSAL, Outcome
from terminal.scenario.findings import CentreSide, centre_side, journal_is_open, pin_works, status_on_card
from terminal.scenario.model import Scenario, load_scenario
from terminal.scenario.script import ScriptOperator, ScriptStep
from terminal.scenario.stage import Stage
from terminal.session import CardExchanged, Disturbance, Event, Party
from terminal.text import Text
from terminal.transport.base import ReaderError
from virtual_card.applications.memory import MemoryCard
from virtual_card.applications.old_cpu import old_cpu_card
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.state import StructureName

SCENARIO = load_scenario(Path(__file__).parents[2] / "scenarios" / "dual-insert.yaml")
STEPS = SCENARIO.visits[0].operator


@pytest.fixture
def stage() -> Stage:
    return Stage.of(SCENARIO)


@dataclass
class Between:
    """A back office that sees every request before the real one does."""

    office: BackOffice
    hook: Callable[[Request], Answer | None]

    def call(self, request: Request) -> Answer:
        answer = self.hook(request)
        return self.office.call(request) if answer is None else answer


def visit(
    stage: Stage,
    *,
    steps: Sequence[ScriptStep] = STEPS,
    hook: Callable[[Request], Answer | None] | None = None,
    means: str = "psam",
    disturbance: Disturbance | None = None,
    listener: Callable[[Event], None] | None = None,
) -> tuple[Ended, ScriptOperator]:
    counter = stage.counter(msgspec.structs.replace(SCENARIO.terminal, means=means))
    if hook is not None:
        counter.back_office = Between(stage.office, hook)
    operator = ScriptOperator(steps, stage.cards, counter.slots, stage.pins, strict=False)
    ended = counter.dual_insert(operator, listener, disturbance)
    counter.clear()
    return ended, operator


def new_side(stage: Stage) -> CentreSide:
    side = centre_side(stage, "new")
    assert side is not None
    return side


def refusing(kind: type[Any], refusal: Refusal) -> Callable[[Request], Answer | None]:
    def hook(request: Request) -> None:
        if isinstance(request, kind):
            raise RefusedError(refusal)

    return hook


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_its_outcome_and_the_text_of_the_back_office(
    stage: Stage, code: RefusalCode
) -> None:
    refusal = Refusal(code, "R0", Text("the very reason", "理由"))
    ended, operator = visit(stage, hook=refusing(NewCardQuery, refusal))
    assert ended.outcome is BY_REFUSAL[code]
    assert ended.refusal is refusal
    if code is not RefusalCode.OLD_CARD_REQUIRED:
        assert operator.shown[-1] == refusal.text


@pytest.mark.parametrize("kind", [SignIn, OldCardQuery, NewCardQuery, VerifyOldPin, Reserve])
def test_refusal_before_the_reservation_leaves_the_card_untouched(stage: Stage, kind: type[Any]) -> None:
    before = stage.cards["new"].state()
    ended, _ = visit(stage, hook=refusing(kind, refusals.OTHER_HOLDER))
    assert ended.outcome is Outcome.CENTRE_OTHER_HOLDER
    assert stage.cards["new"].state() == before


def test_confirmation_of_a_released_reservation_is_undone_on_the_card(stage: Stage) -> None:
    def hook(request: Request) -> None:
        if isinstance(request, ConfirmActivation):
            stage.office.call(ReleaseReservation(request.place, request.number))

    ended, _ = visit(stage, hook=hook)
    status = status_on_card(stage.cards["new"])
    assert ended.outcome is Outcome.NO_RESERVATION
    assert status is not None and status.status is not None
    assert status.status.social is SocialState.SEALED
    assert not journal_is_open(stage.cards["new"])
    assert new_side(stage).reservation == "released"


def test_centre_that_names_another_holder_for_the_card_is_believed(stage: Stage) -> None:
    def hook(request: Request) -> Answer | None:
        if not isinstance(request, NewCardQuery):
            return None
        answer: Any = stage.office.call(request)
        holder = replace(answer.holder, id_number="99010019900101001X")
        changed: NewCardAnswer = replace(answer, holder=holder)
        return changed

    ended, _ = visit(stage, hook=hook)
    assert ended.outcome is Outcome.OTHER_HOLDER_AT_CENTRE


@pytest.mark.parametrize("text", ["", "|", "ZZ|ZZ|", "00|00|", "0011223344556677|", "not a message"])
def test_hsm_answer_that_is_none_ends_the_visit_as_unreachable(stage: Stage, text: str) -> None:
    ended, _ = visit(
        stage, means="hsm", hook=lambda request: text if isinstance(request, HsmMessage) else None
    )
    assert ended.outcome is Outcome.UNREACHABLE
    assert "HSM" in ended.detail
    assert new_side(stage).reservation == "none"


def test_hsm_that_answers_for_another_card_calls_it_not_genuine(stage: Stage) -> None:
    pair = "00" * 16
    ended, _ = visit(
        stage,
        means="hsm",
        hook=lambda request: f"{pair}|{pair}|" if isinstance(request, HsmMessage) else None,
    )
    assert ended.outcome is Outcome.NOT_GENUINE


@dataclass
class BrokenReader:
    """The reader fails at one exchange."""

    at: int

    def before(self, exchange: int, party: Party) -> None:
        if exchange == self.at:
            raise ReaderError("the reader was unplugged")

    def after(self, exchange: int, party: Party) -> None:
        """Nothing more."""


def test_reader_that_fails_in_the_middle_leaves_the_reservation_to_the_next_terminal(stage: Stage) -> None:
    ended, _ = visit(stage, disturbance=BrokenReader(75))
    assert ended.outcome is Outcome.READER_FAILED
    assert ended.detail == "the reader was unplugged"
    assert new_side(stage).reservation == "open"
    ended, _ = visit(stage)
    assert ended.outcome is Outcome.COMPLETED


def test_psam_is_left_alone_once_the_hsm_took_over(stage: Stage) -> None:
    events: list[Event] = []
    stage.psam = Stage.of(with_psam(without=["RKSSSE"])).psam
    ended, _ = visit(stage, listener=events.append)
    assert ended.outcome is Outcome.ACTIVATED
    parties = [
        event.role.value if isinstance(event, CardExchanged) else "hsm"
        for event in events
        if isinstance(event, CardExchanged) or isinstance(getattr(event, "request", None), HsmMessage)
    ]
    assert "psam" not in parties[parties.index("hsm") :]
    assert parties.count("hsm") >= 3


def with_psam(**options: Any) -> Scenario:
    psam = msgspec.structs.replace(SCENARIO.terminal.psam, **options)
    return msgspec.structs.replace(SCENARIO, terminal=msgspec.structs.replace(SCENARIO.terminal, psam=psam))


def test_receipt_says_who_what_and_when_without_a_full_number(stage: Stage) -> None:
    _, operator = visit(stage)
    (receipt,) = operator.receipts
    lines = {label.en: value for label, value in receipt.lines}
    assert lines["pharmacy"] == "测试第一药店 Test Pharmacy One"
    assert lines["terminal"] == "990100000001"
    assert lines["time"] == "2030-03-01 09:00:00"
    assert lines["balance"] == "¥4285.36"
    assert lines["ID number"] == "990100**********92"
    assert stage.pins["old"] not in str(receipt)


# --- cards nobody issues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sle4442", "sle4428", "old-cpu"])
def test_blank_old_card_is_unreadable(stage: Stage, kind: str) -> None:
    if kind == "old-cpu":
        issued = Stage.of(with_old("old-cpu")).cards["old"]
        assert isinstance(issued, ProcessorCard)
        contents = issued.contents()
        for file in (file for directory in contents.directories for file in directory.files):
            file.records = [record[:2] + bytes(len(record) - 2) for record in file.records]
        stage.cards["old"] = old_cpu_card(contents)
    else:
        stage.cards["old"] = MemoryCard(kind, b"")
    ended, _ = visit(stage)
    assert ended.outcome is Outcome.UNREADABLE_OLD_CARD
    assert ended.detail
    assert new_side(stage).reservation == "none"


def with_old(kind: str) -> Scenario:
    old = msgspec.structs.replace(SCENARIO.cards["old"], kind=kind)
    return msgspec.structs.replace(SCENARIO, cards={**SCENARIO.cards, "old": old})


FOREIGN_RECORD = bytes.fromhex("EA0401020304")


def with_foreign_status_file(stage: Stage, structure: StructureName, readable: bool) -> ProcessorCard:
    """The stage's new card with another issuer's file under the FID of ours."""
    card = stage.cards["new"]
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    file = contents.directory("SSSE").file(0xEF0C)
    file.structure = structure
    file.records = [FOREIGN_RECORD] if structure == "VARIABLE" else []
    file.body = b"" if structure == "VARIABLE" else FOREIGN_RECORD
    file.read = (frozenset(),) if readable else ()
    foreign = social_card("ssc-3.0", contents)
    stage.cards["new"] = foreign
    return foreign


@pytest.mark.parametrize(
    ("structure", "readable"), [("VARIABLE", True), ("VARIABLE", False), ("TRANSPARENT", True)]
)
def test_another_issuers_file_under_our_fid_is_left_alone_and_the_card_served(
    stage: Stage, structure: StructureName, readable: bool
) -> None:
    card = with_foreign_status_file(stage, structure, readable)
    before = card.contents().directory("SSSE").file(0xEF0C)
    ended, _ = visit(stage)
    after = card.contents().directory("SSSE").file(0xEF0C)
    assert ended.outcome is Outcome.ACTIVATED
    assert (after.records, after.body) == (before.records, before.body)
    assert new_side(stage).state is SocialState.NORMAL
    assert pin_works(card, stage.pins["old"])


def test_our_record_beside_another_issuers_is_foreign() -> None:
    assert read_status_records([FOREIGN_RECORD]).foreign


def test_card_without_our_file_is_recovered_from_the_reservation_alone(stage: Stage) -> None:
    card = with_foreign_status_file(stage, "VARIABLE", True)
    ended, _ = visit(stage, disturbance=BrokenReader(66))
    assert ended.outcome is Outcome.READER_FAILED
    assert new_side(stage).reservation == "open"
    ended, _ = visit(stage)
    assert ended.outcome is Outcome.COMPLETED
    assert card.contents().directory("SSSE").file(0xEF0C).records == [FOREIGN_RECORD]


def test_new_card_with_a_blank_number_is_refused_in_words(stage: Stage) -> None:
    card = stage.cards["new"]
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    issuer_data = contents.directory("SSSE").file(0xEF05)
    issuer_data.records = [
        record[:2] + bytes(len(record) - 2) if record[0] == 0x07 else record for record in issuer_data.records
    ]
    stage.cards["new"] = social_card("ssc-3.0", contents)
    ended, _ = visit(stage)
    assert ended.outcome is Outcome.CARD_REFUSED
    assert "the card is blank" in ended.detail
