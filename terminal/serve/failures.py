"""What goes wrong at the centre on purpose: failures as data, by transaction, switched on and off while it runs.

Calls are counted from when a failure was switched on. The centre does its work as ever; `terminal.serve.transactions`
carries the failures out around it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import Enum

ANY = "*"
DEFAULT_SECONDS = 30.0


class FailureKind(Enum):
    """What goes wrong; the value is the word it is written with."""

    SLOW = "slow"
    DOWN = "down"
    TIMEOUT_BEFORE_COMMIT = "timeout-before-commit"
    TIMEOUT_AFTER_COMMIT = "timeout-after-commit"
    DUPLICATE = "duplicate"
    GARBLED = "garbled"
    WRONG_SIGNATURE = "wrong-signature"
    OUT_OF_ORDER = "out-of-order"


_TIMED = frozenset(
    {
        FailureKind.SLOW,
        FailureKind.TIMEOUT_BEFORE_COMMIT,
        FailureKind.TIMEOUT_AFTER_COMMIT,
        FailureKind.OUT_OF_ORDER,
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, at the `nth` call of a transaction (`*`: of any), or from it on if `lasting`.

    `slow`: `seconds` pass, then all is as ever. `down`: nothing is done, HTTP 503. `timeout-before-commit`: nothing is
    done, and no answer for `seconds`. `timeout-after-commit`: it is done, and no answer for `seconds`. `duplicate`: the
    request is carried out twice, the second answer is given. `garbled`: it is done, every bit of the answer inverted.
    `wrong-signature`: nothing is done, refused as if the request's signature were wrong. `out-of-order`: the request is
    carried out only after the next one was, or after `seconds`. Raises ValueError naming the field.
    """

    do: FailureKind
    transaction: str = ANY
    nth: int = 1
    lasting: bool = False
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.nth < 1:
            raise ValueError("nth: calls count from 1")
        if self.seconds is not None and self.do not in _TIMED:
            raise ValueError(f"seconds: does not belong to {self.do.value}")
        if self.seconds is not None and not 0 <= self.seconds <= 3600:
            raise ValueError("seconds: from 0 to 3600")

    @property
    def duration_s(self) -> float:
        """How long the failure lasts in one call."""
        return DEFAULT_SECONDS if self.seconds is None else self.seconds


@dataclass(slots=True)
class _Armed:
    """A failure that is on, and the calls it has seen."""

    failure: Failure
    calls: int = 0

    def strikes(self, transaction: str) -> bool:
        if self.failure.transaction not in (ANY, transaction):
            return False
        self.calls += 1
        return self.calls == self.failure.nth or (self.failure.lasting and self.calls > self.failure.nth)


@dataclass(slots=True)
class FailureSwitch:
    """The failures that are on. `struck` remembers which did, in order, with the transaction."""

    struck: list[tuple[Failure, str]] = field(default_factory=list)
    _armed: list[_Armed] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, failure: Failure) -> None:
        """Switch one more failure on; it counts calls from now."""
        with self._lock:
            self._armed.append(_Armed(failure))

    def off(self) -> None:
        """Switch all failures off, and forget what struck."""
        with self._lock:
            self._armed.clear()
            self.struck.clear()

    def armed(self) -> tuple[Failure, ...]:
        """The failures that may still strike."""
        with self._lock:
            return tuple(
                each.failure for each in self._armed if each.failure.lasting or each.calls < each.failure.nth
            )

    def due(self, transaction: str) -> Failure | None:
        """The failure that strikes this call: the first of those that do; all that are on count the call."""
        with self._lock:
            striking = [each.failure for each in self._armed if each.strikes(transaction)]
            if not striking:
                return None
            self.struck.append((striking[0], transaction))
            return striking[0]
