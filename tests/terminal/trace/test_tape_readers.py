"""A recorded reader answers like the reader beneath it, and its tape answers like it again: looks, waits, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from tape_samples import CLOCK, nothing_there, ticking

from terminal.flow.operator import OperatorCancelledError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, Role
from terminal.text import Pin, Text
from terminal.trace.tape import read_tape
from terminal.trace.tape_deck import Deck, beneath
from terminal.trace.tape_decks import record_tape, replay_tape
from terminal.trace.tape_events import Inserted, ReaderFailed, Removed, WaitEnded
from terminal.trace.tape_player import TapeMismatchError
from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    CardResetError,
    CardUnpoweredError,
    NoCardError,
    PinPad,
    Reader,
    ReaderError,
    TransportError,
)
from terminal.transport.pin_entry import PinEntryCancelledError, PinEntryError, PinEntryTimeoutError
from terminal.transport.tape import open_tape_reader

ATR = bytes.fromhex("3B6D000000814E43238697990100000001")


class Keypad:
    """A keypad on which somebody types."""

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        return b"\x90\x00"

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        raise CardMuteError("nobody typed")


class Stub:
    """A reader whose looks, waits and answers are given: True and False, bytes, or an error to raise."""

    def __init__(self, *answers: Any, keypad: PinPad | None = None) -> None:
        self.answers = list(answers)
        self.name = "stub"
        self.atr = ATR
        self.protocol = "T=1"
        self.pin_pad = keypad
        self.present = False
        self.closed = 0

    def _next(self) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def card_present(self) -> bool:
        return self.present

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        came: bool = self._next()
        self.present = present if came else not present
        return came

    def connect(self) -> Stub:
        self._next()
        return self

    def transmit(self, apdu: bytes) -> bytes:
        answer: bytes = self._next()
        return answer

    def reset(self) -> bytes:
        return self.transmit(b"")

    def close(self) -> None:
        self.closed += 1


Session = Callable[[Deck, Callable[[], Any]], Any]


def both_ways(session: Session, stub: Any, path: Path) -> tuple[Any, Any, list[Any]]:
    """What a session saw on the reader, what it saw on the tape of that, and the events."""
    with record_tape(path, CLOCK, elapsed_s=ticking()) as deck:
        first = session(deck, lambda: nullcontext(stub))
    tape = read_tape(path)
    with replay_tape(tape) as replaying:
        again = session(replaying, nothing_there)
    return first, again, [entry.event for entry in tape.entries]


def outcome(act: Callable[[], Any]) -> Any:
    """What a call gives, or the error it raises, comparable."""
    try:
        return act()
    except (TransportError, KeyboardInterrupt) as error:
        return type(error), str(error)


def test_a_card_is_seen_to_come_and_go_at_the_very_same_look(tmp_path: Path) -> None:
    moves = iter([False, False, True, True, True, False, False])

    class Moved(Stub):
        def card_present(self) -> bool:
            return next(moves)

    def session(deck: Deck, open_reader: Any) -> list[bool]:
        with deck.reader("reader", "", open_reader) as reader:
            return [reader.card_present() for _ in range(6)]

    first, again, events = both_ways(session, Moved(), tmp_path / "x.tape")
    assert first == again == [False, True, True, True, False, False]
    assert events[1:] == [Inserted("reader", 2), Removed("reader", 3)]


def test_waits_end_as_they_ended(tmp_path: Path) -> None:
    def session(deck: Deck, open_reader: Any) -> list[Any]:
        with deck.reader("reader", "", open_reader) as reader:
            return [
                reader.wait(True, 1),
                reader.card_present(),
                reader.wait(True, 1),
                reader.card_present(),
                reader.wait(False, 1),
                reader.wait(False, 2),
                outcome(lambda: reader.wait(True)),
                outcome(lambda: reader.wait(True)),
            ]

    stub = Stub(False, True, False, True, ReaderError("gone"), KeyboardInterrupt())
    first, again, events = both_ways(session, stub, tmp_path / "x.tape")
    assert first == again
    assert first[:6] == [False, False, True, True, False, True]
    assert first[6:] == [(ReaderError, "gone"), (KeyboardInterrupt, "")]
    assert [type(event) for event in events[1:]] == [
        WaitEnded,
        Inserted,
        WaitEnded,
        Removed,
        ReaderFailed,
        ReaderFailed,
    ]


@pytest.mark.parametrize(
    "error",
    [
        CardRemovedError("pulled"),
        NoCardError("none"),
        CardMuteError("mute"),
        CardUnpoweredError("no power"),
        CardResetError("reset by another"),
        PinEntryTimeoutError("nobody typed"),
        PinEntryCancelledError("cancelled"),
        PinEntryError("too short"),
        ReaderError("gone"),
        TransportError("?"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_comes_back_at_the_same_exchange(error: TransportError, tmp_path: Path) -> None:
    def session(deck: Deck, open_reader: Any) -> list[Any]:
        with deck.reader("reader", "", open_reader) as reader:
            seen = [outcome(reader.connect)]
            connection = reader.connect()
            seen += [connection.atr, connection.protocol, connection.pin_pad]
            seen += [outcome(lambda: connection.transmit(b"\0\xb0\0\0\0")) for _ in range(2)]
            seen += [outcome(connection.reset), outcome(connection.reset), connection.atr]
            connection.close()
            connection.close()
            return seen

    stub = Stub(error, None, b"\x01\x90\x00", error, error, ATR)
    first, again, _ = both_ways(session, stub, tmp_path / "x.tape")
    assert first == again
    assert first == [
        (type(error), str(error)),
        ATR,
        "T=1",
        None,
        b"\x01\x90\x00",
        (type(error), str(error)),
        (type(error), str(error)),
        ATR,
        ATR,
    ]
    assert stub.closed == 2


def test_a_reader_that_cannot_be_opened_cannot_be_opened_again(tmp_path: Path) -> None:
    @contextmanager
    def broken() -> Iterator[Reader]:
        raise ReaderError("no such reader")
        yield

    def session(deck: Deck, open_reader: Any) -> Any:
        return outcome(lambda: deck.reader("old", "", open_reader).__enter__())

    path = tmp_path / "x.tape"
    with record_tape(path, CLOCK, elapsed_s=ticking()) as deck:
        first = session(deck, broken)
    with replay_tape(read_tape(path)) as replaying:
        assert session(replaying, nothing_there) == first == (ReaderError, "no such reader")


def test_a_keypad_is_recorded_without_its_pin(tmp_path: Path) -> None:
    template = bytes.fromhex("0020000003FFFFFF")

    def session(deck: Deck, open_reader: Any) -> list[Any]:
        with deck.reader("reader", "", open_reader) as reader:
            pad = reader.connect().pin_pad
            assert pad is not None
            given: dict[str, Any] = {"shortest": 4, "longest": 6, "timeout_s": 30}
            return [
                pad.verify(template, **given),
                outcome(lambda: pad.change(bytes.fromhex("805E010007FFFFFFFFFFFFFF"), **given)),
            ]

    first, again, _ = both_ways(session, Stub(None, keypad=Keypad()), tmp_path / "x.tape")
    assert first == again == [b"\x90\x00", (CardMuteError, "nobody typed")]


class Person:
    """Moves a card, and waits at the reader while asked."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader

    def insert_card(self, request: InsertCard) -> None:
        self.reader.wait(True, 1)

    def enter_pin(self, request: EnterPin) -> Pin:
        self.reader.card_present()
        return Pin("8642")

    def confirm(self, request: Confirm) -> bool:
        raise KeyboardInterrupt


