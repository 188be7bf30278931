"""A card behind a virtual reader's port, met by the bare protocol."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from queue import Queue
from typing import Any

import pytest

from apdu.vpcd import Control, Unframer, frame
from virtual_card import vpcd
from virtual_card.card import ProcessorCard
from virtual_card.faults import FaultPlan
from virtual_card.issuer import issue
from virtual_card.slot import Slot
from virtual_card.vpcd import Presence, PresentedSlot, VpcdError, is_loop

TIMEOUT_S = 60.0
GET_CHALLENGE = bytes.fromhex("0084000008")


class FakeReader:
    """The reader's side, as bare as it gets."""

    def __init__(self, port: int = 0) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.listener.settimeout(TIMEOUT_S)
        self.port: int = self.listener.getsockname()[1]
        self.card = socket.socket()

    def accept(self) -> None:
        self.card.close()
        self.card, _ = self.listener.accept()
        self.card.settimeout(TIMEOUT_S)

    def ask(self, message: bytes) -> bytes | None:
        """The answer's payload; None where the card hung up."""
        self.card.sendall(message)
        unframer = Unframer()
        while piece := self.card.recv(65536):
            payloads = unframer.feed(piece)
            if payloads:
                return payloads[0]
        return None

    def power_on(self) -> bytes | None:
        self.card.sendall(Control.POWER_ON.message)
        return self.ask(Control.ATR.message)

    def close(self) -> None:
        self.card.close()
        self.listener.close()


class Desk:
    """A slot whose card is presented to a fake reader, and what was told about it."""

    def __init__(self, faults: Iterable[Mapping[str, Any]] = ()) -> None:
        self.reader = FakeReader()
        self.told: Queue[Presence] = Queue()
        self.presented = PresentedSlot(
            Slot("slot", FaultPlan.from_data(faults)), port=self.reader.port, listener=self.told.put
        )

    def hears(self, *expected: Presence) -> None:
        assert [self.told.get(timeout=TIMEOUT_S) for _ in expected] == list(expected)


@contextmanager
def desk(faults: Iterable[Mapping[str, Any]] = ()) -> Iterator[Desk]:
    made = Desk(faults)
    with made.presented:
        yield made
    made.reader.close()


def test_a_card_gives_its_atr_without_power_and_answers_with_it() -> None:
    card = issue("ssc-3.0", 1)
    with desk() as at:
        at.presented.insert(card)
        at.reader.accept()
        assert at.reader.ask(Control.ATR.message) == card.atr
        at.hears(Presence.CONNECTED)
        assert not at.presented.wait_powered(0)
        assert at.reader.power_on() == card.atr
        at.hears(Presence.POWERED_ON)
        assert at.presented.wait_powered(0)
        answer = at.reader.ask(frame(GET_CHALLENGE))
        assert answer is not None and answer[-2:] == b"\x90\x00"
        at.reader.card.sendall(Control.RESET.message)
        at.hears(Presence.RESET)
        at.reader.card.sendall(Control.POWER_OFF.message)
        at.hears(Presence.POWERED_OFF)


def test_messages_in_pieces_and_together_are_answered_in_order() -> None:
    with desk() as at:
        at.presented.insert(issue("ssc-2.0", 1))
        at.reader.accept()
        stream = Control.POWER_ON.message + frame(GET_CHALLENGE) + Control.ATR.message
        for index in range(len(stream) - 1):
            at.reader.card.sendall(stream[index : index + 1])
        at.reader.card.sendall(stream[-1:])
        unframer = Unframer()
        answers: list[bytes] = []
        while len(answers) < 2:
            answers += unframer.feed(at.reader.card.recv(65536))
        assert answers[0][-2:] == b"\x90\x00"
        assert answers[1] == issue("ssc-2.0", 1).atr


def test_removing_the_card_hangs_up_and_another_card_comes_in() -> None:
    first, second = issue("ssc-3.0", 1), issue("old-cpu", 2)
    with desk() as at:
        at.presented.insert(first)
        at.reader.accept()
        assert at.reader.power_on() == first.atr
        at.hears(Presence.CONNECTED, Presence.POWERED_ON)
        assert at.presented.remove() is first
        assert at.reader.card.recv(1) == b""
        at.hears(Presence.REMOVED)
        assert not at.presented.wait_powered(0)
        at.presented.insert(second)
        at.reader.accept()
        assert at.reader.power_on() == second.atr
        at.hears(Presence.CONNECTED, Presence.POWERED_ON)


