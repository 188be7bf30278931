"""Runs the flow of a call up to its answer or to the end of a step; what fails on the way is thrown into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apdu.t0 import CompletionError
from terminal.driver.events import KeypadUsed, Listener
from terminal.driver.ports import Keypad, KeypadCancelledError, KeypadLengthError, KeypadTimeoutError
from terminal.driver.powered import PoweredCards
from terminal.driver.steps import CallFlow, Enter, HandOver
from terminal.errors import PsamUnfitError
from terminal.flow.steps import Draw, Exchange, PowerOn, ReadClock, Show, StateEntered
from terminal.text import Pin
from terminal.transport.base import TransportError

THROWN = (TransportError, CompletionError, PsamUnfitError)
"""What a flow may know an answer to; everything else ends it."""


@dataclass(slots=True)
class Running:
    """One flow with its powered cards, from its first step to its last."""

    flow: CallFlow[str]
    cards: PoweredCards
    keypad: Keypad
    random: Callable[[int], bytes]
    now: Callable[[], datetime]
    listen: Listener

    def advance(self, answer: Any = None) -> str | HandOver:
        """Go on with the answer to the last step: to the function's output, or to the end of a step.

        Raises what ended the flow; its cards are still powered then.
        """
        failure: Exception | None = None
        try:
            while True:
                step = self.flow.throw(failure) if failure else self.flow.send(answer)
                if isinstance(step, HandOver):
                    return step
                answer = failure = None
                try:
                    answer = self._perform(step)
                except THROWN as error:
                    failure = error
        except StopIteration as stop:
            text: str = stop.value
            return text

    def close(self) -> None:
        """End the flow and power its cards off; harmless when repeated."""
        self.flow.close()
        self.cards.close()

    def _perform(self, step: Any) -> Any:
        match step:
            case Exchange(role, command):
                return self.cards.exchange(role, command)
            case PowerOn(role):
                return self.cards.power_on(role)
            case Enter():
                return self._enter(step)
            case Draw(length):
                return self.random(length)
            case ReadClock():
                return self.now()
            case Show() | StateEntered():
                return None
            case _:
                raise TypeError(f"no call of the driver asks for {type(step).__name__}")

    def _enter(self, step: Enter) -> Pin:
        try:
            pin = self.keypad.enter(step.prompt)
        except (KeypadCancelledError, KeypadTimeoutError, KeypadLengthError) as error:
            self.listen(KeypadUsed(step.prompt, type(error).__name__))
            raise
        self.listen(KeypadUsed(step.prompt))
        return pin
