"""A POS in C, and one in Python, with a virtual card in the reader; and one that sends its APDUs itself."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from native_visit import calling, visit

from terminal.driver.functions import BY_NAME
from terminal.driver.profile import load_profile
from terminal.serve.driver.native_link import serve_native
from terminal.testbench.bench import TestBench
from terminal.testbench.slots import Place, Slots
from virtual_card.issuer import issue

VALGRIND = ("valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=all")
SSSE = bytes.fromhex("00A404000F7378312E73682EC9E7BBE1B1A3D5CF")
EF05 = bytes.fromhex("00A4020002EF05")
CARD_NUMBER = bytes.fromhex("00B2072C0B")


@pytest.fixture
def bench(endpoint_file: Path) -> Iterator[TestBench]:
    """A bench that the libraries of this machine find."""
    with Slots() as slots:
        bench = TestBench(slots, load_profile())
        with serve_native(bench.driver, bench.library, endpoint_file):
            yield bench


def test_a_pos_in_python(bench: TestBench, driver_library: ctypes.CDLL) -> None:
    def call(name: str, *arguments: int | str) -> tuple[int, str]:
        out = ctypes.create_string_buffer(BY_NAME[name].out_size)
        given = [one if isinstance(one, int) else one.encode("gbk") for one in arguments]
        return int(driver_library[name](*given, out)), out.value.decode("gbk")

    visit(call, bench)


@pytest.mark.parametrize("under", [(), VALGRIND], ids=["alone", "under valgrind"])
def test_a_pos_in_c(
    under: tuple[str, ...], bench: TestBench, ssc_driver_library: Path, compiled_program: Callable[..., Path]
) -> None:
    program = compiled_program("driver_line.c", "gcc", "-ldl")
    with calling([*under, program, ssc_driver_library / "libSSCardDriver.so"]) as call:
        visit(call, bench)


def test_a_pos_that_sends_its_own_apdus(bench: TestBench, ssc_driver_library: Path) -> None:
    library = ctypes.CDLL(str(ssc_driver_library / "libSSSE32.so"))
    response = ctypes.create_string_buffer(258)
    bench.slots.put(Place.CONTACT, issue("ssc-2.0", 1))
    bench.slots.put(Place.SAM, issue("psam", 1))
    handle = library.ICC_Reader_Open(b"AUTO")
    assert handle >= 0 and library.ICC_Reader_GetStatus(handle, 0x01) == -3
    assert library.ICC_Reader_PowerOn(handle, 0x01, response) == 17
    assert library.ICC_Reader_PowerOn(handle, 0x11, response) == 17
    for apdu in (SSSE, EF05, CARD_NUMBER):
        length = library.ICC_Reader_Application(handle, 0x01, len(apdu), apdu, response)
        assert response.raw[:length].endswith(b"\x90\x00")
    assert response.raw[:length] == b"\x07\x09A00000011\x90\x00"
    bench.slots.remove(Place.CONTACT)
    assert library.ICC_Reader_Application(handle, 0x01, len(EF05), EF05, response) == -2
    assert library.ICC_Reader_GetStatus(handle, 0x11) == 0
    assert library.ICC_Reader_Close(handle) == 0
    assert library.ICC_Reader_Close(handle) == -12
