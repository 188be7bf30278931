"""Every error of reader, card, keypad and centre ends a call with its code and a text; nothing comes through."""

from __future__ import annotations

from typing import Any

import pytest
from driver_bench import PIN, DriverBench, card_of

from apdu.atr import AtrError
from terminal.driver.failures import CODES, call_error
from terminal.driver.ports import KeypadCancelledError
from terminal.driver.profile import STRICT
from terminal.errors import PsamUnfitError
from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    CardUnpoweredError,
    Connection,
    NoCardError,
    PowerLostError,
    Reader,
    ReaderError,
    TransportError,
)
from virtual_card.faults import FaultPlan


class Broken:
    """A reader around another one that raises an error at a place: `look`, `connect` or the n-th `transmit`."""

    def __init__(self, beneath: Reader, error: Exception, place: str, nth: int = 1) -> None:
        self.beneath, self.error, self.place, self.left = beneath, error, place, nth
        self.name = beneath.name

    def _break(self, place: str) -> None:
        if place == self.place:
            self.left -= 1
            if self.left == 0:
                raise self.error

    def card_present(self) -> bool:
        self._break("look")
        return self.beneath.card_present()

    def wait(self, present: bool, timeout_s: float | None = None) -> bool:
        return self.beneath.wait(present, timeout_s)

    def connect(self) -> Connection:
        self._break("connect")
        connection = self.beneath.connect()
        transmit = connection.transmit
        self._connection = connection

        class Breaking:
            atr, protocol, pin_pad = connection.atr, connection.protocol, None
            reset, close = staticmethod(connection.reset), staticmethod(connection.close)

            @staticmethod
            def transmit(apdu: bytes) -> bytes:
                self._break("transmit")
                return transmit(apdu)

        return Breaking()


def broken(error: Exception, place: str, nth: int = 1, role: str = "contact") -> DriverBench:
    return DriverBench(
        card_of(),
        entries=[PIN],
        wrap=lambda name, reader: Broken(reader, error, place, nth) if name == role else reader,
    )


@pytest.mark.parametrize(
    ("error", "place", "code"),
    [
        (ReaderError("unplugged"), "look", -11),
        (ReaderError("unplugged"), "connect", -11),
        (NoCardError("gone"), "connect", -2),
        (CardMuteError("mute"), "connect", -4),
        (TransportError("noise"), "transmit", -11),
        (ReaderError("unplugged"), "transmit", -12),
        (CardMuteError("mute"), "transmit", -4),
        (CardUnpoweredError("no power"), "transmit", -3),
        (CardRemovedError("pulled"), "transmit", -3),
        (NoCardError("gone"), "transmit", -2),
    ],
)
@pytest.mark.parametrize("name", ["iReadCardBas", "iReadCardBas_HSM_Step1", "iVerifyPIN", "iReadDebitRecord"])
def test_an_error_of_the_reader_has_the_code_of_its_place(
    name: str, error: Exception, place: str, code: int
) -> None:
    bench = broken(error, place)
    answer = bench.call(name, 1)
    assert (answer.code == code and str(error) in answer.text) or code == -3
    assert bench.driver.pending is None


@pytest.mark.parametrize(
    ("error", "place"),
    [
        (ReaderError("unplugged"), "connect"),
        (CardMuteError("mute"), "connect"),
        (CardRemovedError("pulled"), "transmit"),
        (ReaderError("unplugged"), "transmit"),
    ],
)
@pytest.mark.parametrize("nth", [1, 4])
def test_whatever_befalls_the_psam_leads_to_the_hsm(error: Exception, place: str, nth: int) -> None:
    bench = broken(error, place, nth if place == "transmit" else 1, role="psam")
    assert bench.code("iReadCardBas", 1) == -2201


@pytest.mark.parametrize("nth", range(1, 16))
def test_a_card_pulled_at_any_exchange_of_a_base_read_is_no_card(nth: int) -> None:
    bench = DriverBench(card_of())
    bench.contact.faults = FaultPlan.from_data([{"do": "pull-before", "at": nth}])
    assert bench.code("iReadCardBas", 1) == -2


def test_a_garbled_answer_is_a_code_and_no_traceback() -> None:
    for nth in range(1, 16):
        bench = DriverBench(card_of())
        bench.contact.faults = FaultPlan.from_data([{"do": "garble", "at": nth}])
        assert bench.code("iReadCardBas", 1) not in (0, -999), nth


@pytest.mark.parametrize(
    ("sw", "code"), [("6982", -27010), ("6A82", -27266), ("6F00", -28416), ("6A86", -27270), ("9303", -37635)]
)
def test_a_status_word_that_no_rule_takes_up_is_its_negative_number(sw: str, code: int) -> None:
    bench = DriverBench(card_of())
    second = {"do": "status", "sw": sw, "instruction": "SELECT", "nth": 2}
    bench.contact.faults = FaultPlan.from_data([second])
    answer = bench.call("iReadCardBas", 1)
    assert answer.code == code and sw in answer.text


def test_an_invalid_atr_is_asked_for_once_more() -> None:
    atrs = iter([b"", bytes.fromhex("3B6D000000814E43238697990100000001")])

    class Slow:
        name = "slow"

        def __init__(self, beneath: Reader) -> None:
            self.beneath = beneath
            self.card_present = beneath.card_present
            self.wait = beneath.wait

        def connect(self) -> Any:
            connection: Any = self.beneath.connect()

            class Warm:
                atr, protocol, pin_pad = next(atrs), connection.protocol, None
                transmit, close = staticmethod(connection.transmit), staticmethod(connection.close)

                @staticmethod
                def reset() -> bytes:
                    connection.reset()
                    return next(atrs, b"")

            return Warm()

    def slow(name: str, reader: Reader) -> Reader:
        return Slow(reader) if name == "contact" else reader

    assert DriverBench(card_of(), wrap=slow).call("iReadCardBas", 1).code == 0
    atrs = iter([b"", b"\x00"])
    assert DriverBench(card_of(), wrap=slow).code("iReadCardBas", 1) == -4


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_the_table_names_every_error_once_and_the_particular_ones_first(
    kind: type[Exception], code: int
) -> None:
    kinds = [entry for entry, _ in CODES]
    assert len(set(kinds)) == len(kinds)
    assert not any(issubclass(later, kind) and later is not kind for later in kinds[kinds.index(kind) :])
    assert call_error(kind.__new__(kind), STRICT).code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PsamUnfitError(-2203, "it does not hold RKSSSE"), -2203),
        (KeypadCancelledError(), -31),
        (PowerLostError("reset"), -3),
        (AtrError(0, "bad"), -999),
        (ZeroDivisionError(), -999),
    ],
)
def test_an_error_has_a_code_and_never_an_empty_text(error: Exception, code: int) -> None:
    told = call_error(error, STRICT)
    assert told.code == code and told.text


def test_a_defect_of_the_driver_is_unknown_and_powers_the_card_off() -> None:
    bench = broken(ZeroDivisionError(), "transmit", 5)
    answer = bench.call("iReadCardBas", 1)
    assert answer.code == -999 and "ZeroDivisionError" in answer.text


def test_ctrl_c_comes_through_and_powers_the_card_off() -> None:
    bench = broken(KeyboardInterrupt(), "transmit", 5)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        bench.call("iReadCardBas", 1)
    assert not bench.powered
    assert bench.driver.call("iReadCardBas", [1]).code == 0