def test_what_happens_at_readers_while_a_person_is_asked_needs_no_replay(tmp_path: Path) -> None:
    text = Text("?", "？")

    def session(deck: Deck, open_reader: Any) -> list[Any]:
        with deck.reader("old", "", open_reader) as reader:
            operator = deck.operator(lambda: Person(reader))  # type: ignore[arg-type,return-value]
            reader.card_present()
            operator.insert_card(InsertCard(Role.OLD, text))
            seen = [reader.card_present(), operator.enter_pin(EnterPin(text, 3)) == Pin("8642")]
            return [*seen, reader.card_present(), outcome(lambda: operator.confirm(Confirm(text)))]

    first, again, _ = both_ways(session, Stub(True), tmp_path / "x.tape")
    assert first == [True, True, True, (KeyboardInterrupt, "")]
    assert again == [True, False, True, (KeyboardInterrupt, "")], (
        "the PIN is a stand-in, all else is the same"
    )


def test_a_person_who_cancels_at_the_reader_cancels_again(tmp_path: Path) -> None:
    class Cancelling(Person):
        def insert_card(self, request: InsertCard) -> None:
            try:
                self.reader.wait(True)
            except KeyboardInterrupt:
                raise OperatorCancelledError("cancelled at the console") from None

    def session(deck: Deck, open_reader: Any) -> str:
        with deck.reader("old", "", open_reader) as reader:
            operator = deck.operator(lambda: Cancelling(reader))  # type: ignore[arg-type,return-value]
            with pytest.raises(OperatorCancelledError) as caught:
                operator.insert_card(InsertCard(Role.OLD, Text("", "")))
            return str(caught.value)

    first, again, _ = both_ways(session, Stub(KeyboardInterrupt()), tmp_path / "x.tape")
    assert first == again == "cancelled at the console"


