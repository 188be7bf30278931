from __future__ import annotations

from collections.abc import Callable

import click
import pytest

from apdu.command import Command
from terminal.cli.pin_source import (
    NOT_SET,
    LastTryError,
    PinSource,
    Way,
    pin_source,
    tries_of,
    tries_text,
    verify_holder,
)
from terminal.desk import Desk
from terminal.errors import CardRefusedError
from terminal.flow.steps import Role
from terminal.trace.tape_deck import NoInputError

PIN = "73519486"


class Keypad:
    """A reader's keypad on which somebody types what the card answers so."""

    def __init__(self, answer: str) -> None:
        self.answer = bytes.fromhex(answer)
        self.templates: list[bytes] = []

    def verify(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        self.templates.append(template)
        assert (shortest, longest) == (4, 16) and timeout_s > 0
        return self.answer

    def change(self, template: bytes, *, shortest: int, longest: int, timeout_s: float) -> bytes:
        raise AssertionError("nothing is changed here")


class Card:
    """A powered card that answers every command the same."""

    atr = bytes.fromhex("3B00")
    protocol = "T=0"

    def __init__(self, answer: str, pin_pad: Keypad | None = None) -> None:
        self.answer = bytes.fromhex(answer)
        self.pin_pad = pin_pad
        self.sent: list[bytes] = []

    def transmit(self, apdu: bytes) -> bytes:
        self.sent.append(apdu)
        return self.answer

    def reset(self) -> bytes:
        return self.atr

    def close(self) -> None:
        """Nothing to do."""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> PinSource:
    monkeypatch.setenv("HOLDER", PIN)
    return PinSource(Way.ENVIRONMENT, "HOLDER")


def desk(card: Card) -> Desk:
    return Desk({Role.NEW: card})


@pytest.mark.parametrize(("answer", "left"), [("9000", None), ("63C4", 4), ("63C0", 0), ("6983", 0)])
def test_a_keypad_is_used_where_the_pin_is_asked_for_and_the_terminal_never_sees_it(
    answer: str, left: int | None
) -> None:
    pad = Keypad(answer)
    card = Card("6F00", pad)
    assert verify_holder(desk(card), PinSource(Way.ASK), 6) == left
    assert card.sent == []
    (template,) = pad.templates
    assert Command.parse(template).data.strip(b"\xff") == b""


def test_another_answer_at_the_keypad_is_a_refusal() -> None:
    with pytest.raises(CardRefusedError, match="keypad"):
        verify_holder(desk(Card("6F00", Keypad("6A86"))), PinSource(Way.ASK), 6)


def test_a_named_source_goes_before_the_keypad(environment: PinSource) -> None:
    pad = Keypad("9000")
    card = Card("9000", pad)
    assert verify_holder(desk(card), environment, 6) is None
    assert pad.templates == []
    assert card.sent == [bytes.fromhex(f"0020000004{PIN}")]


@pytest.mark.parametrize("tries", [2, None])
def test_with_two_tries_or_an_unknown_number_the_pin_is_sent(
    environment: PinSource, tries: int | None
) -> None:
    card = Card("63C1")
    assert verify_holder(desk(card), environment, tries) == 1
    assert len(card.sent) == 1


def test_with_one_try_left_nothing_is_sent_and_force_is_named(environment: PinSource) -> None:
    card = Card("9000")
    with pytest.raises(LastTryError, match="--force"):
        verify_holder(desk(card), environment, 1)
    assert card.sent == []


def test_a_blocked_pin_is_not_sent(environment: PinSource) -> None:
    card = Card("9000")
    assert verify_holder(desk(card), environment, 0) == 0
    assert card.sent == []


def test_force_sends_the_last_try(environment: PinSource) -> None:
    card = Card("9000")
    assert verify_holder(desk(card), PinSource(Way.ENVIRONMENT, "HOLDER", force=True), 1) is None


def test_source_and_tries_are_said_first_and_the_pin_never(
    environment: PinSource, capsys: pytest.CaptureFixture[str]
) -> None:
    verify_holder(desk(Card("63C3")), environment, None)
    said = capsys.readouterr().err
    assert said == "PIN 个人密码: environment variable 环境变量 HOLDER; tries left 剩余次数: unknown 未知\n"


def test_a_missing_variable_is_said_before_any_try_is_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NOPE", raising=False)
    card = Card("9000")
    with pytest.raises(
        NoInputError, match="--pin-env: there is no environment variable NOPE; export it first"
    ):
        verify_holder(desk(card), PinSource(Way.ENVIRONMENT, "NOPE"), 6)
    assert card.sent == [] and capsys.readouterr().err == ""


def test_ctrl_c_at_the_hidden_prompt_is_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def prompt(text: str, **options: object) -> str:
        raise click.Abort

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(KeyboardInterrupt):
        PinSource(Way.ASK).obtain()


def test_a_hidden_prompt_asks_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def prompt(text: str, **options: object) -> str:
        asked.append(options)
        return PIN

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert PinSource(Way.ASK).obtain().reveal() == PIN
    assert asked == [{"hide_input": True, "err": True}]


@pytest.mark.parametrize(
    ("answer", "tries", "text"),
    [
        ("63C5", 5, "5"),
        ("63C0", 0, "0"),
        ("6983", 0, "0"),
        ("9000", NOT_SET, "no PIN is set 未设密码"),
        ("6D00", None, "unknown 未知"),
    ],
)
def test_tries_are_asked_without_spending_one(answer: str, tries: int | None, text: str) -> None:
    card = Card(answer)
    assert tries_of(desk(card)) == tries
    assert card.sent == [bytes.fromhex("0020000000")]
    assert tries_text(tries) == text


def test_no_option_is_no_source_and_two_are_wrong_use() -> None:
    nothing = {"pin": False, "pin_stdin": False, "pin_env": None, "force": False}
    given: Callable[..., PinSource | None] = pin_source
    assert given(**nothing) is None
    assert given(**{**nothing, "pin": True, "force": True}) == PinSource(Way.ASK, force=True)
    with pytest.raises(click.ClickException, match="one source"):
        given(**{**nothing, "pin": True, "pin_env": "X"})
