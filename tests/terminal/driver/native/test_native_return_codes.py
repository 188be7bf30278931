"""Every return code of the interface comes out of the native library, as `long` and as `int`, with a text in GBK.

Each by its cause where a virtual card has one; by a status word that the card is told to answer, where the cause would
be a defect of the card; by injection where no card, reader or holder can bring it about.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import pytest

from apdu.crypto import Algorithm
from terminal.driver.codes import BEYOND_THE_TEXT, LISTED_STATUS_WORDS, ReturnCode
from terminal.driver.functions import BY_NAME
from terminal.driver.profile import load_profile
from terminal.serve.driver.endpoint import VARIABLE
from terminal.serve.driver.native_link import serve_native
from terminal.testbench.bench import TestBench
from terminal.testbench.orders import InjectionOrder, KeypadOrder
from terminal.testbench.slots import Place, Slots
from virtual_card.card import VirtualCard
from virtual_card.faults import FaultPlan
from virtual_card.issuer import PsamOptions, SocialOptions, issue
from virtual_card.state import Purse

PIN, OTHER_PIN, WRONG_PIN = "123456", "246810", "000000"
INFO = "990100D15600000500000001FFFFFFFF|A00000011|"
PAY = "100.00|80.00|20250102103000|"
FREE, WITH_KEY, BASE, PIN_ENTRY = "SSSEEF05|07|$", "DF04EF05|84|$", ("iReadCardBas", 1), ("iVerifyPIN", 1)
PSAM = PsamOptions()
MOST_CALLS = 30

Call = tuple[Any, ...]


class How(Enum):
    """Where a code comes from in this test."""

    CAUSE = "what card, PSAM, holder, caller or service really did"
    STATUS = "a status word that the card is told to answer"
    INJECTION = "told to the driver"


@dataclass(frozen=True)
class Case:
    """One code: the calls that lead to it, and how often the last is made; cards, entries and faults.

    `swapped`: another card is in the reader when the last call is made.
    """

    code: int
    calls: tuple[Call, ...] = (BASE,)
    card: Mapping[str, Any] | None = field(default_factory=dict)
    psam: PsamOptions | None = PSAM
    entries: tuple[str, ...] = ()
    faults: tuple[Mapping[str, Any], ...] = ()
    swapped: bool = False
    most_calls: int = 1
    how: How = How.CAUSE


def answered(sw: int) -> Case:
    fault = {"do": "status", "sw": f"{sw:04X}", "instruction": "SELECT", "nth": 2}
    return Case(-sw, faults=(fault,), how=How.STATUS)


def written(code: int, data: str) -> Case:
    return Case(code, (("iWriteCard", 1, INFO, WITH_KEY, data),))


def entered(code: int, *entries: str, call: Call = PIN_ENTRY) -> Case:
    return Case(code, (call,), entries=entries)


WRONG_KEY = {"root_keys": {"RKSSSE/1": bytes(16)}}
CASES = (
    entered(0, PIN),
    Case(-1, card={"kind": "sle4442"}),
    Case(-2, card=None),
    Case(-3, (("iReadCard_HSM_Step1", 1, INFO, WITH_KEY), ("iReadCard_HSM_Step2", "00" * 16)), swapped=True),
    Case(-4, faults=({"do": "mute", "at": 1},)),
    Case(-13, (("iReadCardType",),)),
    Case(-14, (("iReadCardBas", 9),)),
    Case(-20, (("iUnblockPIN", 1, "990100D1|A00000011|"),)),
    Case(-21, card={"root_keys": {"IRK/1": bytes(16)}}),
    Case(-22, (("iUnblockPIN", 1, INFO.replace("A00000011", "A00000012")),)),
    Case(-23, (("iReadCard", 1, 1, INFO, "DF99EF05|07|$"),)),
    Case(-24, psam=PsamOptions(levels={"IRK": 0})),
    entered(-31, "CANCEL"),
    entered(-32, "TIMEOUT"),
    entered(-33, "123"),
    entered(-34, PIN, OTHER_PIN, PIN, call=("iChangePIN", 1)),
    written(-41, "DF04EF05|99010x|$"),
    written(-42, "DF04EF05|99010012|$"),
    entered(-51, WRONG_PIN),
    Case(-52, (PIN_ENTRY,), card={"state": "pin-blocked"}, entries=(PIN,)),
    Case(-2201, psam=None),
    Case(-2202, psam=PsamOptions(environments=(Algorithm.DES,))),
    Case(-2203, psam=PsamOptions(without=frozenset({"RKSSSE"}))),
    Case(-2204, (("iReadCard_HSM_Step1", 1, INFO, FREE),)),
    *(Case(code, card=WRONG_KEY, most_calls=MOST_CALLS) for code in (-25538, -25537, -25536, -27011)),
    Case(-27265, card={"state": "card-blocked"}),
    Case(-27266, (("iReadCard", 1, 1, INFO, "SSSEEF0C|FA|$"),), card={"social": {"status_fid": None}}),
    Case(-27272, psam=PsamOptions(without=frozenset({"IRK"}))),
    Case(
        -37634,
        (("iDoDebit_HSM_Step1", 1, INFO, PAY), ("iDoDebit_HSM_Step2", "00000001|20250102103000|DEADBEEF|")),
        entries=(PIN,),
    ),
    Case(
        -37891,
        (("iDoDebit", 1, INFO, PAY),),
        psam=PsamOptions(without=frozenset({"DPK"}), refuses_purchase=True),
        entries=(PIN,),
    ),
    *map(
        answered,
        (0x6700, 0x6901, 0x6981, 0x6982, 0x6984, 0x6985, 0x6988, 0x6A80, 0x6A83, 0x9303, 0x9406),
    ),
    *(Case(code, how=How.INJECTION) for code in (-5, -12, -15, -35, -36)),
)
BY_THE_LIBRARY = {-11}
"""What the library says itself: the last test here, and those in test_native_ctypes.py."""


def issued(given: Mapping[str, Any]) -> VirtualCard:
    options = {"kind": "ssc-3.0", **given}
    social = SocialOptions(**{"purse": Purse(balance=100_000), **options.pop("social", {})})
    return issue(options.pop("kind"), 1, social=social, random=Random(1).randbytes, **options)


class Pos:
    """A program that calls the library, and the bench it is served by."""

    def __init__(self, library: ctypes.CDLL, bench: TestBench) -> None:
        self.library, self.bench = library, bench

    def call(self, name: str, *arguments: Any) -> tuple[int, str]:
        """A function's code and text; the code is the same as `long` and as `int`."""
        function = BY_NAME[name]
        out = ctypes.create_string_buffer(max(1, function.out_size))
        given = [one.encode("gbk") if isinstance(one, str) else one for one in arguments]
        entry = self.library[name]
        entry.restype = ctypes.c_long
        code = int(entry(*given, *([out] if function.published else [])))
        assert ctypes.c_int(code).value == code
        return code, out.value.decode("gbk")

    def set_up(self, case: Case) -> None:
        """Cards, entries and faults of a case, and nothing of the one before."""
        slots = self.bench.slots
        for place in Place:
            slots.remove(place)
        self.insert(case)
        if case.psam is not None:
            slots.put(Place.SAM, issue("psam", 1, psam=case.psam))
        self.bench.clear_injections()
        self.bench.tell_keypad(KeypadOrder(entries=case.entries))
        if case.how is How.INJECTION:
            self.bench.inject(InjectionOrder(function=case.calls[-1][0], code=case.code))

    def insert(self, case: Case) -> None:
        """The card of a case, put in or changed for one like it."""
        if case.card is not None:
            self.bench.slots.put(Place.CONTACT, issued(case.card), FaultPlan.from_data(case.faults))