def test_a_card_exchanged_behind_the_readers_back_is_another_insertion() -> None:
    second = issue("ssc-1.0", 2)
    with desk() as at:
        at.presented.insert(issue("ssc-3.0", 1))
        at.reader.accept()
        at.reader.power_on()
        at.presented.slot.remove()
        at.presented.slot.insert(second)
        assert at.reader.ask(Control.ATR.message) is None
        at.reader.accept()
        assert at.reader.power_on() == second.atr


def test_a_card_pulled_by_the_fault_plan_is_gone() -> None:
    with desk([{"do": "pull-after", "at": 2}]) as at:
        at.presented.insert(issue("ssc-3.0", 1))
        at.reader.accept()
        at.reader.power_on()
        assert at.reader.ask(frame(GET_CHALLENGE)) is not None
        assert at.reader.ask(frame(GET_CHALLENGE)) is None
        at.hears(Presence.CONNECTED, Presence.POWERED_ON, Presence.REMOVED)
        assert not at.presented.slot.card_present()


def test_a_mute_card_hangs_up_and_comes_back_without_power() -> None:
    with desk([{"do": "mute", "at": 1}]) as at:
        at.presented.insert(issue("ssc-3.0", 1))
        at.reader.accept()
        at.reader.power_on()
        assert at.reader.ask(frame(GET_CHALLENGE)) is None
        at.hears(Presence.CONNECTED, Presence.POWERED_ON, Presence.DISCONNECTED)
        at.reader.accept()
        assert at.reader.ask(frame(GET_CHALLENGE)) is None
        at.reader.accept()
        assert at.reader.power_on() is not None
        assert at.reader.ask(frame(GET_CHALLENGE)) is not None


def test_a_reset_wakes_a_card_that_lost_its_power() -> None:
    with desk([{"do": "mute", "at": 1}]) as at:
        at.presented.insert(issue("ssc-3.0", 1))
        at.reader.accept()
        at.reader.power_on()
        at.reader.ask(frame(GET_CHALLENGE))
        at.reader.accept()
        at.reader.card.sendall(Control.RESET.message)
        assert at.reader.ask(frame(GET_CHALLENGE)) is not None


def test_the_end_of_the_daemon_is_outlived() -> None:
    card = issue("ssc-3.0", 1)
    with desk() as at:
        at.presented.insert(card)
        at.reader.accept()
        at.reader.power_on()
        at.reader.close()
        at.hears(Presence.CONNECTED, Presence.POWERED_ON, Presence.DISCONNECTED, Presence.WAITING)
        at.reader = FakeReader(at.reader.port)
        at.reader.accept()
        assert at.reader.power_on() == card.atr
        at.hears(Presence.CONNECTED, Presence.POWERED_ON)


@pytest.mark.parametrize("words", [b"\x00\x01\x07", b"\x00\x00", b""])
def test_who_does_not_speak_the_protocol_is_told_of(words: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpcd, "SILENCE_S", 0.05)
    with desk() as at:
        at.presented.insert(issue("ssc-3.0", 1))
        for _ in range(2):
            at.reader.accept()
            at.reader.card.sendall(words)
            at.reader.card.shutdown(socket.SHUT_WR)
            assert at.reader.card.recv(1) == b""
        at.hears(Presence.SILENT)
        at.reader.accept()
        at.reader.power_on()
        at.hears(Presence.CONNECTED, Presence.POWERED_ON)


def test_a_reader_that_has_a_card_already_is_told_of_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpcd, "SILENCE_S", 0.05)
    with desk() as at:
        at.presented.insert(issue("ssc-3.0", 1))
        at.hears(Presence.SILENT)
        at.reader.accept()
        assert at.reader.power_on() is not None
        at.hears(Presence.CONNECTED, Presence.POWERED_ON)


def test_a_host_without_an_address_is_refused() -> None:
    with (
        pytest.raises(VpcdError, match=r"no\.such\.host\.invalid:1 is no address"),
        PresentedSlot(Slot("slot"), "no.such.host.invalid", 1),
    ):
        pass


def test_what_a_strict_card_raises_is_raised_where_the_block_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    card = issue("ssc-3.0", 1)
    assert isinstance(card, ProcessorCard)
    card.strict = True
    monkeypatch.setattr(card, "random", lambda length: 1 // 0)
    at = Desk()
    at.presented.__enter__()
    at.presented.insert(card)
    at.reader.accept()
    at.reader.power_on()
    assert at.reader.ask(frame(GET_CHALLENGE)) is None
    with pytest.raises(ZeroDivisionError):
        at.presented.__exit__(None, None, None)
    at.reader.close()


def test_a_connection_made_to_itself_is_known() -> None:
    with socket.socket() as own, FakeReader().listener as listener:
        own.bind(("127.0.0.1", 0))
        own.connect(own.getsockname())
        assert is_loop(own)
        with socket.create_connection(listener.getsockname()) as other:
            assert not is_loop(other)
