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
    WRONG_CRYPTOGRAM = "wrong-cryptogram"
    NO_SEPARATOR = "no-separator"
    LOWER_CASE = "lower-case"
    NO_HEADER = "no-header"
    NO_KEY = "no-key"
    EMPTY = "empty"


HSM = "hsm-message"
"""Every message to the key machine; `hsm-01` to `hsm-04` are those of one type."""

HSM_SECURE_MESSAGE = "hsm-03"
HSM_TYPES = ("hsm-01", "hsm-02", HSM_SECURE_MESSAGE, "hsm-04")
OF_HSM = frozenset(
    {
        FailureKind.WRONG_CRYPTOGRAM,
        FailureKind.NO_SEPARATOR,
        FailureKind.LOWER_CASE,
        FailureKind.NO_HEADER,
        FailureKind.NO_KEY,
        FailureKind.EMPTY,
    }
)
"""What only the key machine's answers can have wrong with them."""

TIMED = frozenset(
    {
        FailureKind.SLOW,
        FailureKind.TIMEOUT_BEFORE_COMMIT,
        FailureKind.TIMEOUT_AFTER_COMMIT,
        FailureKind.OUT_OF_ORDER,
    }
)
"""Failures that take time; `seconds` belongs to them alone."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, at the `nth` call of a transaction (`*`: of any), or from it on if `lasting`.

    `slow`: `seconds` pass, then all is as ever. `down`: nothing is done, HTTP 503. `timeout-before-commit`: nothing is
    done, and no answer for `seconds`. `timeout-after-commit`: it is done, and no answer for `seconds`. `duplicate`: the
    request is carried out twice, the second answer is given. `garbled`: it is done, every bit of the answer inverted.
    `wrong-signature`: nothing is done, refused as if the request's signature were wrong. `out-of-order`: the request is
    carried out only after the next one was, or after `seconds`.

    Of the key machine alone: `wrong-cryptogram`, `no-separator` (the last one is missing), `lower-case`, `no-header`
    (a secure message without the header it was asked for), `no-key` (refused with 9403), `empty`. Raises ValueError
    naming the field.
    """

    do: FailureKind
    transaction: str = ANY
    nth: int = 1
    lasting: bool = False
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.nth < 1:
            raise ValueError("nth: calls count from 1")
        if self.do in OF_HSM and self.transaction not in self._messages:
            raise ValueError(f"transaction: {self.do.value} happens at {', '.join(self._messages)}")
        if self.seconds is not None and self.do not in TIMED:
            raise ValueError(f"seconds: does not belong to {self.do.value}")
        if self.seconds is not None and not 0 <= self.seconds <= 3600:
            raise ValueError("seconds: from 0 to 3600")

    @property
    def _messages(self) -> tuple[str, ...]:
        """The messages to the key machine that this failure can be of."""
        return (HSM_SECURE_MESSAGE,) if self.do is FailureKind.NO_HEADER else (HSM, *HSM_TYPES)

    @property
    def duration_s(self) -> float:
        """How long the failure lasts in one call."""
        return DEFAULT_SECONDS if self.seconds is None else self.seconds


@dataclass(slots=True)
class _Armed:
    """A failure that is on, and the calls it has seen."""

    failure: Failure
    calls: int = 0

    def strikes(self, names: tuple[str, ...]) -> bool:
        if self.failure.transaction not in (ANY, *names):
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

    def due(self, *names: str) -> Failure | None:
        """The failure that strikes this call, by whichever name: the first of those that do; all count the call."""
        with self._lock:
            striking = [each.failure for each in self._armed if each.strikes(names)]
            if not striking:
                return None
            called = striking[0].transaction
            self.struck.append((striking[0], names[0] if called == ANY else called))
            return striking[0]