@pytest.fixture(scope="module")
def pos(ssc_driver_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pos]:
    directory = tmp_path_factory.mktemp("codes")
    library = ctypes.CDLL(str(ssc_driver_library / "libSSCardDriver.so"))
    with pytest.MonkeyPatch.context() as patch, Slots() as slots:
        patch.setenv(VARIABLE, str(directory / "endpoint"))
        bench = TestBench(slots, load_profile("lenient"))
        with serve_native(bench.driver, bench.library, directory / "endpoint"):
            yield Pos(library, bench)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} by {case.how.name.lower()}")
def test_a_code_comes_out_of_the_library(case: Case, pos: Pos) -> None:
    pos.set_up(case)
    for call in case.calls[:-1]:
        assert pos.call(*call)[0] == 0
    if case.swapped:
        pos.insert(case)
    seen: list[int] = []
    while case.code not in seen and len(seen) < case.most_calls:
        code, text = pos.call(*case.calls[-1])
        seen.append(code)
    assert seen[-1] == case.code
    assert case.code == 0 or text or not BY_NAME[case.calls[-1][0]].published


def test_every_code_of_the_text_is_among_them() -> None:
    of_the_text = {*map(int, set(ReturnCode) - BEYOND_THE_TEXT), *(-sw for sw in LISTED_STATUS_WORDS)}
    tried = [case.code for case in CASES]
    assert {*tried, *BY_THE_LIBRARY} == of_the_text
    assert len(tried) == len(set(tried))


def test_what_no_service_answers_is_11(ssc_driver_library: Path, endpoint_file: Path) -> None:
    library = ctypes.CDLL(str(ssc_driver_library / "libSSSE32.so"))
    library.ICC_Reader_Open.restype = ctypes.c_long
    assert library.ICC_Reader_Open(b"AUTO") == -11
