"""The reader's side of vpcd, with one of our cards and with emulators that misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from apdu.vpcd import Control, Unframer, frame
from terminal.transport import vpcd
from terminal.transport.base import CardMuteError, CardRemovedError, NoCardError, ReaderError
from terminal.transport.vpcd import VpcdReader
from virtual_card.faults import FaultPlan
from virtual_card.issuer import issue
from virtual_card.slot import Slot
from virtual_card.vpcd import PresentedSlot

TIMEOUT_S = 60.0
GET_CHALLENGE = bytes.fromhex("0084000008")
ATR = bytes.fromhex("3B02AABB")


@pytest.fixture
def reader() -> Iterator[VpcdReader]:
    with VpcdReader("127.0.0.1", 0) as opened:
        yield opened


def presented(reader: VpcdReader, *faults: dict[str, object]) -> PresentedSlot:
    host, port = reader.address
    return PresentedSlot(Slot("slot", FaultPlan.from_data(faults)), host, port)


@contextmanager
def emulator(reader: VpcdReader, answer: Callable[[bytes], bytes | None]) -> Iterator[None]:
    """A card of somebody else's; it hangs up where it answers None."""
    line = socket.create_connection(reader.address, TIMEOUT_S)

    def serve() -> None:
        unframer = Unframer()
        with line:
            while piece := line.recv(65536):
                for payload in unframer.feed(piece):
                    said = answer(payload)
                    if said is None:
                        return
                    line.sendall(said)

    thread = threading.Thread(target=serve)
    thread.start()
    yield
    reader.close()
    thread.join()


def test_the_reader_is_called_by_its_address(reader: VpcdReader) -> None:
    assert reader.name == f"vpcd:127.0.0.1:{reader.address[1]}"


def test_an_empty_reader_has_no_card(reader: VpcdReader) -> None:
    assert not reader.card_present()
    assert not reader.wait(True, 0.01)
    assert reader.wait(False, 0)
    with pytest.raises(NoCardError, match=reader.name):
        reader.connect()


def test_our_card_is_powered_answers_and_is_reset(reader: VpcdReader) -> None:
    card = issue("ssc-3.0", 1)
    with presented(reader) as there:
        there.insert(card)
        assert reader.wait(True, TIMEOUT_S)
        assert reader.card_present()
        assert not reader.wait(False, 0.01)
        connection = reader.connect()
        assert (connection.atr, connection.protocol, connection.pin_pad) == (card.atr, "T=0", None)
        assert connection.transmit(GET_CHALLENGE)[-2:] == b"\x90\x00"
        assert connection.reset() == card.atr
        connection.close()
        connection.close()
        with pytest.raises(ReaderError, match="closed"):
            connection.transmit(GET_CHALLENGE)
        assert reader.card_present(), "power off is not removal"


def test_a_newer_connection_ends_the_one_before(reader: VpcdReader) -> None:
    with presented(reader) as there:
        there.insert(issue("ssc-3.0", 1))
        assert reader.wait(True, TIMEOUT_S)
        first, second = reader.connect(), reader.connect()
        with pytest.raises(ReaderError):
            first.transmit(GET_CHALLENGE)
        assert second.transmit(GET_CHALLENGE)[-2:] == b"\x90\x00"


def test_removal_is_waited_for_and_the_next_card_comes_in(reader: VpcdReader) -> None:
    second = issue("old-cpu", 2)
    with presented(reader) as there:
        there.insert(issue("ssc-3.0", 1))
        assert reader.wait(True, TIMEOUT_S)
        connection = reader.connect()
        there.remove()
        assert reader.wait(False, TIMEOUT_S)
        with pytest.raises(CardRemovedError, match=reader.name):
            connection.transmit(GET_CHALLENGE)
        there.insert(second)
        assert reader.wait(True, TIMEOUT_S)
        assert reader.connect().atr == second.atr


