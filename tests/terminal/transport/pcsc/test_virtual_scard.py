"""Virtual readers answer the winscard functions as pcsc-lite does, beside the real ones or alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pytest

from terminal.transport.base import ReaderError
from terminal.transport.pcsc.scard import Scard
from terminal.transport.pcsc.virtual_scard import VirtualScard
from terminal.transport.virtual import VirtualReader
from virtual_card.card import VirtualCard
from virtual_card.faults import FaultPlan
from virtual_card.issuer import issue
from virtual_card.slot import Slot

OK = 0
CANCELLED = 0x80100002
INVALID_HANDLE = 0x80100003
INVALID_PARAMETER = 0x80100004
UNKNOWN_READER = 0x80100009
TIMEOUT = 0x8010000A
SHARING_VIOLATION = 0x8010000B
NO_SMARTCARD = 0x8010000C
PROTO_MISMATCH = 0x8010000F
INVALID_VALUE = 0x80100011
NOT_TRANSACTED = 0x80100016
NO_SERVICE = 0x8010001D
UNSUPPORTED_FEATURE = 0x8010001F
NO_READERS = 0x8010002E
UNPOWERED_CARD = 0x80100067
RESET_CARD = 0x80100068
REMOVED_CARD = 0x80100069

EXCLUSIVE, SHARED, DIRECT = 1, 2, 3
T0, T1, RAW, ANY = 1, 2, 4, 3
LEAVE, RESET, UNPOWER, EJECT = 0, 1, 2, 3
CHANGED, UNKNOWN, EMPTY, PRESENT, ALONE, IN_USE, MUTE = 0x2, 0x4, 0x10, 0x20, 0x80, 0x100, 0x200
PNP = "\\\\?PnP?\\Notification"
FOR_EVER = 0x7FFFFFFF
CHALLENGE = [0x00, 0x84, 0x00, 0x00, 0x08]
NAME = "Virtual 01"
SOON_S = 60.0


class NoService:
    """pyscard where no PC/SC service runs."""

    SCARD_SOMETHING = 7

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        return NO_SERVICE, 12345

    def SCardIsValidContext(self, context: int) -> int:
        return INVALID_HANDLE

    def SCardReleaseContext(self, context: int) -> int:
        return INVALID_HANDLE

    def SCardTransmit(self, card: int, protocol: int, apdu: Sequence[int]) -> tuple[int, list[int]]:
        return INVALID_HANDLE, []

    def SCardDisconnect(self, card: int, disposition: int) -> int:
        return INVALID_HANDLE


class OneReader(NoService):
    """A PC/SC service with one reader, whose card the test moves; `calls` are what was passed on to it."""

    NAME = "Real reader 00 00"

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.names = [self.NAME]
        self.event = 0x10000 | EMPTY
        self.valid = {77}

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]:
        return OK, 77

    def SCardIsValidContext(self, context: int) -> int:
        return OK if context in self.valid else INVALID_HANDLE

    def SCardReleaseContext(self, context: int) -> int:
        self.calls.append(f"release {context}")
        return OK

    def SCardListReaders(self, context: int, groups: Sequence[str]) -> tuple[int, list[str]]:
        return (OK, list(self.names)) if self.names else (NO_READERS, [])

    def SCardConnect(self, context: int, reader: str, share: int, protocols: int) -> tuple[int, int, int]:
        self.calls.append(f"connect {context} {reader}")
        return OK, 4711, T1

    def SCardTransmit(self, card: int, protocol: int, apdu: Sequence[int]) -> tuple[int, list[int]]:
        self.calls.append(f"transmit {card}")
        return OK, [0x6A, 0x82]

    def SCardCancel(self, context: int) -> int:
        self.calls.append(f"cancel {context}")
        return OK

    def SCardGetStatusChange(
        self, context: int, timeout_ms: int, readers: Sequence[tuple[str, int]]
    ) -> tuple[int, list[tuple[str, int, list[int]]]]:
        deadline = time.monotonic() + min(timeout_ms / 1000, SOON_S)
        while True:
            changed = any(known != self.event for _, known in readers)
            if changed or time.monotonic() >= deadline:
                mark = CHANGED if changed else 0
                return (OK if changed else TIMEOUT), [(name, self.event | mark, []) for name, _ in readers]
            time.sleep(0.001)


def card(kind: str = "ssc-3.0") -> VirtualCard:
    return issue(kind, 1)


@pytest.fixture
def slot() -> Slot:
    return Slot(NAME)


@pytest.fixture
def scard(slot: Slot) -> Iterator[VirtualScard]:
    multiplexer = VirtualScard(cast(Scard, NoService()))
    multiplexer.readers.add(NAME, VirtualReader(slot), lambda: slot.card)
    yield multiplexer
    multiplexer.close()


@pytest.fixture
def context(scard: VirtualScard) -> int:
    return scard.SCardEstablishContext(0)[1]


@pytest.fixture
def connect(scard: VirtualScard, context: int, slot: Slot) -> Callable[..., int]:
    def connect(share: int = SHARED, protocols: int = ANY) -> int:
        if slot.card is None:
            slot.insert(card())
        result, handle, _ = scard.SCardConnect(context, NAME, share, protocols)
        assert result == OK
        return handle

    return connect


def transmit(scard: VirtualScard, handle: int) -> int:
    result, answer = scard.SCardTransmit(handle, T0, CHALLENGE)
    assert result != OK or answer[-2:] == [0x90, 0x00]
    return result


def status(scard: VirtualScard, context: int, known: int = 0, timeout_ms: int = 0) -> tuple[int, int]:
    result, states = scard.SCardGetStatusChange(context, timeout_ms, [(NAME, known)])
    return result, states[0][1]


def in_thread(act: Callable[[], Any]) -> Callable[[], Any]:
    """Starts a call in another thread; the function returned waits for its answer."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(act()), daemon=True)
    thread.start()

    def answer() -> Any:
        thread.join(SOON_S)
        assert answers, "the call still waits"
        return answers[0]

    return answer


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def waiting(scard: VirtualScard, context: int) -> Callable[[], bool]:
    return lambda: scard._contexts[context].waiting > 0


