"""Codes answered on purpose in place of a function: what a POS program must survive and no card can be made to say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terminal.driver import lower
from terminal.driver.functions import BY_NAME
from terminal.driver.ports import Answer, Argument, Driver
from terminal.testbench.orders import InjectionOrder, OrderError

ANY = "*"
"""An injection that counts the calls of every function."""


@dataclass(slots=True)
class Injection:
    """One injection and what became of it: calls seen, answers given."""

    order: InjectionOrder
    seen: int = 0
    struck: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has answered as often as it was told to."""
        return self.struck >= self.order.times


class Injections:
    """The injections that are on; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Injection] = []

    def add(self, order: InjectionOrder) -> None:
        """Switch one more on; calls count from now. Raises OrderError for a function that there is none of."""
        if order.function not in (*BY_NAME, *lower.FUNCTIONS, ANY):
            raise OrderError(f"function: {order.function!r} is no function of the driver, and not {ANY!r}")
        with self._lock:
            self._all.append(Injection(order))

    def clear(self) -> None:
        """Switch all of them off."""
        with self._lock:
            self._all.clear()

    def look(self) -> list[Injection]:
        """All of them, the spent ones too."""
        with self._lock:
            return list(self._all)

    def due(self, name: str) -> InjectionOrder | None:
        """What is to be answered to this call, which is counted; the first injection that is due wins."""
        called = _own_name(name)
        found = None
        with self._lock:
            for injection in self._all:
                meant = injection.order.function
                if injection.spent or (meant != ANY and _own_name(meant) != called):
                    continue
                injection.seen += 1
                if found is None and injection.seen >= injection.order.nth:
                    injection.struck += 1
                    found = injection.order
        return found


def _own_name(name: str) -> str:
    """A function's own name for every other spelling of it."""
    return BY_NAME[name].name if name in BY_NAME else name


class InjectingDriver:
    """A driver whose functions answer what was injected; as `terminal.driver.ports.Driver`.

    An injected answer ends what the caller had pending, as a failure inside a step does. `words` gives the text of a
    code; `told` hears of each injected answer.
    """

    def __init__(
        self,
        driver: Driver,
        injections: Injections,
        words: Callable[[int], str],
        told: Callable[[str, Sequence[Argument], Answer], None] = lambda name, arguments, answer: None,
    ) -> None:
        self._driver = driver
        self._injections = injections
        self._words = words
        self._told = told

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        """Call the function, or answer what was injected."""
        order = self._injections.due(name)
        if order is None:
            return self._driver.call(name, arguments, caller)
        self._driver.hang_up(caller)
        answer = Answer(order.code, order.text or self._words(order.code))
        self._told(name, arguments, answer)
        return answer

    def hang_up(self, caller: object) -> None:
        """The caller is gone."""
        self._driver.hang_up(caller)
