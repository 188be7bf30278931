"""The holder's PIN on the card: the last try is never spent silently, and a PIN is never shown."""

from __future__ import annotations

import pytest
from scripted import play

from terminal.errors import CardRefusedError
from terminal.procedures.pin import TakeOver, query_tries, take_over_pin, verify_pin
from terminal.text import Pin

INITIAL, OLD = Pin("123456"), Pin("135790")
VERIFY_OLD = "0020000003135790"
CHANGE = "805E010007123456FF135790"


@pytest.mark.parametrize(
    ("answer", "left"), [("63C6", 6), ("63C1", 1), ("63C0", 0), ("6983", 0), ("9000", 6)]
)
def test_tries_are_asked_for_without_spending_one(answer: str, left: int) -> None:
    played = play(query_tries(6), answer)
    assert played.result == left
    assert played.sent == ["0020000000"]


@pytest.mark.parametrize(("answer", "left"), [("9000", None), ("63C5", 5), ("63C0", 0), ("6983", 0)])
def test_verify_says_how_many_tries_are_left(answer: str, left: int | None) -> None:
    played = play(verify_pin(OLD), answer)
    assert played.result == left
    assert played.sent == [VERIFY_OLD]


@pytest.mark.parametrize(
    ("answers", "result", "sent"),
    [
        (("9000",), TakeOver.DONE, [VERIFY_OLD]),
        (("63C5", "9000"), TakeOver.DONE, [VERIFY_OLD, CHANGE]),
        (("63C2", "9000"), TakeOver.DONE, [VERIFY_OLD, CHANGE]),
        (("63C5", "63C4"), TakeOver.FOREIGN, [VERIFY_OLD, CHANGE]),
        (("63C2", "6983"), TakeOver.FOREIGN, [VERIFY_OLD, CHANGE]),
        (("63C1",), TakeOver.LAST_TRY, [VERIFY_OLD]),
        (("63C0",), TakeOver.LAST_TRY, [VERIFY_OLD]),
        (("6983",), TakeOver.LAST_TRY, [VERIFY_OLD]),
    ],
)
def test_old_pin_is_tried_first_and_changed_only_with_two_tries_left(
    answers: tuple[str, ...], result: TakeOver, sent: list[str]
) -> None:
    played = play(take_over_pin(INITIAL, OLD), *answers)
    assert played.result is result
    assert played.sent == sent


@pytest.mark.parametrize(
    ("answers", "attempted"),
    [(("6A81",), "verifying the PIN: VERIFY answered 6A81"), (("63C5", "6581"), "changing the PIN")],
)
def test_other_refusals_name_attempt_and_status_word_but_no_pin(
    answers: tuple[str, ...], attempted: str
) -> None:
    with pytest.raises(CardRefusedError) as refused:
        play(take_over_pin(INITIAL, OLD), *answers)
    assert attempted in str(refused.value)
    assert "135790" not in str(refused.value) and "123456" not in str(refused.value)


def test_query_that_is_refused_says_so() -> None:
    with pytest.raises(CardRefusedError, match="asking for the PIN tries left: VERIFY answered 6A88"):
        play(query_tries(6), "6A88")
