"""Records the person, the back office, the clock and the randomness of a session on its tape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from terminal.backoffice.ports import Answer, BackOffice, BackOfficeError, RefusedError, Request
from terminal.flow.operator import Operator, OperatorError
from terminal.flow.steps import Confirm, EnterPin, InsertCard, OperatorStep, PrintReceipt, RemoveCard, Show
from terminal.text import Pin
from terminal.trace.tape_bodies import kind_of, to_plain
from terminal.trace.tape_deck import NoInputError
from terminal.trace.tape_events import (
    ClockRead,
    OfficeAnswered,
    OfficeAsked,
    OfficeRefused,
    OfficeUnreachable,
    OperatorAsked,
    OperatorDid,
    OperatorDidNot,
    RandomDrawn,
)
from terminal.trace.tape_failures import operator_failure, unreachable_detail
from terminal.trace.tape_recorder import TapeRecorder
from terminal.trace.tape_redaction import Redactor

T = TypeVar("T")


class RecordingOperator:
    """A person whose prompts and answers are recorded, with the cards that they move."""

    def __init__(self, operator: Operator, recorder: TapeRecorder) -> None:
        self._operator = operator
        self._recorder = recorder

    def insert_card(self, request: InsertCard) -> None:
        """Ask for a card."""
        self._ask(request, self._operator.insert_card)

    def remove_card(self, request: RemoveCard) -> None:
        """Ask for the card's removal."""
        self._ask(request, self._operator.remove_card)

    def enter_pin(self, request: EnterPin) -> Pin:
        """Ask for a PIN."""
        return self._ask(request, self._operator.enter_pin)

    def confirm(self, request: Confirm) -> bool:
        """Ask a yes-or-no question."""
        return self._ask(request, self._operator.confirm)

    def show(self, request: Show) -> None:
        """Show a text."""
        self._ask(request, self._operator.show)

    def print_receipt(self, request: PrintReceipt) -> None:
        """Print the receipt."""
        self._ask(request, self._operator.print_receipt)

    def _ask(self, request: Any, act: Callable[[Any], T]) -> T:
        redactor = self._recorder.redactor
        return ask_recorded(
            self._recorder,
            asked(request, redactor),
            lambda: act(request),
            lambda result: redactor.body(to_plain(result, redactor.pin)),
        )


class RecordingBackOffice:
    """A back office whose requests and answers are recorded."""

    def __init__(self, office: BackOffice, recorder: TapeRecorder) -> None:
        self._office = office
        self._recorder = recorder

    def call(self, request: Request) -> Answer:
        """Answer a request."""
        put, redactor = self._recorder.put, self._recorder.redactor
        put(requested(request, redactor))
        try:
            answer = self._office.call(request)
        except RefusedError as error:
            put(OfficeRefused(redactor.body(to_plain(error.refusal, redactor.pin))))
            raise
        except BackOfficeError as error:
            put(OfficeUnreachable(redactor.text(unreachable_detail(error))))
            raise
        plain = to_plain(answer, redactor.pin)
        shown = redactor.hsm_answer(plain) if isinstance(answer, str) else redactor.body(plain)
        put(OfficeAnswered(kind_of(answer), shown))
        return answer


def ask_recorded(
    recorder: TapeRecorder, asked: OperatorAsked, act: Callable[[], T], plain: Callable[[T], Any]
) -> T:
    """Record a question, its answer and the cards that were moved meanwhile; `plain` is the answer on the tape."""
    try:
        recorder.put(asked)
        result = act()
    except (OperatorError, NoInputError, KeyboardInterrupt) as error:
        recorder.look_everywhere()
        recorder.put(OperatorDidNot(operator_failure(error), recorder.redactor.text(str(error))))
        recorder.person_acted()
        raise
    recorder.look_everywhere()
    recorder.put(OperatorDid(plain(result)))
    recorder.person_acted()
    return result


def recording_clock(now: Callable[[], datetime], recorder: TapeRecorder) -> Callable[[], datetime]:
    """A clock whose readings are recorded."""

    def read() -> datetime:
        moment = now()
        recorder.put(ClockRead(moment))
        return moment

    return read


def recording_random(random: Callable[[int], bytes], recorder: TapeRecorder) -> Callable[[int], bytes]:
    """A source of randomness whose draws are recorded."""

    def draw(length: int) -> bytes:
        drawn = random(length)
        recorder.put(RandomDrawn(drawn))
        return drawn

    return draw


def asked(request: OperatorStep, redactor: Redactor) -> OperatorAsked:
    """What a person is asked, as the tape has it."""
    return OperatorAsked(kind_of(request), redactor.body(to_plain(request, redactor.pin)))


def requested(request: Request, redactor: Redactor) -> OfficeAsked:
    """A request to the back office, as the tape has it."""
    return OfficeAsked(kind_of(request), redactor.body(to_plain(request, redactor.pin)))
