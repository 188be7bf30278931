"""The seven functions of the reader library, on virtual slots: handles, slots, power, APDUs and their codes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from terminal.driver.codes import ReturnCode
from terminal.driver.driver import SSCardDriver
from terminal.driver.keypad import ScriptedKeypad
from terminal.driver.lower import ANSWER_MAX, ATR_MAX, FUNCTIONS, ReaderLibrary, Reply
from terminal.driver.ports import Device
from terminal.driver.presence import calling
from terminal.driver.profile import load_profile
from terminal.transport.base import CardMuteError, Connection, ReaderError
from terminal.transport.virtual import VirtualReader
from virtual_card.faults import Fault, FaultKind, FaultPlan
from virtual_card.issuer import SocialOptions, issue
from virtual_card.slot import Slot

SELECT_SSSE = bytes.fromhex("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")
SELECT_EF05 = bytes.fromhex("00A4020002EF05")
READ_NUMBER = bytes.fromhex("00B2072C0B")


@dataclass
class Bench:
    """A reader library over three virtual slots, and what the tests do to it."""

    contact: Slot = field(default_factory=lambda: Slot("contact"))
    contactless: Slot = field(default_factory=lambda: Slot("contactless"))
    sam: Slot = field(default_factory=lambda: Slot("SAM"))
    waiting: bool = False

    def __post_init__(self) -> None:
        device = Device(VirtualReader(self.contact), VirtualReader(self.contactless), VirtualReader(self.sam))
        self.library = ReaderLibrary(device, threading.RLock(), lambda: self.waiting)

    def ask(self, name: str, *arguments: int | str | bytes, caller: object = None) -> Reply:
        return self.library.call(f"ICC_Reader_{name}", arguments, caller)


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.contact.insert(issue("ssc-3.0", 1))
    bench.sam.insert(issue("psam", 1))
    return bench


def _open(bench: Bench) -> int:
    handle = bench.ask("Open", "AUTO").code
    assert handle >= 0
    return handle


def test_a_command_whose_caller_has_gone_meanwhile_is_not_sent(bench: Bench) -> None:
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    sent = bench.contact.exchanges
    with calling(lambda: False):
        assert bench.ask("Application", handle, 0x01, SELECT_SSSE) == Reply(ReturnCode.CONNECTION)
    assert bench.contact.exchanges == sent
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE).code > 2


def test_a_program_that_sends_its_own_apdus_reads_the_card_number(bench: Bench) -> None:
    handle = _open(bench)
    powered = bench.ask("PowerOn", handle, 0x01)
    assert powered.code == len(powered.data) == 17
    assert powered.data.startswith(bytes.fromhex("3B6D0000"))
    assert bench.ask("GetStatus", handle, 0x01).code == ReturnCode.OK
    for command in (SELECT_SSSE, SELECT_EF05):
        answer = bench.ask("Application", handle, 0x01, command)
        assert answer.code == len(answer.data)
        assert answer.data.endswith(b"\x90\x00")
    number = bench.ask("Application", handle, 0x01, READ_NUMBER)
    assert number.code == 13
    assert number.data[:2] == b"\x07\x09"
    assert bench.ask("PowerOff", handle, 0x01).code == ReturnCode.OK
    assert bench.ask("Close", handle).code == ReturnCode.OK


def test_the_answer_of_a_select_comes_at_once_though_the_card_speaks_t0(bench: Bench) -> None:
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    answer = bench.ask("Application", handle, 0x01, SELECT_SSSE)
    assert answer.data[:1] == b"\x6f"
    refused = bench.ask("Application", handle, 0x01, bytes.fromhex("00A4020002EF77"))
    assert (refused.code, refused.data) == (2, b"\x6a\x82")


@pytest.mark.parametrize("slot", [0x11, 0x0D])
def test_the_psam_answers_in_its_slots(bench: Bench, slot: int) -> None:
    handle = _open(bench)
    assert bench.ask("PowerOn", handle, slot).code == 17
    number = bench.ask("Application", handle, slot, bytes.fromhex("00B0960006"))
    assert number.data == bytes.fromhex("9901000000019000")


def test_a_card_on_the_field_answers_in_slot_02(bench: Bench) -> None:
    handle = _open(bench)
    assert bench.ask("PowerOn", handle, 0x02).code == ReturnCode.NO_CARD
    bench.contactless.insert(issue("ssc-3.0", 2, social=SocialOptions(contactless=True)))
    assert bench.ask("PowerOn", handle, 0x02).data.startswith(bytes.fromhex("3B8D8001"))


@pytest.mark.parametrize("name", ["AUTO", "auto", "COM1", "USB9", "LPT3"])
def test_every_device_name_of_the_text_opens(bench: Bench, name: str) -> None:
    assert bench.ask("Open", name).code >= 0


@pytest.mark.parametrize("name", ["", "COM0", "COM10", "USB", "/dev/ttyS0", "AUTO "])
def test_another_device_name_is_a_bad_parameter(bench: Bench, name: str) -> None:
    assert bench.ask("Open", name).code == ReturnCode.PARAMETER


def test_a_handle_that_is_not_open_is_not_connected(bench: Bench) -> None:
    handle = _open(bench)
    assert bench.ask("Close", handle).code == ReturnCode.OK
    for name, arguments in (
        ("Close", ()), ("PowerOn", (1,)), ("PowerOff", (1,)), ("GetStatus", (1,)), ("Application", (1, SELECT_SSSE)),
    ):  # fmt: skip
        assert bench.ask(name, handle, *arguments).code == ReturnCode.NOT_CONNECTED, name
        assert bench.ask(name, -1, *arguments).code == ReturnCode.NOT_CONNECTED, name


@pytest.mark.parametrize("slot", [0x00, 0x10, 0x20, -1, 0xFF])
def test_a_number_outside_both_ranges_is_a_bad_parameter(bench: Bench, slot: int) -> None:
    handle = _open(bench)
    for name, rest in (("PowerOn", ()), ("PowerOff", ()), ("GetStatus", ()), ("Application", (SELECT_SSSE,))):
        assert bench.ask(name, handle, slot, *rest).code == ReturnCode.PARAMETER, name


@pytest.mark.parametrize("slot", [0x03, 0x0F, 0x12, 0x1F])
def test_a_slot_the_device_does_not_have_holds_no_card(bench: Bench, slot: int) -> None:
    handle = _open(bench)
    assert bench.ask("PowerOn", handle, slot).code == ReturnCode.NO_CARD
    assert bench.ask("GetStatus", handle, slot).code == ReturnCode.NO_CARD


def test_status_tells_absent_from_unpowered_from_powered(bench: Bench) -> None:
    handle = _open(bench)
    assert bench.ask("GetStatus", handle, 0x01).code == ReturnCode.NOT_POWERED
    bench.ask("PowerOn", handle, 0x01)
    assert bench.ask("GetStatus", handle, 0x01).code == ReturnCode.OK
    bench.contact.remove()
    assert bench.ask("GetStatus", handle, 0x01).code == ReturnCode.NO_CARD


def test_an_apdu_to_a_card_without_power_writes_nothing(bench: Bench) -> None:
    handle = _open(bench)
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE) == Reply(ReturnCode.NOT_POWERED)


@pytest.mark.parametrize("apdu", [b"", b"\x00\xa4\x04", SELECT_SSSE[:-1], SELECT_SSSE + b"\x00\x00"])
def test_bytes_that_are_no_command_are_a_bad_parameter(bench: Bench, apdu: bytes) -> None:
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    assert bench.ask("Application", handle, 0x01, apdu) == Reply(ReturnCode.PARAMETER)
    assert bench.contact.exchanges == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [(FaultKind.PULL_BEFORE, ReturnCode.NO_CARD), (FaultKind.MUTE, ReturnCode.MUTE)],
)
def test_a_card_that_goes_or_falls_silent_has_its_code_and_loses_power(
    bench: Bench, fault: FaultKind, code: ReturnCode
) -> None:
    bench.contact.faults = FaultPlan((Fault(fault, at=1),))
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE) == Reply(code)
    again = bench.ask("Application", handle, 0x01, SELECT_SSSE)
    assert again == Reply(ReturnCode.NOT_POWERED)


def test_a_memory_card_is_of_the_wrong_type() -> None:
    bench = Bench()
    bench.contact.insert(issue("sle4442", 1))
    assert bench.ask("PowerOn", _open(bench), 0x01).code == ReturnCode.CARD_TYPE


def test_a_card_that_is_mute_at_first_is_reset_once_more(bench: Bench) -> None:
    handle = _open(bench)
    mute = [Fault(FaultKind.MUTE, instruction="POWER ON", nth=nth) for nth in (1, 2, 3)]
    bench.contact.faults = FaultPlan((mute[0],))
    assert bench.ask("PowerOn", handle, 0x01).code == 17
    bench.contact.faults = FaultPlan((mute[2], Fault(FaultKind.MUTE, instruction="POWER ON", nth=4)))
    assert bench.ask("PowerOn", handle, 0x01).code == ReturnCode.MUTE


@dataclass
class Odd:
    """A reader and a connection in one, whose answers to reset come from a list."""

    answers: list[bytes]
    closed: bool = False
    name: str = "odd"
    protocol: str = "T=0"
    pin_pad: None = None
    atr: bytes = b""
    answer: bytes | Exception = b"\x90\x00"

    def card_present(self) -> bool:
        return True

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        return True

    def connect(self) -> Connection:
        self.atr = self.answers.pop(0)
        return self

    def reset(self) -> bytes:
        self.atr = self.answers.pop(0)
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        self.closed = True


def _library(odd: Odd) -> tuple[ReaderLibrary, int]:
    library = ReaderLibrary(Device(odd, None, None), threading.RLock())
    return library, library.call("ICC_Reader_Open", ("AUTO",)).code


GOOD = bytes.fromhex("3B6D00000081544B318660990100A1B2C3")


def test_a_cold_answer_that_makes_no_sense_is_followed_by_one_warm_reset() -> None:
    library, handle = _library(Odd([b"\x3b\x6d", GOOD]))
    assert library.call("ICC_Reader_PowerOn", (handle, 1)) == Reply(len(GOOD), GOOD)


def test_after_a_warm_answer_that_makes_no_sense_the_contacts_are_released() -> None:
    odd = Odd([b"\x3b\x6d", b"\x3c"])
    library, handle = _library(odd)
    assert library.call("ICC_Reader_PowerOn", (handle, 1)) == Reply(ReturnCode.MUTE)
    assert odd.closed


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ReaderError("gone"), ReturnCode.CONNECTION),
        (CardMuteError("mute"), ReturnCode.MUTE),
        (b"\x90", ReturnCode.CONNECTION),
        (b"\x61\x10", ReturnCode.CHECKSUM),
    ],
)
def test_what_happens_between_reader_and_card_has_its_code(
    answer: bytes | Exception, code: ReturnCode
) -> None:
    library, handle = _library(Odd([GOOD], answer=answer))
    library.call("ICC_Reader_PowerOn", (handle, 1))
    assert library.call("ICC_Reader_Application", (handle, 1, SELECT_SSSE)) == Reply(code)


def test_a_whole_answer_and_answer_to_reset_fit_the_callers_buffers() -> None:
    library, handle = _library(Odd([GOOD], answer=bytes(256) + b"\x90\x00"))
    assert library.call("ICC_Reader_PowerOn", (handle, 1)).code <= ATR_MAX
    longest = library.call("ICC_Reader_Application", (handle, 1, bytes.fromhex("00B0000000")))
    assert longest.code == len(longest.data) == ANSWER_MAX


@pytest.mark.parametrize(
    ("apdu", "answer", "code"),
    [
        ("00B00000000000", b"\x90\x00", ReturnCode.UNSUPPORTED),
        ("00B0000000", bytes(257) + b"\x90\x00", ReturnCode.CHECKSUM),
    ],
)
def test_what_would_not_fit_the_callers_buffer_is_not_written(
    apdu: str, answer: bytes, code: ReturnCode
) -> None:
    library, handle = _library(Odd([GOOD], answer=answer))
    library.call("ICC_Reader_PowerOn", (handle, 1))
    assert library.call("ICC_Reader_Application", (handle, 1, bytes.fromhex(apdu))) == Reply(code)


def test_while_the_driver_holds_a_card_between_steps_nothing_is_sent(bench: Bench) -> None:
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    bench.waiting = True
    assert bench.ask("PowerOn", handle, 0x01) == Reply(ReturnCode.CONNECTION)
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE) == Reply(ReturnCode.CONNECTION)
    assert bench.contact.exchanges == 0
    bench.waiting = False
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE).code > 2


def test_a_handle_serves_the_caller_that_opened_it_and_ends_with_it(bench: Bench) -> None:
    first, second = object(), object()
    handle = bench.ask("Open", "USB1", caller=first).code
    other = bench.ask("Open", "USB1", caller=second).code
    assert handle != other
    assert bench.ask("PowerOn", handle, 0x01, caller=second).code == ReturnCode.NOT_CONNECTED
    assert bench.ask("PowerOn", handle, 0x01, caller=first).code == 17
    bench.library.hang_up(first)
    assert bench.ask("GetStatus", handle, 0x01, caller=first).code == ReturnCode.NOT_CONNECTED
    assert bench.ask("GetStatus", other, 0x01, caller=second).code == ReturnCode.NOT_POWERED
    assert bench.contact.card is not None


def test_the_library_tells_maker_model_and_version_in_32_characters(bench: Bench) -> None:
    info = bench.ask("Libinfo").data
    assert len(info) == 32
    assert (info[:16].strip(), info[16:30].strip(), info[30:]) == (b"SSC-TERMINAL", b"SIMULATOR", b"01")


def test_arguments_of_another_kind_and_other_functions_are_refused(bench: Bench) -> None:
    assert set(FUNCTIONS) == {
        f"ICC_Reader_{name}"
        for name in ("Open", "Close", "PowerOn", "PowerOff", "GetStatus", "Application", "Libinfo")
    }
    assert bench.ask("PowerOn", 0).code == ReturnCode.PARAMETER
    assert bench.ask("PowerOn", "0", 1).code == ReturnCode.PARAMETER
    assert bench.ask("hot_PowerOn", 0, 1).code == ReturnCode.UNSUPPORTED


def test_a_card_whose_power_was_taken_away_is_not_powered(bench: Bench) -> None:
    handle = _open(bench)
    bench.ask("PowerOn", handle, 0x01)
    bench.contact.power_loss()
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE) == Reply(ReturnCode.NOT_POWERED)


def test_driver_and_reader_library_work_in_turn_on_one_device(bench: Bench) -> None:
    device = Device(VirtualReader(bench.contact), None, VirtualReader(bench.sam))
    driver = SSCardDriver(device, ScriptedKeypad(), load_profile())
    bench.library = ReaderLibrary(device, driver.lock, lambda: driver.pending is not None)
    handle = _open(bench)
    assert bench.ask("PowerOn", handle, 0x01).code == 17
    assert driver.call("iReadCardBas", (3,)).code == 0
    assert bench.ask("Application", handle, 0x01, SELECT_SSSE).code < 0
    assert bench.ask("PowerOn", handle, 0x01).code == 17
    assert driver.call("iReadCardBas_HSM_Step1", (3,)).code == 0
    assert bench.ask("PowerOn", handle, 0x01).code == ReturnCode.CONNECTION
    assert driver.call("iReadCardBas_HSM_Step2", ("00" * 16,)).code < 0
    assert bench.ask("PowerOn", handle, 0x01).code == 17
