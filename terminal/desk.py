"""Powered cards at hand: runs procedures and flows on them, without an operator and without a back office."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from apdu.t0 import CompletionError
from terminal.backoffice.ports import BackOfficeError, UnreachableError
from terminal.exchange import exchange
from terminal.flow.steps import (
    Draw,
    Exchange,
    Flow,
    PowerOff,
    PowerOn,
    Procedure,
    Role,
    Show,
    StateEntered,
    on,
)
from terminal.text import Text
from terminal.transport.base import Connection, NoCardError, TransportError

T = TypeVar("T")


class Desk:
    """One connection for each role, powered once and kept; `said` gathers what flows would tell an operator."""

    def __init__(
        self, connections: Mapping[Role, Connection], random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.connections = connections
        self.said: list[Text] = []
        self._random = random

    def ask(self, procedure: Procedure[T], role: Role = Role.NEW) -> T:
        """Run a procedure on the card of one role."""
        return self.run(on(role, procedure))

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end; what went wrong is thrown into it, as `terminal.session` does."""
        answer: Any = None
        failure: Exception | None = None
        try:
            while True:
                step = flow.throw(failure) if failure else flow.send(answer)
                answer = failure = None
                try:
                    answer = self._perform(step)
                except (TransportError, CompletionError, BackOfficeError) as error:
                    failure = error
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            flow.close()

    def _perform(self, step: Any) -> Any:
        match step:
            case Exchange(role, command):
                return exchange(self._connection(role).transmit, command)
            case PowerOn(role):
                return self._connection(role).atr
            case Draw(length):
                return self._random(length)
            case Show(text):
                self.said.append(text)
                return None
            case PowerOff() | StateEntered():
                return None
            case _:
                raise UnreachableError("there is no key machine here, only a PSAM")

    def _connection(self, role: Role) -> Connection:
        connection = self.connections.get(role)
        if connection is None:
            raise NoCardError(f"there is no {role.text.en} here")
        return connection
