"""A recorded person, back office, clock and source of randomness: what a replayed session is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from terminal.backoffice.ports import Answer, Refusal, RefusedError, Request, UnreachableError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, RemoveCard, Show
from terminal.text import Pin
from terminal.trace.tape import DamagedTapeError
from terminal.trace.tape_bodies import ANSWERS, BodyError, from_plain
from terminal.trace.tape_events import (
    ClockRead,
    OfficeAnswered,
    OfficeRefused,
    OfficeUnreachable,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    RandomDrawn,
)
from terminal.trace.tape_failures import OPERATOR_ERRORS
from terminal.trace.tape_player import TapePlayer
from terminal.trace.tape_recorder_parties import asked, requested


class NoKind:
    """The type of an answer whose name on the tape is none; nothing can be read as one."""


class TapeOperator:
    """The person of a tape: does what was done, in no time; what is asked must be what was asked."""

    def __init__(self, player: TapePlayer) -> None:
        self._player = player

    def insert_card(self, request: InsertCard) -> None:
        """As recorded."""
        self._ask(request)

    def remove_card(self, request: RemoveCard) -> None:
        """As recorded."""
        self._ask(request)

    def enter_pin(self, request: EnterPin) -> Pin:
        """The stand-in for the PIN that was typed."""
        pin: Pin = decoded(self._player, Pin, self._ask(request))
        self._player.redactor.pin(pin, learn=True)
        return pin

    def confirm(self, request: Confirm) -> bool:
        """As recorded."""
        agreed: bool = decoded(self._player, bool, self._ask(request))
        return agreed

    def show(self, request: Show) -> None:
        """As recorded."""
        self._ask(request)

    def print_receipt(self, request: PrintReceipt) -> None:
        """As recorded."""
        self._ask(request)

    def _ask(self, request: Any) -> Any:
        return ask_tape(self._player, asked(request, self._player.redactor))


def ask_tape(player: TapePlayer, asked: OperatorAsked) -> Any:
    """The recorded answer to a question, as it stands on the tape; raises what was recorded instead."""
    player.match(asked)
    player.pass_movements()
    event = player.peek()
    if isinstance(event, OperatorDidNot):
        player.step()
        player.person_acted()
        raise OPERATOR_ERRORS[event.why](event.message)
    done = player.take(OperatorDid, "operator: an answer is awaited")
    player.person_acted()
    player.learn(done)
    return done.body


class TapeBackOffice:
    """The back office of a tape."""

    def __init__(self, player: TapePlayer) -> None:
        self._player = player

    def call(self, request: Request) -> Answer:
        """The recorded answer; raises RefusedError, UnreachableError, or TapeMismatchError for another request."""
        player = self._player
        player.match(requested(request, player.redactor))
        event = player.peek()
        if isinstance(event, OfficeUnreachable):
            player.step()
            raise UnreachableError(event.detail)
        if isinstance(event, OfficeRefused):
            player.step()
            player.learn(event)
            raise RefusedError(decoded(player, Refusal, event.body))
        answered = player.take(OfficeAnswered, "centre: an answer is awaited")
        player.learn(answered)
        answer: Answer = decoded(player, ANSWERS.get(answered.kind, NoKind), answered.body)
        return answer


def tape_clock(player: TapePlayer) -> Callable[[], datetime]:
    """A clock that shows the recorded times, one after the other."""
    return lambda: player.take(ClockRead, "the clock is read").moment


def tape_random(player: TapePlayer) -> Callable[[int], bytes]:
    """The recorded random bytes; raises TapeMismatchError where another number of them is drawn."""

    def draw(length: int) -> bytes:
        event = player.peek()
        if not isinstance(event, RandomDrawn) or len(event.drawn) != length:
            raise player.mismatch(f"{length} random bytes are drawn")
        player.step()
        return event.drawn

    return draw


def decoded(player: TapePlayer, kind: Any, body: Any) -> Any:
    """What stands on the tape as the type it should be; raises DamagedTapeError, with its line."""
    try:
        return from_plain(kind, body)
    except BodyError as error:
        player.abandon()
        where = player.place(back=1)
        raise DamagedTapeError(f"{where}: {error}; correct the line, or record the tape again") from None
