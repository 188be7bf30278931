"""Keypads without a person: a script never hangs, a queue keeps nothing."""

from __future__ import annotations

import threading

import pytest

from terminal.driver.keypad import Entry, Key, KeypadScriptError, QueueKeypad, ScriptedKeypad
from terminal.driver.ports import KeypadCancelledError, KeypadLengthError, KeypadTimeoutError, Prompt
from terminal.driver.presence import calling
from terminal.text import Pin

DEADLINE_S = 60.0


def test_a_script_answers_one_entry_after_the_other_and_keeps_the_prompts() -> None:
    keypad = ScriptedKeypad(["123456", "1234"])
    assert (keypad.enter(Prompt.OLD_PIN), keypad.enter(Prompt.NEW_PIN)) == (Pin("123456"), Pin("1234"))
    assert keypad.prompts == [Prompt.OLD_PIN, Prompt.NEW_PIN]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ("CANCEL", KeypadCancelledError), (Key.CANCEL, KeypadCancelledError),
        ("TIMEOUT", KeypadTimeoutError), (Key.TIMEOUT, KeypadTimeoutError),
        ("", KeypadLengthError), ("123", KeypadLengthError), ("1" * 17, KeypadLengthError),
        ("12a4", KeypadLengthError),
    ],
)  # fmt: skip
def test_a_script_can_cancel_time_out_and_be_too_short_or_long(entry: Entry, error: type[Exception]) -> None:
    keypad = ScriptedKeypad([entry])
    with pytest.raises(error):
        keypad.enter(Prompt.PIN)


@pytest.mark.parametrize("digits", ["1234", "1234567890123456"])
def test_four_to_sixteen_digits_are_a_pin(digits: str) -> None:
    assert ScriptedKeypad([digits]).enter(Prompt.PIN).reveal() == digits


def test_an_exhausted_script_is_a_test_error_that_names_the_entry() -> None:
    keypad = ScriptedKeypad(["123456"])
    keypad.enter(Prompt.PIN)
    with pytest.raises(KeypadScriptError, match=r"no answer for entry 2 \(Enter the new PIN\)"):
        keypad.enter(Prompt.NEW_PIN)


def test_the_prompts_are_those_of_the_text() -> None:
    assert [prompt.value.zh for prompt in Prompt] == [
        "请输入密码",
        "请输入原密码",
        "请输入新密码",
        "请再次输入新密码",
    ]


def test_no_entry_shows_in_a_repr() -> None:
    assert "123456" not in repr(vars(ScriptedKeypad(["123456"])))


def _answered(keypad: QueueKeypad, entry: Entry) -> threading.Thread:
    def work() -> None:
        keypad.wait_for_prompt(DEADLINE_S)
        keypad.answer(entry)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_somebody_else_answers_what_the_keypad_shows() -> None:
    keypad = QueueKeypad(DEADLINE_S)
    for prompt, digits in ((Prompt.OLD_PIN, "123456"), (Prompt.NEW_PIN, "654321")):
        thread = _answered(keypad, digits)
        assert keypad.enter(prompt) == Pin(digits)
        thread.join(DEADLINE_S)
    assert keypad.prompt is None


@pytest.mark.parametrize(
    ("entry", "error"),
    [("CANCEL", KeypadCancelledError), ("TIMEOUT", KeypadTimeoutError), ("12", KeypadLengthError)],
)
def test_whoever_answers_can_cancel_and_be_wrong(entry: str, error: type[Exception]) -> None:
    keypad = QueueKeypad(DEADLINE_S)
    thread = _answered(keypad, entry)
    with pytest.raises(error):
        keypad.enter(Prompt.PIN)
    thread.join(DEADLINE_S)


def test_an_entry_that_nobody_makes_is_a_time_out() -> None:
    keypad = QueueKeypad(0.01)
    with pytest.raises(KeypadTimeoutError):
        keypad.enter(Prompt.PIN)
    assert keypad.prompt is None


def test_an_entry_for_a_caller_that_has_gone_is_cancelled() -> None:
    keypad, looks = QueueKeypad(timeout_s=600), iter([True, True, True, False, False])
    with calling(lambda: next(looks)), pytest.raises(KeypadCancelledError):
        keypad.enter(Prompt.PIN)
    assert keypad.prompt is None


def test_the_end_cancels_what_is_asked_and_whatever_would_be() -> None:
    keypad, cancelled = QueueKeypad(timeout_s=600), threading.Event()

    def ask() -> None:
        with pytest.raises(KeypadCancelledError):
            keypad.enter(Prompt.PIN)
        cancelled.set()

    threading.Thread(target=ask, daemon=True).start()
    assert keypad.wait_for_prompt(10)
    keypad.end()
    assert cancelled.wait(10)
    with pytest.raises(KeypadCancelledError):
        keypad.enter(Prompt.PIN)


def test_an_answer_to_nothing_is_refused_and_not_kept() -> None:
    keypad = QueueKeypad(0.01)
    assert not keypad.answer("123456")
    with pytest.raises(KeypadTimeoutError):
        keypad.enter(Prompt.PIN)


def test_an_entry_is_answered_once() -> None:
    keypad = QueueKeypad(DEADLINE_S)
    found: list[Pin] = []
    holder = threading.Thread(target=lambda: found.append(keypad.enter(Prompt.PIN)))
    holder.start()
    assert keypad.wait_for_prompt(DEADLINE_S) is Prompt.PIN
    answers = [keypad.answer("111111"), keypad.answer("222222")]
    holder.join(DEADLINE_S)
    assert answers == [True, False]
    assert found == [Pin("111111")]