def test_the_reader_beneath_a_recorded_one_can_be_reached(tmp_path: Path) -> None:
    stub: Any = Stub()
    with (
        record_tape(tmp_path / "x.tape", CLOCK, elapsed_s=ticking()) as deck,
        deck.reader("old", "", lambda: nullcontext(stub)) as reader,
    ):
        assert reader is not stub and beneath(reader) is stub
    assert beneath(stub) is stub


def test_no_reader_takes_the_name_of_a_party(tmp_path: Path) -> None:
    with record_tape(tmp_path / "x.tape", CLOCK, elapsed_s=ticking()) as deck:
        for name in ("centre", "Old card", ""):
            with pytest.raises(ValueError, match="cannot be the name"):
                deck.reader(name, "", nothing_there).__enter__()


# --- tape:FILE -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two_readers(tmp_path: Path) -> Path:
    """A tape of two readers, one command each, `old` first."""
    path = tmp_path / "two.tape"
    with record_tape(path, CLOCK, elapsed_s=ticking()) as deck:
        for role in ("old", "new"):
            stub: Any = Stub(None, role.encode() + b"\x90\x00")
            with deck.reader(role, "", lambda stub=stub: nullcontext(stub)) as reader:
                connection = reader.connect()
                connection.transmit(b"\0\xb0\0\0\0")
                connection.close()
    return path


@pytest.mark.parametrize(("role", "answer"), [("", b"old"), ("#old", b"old"), ("#new", b"new")])
def test_an_address_leads_to_one_reader_of_a_tape(two_readers: Path, role: str, answer: bytes) -> None:
    with open_tape_reader(f"{two_readers}{role}") as reader:
        assert reader.card_present()
        connection = reader.connect()
        assert connection.transmit(b"\0\xb0\0\0\0") == answer + b"\x90\x00"
        connection.close()


def test_a_reader_of_a_tape_may_have_nothing_left_in_the_end(two_readers: Path) -> None:
    with pytest.raises(TapeMismatchError, match="4 events are left"), open_tape_reader(str(two_readers)):
        pass


def test_closing_where_nobody_closed_is_told_at_the_end(two_readers: Path) -> None:
    with (
        pytest.raises(TapeMismatchError, match="came      old: the card is powered off"),
        open_tape_reader(str(two_readers)) as reader,
    ):
        reader.connect().close()


def test_addresses_that_lead_nowhere_name_what_there_is(two_readers: Path, tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"no reader 'psam'; there are tape:.*#old, tape:.*#new"):
        open_tape_reader(f"{two_readers}#psam").__enter__()
    with pytest.raises(ReaderError, match="No such file or directory; check the name"):
        open_tape_reader(str(tmp_path / "none.tape")).__enter__()
    with record_tape(tmp_path / "empty.tape", CLOCK, elapsed_s=ticking()):
        pass
    with pytest.raises(ReaderError, match="no reader was recorded on this tape"):
        open_tape_reader(str(tmp_path / "empty.tape")).__enter__()