def test_without_a_service_there_is_a_context_that_lists_the_virtual_reader(
    scard: VirtualScard, context: int
) -> None:
    assert scard.SCardListReaders(context, []) == (OK, [NAME])
    assert scard.SCardListReaderGroups(context) == (OK, ["SCard$DefaultReaders"])
    assert scard.SCardIsValidContext(context) == OK
    assert scard.SCARD_SOMETHING == 7


def test_a_scope_that_there_is_not_is_an_invalid_value(scard: VirtualScard) -> None:
    assert scard.SCardEstablishContext(9) == (INVALID_VALUE, 0)


def test_a_released_context_is_invalid_everywhere(scard: VirtualScard, connect: Any, context: int) -> None:
    handle = connect()
    assert scard.SCardReleaseContext(context) == OK
    assert scard.SCardReleaseContext(context) == INVALID_HANDLE
    assert scard.SCardIsValidContext(context) == INVALID_HANDLE
    assert scard.SCardListReaders(context, [])[0] == INVALID_HANDLE
    assert scard.SCardConnect(context, NAME, SHARED, ANY) == (INVALID_HANDLE, 0, 0)
    assert scard.SCardCancel(context) == INVALID_HANDLE
    assert status(scard, context) == (INVALID_HANDLE, 0)
    assert scard.SCardTransmit(handle, T0, CHALLENGE) == (INVALID_HANDLE, [])


def test_readers_that_are_all_gone_are_no_readers_available(scard: VirtualScard, context: int) -> None:
    scard.readers.remove(NAME)
    assert scard.SCardListReaders(context, []) == (NO_READERS, [])
    assert scard.SCardConnect(context, NAME, SHARED, ANY)[0] == UNKNOWN_READER
    assert status(scard, context) == (UNKNOWN_READER, 0)