def test_a_card_pulled_in_the_middle_of_a_command_is_removed(reader: VpcdReader) -> None:
    with presented(reader, {"do": "pull-before", "at": 1}) as there:
        there.insert(issue("ssc-3.0", 1))
        assert reader.wait(True, TIMEOUT_S)
        connection = reader.connect()
        with pytest.raises(CardRemovedError):
            connection.transmit(GET_CHALLENGE)
        with pytest.raises(CardRemovedError):
            connection.reset()
        assert reader.wait(False, TIMEOUT_S)


def test_an_emulator_of_somebody_else_is_driven(reader: VpcdReader) -> None:
    said: list[bytes] = []

    def answer(payload: bytes) -> bytes:
        said.append(payload)
        return {b"\x04": frame(ATR)}.get(payload, frame(b"\x90\x00") if len(payload) > 1 else b"")

    with emulator(reader, answer):
        assert reader.wait(True, TIMEOUT_S)
        connection = reader.connect()
        assert connection.atr == ATR
        assert connection.transmit(GET_CHALLENGE) == b"\x90\x00"
    assert [payload.hex() for payload in said] == ["04", "01", "04", GET_CHALLENGE.hex()]


def test_a_second_card_waits_until_the_first_has_gone(reader: VpcdReader) -> None:
    first, second = issue("ssc-3.0", 1), issue("ssc-2.0", 2)
    with presented(reader) as one, presented(reader) as other:
        one.insert(first)
        assert one.slot.card_present() and reader.wait(True, TIMEOUT_S)
        other.insert(second)
        assert reader.connect().atr == first.atr
        one.remove()
        assert reader.wait(False, TIMEOUT_S)
        assert reader.wait(True, TIMEOUT_S)
        assert reader.connect().atr == second.atr


def test_a_card_that_does_not_answer_is_mute_and_let_go(
    reader: VpcdReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vpcd, "ANSWER_TIMEOUT_S", 0.05)
    with emulator(reader, lambda payload: frame(ATR) if payload == b"\x04" else b""):
        assert reader.wait(True, TIMEOUT_S)
        connection = reader.connect()
        with pytest.raises(CardMuteError, match="has not answered"):
            connection.transmit(GET_CHALLENGE)
        with pytest.raises(CardRemovedError):
            connection.transmit(GET_CHALLENGE)
        assert not reader.card_present()


def test_a_card_without_answer_to_reset_is_mute(reader: VpcdReader) -> None:
    with emulator(reader, lambda payload: frame(b"") if payload == b"\x04" else b""):
        assert reader.wait(True, TIMEOUT_S)
        with pytest.raises(CardMuteError, match="no answer to reset"):
            reader.connect()


@pytest.mark.parametrize("atr", [b"\x00", bytes.fromhex("3B8D")])
def test_a_card_whose_atr_is_none_is_driven_raw(reader: VpcdReader, atr: bytes) -> None:
    with emulator(reader, lambda payload: frame(atr) if payload == b"\x04" else b""):
        assert reader.wait(True, TIMEOUT_S)
        assert reader.connect().protocol == "raw"


def test_who_connects_and_hangs_up_is_no_card(reader: VpcdReader) -> None:
    with emulator(reader, lambda payload: None):
        assert not reader.wait(True, 0.2)


def test_one_byte_is_never_sent_as_an_apdu(reader: VpcdReader) -> None:
    with presented(reader) as there:
        there.insert(issue("ssc-3.0", 1))
        assert reader.wait(True, TIMEOUT_S)
        connection = reader.connect()
        with pytest.raises(ReaderError, match="control"):
            connection.transmit(bytes((Control.POWER_OFF,)))
        assert connection.transmit(GET_CHALLENGE)[-2:] == b"\x90\x00"


def test_a_port_that_is_taken_is_said(reader: VpcdReader) -> None:
    host, port = reader.address
    with pytest.raises(ReaderError, match=f"{host}:{port}: Address already in use"):
        VpcdReader(host, port)


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 1), ("127.0.0.1", 70000)])
def test_an_address_that_is_none_is_said(host: str, port: int) -> None:
    with pytest.raises(ReaderError, match=f"cannot listen for a card at {host}:{port}"):
        VpcdReader(host, port)
