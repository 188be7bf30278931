"""The session performs a flow's steps: completes T=0, throws what fails into the flow, powers off at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from apdu.command import Command
from apdu.response import Response
from apdu.t0 import CompletionError
from terminal.backoffice.ports import Answer, Place, Request, SignedIn, SignIn, UnreachableError
from terminal.flow.operator import OperatorCancelledError, OperatorTimeoutError
from terminal.flow.steps import (
    Confirm,
    Draw,
    EnterPin,
    Exchange,
    Flow,
    InsertCard,
    PowerOff,
    PowerOn,
    PrintReceipt,
    ReadClock,
    RemoveCard,
    Role,
    Show,
)
from terminal.session import (
    CardExchanged,
    CardPowered,
    CentreAnswered,
    Disturbance,
    Event,
    OperatorActed,
    Party,
    Session,
    TerminalPowerLossError,
)
from terminal.text import Pin, Text
from terminal.transport.base import CardRemovedError, NoCardError, ReaderError, TransportError

NOW = datetime(2030, 3, 1, 1, 0, tzinfo=UTC)
SELECT = Command(0x00, 0xA4, 0x04, 0x00, b"\x01\x02", le=256)
READ = Command(0x00, 0xB2, 0x07, 0x00, le=16)
TEXT = Text("text", "文")


@dataclass
class ScriptedReader:
    """A reader whose card answers from a list; an exception in it is raised."""

    answers: list[str | Exception]
    name: str = "scripted"
    present: bool = True
    sent: list[str] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    atr: bytes = b"\x3b\x00"
    protocol: str = "T=0"

    def card_present(self) -> bool:
        return self.present

    def connect(self) -> ScriptedReader:
        self.opened += 1
        return self

    def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu.hex())
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bytes.fromhex(answer)

    def reset(self) -> bytes:
        return self.atr

    def close(self) -> None:
        self.closed += 1


@dataclass
class Person:
    """An operator who does everything at once, or raises."""

    failure: Exception | None = None

    def _act(self) -> None:
        if self.failure is not None:
            raise self.failure

    def insert_card(self, request: InsertCard) -> None:
        self._act()

    def remove_card(self, request: RemoveCard) -> None:
        self._act()

    def enter_pin(self, request: EnterPin) -> Pin:
        self._act()
        return Pin("135790")

    def confirm(self, request: Confirm) -> bool:
        self._act()
        return True

    def show(self, request: Show) -> None:
        self._act()

    def print_receipt(self, request: PrintReceipt) -> None:
        self._act()


@dataclass
class Centre:
    """A back office that answers with one thing, or raises it."""

    answer: Answer | Exception = field(default_factory=lambda: SignedIn("pharmacy"))

    def call(self, request: Request) -> Answer:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def session(
    reader: ScriptedReader,
    *,
    person: Person | None = None,
    centre: Centre | None = None,
    events: list[Event] | None = None,
    disturbance: Disturbance | None = None,
    readers: Mapping[Role, Any] | None = None,
) -> Session:
    return Session(
        readers or {Role.NEW: reader},
        person or Person(),
        centre or Centre(),
        now=lambda: NOW,
        random=bytes,
        listener=None if events is None else events.append,
        disturbance=disturbance,
    )


def exchange(*commands: Command) -> Flow[list[Response]]:
    yield PowerOn(Role.NEW)
    answers: list[Response] = []
    for command in commands:
        answer: Response = yield Exchange(Role.NEW, command)
        answers += [answer]
    return answers


def test_61xx_is_completed_with_get_response() -> None:
    reader = ScriptedReader(["6103", "ABCDEF9000"])
    events: list[Event] = []
    (answer,) = session(reader, events=events).run(exchange(SELECT))
    assert answer == Response(b"\xab\xcd\xef", 0x9000)
    assert reader.sent == ["00a4040002010200", "00c0000003"]
    exchanged = [event for event in events if isinstance(event, CardExchanged)]
    assert exchanged == [CardExchanged(Role.NEW, SELECT, answer)]


def test_6cxx_is_completed_with_the_right_length() -> None:
    reader = ScriptedReader(["6C02", "AABB9000"])
    (answer,) = session(reader).run(exchange(READ))
    assert answer == Response(b"\xaa\xbb", 0x9000)
    assert reader.sent == ["00b2070010", "00b2070002"]


def test_card_that_never_finishes_is_an_error_the_flow_may_catch() -> None:
    def flow() -> Flow[str]:
        yield PowerOn(Role.NEW)
        try:
            yield Exchange(Role.NEW, SELECT)
        except CompletionError:
            return "caught"
        return "answered"

    assert session(ScriptedReader(["6100"] * 100)).run(flow()) == "caught"


@pytest.mark.parametrize(
    "failure", [CardRemovedError("pulled"), ReaderError("broken")], ids=["removed", "reader"]
)
def test_transport_error_is_thrown_into_the_flow_which_may_go_on(failure: TransportError) -> None:
    def flow() -> Flow[Response]:
        yield PowerOn(Role.NEW)
        with pytest.raises(type(failure)):
            yield Exchange(Role.NEW, READ)
        answer: Response = yield Exchange(Role.NEW, READ)
        return answer

    assert session(ScriptedReader([failure, "9000"])).run(flow()).ok


def test_answer_without_status_word_is_the_readers_failure() -> None:
    with pytest.raises(ReaderError, match="no valid answer"):
        session(ScriptedReader(["90"])).run(exchange(READ))


def test_back_office_error_is_told_and_thrown() -> None:
    events: list[Event] = []
    request = SignIn(Place("990100000001"))

    def flow() -> Flow[str]:
        try:
            yield request
        except UnreachableError:
            return "caught"
        return "answered"

    failure = UnreachableError("no line")
    assert session(ScriptedReader([]), centre=Centre(failure), events=events).run(flow()) == "caught"
    assert events == [CentreAnswered(request, failure)]


def test_operator_error_is_told_and_thrown() -> None:
    events: list[Event] = []
    failure = OperatorCancelledError("cancelled")

    def flow() -> Flow[str]:
        try:
            yield Show(TEXT)
        except OperatorCancelledError:
            return "caught"
        return "shown"

    assert session(ScriptedReader([]), person=Person(failure), events=events).run(flow()) == "caught"
    assert events == [OperatorActed(Show(TEXT), failure)]


def test_slot_that_stays_empty_is_a_time_out() -> None:
    def flow() -> Flow[None]:
        yield InsertCard(Role.NEW, TEXT)

    with pytest.raises(OperatorTimeoutError, match="no social security card was inserted"):
        session(ScriptedReader([], present=False)).run(flow())


def test_missing_slot_and_unpowered_card_are_errors_that_name_them() -> None:
    def power_psam() -> Flow[None]:
        yield PowerOn(Role.PSAM)

    def unpowered() -> Flow[None]:
        yield Exchange(Role.NEW, READ)

    with pytest.raises(ReaderError, match="no slot for the PSAM"):
        session(ScriptedReader([])).run(power_psam())
    with pytest.raises(NoCardError, match="the social security card is not powered"):
        session(ScriptedReader([])).run(unpowered())


def test_card_is_powered_off_at_the_end_and_after_a_failure() -> None:
    reader = ScriptedReader(["9000"])
    session(reader).run(exchange(READ))
    assert (reader.opened, reader.closed) == (1, 1)
    reader = ScriptedReader([ReaderError("broken")])
    with pytest.raises(ReaderError):
        session(reader).run(exchange(READ))
    assert (reader.opened, reader.closed) == (1, 1)


def test_bug_in_a_flow_leaves_no_card_powered() -> None:
    def flow() -> Flow[None]:
        yield PowerOn(Role.NEW)
        raise ZeroDivisionError

    reader = ScriptedReader([])
    with pytest.raises(ZeroDivisionError):
        session(reader).run(flow())
    assert reader.closed == 1


def test_removal_powers_the_card_off_first_and_power_off_is_harmless_twice() -> None:
    def flow() -> Flow[None]:
        yield PowerOn(Role.NEW)
        yield RemoveCard(Role.NEW, TEXT)
        yield PowerOff(Role.NEW)

    reader = ScriptedReader([])
    session(reader).run(flow())
    assert reader.closed == 1


def test_second_role_on_the_same_reader_takes_the_first_ones_connection() -> None:
    def flow() -> Flow[None]:
        yield PowerOn(Role.OLD)
        yield PowerOn(Role.NEW)
        yield Exchange(Role.OLD, READ)

    reader = ScriptedReader([])
    with pytest.raises(NoCardError, match="old medical card is not powered"):
        session(reader, readers={Role.OLD: reader, Role.NEW: reader}).run(flow())
    assert reader.closed == 2


def test_clock_randomness_pin_and_confirmation_come_from_outside() -> None:
    events: list[Event] = []

    def flow() -> Flow[tuple[Any, ...]]:
        atr = yield PowerOn(Role.NEW)
        drawn = yield Draw(3)
        now = yield ReadClock()
        pin = yield EnterPin(TEXT, 6)
        agreed = yield Confirm(TEXT)
        return atr, drawn, now, pin, agreed

    found = session(ScriptedReader([]), events=events).run(flow())
    assert found == (b"\x3b\x00", bytes(3), NOW, Pin("135790"), True)
    assert events[0] == CardPowered(Role.NEW, "scripted", b"\x3b\x00")


@dataclass
class Watch:
    """Notes every call, and raises at one."""

    seen: list[tuple[str, int, Party]] = field(default_factory=list)
    strike: tuple[str, int] | None = None
    failure: Exception | None = None

    def before(self, exchange: int, party: Party) -> None:
        self._note("before", exchange, party)

    def after(self, exchange: int, party: Party) -> None:
        self._note("after", exchange, party)

    def _note(self, side: str, exchange: int, party: Party) -> None:
        self.seen.append((side, exchange, party))
        if self.strike == (side, exchange) and self.failure is not None:
            raise self.failure


def mixed() -> Flow[None]:
    yield PowerOn(Role.NEW)
    yield SignIn(Place("990100000001"))
    yield Exchange(Role.NEW, SELECT)
    yield Exchange(Role.NEW, READ)


def test_exchanges_are_counted_over_all_parties_get_response_included() -> None:
    watch = Watch()
    session(ScriptedReader(["6101", "AA9000", "9000"]), disturbance=watch).run(mixed())
    parties: Iterable[Party] = (Party.CENTRE, Party.NEW, Party.NEW, Party.NEW)
    assert watch.seen == [
        (side, number, party) for number, party in enumerate(parties, 1) for side in ("before", "after")
    ]


def test_disturbance_before_keeps_the_request_from_the_card_and_after_loses_the_answer() -> None:
    reader = ScriptedReader(["9000", "9000"])
    with pytest.raises(CardRemovedError):
        session(reader, disturbance=Watch([], ("before", 2), CardRemovedError("pulled"))).run(mixed())
    assert reader.sent == []
    with pytest.raises(CardRemovedError):
        session(reader, disturbance=Watch([], ("after", 2), CardRemovedError("pulled"))).run(mixed())
    assert len(reader.sent) == 1


def test_power_loss_of_the_terminal_is_nothing_a_flow_can_catch() -> None:
    closed = []

    def flow() -> Flow[None]:
        try:
            yield PowerOn(Role.NEW)
            yield Exchange(Role.NEW, READ)
        except Exception:
            closed.append("caught")
        finally:
            closed.append("gone")

    reader = ScriptedReader(["9000"])
    with pytest.raises(TerminalPowerLossError):
        session(reader, disturbance=Watch([], ("before", 1), TerminalPowerLossError())).run(flow())
    assert closed == ["gone"]
    assert reader.sent == []