def test_two_readers_of_one_name_are_refused(scard: VirtualScard, slot: Slot) -> None:
    with pytest.raises(ReaderError, match="Virtual 01"):
        scard.readers.add(NAME, VirtualReader(slot))
    with pytest.raises(ReaderError, match="there are: Virtual 01"):
        scard.readers.remove("other")


@pytest.mark.parametrize(
    ("share", "protocols", "expected"),
    [
        (SHARED, ANY, NO_SMARTCARD),
        (EXCLUSIVE, ANY, NO_SMARTCARD),
        (9, ANY, INVALID_VALUE),
        (SHARED, 0, PROTO_MISMATCH),
        (DIRECT, 0, OK),
    ],
)
def test_an_empty_reader_can_only_be_opened_directly(
    scard: VirtualScard, context: int, share: int, protocols: int, expected: int
) -> None:
    assert scard.SCardConnect(context, NAME, share, protocols)[0] == expected


def test_a_direct_connection_to_an_empty_reader_has_no_card_to_talk_to(
    scard: VirtualScard, context: int
) -> None:
    handle = scard.SCardConnect(context, NAME, DIRECT, 0)[1]
    assert scard.SCardStatus(handle) == (OK, NAME, 0x2, 0, [])
    assert scard.SCardTransmit(handle, T0, CHALLENGE) == (NO_SMARTCARD, [])
    assert scard.SCardGetAttrib(handle, 0x00090303) == (UNSUPPORTED_FEATURE, [])
    assert status(scard, context) == (OK, EMPTY | CHANGED)


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [(ANY, (OK, T0)), (T0, (OK, T0)), (RAW, (OK, RAW)), (T1, (PROTO_MISMATCH, 0)), (8, (PROTO_MISMATCH, 0))],
)
def test_the_protocol_is_the_cards_or_a_mismatch(
    scard: VirtualScard, context: int, slot: Slot, protocols: int, expected: tuple[int, int]
) -> None:
    slot.insert(card())
    result, _, protocol = scard.SCardConnect(context, NAME, SHARED, protocols)
    assert (result, protocol) == expected


def test_a_command_in_another_protocol_is_a_mismatch(scard: VirtualScard, connect: Any) -> None:
    assert scard.SCardTransmit(connect(), T1, CHALLENGE) == (PROTO_MISMATCH, [])


def test_a_memory_card_is_reached_as_t0(scard: VirtualScard, context: int, slot: Slot) -> None:
    slot.insert(card("sle4442"))
    result, handle, protocol = scard.SCardConnect(context, NAME, SHARED, ANY)
    assert (result, protocol) == (OK, T0)
    assert scard.SCardTransmit(handle, T0, [0xFF, 0xA4, 0x00, 0x00, 0x01, 0x06])[1] == [0x90, 0x00]


def test_an_empty_command_and_what_is_no_list_are_refused_before_the_card(
    scard: VirtualScard, connect: Any
) -> None:
    handle = connect()
    assert scard.SCardTransmit(handle, T0, []) == (INVALID_PARAMETER, [])
    with pytest.raises(TypeError, match="list"):
        scard.SCardTransmit(handle, T0, cast(Any, bytes(CHALLENGE)))
    assert transmit(scard, handle) == OK


def test_the_lower_eight_bits_of_each_number_are_sent(scard: VirtualScard, connect: Any) -> None:
    assert scard.SCardTransmit(connect(), T0, [0x100, 0x184, 0, 0, 8])[1][-2:] == [0x90, 0x00]


def test_status_and_attributes_tell_reader_and_answer_to_reset(
    scard: VirtualScard, connect: Any, slot: Slot
) -> None:
    handle = connect()
    atr = scard.SCardStatus(handle)[4]
    assert scard.SCardStatus(handle) == (OK, NAME, 0x10034, T0, atr)
    assert atr[0] == 0x3B
    assert scard.SCardGetAttrib(handle, 0x00090303) == (OK, atr)
    assert bytes(scard.SCardGetAttrib(handle, 0x7FFF0003)[1]) == NAME.encode() + b"\0"
    assert bytes(scard.SCardGetAttrib(handle, 0x00010100)[1]) == b"ssc-terminal"
    assert scard.SCardGetAttrib(handle, 0x12345) == (UNSUPPORTED_FEATURE, [])
    assert scard.SCardSetAttrib(handle, 1, [1]) == UNSUPPORTED_FEATURE


