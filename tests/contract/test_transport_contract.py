"""What a terminal may rely on, whatever carries its commands: one suite, four transports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import pytest
from transports import PATIENCE_S, Hands, Run

from apdu.command import Command
from apdu.commands import RecordMode, get_challenge, read_record, select_file, select_name
from apdu.layout.application_status import read_status_records
from apdu.layout.ssse import DF_NAME
from apdu.layout.states import SocialState
from apdu.response import Response
from apdu.t0 import complete
from terminal.backoffice.office import Office
from terminal.backoffice.profile import load_profile
from terminal.counter import Terminal, settings_of
from terminal.enrol import enrol_card
from terminal.flow.authentication import Means
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, Procedure, RemoveCard, Role, Show
from terminal.procedures.identify import CardKind, identify
from terminal.procedures.old_card import read_old_card
from terminal.text import Pin
from terminal.trace.tape_deck import Deck
from terminal.transport.base import CardRemovedError, Connection, NoCardError, TransportError
from virtual_card.issue_record import issue_record
from virtual_card.issuer import issue
from virtual_card.persona import OLD_PIN

T = TypeVar("T")
NEW, OLD, PSAM = "new card", "old card", "PSAM"
NOW = datetime.fromisoformat("2030-01-08T10:00:00+08:00")


def zeros(length: int) -> bytes:
    return bytes(length)


def exchange(connection: Connection, command: Command) -> Response:
    completion = complete(command)
    sent = next(completion)
    try:
        while True:
            sent = completion.send(Response.parse(connection.transmit(sent.encode())))
    except StopIteration as stop:
        answer: Response = stop.value
        return answer


def carried_out(connection: Connection, procedure: Procedure[T]) -> T:
    try:
        command = next(procedure)
        while True:
            command = procedure.send(exchange(connection, command))
    except StopIteration as stop:
        result: T = stop.value
        return result


def test_an_empty_slot_says_so_and_has_nothing_to_connect_to(on_transport: Run) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        reader = hands.reader(NEW)
        assert not reader.card_present()
        assert not reader.wait(True, 0.05)
        with pytest.raises(NoCardError):
            reader.connect()

    on_transport(body)


@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0", "old-cpu", "psam", "sle4442", "sle4428"])
def test_a_card_is_seen_and_tells_its_answer_to_reset(on_transport: Run, kind: str) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        card, reader = issue(kind, 3, random=zeros), hands.reader(NEW)
        hands.insert(NEW, card)
        assert reader.wait(True, PATIENCE_S)
        assert reader.card_present()
        connection = reader.connect()
        assert connection.atr == card.atr
        assert connection.pin_pad is None
        assert connection.reset() == card.atr
        connection.close()
        connection.close()

    on_transport(body)


def test_data_and_status_words_arrive_as_the_card_gives_them(on_transport: Run) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        hands.insert(NEW, issue("ssc-3.0", 3, random=zeros))
        connection = hands.reader(NEW).connect()
        selected = exchange(connection, select_name(DF_NAME))
        assert selected.ok and selected.data[:1] == b"\x6f"
        assert connection.transmit(select_file(0xEF05).encode())[-2] in (0x61, 0x90)
        number = exchange(connection, read_record(0x07, mode=RecordMode.FIRST, le=11))
        assert (number.sw, number.data[:2]) == (0x9000, b"\x07\x09")
        assert connection.transmit(read_record(0x07, mode=RecordMode.FIRST, le=1).encode()) == b"\x6c\x0b"
        assert connection.transmit(bytes.fromhex("00FE0000")) == b"\x6d\x00"
        assert exchange(connection, get_challenge(8)).sw == 0x9000
        assert connection.transmit(select_file(0xEFEE).encode()) == b"\x6a\x82"
        connection.close()

    on_transport(body)


@pytest.mark.parametrize("again", ["reset", "close and connect"])
def test_what_was_selected_is_lost_with_power(on_transport: Run, again: str) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        hands.insert(NEW, issue("ssc-3.0", 3, random=zeros))
        reader = hands.reader(NEW)
        connection = reader.connect()
        assert exchange(connection, select_name(DF_NAME)).ok
        assert exchange(connection, select_file(0xEF05)).ok
        read = read_record(0x07, mode=RecordMode.FIRST, le=11)
        assert exchange(connection, read).ok
        if again == "reset":
            connection.reset()
        else:
            connection.close()
            connection = reader.connect()
        assert not exchange(connection, read).ok
        connection.close()

    on_transport(body)


def test_a_pulled_card_is_a_removal_and_a_new_one_is_served(on_transport: Run) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        reader = hands.reader(NEW)
        hands.insert(NEW, issue("ssc-3.0", 3, random=zeros))
        connection = reader.connect()
        assert exchange(connection, select_name(DF_NAME)).ok
        hands.remove(NEW)
        with pytest.raises(CardRemovedError):
            connection.transmit(select_name(DF_NAME).encode())
        connection.close()
        assert reader.wait(False, PATIENCE_S)
        assert not reader.card_present()
        other = issue("ssc-2.0", 4, random=zeros)
        hands.insert(NEW, other)
        assert reader.wait(True, PATIENCE_S)
        connection = reader.connect()
        assert connection.atr == other.atr
        assert exchange(connection, select_name(DF_NAME)).ok
        connection.close()

    on_transport(body)


def test_a_card_torn_out_in_the_middle_of_a_command_is_a_removal(on_transport: Run) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        reader = hands.reader(NEW)
        pull = [{"do": "pull-after", "instruction": "GET CHALLENGE"}]
        hands.insert(NEW, issue("ssc-3.0", 3, random=zeros), pull)
        connection = reader.connect()
        assert exchange(connection, select_name(DF_NAME)).ok
        with pytest.raises(CardRemovedError):
            connection.transmit(get_challenge(8).encode())
        connection.close()
        assert reader.wait(False, PATIENCE_S)

    on_transport(body)


def test_a_card_that_stops_answering_is_a_failure_of_the_transport(on_transport: Run) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        mute = [{"do": "mute", "instruction": "GET CHALLENGE"}]
        hands.insert(NEW, issue("ssc-3.0", 3, random=zeros), mute)
        connection = hands.reader(NEW).connect()
        assert exchange(connection, select_name(DF_NAME)).ok
        with pytest.raises(TransportError):
            connection.transmit(get_challenge(8).encode())
        connection.close()

    on_transport(body)


@pytest.mark.parametrize("kind", [CardKind.SLE4442, CardKind.SLE4428, CardKind.OLD_CPU])
def test_old_cards_are_told_apart_and_read(on_transport: Run, kind: CardKind) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        card = issue(kind.value, 3, random=zeros)
        hands.insert(OLD, card)
        connection = hands.reader(OLD).connect()
        assert carried_out(connection, identify(connection.atr)).kind is kind
        assert carried_out(connection, read_old_card(kind)).number == issue_record(card).number
        connection.close()

    on_transport(body)


class Holder:
    """A holder with both cards in hand, at a terminal with two readers or with one."""

    def __init__(self, hands: Hands, slots: dict[Role, str], readers: dict[Role, object]) -> None:
        self._hands = hands
        self._slots = slots
        self._readers = readers
        self.cards = {
            Role.OLD: issue("sle4442", 3, random=zeros),
            Role.NEW: issue("ssc-3.0", 3, random=zeros),
        }

    def insert_card(self, request: InsertCard) -> None:
        self._hands.insert(self._slots[request.role], self.cards[request.role])
        assert self._readers[request.role].wait(True, PATIENCE_S)  # type: ignore[attr-defined]

    def remove_card(self, request: RemoveCard) -> None:
        self._hands.remove(self._slots[request.role])
        assert self._readers[request.role].wait(False, PATIENCE_S)  # type: ignore[attr-defined]

    def enter_pin(self, request: EnterPin) -> Pin:
        return Pin(OLD_PIN)

    def confirm(self, request: Confirm) -> bool:
        return True

    def show(self, request: Show) -> None:
        pass

    def print_receipt(self, request: PrintReceipt) -> None:
        pass


@pytest.mark.parametrize("readers", [2, 1])
@pytest.mark.parametrize("means", [Means.PSAM, Means.HSM])
def test_the_dual_insert_activates_the_card(on_transport: Run, readers: int, means: Means) -> None:
    def body(hands: Hands, deck: Deck) -> None:
        profile = load_profile("default")
        slots = {Role.OLD: OLD if readers == 2 else NEW, Role.NEW: NEW, Role.PSAM: PSAM}
        opened = {slot: hands.reader(slot) for slot in dict.fromkeys(slots.values())}
        by_role = {role: opened[slot] for role, slot in slots.items()}
        holder = Holder(hands, slots, by_role)
        hands.insert(PSAM, issue("psam", 1, random=zeros))

        @contextmanager
        def open_office() -> Iterator[Office]:
            office = Office.open(":memory:", profile, lambda: NOW, random=zeros)
            for card in holder.cards.values():
                enrol_card(office, card)
            yield office
            new = {each["state"] for name, each in office.snapshot().items() if name.startswith("new:")}
            assert new == {SocialState.NORMAL.name}

        with deck.back_office(open_office) as office:
            terminal = Terminal(
                by_role, office, settings_of(profile, means), deck.now(lambda: NOW), deck.random(zeros)
            )
            assert terminal.dual_insert(deck.operator(lambda: holder)).outcome is Outcome.ACTIVATED
        if not deck.on_tape:
            contents = holder.cards[Role.NEW].contents()
            status = read_status_records(contents.directory("SSSE").file(0xEF0C).records).status
            assert status.social is SocialState.NORMAL

    on_transport(body)
