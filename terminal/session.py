"""Drives a flow: performs its steps on readers, operator and back office, and tells a listener about each.

Whatever fails is thrown into the flow, which decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, Protocol, TypeVar

from apdu.command import Command
from apdu.response import Response
from apdu.t0 import CompletionError
from terminal.backoffice.ports import Answer, BackOffice, BackOfficeError, Request
from terminal.exchange import exchange
from terminal.flow.operator import Operator, OperatorError, OperatorTimeoutError
from terminal.flow.steps import (
    Confirm,
    Draw,
    EnterPin,
    Exchange,
    Flow,
    InsertCard,
    OperatorStep,
    PowerOff,
    PowerOn,
    PrintReceipt,
    ReadClock,
    RemoveCard,
    Role,
    Show,
    StateEntered,
)
from terminal.transport.base import Connection, NoCardError, Reader, ReaderError, TransportError

T = TypeVar("T")


class Party(Enum):
    """Who an exchange is with."""

    OLD = "old"
    NEW = "new"
    PSAM = "psam"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class CardPowered:
    """A card was powered on; `reader` is the reader's name."""

    role: Role
    reader: str
    atr: bytes


@dataclass(frozen=True, slots=True)
class CardExchanged:
    """One command as the flow sees it: 61xx and 6Cxx already completed."""

    role: Role
    command: Command
    response: Response


@dataclass(frozen=True, slots=True)
class CentreAnswered:
    """The back office answered; `outcome` is its answer or the error it raised."""

    request: Request
    outcome: Answer | BackOfficeError


@dataclass(frozen=True, slots=True)
class OperatorActed:
    """The person did what was asked; `failure` says if not."""

    request: OperatorStep
    failure: OperatorError | None = None


Event = CardPowered | CardExchanged | CentreAnswered | OperatorActed | StateEntered
Listener = Callable[[Event], None]


class Disturbance(Protocol):
    """Something that happens to the terminal from outside: told of every exchange before and after it.

    Exchanges are counted from 1 over all parties. It may raise a TransportError, an UnreachableError or
    TerminalPowerLossError, or pull a card.
    """

    def before(self, exchange: int, party: Party) -> None:
        """Called before the request leaves the terminal."""

    def after(self, exchange: int, party: Party) -> None:
        """Called after the answer was given, before the terminal has it."""


class TerminalPowerLossError(Exception):
    """The terminal itself lost power: the session is gone, nothing is said, nothing is undone."""


class Session:
    """One terminal with its readers, operator, back office, clock and source of randomness.

    `till`: what performs the steps of a till's book, where there is one.
    """

    def __init__(
        self,
        readers: Mapping[Role, Reader],
        operator: Operator,
        back_office: BackOffice,
        *,
        now: Callable[[], datetime],
        random: Callable[[int], bytes],
        listener: Listener | None = None,
        disturbance: Disturbance | None = None,
        till: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> None:
        self._readers = readers
        self._operator = operator
        self._back_office = back_office
        self._now = now
        self._random = random
        self._listen = listener or (lambda event: None)
        self._disturbance = disturbance
        self._connections: dict[Role, Connection] = {}
        self.exchanges = 0
        self._perform: dict[type, Callable[[Any], Any]] = {
            PowerOn: self._power_on,
            PowerOff: self._power_off,
            Exchange: self._exchange,
            StateEntered: self._listen,
            Draw: lambda step: self._random(step.length),
            ReadClock: lambda step: self._now(),
            InsertCard: self._insert_card,
            RemoveCard: self._remove_card,
            EnterPin: lambda step: self._ask(step, operator.enter_pin),
            Confirm: lambda step: self._ask(step, operator.confirm),
            Show: lambda step: self._ask(step, operator.show),
            PrintReceipt: lambda step: self._ask(step, operator.print_receipt),
            **(till or {}),
        }

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end; every card is powered off whatever happens."""
        answer: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    step = flow.throw(failure) if failure else flow.send(answer)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
                answer = failure = None
                try:
                    answer = self._perform.get(type(step), self._call_back_office)(step)
                except (TransportError, CompletionError, BackOfficeError, OperatorError) as error:
                    failure = error
        finally:
            flow.close()
            for role in list(self._connections):
                self._power_off(PowerOff(role))

    def _power_on(self, step: PowerOn) -> bytes:
        reader = self._reader(step.role)
        for role in [role for role in self._connections if self._readers[role] is reader]:
            self._power_off(PowerOff(role))
        connection = self._connections[step.role] = reader.connect()
        self._listen(CardPowered(step.role, reader.name, connection.atr))
        return connection.atr

    def _power_off(self, step: PowerOff) -> None:
        connection = self._connections.pop(step.role, None)
        if connection is not None:
            connection.close()

    def _reader(self, role: Role) -> Reader:
        reader = self._readers.get(role)
        if reader is None:
            raise ReaderError(f"this terminal has no slot for the {role.text.en}")
        return reader

    def _exchange(self, step: Exchange) -> Response:
        connection = self._connections.get(step.role)
        if connection is None:
            raise NoCardError(f"the {step.role.text.en} is not powered")
        party = Party(step.role.value)
        response = exchange(lambda raw: self._counted(party, partial(connection.transmit, raw)), step.command)
        self._listen(CardExchanged(step.role, step.command, response))
        return response

    def _call_back_office(self, request: Request) -> Answer:
        try:
            answer = self._counted(Party.CENTRE, partial(self._back_office.call, request))
        except BackOfficeError as error:
            self._listen(CentreAnswered(request, error))
            raise
        self._listen(CentreAnswered(request, answer))
        return answer

    def _counted(self, party: Party, send: Callable[[], T]) -> T:
        self.exchanges += 1
        number = self.exchanges
        if self._disturbance is None:
            return send()
        self._disturbance.before(number, party)
        answer = send()
        self._disturbance.after(number, party)
        return answer

    def _insert_card(self, step: InsertCard) -> None:
        self._ask(step, self._operator.insert_card)
        if not self._reader(step.role).card_present():
            raise OperatorTimeoutError(f"no {step.role.text.en} was inserted")

    def _remove_card(self, step: RemoveCard) -> None:
        self._power_off(PowerOff(step.role))
        self._ask(step, self._operator.remove_card)

    def _ask(self, step: Any, act: Callable[[Any], T]) -> T:
        try:
            result = act(step)
        except OperatorError as error:
            self._listen(OperatorActed(step, error))
            raise
        self._listen(OperatorActed(step))
        return result