def test_a_virtual_reader_has_no_features_and_no_commands(scard: VirtualScard, connect: Any) -> None:
    handle = connect()
    assert scard.SCardControl(handle, 0x42000D48, []) == (OK, [])
    assert scard.SCardControl(handle, 0x42000001, [1]) == (UNSUPPORTED_FEATURE, [])


def test_shared_connections_talk_to_one_powered_card(scard: VirtualScard, connect: Any, context: int) -> None:
    first, second = connect(), connect()
    assert transmit(scard, first) == transmit(scard, second) == OK
    assert scard.SCardConnect(context, NAME, EXCLUSIVE, ANY)[0] == SHARING_VIOLATION
    assert scard.SCardReconnect(first, EXCLUSIVE, ANY, LEAVE) == (SHARING_VIOLATION, 0)
    assert status(scard, context) == (OK, 0x10000 | PRESENT | IN_USE | CHANGED)


def test_an_exclusive_connection_keeps_everybody_out_until_it_ends(
    scard: VirtualScard, connect: Any, context: int
) -> None:
    handle = connect(EXCLUSIVE)
    for share in (SHARED, EXCLUSIVE, DIRECT):
        assert scard.SCardConnect(context, NAME, share, ANY) == (SHARING_VIOLATION, 0, 0)
    assert status(scard, context) == (OK, 0x10000 | PRESENT | ALONE | CHANGED)
    assert scard.SCardDisconnect(handle, LEAVE) == OK
    assert transmit(scard, connect()) == OK


@pytest.mark.parametrize("initialisation", [RESET, UNPOWER])
def test_a_reset_is_told_to_the_other_handles_until_they_reconnect(
    scard: VirtualScard, connect: Any, initialisation: int
) -> None:
    first, second = connect(), connect()
    assert scard.SCardReconnect(second, SHARED, ANY, initialisation) == (OK, T0)
    assert transmit(scard, second) == OK
    assert transmit(scard, first) == RESET_CARD
    assert scard.SCardStatus(first) == (RESET_CARD, "", 0, 0, [])
    assert scard.SCardBeginTransaction(first) == RESET_CARD
    assert scard.SCardReconnect(first, SHARED, ANY, LEAVE) == (OK, T0)
    assert transmit(scard, first) == OK


def test_reconnecting_refuses_what_connecting_refuses(scard: VirtualScard, connect: Any) -> None:
    handle = connect()
    assert scard.SCardReconnect(handle, SHARED, T1, LEAVE) == (PROTO_MISMATCH, 0)
    assert scard.SCardReconnect(handle, SHARED, ANY, 9) == (INVALID_VALUE, 0)
    assert scard.SCardReconnect(handle, 9, ANY, LEAVE) == (INVALID_VALUE, 0)
    assert scard.SCardDisconnect(handle, 9) == INVALID_VALUE
    assert transmit(scard, handle) == OK


def select_df01(scard: VirtualScard, handle: int) -> None:
    """Leave SSSE, which is what a card has selected after a reset."""
    assert in_ssse(scard, handle)
    assert scard.SCardTransmit(handle, T0, [0, 0xA4, 0, 0, 2, 0xDF, 0x01])[1][0] == 0x61


def in_ssse(scard: VirtualScard, handle: int) -> bool:
    return scard.SCardTransmit(handle, T0, [0, 0xB2, 1, 0x2C, 0])[1] == [0x6C, 0x12]


@pytest.mark.parametrize(
    ("disposition", "kept"), [(LEAVE, True), (RESET, False), (UNPOWER, False), (EJECT, False)]
)
def test_only_a_card_that_is_left_alone_keeps_its_selection(
    scard: VirtualScard, connect: Any, disposition: int, kept: bool
) -> None:
    handle = connect()
    select_df01(scard, handle)
    assert scard.SCardDisconnect(handle, disposition) == OK
    assert scard.SCardDisconnect(handle, disposition) == INVALID_HANDLE
    assert in_ssse(scard, connect()) is not kept


