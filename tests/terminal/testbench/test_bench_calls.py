"""A bench in process: calls on its cards, injected answers, keypad, and the transcript of all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import jsonschema
import pytest

from terminal.driver.functions import BY_NAME
from terminal.driver.profile import load_profile
from terminal.testbench.bench import TestBench
from terminal.testbench.orders import CardOrder, InjectionOrder, KeypadOrder, OrderError
from terminal.testbench.slots import Place, Slots
from terminal.testbench.transcript_forms import as_json, as_page, as_text
from terminal.trace.schema import EVENT_TYPES
from terminal.trace.schema_shapes import document

NOON = datetime.fromisoformat("2030-01-08T12:00:00+08:00")
VALIDATOR = jsonschema.Draft202012Validator(document(EVENT_TYPES, closed=True))
PIN, NEW_PIN = "123456", "86420975"


@pytest.fixture
def bench() -> Iterator[TestBench]:
    with Slots() as slots:
        made = TestBench(slots, load_profile("strict-38"), now=lambda: NOON)
        made.insert(Place.CONTACT, CardOrder(kind="ssc-3.0", seed=7))
        made.insert(Place.SAM, CardOrder(kind="psam"))
        yield made


def base(bench: TestBench) -> list[str]:
    answer = bench.driver.call("iReadCardBas", (3,))
    assert answer.code == 0, answer.text
    return answer.text.split("|")


def test_a_swapped_card_is_another_holder(bench: TestBench) -> None:
    first = base(bench)
    bench.insert(Place.CONTACT, CardOrder(kind="ssc-2.0", seed=8))
    assert base(bench)[1] != first[1]


@pytest.mark.parametrize(
    ("psam", "code"),
    [
        ({"level": 0}, -24),
        ({"without": ("RKSSSE",)}, -2203),
        ({"environments": ("DES",)}, -2202),
        (None, -2201),
    ],
)
def test_the_psam_decides_the_code_of_the_fall_back(
    bench: TestBench, psam: dict[str, object] | None, code: int
) -> None:
    if psam is None:
        bench.remove(Place.SAM)
    else:
        from terminal.testbench.orders import PsamSpec

        bench.insert(Place.SAM, CardOrder(kind="psam", psam=PsamSpec(**psam)))  # type: ignore[arg-type]
    assert bench.driver.call("iReadCardBas", (3,)).code == code
    assert bench.driver.call("iReadCardBas_HSM_Step1", (3,)).code == 0


def test_an_injection_strikes_at_its_call_and_as_often_as_it_was_told(bench: TestBench) -> None:
    bench.inject(InjectionOrder(function="iReadCardBas", code=-11, nth=2, times=2))
    codes = [bench.driver.call("iReadCardBas", (3,)).code for _ in range(4)]
    assert codes == [0, -11, -11, 0]
    assert [(one.seen, one.struck) for one in bench.injections.look()] == [(3, 2)]


def test_an_injection_knows_a_function_by_its_other_names_too(bench: TestBench) -> None:
    bench.inject(InjectionOrder(function="iUnlockPIN", code=-2201, text="no PSAM today"))
    answer = bench.driver.call("iUnblockPIN", (3, ""))
    assert (answer.code, answer.text) == (-2201, "no PSAM today")


def test_an_injected_failure_ends_what_was_pending(bench: TestBench) -> None:
    assert bench.driver.call("iReadCardBas_HSM_Step1", (3,), "me").code == 0
    bench.inject(InjectionOrder(function="*", code=-21))
    assert bench.driver.call("iReadCardBas_HSM_Step2", ("00|",), "me").code == -21
    assert bench.driver.call("iReadCardBas_HSM_Step2", ("00|",), "me").code != 0


def test_an_injection_into_no_function_is_refused(bench: TestBench) -> None:
    with pytest.raises(OrderError, match="'iFormatCard' is no function"):
        bench.inject(InjectionOrder(function="iFormatCard", code=-1))


@pytest.mark.parametrize(
    ("entries", "code"),
    [((PIN,), 0), (("CANCEL",), -31), (("TIMEOUT",), -32), (("12",), -33), (("654321",), -51), ((), -32)],
)
def test_the_keypad_answers_what_it_was_told(bench: TestBench, entries: tuple[str, ...], code: int) -> None:
    bench.tell_keypad(KeypadOrder(entries=entries))
    assert bench.driver.call("iVerifyPIN", (1,)).code == code
    assert bench.look_at_keypad().unprepared == (0 if entries else 1)


def test_a_standing_entry_answers_whatever_comes_after(bench: TestBench) -> None:
    bench.tell_keypad(KeypadOrder(entries=("CANCEL",), always=PIN))
    assert [bench.driver.call("iVerifyPIN", (1,)).code for _ in range(3)] == [-31, 0, 0]


def test_a_key_cannot_be_pressed_where_nothing_is_asked(bench: TestBench) -> None:
    with pytest.raises(OrderError, match="asks for nothing"):
        bench.press(KeypadOrder(entries=(PIN,)))


def busy(bench: TestBench) -> list[str]:
    """A day at the bench; returns what must never be shown."""
    fields = base(bench)
    card_info = f"{fields[3]}|{fields[2]}|"
    bench.tell_keypad(KeypadOrder(entries=(PIN, PIN, NEW_PIN, NEW_PIN, NEW_PIN, NEW_PIN)))
    assert bench.driver.call("iVerifyPIN", (1,)).code == 0
    assert bench.driver.call("iChangePIN", (1,)).code == 0
    assert bench.driver.call("iReloadPIN", (1, card_info)).code == 0
    address = "SSSEEF06|08|09|$"
    read = bench.driver.call("iReadCard", (1, 2, card_info, address))
    assert read.code == 0 and fields[1] in read.text
    bench.driver.call("iReloadPIN_HSM_Step1", (1, card_info))
    bench.driver.call("iVerifyPINK", (1, NEW_PIN))
    bench.driver.call("iFormatCard", (NEW_PIN,))
    bench.inject(InjectionOrder(function="*", code=-4))
    bench.driver.call("iReadDebitRecord", (1,))
    bench.remove(Place.CONTACT)
    return [PIN, NEW_PIN, fields[1], fields[4]]


def test_a_transcript_has_every_call_and_nothing_secret(bench: TestBench) -> None:
    secrets = busy(bench)
    calls = [json.loads(line) for line in as_json(bench.transcript)]
    for one in calls:
        VALIDATOR.validate(one)
    names = [one["function"] for one in calls if one["type"] == "call"]
    assert set(names) - set(BY_NAME) == {"iFormatCard"}
    assert [one["number"] for one in calls if one["type"] == "answer"] == list(range(1, len(names) + 1))
    assert {"exchange", "powered", "operator", "note"} <= {one["type"] for one in calls}
    assert [one["injected"] for one in calls if one["type"] == "call"][-1] is True
    for form in (as_json, as_text, as_page):
        whole = "\n".join(form(bench.transcript)).upper()
        for secret in secrets:
            assert secret.upper() not in whole
            assert secret.encode("gbk").hex().upper() not in whole
    assert all(secret not in repr(list(bench.transcript)) for secret in secrets)


def test_a_transcript_reads_as_one_story(bench: TestBench) -> None:
    busy(bench)
    text = "\n".join(as_text(bench.transcript))
    assert "iReadCardBas(3) = 0" in text and "VERIFY" in text and "请输入新密码" in text
    assert "the card was pulled from the card slot" in text and "injected 注入" in text
    page = "\n".join(as_page(bench.transcript))
    assert page.count("<section") == page.count("</section>") == len(list(bench.transcript))


def test_programs_that_send_their_own_apdus_are_written_down_and_injected_too(bench: TestBench) -> None:
    verify = bytes.fromhex("0020000003") + bytes.fromhex(PIN)
    opened = bench.library.call("ICC_Reader_Open", ("AUTO",), "me").code
    assert bench.library.call("ICC_Reader_PowerOn", (opened, 1), "me").code == 17
    assert bench.library.call("ICC_Reader_Application", (opened, 1, verify), "me").code == 2
    bench.inject(InjectionOrder(function="ICC_Reader_Application", code=-4))
    assert bench.library.call("ICC_Reader_Application", (opened, 1, verify), "me").code == -4
    assert bench.library.call("ICC_Reader_PowerOn", (opened, 0x11), "me").code > 0
    lines = [json.loads(line) for line in as_json(bench.transcript)]
    for one in lines:
        VALIDATOR.validate(one)
    called = [(one["function"], one["injected"]) for one in lines if one["type"] == "call"]
    assert called[2:4] == [("ICC_Reader_Application", False), ("ICC_Reader_Application", True)]
    assert [one["slot"] for one in lines if one["type"] == "powered"] == ["card", "psam"]
    assert [one["title"] for one in lines if one["type"] == "exchange"] == ["VERIFY"]
    whole = "\n".join([*as_text(bench.transcript), *as_page(bench.transcript), *map(str, lines)])
    assert "ICC_Reader_Application(0, 1, 8 bytes) = 2" in whole and PIN not in whole


def test_a_transcript_forgets_when_it_is_told_to(bench: TestBench) -> None:
    base(bench)
    bench.transcript.clear()
    assert list(bench.transcript) == []
    base(bench)
    assert len(list(bench.transcript)) == 1