def test_a_transaction_keeps_other_handles_waiting_until_it_ends(scard: VirtualScard, connect: Any) -> None:
    first, second = connect(), connect()
    assert scard.SCardBeginTransaction(first) == OK
    assert scard.SCardBeginTransaction(first) == OK
    answered = threading.Event()

    def blocked() -> int:
        result = transmit(scard, second)
        answered.set()
        return result

    answer = in_thread(blocked)
    assert transmit(scard, first) == OK
    assert scard.SCardEndTransaction(first, LEAVE) == OK
    assert not answered.is_set()
    assert scard.SCardEndTransaction(first, LEAVE) == OK
    assert answer() == OK
    assert scard.SCardEndTransaction(first, LEAVE) == NOT_TRANSACTED


def test_a_transaction_that_ends_in_a_reset_is_told_to_its_own_handle_too(
    scard: VirtualScard, connect: Any
) -> None:
    handle = connect()
    assert scard.SCardBeginTransaction(handle) == OK
    assert scard.SCardEndTransaction(handle, RESET) == OK
    assert transmit(scard, handle) == RESET_CARD


def test_disconnecting_ends_the_transaction(scard: VirtualScard, connect: Any) -> None:
    first, second = connect(), connect()
    assert scard.SCardBeginTransaction(first) == OK
    answer = in_thread(lambda: scard.SCardBeginTransaction(second))
    assert scard.SCardDisconnect(first, LEAVE) == OK
    assert answer() == OK


def test_a_pulled_card_is_removed_for_every_handle_even_when_another_is_in(
    scard: VirtualScard, connect: Any, slot: Slot, context: int
) -> None:
    handle = connect()
    slot.remove()
    assert transmit(scard, handle) == REMOVED_CARD
    assert scard.SCardReconnect(handle, SHARED, ANY, LEAVE) == (NO_SMARTCARD, 0)
    assert status(scard, context) == (OK, 0x20000 | EMPTY | CHANGED)
    slot.insert(card("ssc-2.0"))
    assert transmit(scard, handle) == REMOVED_CARD
    assert scard.SCardReconnect(handle, SHARED, ANY, LEAVE) == (OK, T0)
    assert transmit(scard, handle) == OK


def test_cards_exchanged_in_one_breath_are_a_removal_and_an_insertion(
    scard: VirtualScard, connect: Any, slot: Slot, context: int
) -> None:
    handle = connect()
    slot.remove()
    slot.insert(card("ssc-2.0"))
    assert status(scard, context, 0x10000 | PRESENT) == (OK, 0x30000 | PRESENT | IN_USE | CHANGED)
    assert transmit(scard, handle) == REMOVED_CARD


def test_a_card_pulled_by_the_fault_plan_is_a_removed_card(context: int, scard: VirtualScard) -> None:
    plan = FaultPlan.from_data([{"do": "pull-before", "instruction": "GET CHALLENGE"}])
    slot = Slot("torn", plan)
    slot.insert(card())
    scard.readers.add("torn", VirtualReader(slot))
    handle = scard.SCardConnect(context, "torn", SHARED, ANY)[1]
    assert transmit(scard, handle) == REMOVED_CARD
    assert scard.SCardConnect(context, "torn", SHARED, ANY)[0] == NO_SMARTCARD


def test_a_card_mute_at_power_on_is_present_mute_and_unpowered(context: int, scard: VirtualScard) -> None:
    plan = FaultPlan.from_data(
        [{"do": "mute", "instruction": "POWER ON"}, {"do": "mute", "instruction": "POWER ON", "nth": 2}]
    )
    slot = Slot("mute", plan)
    slot.insert(card())
    scard.readers.add("mute", VirtualReader(slot))
    assert scard.SCardGetStatusChange(context, 0, [("mute", 0)]) == (
        OK,
        [("mute", 0x10000 | PRESENT | MUTE | CHANGED, [])],
    )
    assert scard.SCardConnect(context, "mute", SHARED, ANY) == (UNPOWERED_CARD, 0, 0)
    assert scard.SCardConnect(context, "mute", SHARED, ANY)[0] == OK


def test_nothing_to_watch_is_answered_at_once(scard: VirtualScard, context: int) -> None:
    assert scard.SCardGetStatusChange(context, FOR_EVER, []) == (OK, [])
    assert scard.SCardGetStatusChange(context, FOR_EVER, [(NAME, 1)]) == (OK, [(NAME, 0, [])])
    assert scard.SCardGetStatusChange(context, 0, [("zz", 0)]) == (UNKNOWN_READER, [("zz", 0, [])])


def test_a_state_that_is_known_already_times_out(scard: VirtualScard, context: int) -> None:
    assert status(scard, context, EMPTY) == (TIMEOUT, EMPTY)
    started = time.monotonic()
    assert status(scard, context, EMPTY, 50) == (TIMEOUT, EMPTY)
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize("known", [PRESENT, 0x50000 | EMPTY, UNKNOWN, EMPTY | IN_USE, EMPTY | ALONE])
def test_a_state_that_differs_is_answered_at_once(
    scard: VirtualScard, context: int, slot: Slot, known: int
) -> None:
    slot.insert(card())
    slot.remove()
    scard.readers.look(NAME)
    assert status(scard, context, known, FOR_EVER)[0] == OK


def test_an_insertion_wakes_whoever_waits(scard: VirtualScard, context: int, slot: Slot) -> None:
    answer = in_thread(lambda: status(scard, context, EMPTY, FOR_EVER))
    until(waiting(scard, context))
    slot.insert(card())
    assert answer() == (OK, 0x10000 | PRESENT | CHANGED)


def test_cancel_ends_a_waiting_call_and_none_that_comes_later(scard: VirtualScard, context: int) -> None:
    answer = in_thread(lambda: status(scard, context, EMPTY, FOR_EVER))
    until(waiting(scard, context))
    assert scard.SCardCancel(context) == OK
    assert answer()[0] == CANCELLED
    assert scard.SCardCancel(context) == OK
    assert status(scard, context, EMPTY, 20)[0] == TIMEOUT


def test_a_reader_that_comes_or_goes_wakes_whoever_watches_for_it(
    scard: VirtualScard, context: int, slot: Slot
) -> None:
    watched = [(PNP, 0), (NAME, EMPTY)]
    answer = in_thread(lambda: scard.SCardGetStatusChange(context, FOR_EVER, watched))
    until(waiting(scard, context))
    scard.readers.add("second", VirtualReader(Slot("second")))
    assert answer() == (OK, [(PNP, CHANGED, []), (NAME, EMPTY, [])])
    assert scard.SCardGetStatusChange(context, 20, watched)[0] == TIMEOUT
    answer = in_thread(lambda: status(scard, context, EMPTY, FOR_EVER))
    until(waiting(scard, context))
    scard.readers.remove(NAME)
    assert answer() == (OK, 0x8 | UNKNOWN | CHANGED)


def test_a_reader_that_came_since_the_list_was_read_is_not_missed(scard: VirtualScard, context: int) -> None:
    scard.SCardListReaders(context, [])
    scard.readers.add("second", VirtualReader(Slot("second")))
    assert scard.SCardGetStatusChange(context, FOR_EVER, [(PNP, 0)]) == (OK, [(PNP, CHANGED, [])])


def test_a_reader_unplugged_takes_its_card_with_it(scard: VirtualScard, connect: Any) -> None:
    handle = connect()
    scard.readers.remove(NAME)
    assert transmit(scard, handle) == REMOVED_CARD
    assert scard.SCardDisconnect(handle, UNPOWER) == OK


def test_threads_share_a_card_without_mixing_their_answers(scard: VirtualScard, connect: Any) -> None:
    def work() -> int:
        handle = connect()
        for _ in range(200):
            assert transmit(scard, handle) == OK
        return scard.SCardDisconnect(handle, LEAVE)

    connect()
    assert [answer() for answer in [in_thread(work) for _ in range(4)]] == [OK] * 4


class TestBesideARealReader:
    @pytest.fixture
    def service(self) -> OneReader:
        return OneReader()

    @pytest.fixture
    def scard(self, service: OneReader, slot: Slot) -> Iterator[VirtualScard]:
        multiplexer = VirtualScard(cast(Scard, service))
        multiplexer.readers.add(NAME, VirtualReader(slot), lambda: slot.card)
        yield multiplexer
        multiplexer.close()

    def test_virtual_readers_come_first_and_the_context_is_the_services_own(
        self, scard: VirtualScard, context: int, service: OneReader
    ) -> None:
        assert context == 77
        assert scard.SCardListReaders(context, []) == (OK, [NAME, OneReader.NAME])
        assert scard.SCardReleaseContext(context) == OK
        assert service.calls == ["release 77"]

    def test_real_cards_are_passed_on(self, scard: VirtualScard, context: int, service: OneReader) -> None:
        assert scard.SCardConnect(context, OneReader.NAME, SHARED, ANY) == (OK, 4711, T1)
        assert scard.SCardTransmit(4711, T1, CHALLENGE) == (OK, [0x6A, 0x82])
        assert service.calls == ["connect 77 Real reader 00 00", "transmit 4711"]

    def test_a_context_from_before_is_taken_over(self, scard: VirtualScard) -> None:
        assert scard.SCardListReaders(77, []) == (OK, [NAME, OneReader.NAME])
        assert scard.SCardListReaders(78, [])[0] == INVALID_HANDLE

    def test_either_reader_wakes_a_call_on_both(
        self, scard: VirtualScard, context: int, slot: Slot, service: OneReader
    ) -> None:
        watched = [(OneReader.NAME, service.event), (NAME, EMPTY), (PNP, 0)]
        answer = in_thread(lambda: scard.SCardGetStatusChange(context, FOR_EVER, watched))
        until(waiting(scard, context))
        slot.insert(card())
        result, states = answer()
        assert (result, [state for _, state, _ in states]) == (
            OK,
            [0x10000 | EMPTY, 0x10000 | PRESENT | CHANGED, 0],
        )
        watched = [(OneReader.NAME, service.event), (NAME, 0x10000 | PRESENT), (PNP, 0)]
        answer = in_thread(lambda: scard.SCardGetStatusChange(context, FOR_EVER, watched))
        until(waiting(scard, context))
        service.event = 0x20000 | PRESENT
        result, states = answer()
        assert (result, states[0][1]) == (OK, 0x20000 | PRESENT | CHANGED)

    def test_a_call_on_both_can_time_out_and_be_cancelled(
        self, scard: VirtualScard, context: int, service: OneReader
    ) -> None:
        watched = [(OneReader.NAME, service.event), (NAME, EMPTY)]
        assert scard.SCardGetStatusChange(context, 120, watched)[0] == TIMEOUT
        answer = in_thread(lambda: scard.SCardGetStatusChange(context, FOR_EVER, watched))
        until(waiting(scard, context))
        assert scard.SCardCancel(context) == OK
        assert answer()[0] == CANCELLED
        assert service.calls == []

    def test_cancelling_a_call_on_real_readers_is_the_services_business(
        self, scard: VirtualScard, context: int, service: OneReader
    ) -> None:
        assert scard.SCardCancel(context) == OK
        assert service.calls == ["cancel 77"]

    def test_a_real_reader_unplugged_changes_the_plug_and_play_entry(
        self, scard: VirtualScard, context: int, service: OneReader
    ) -> None:
        answer = in_thread(lambda: scard.SCardGetStatusChange(context, FOR_EVER, [(PNP, 0)]))
        until(waiting(scard, context))
        service.names = []
        assert answer() == (OK, [(PNP, CHANGED, [])])
        assert scard.SCardListReaders(context, []) == (OK, [NAME])
