"""Calls that pcsc-lite may block for as long as another program likes, made so that Ctrl-C still ends them.

While another program has a transaction, SCardConnect, SCardTransmit and their like wait inside the C library, which
takes up its wait again after a signal. Made on a thread of their own they can be left there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

_Outcome = tuple[Any, BaseException | None]


class Worker:
    """A thread that makes one call after another; `left` once a call was given up, as calls after it wait behind it."""

    def __init__(self) -> None:
        self.left = False
        self._calls: SimpleQueue[tuple[Callable[[], Any], SimpleQueue[_Outcome]] | None] = SimpleQueue()
        Thread(target=self._run, daemon=True, name="pcsc calls").start()

    def call(
        self,
        call: Callable[[], T],
        timeout_s: float | None = None,
        too_late: Callable[[T], object] | None = None,
    ) -> T:
        """The result of `call`; raises what it raises, TimeoutError after `timeout_s` seconds.

        KeyboardInterrupt comes through at once. After it, as after a time-out, the call goes on by itself, and what it
        returns in the end is given to `too_late`.
        """
        outcome: SimpleQueue[_Outcome] = SimpleQueue()
        self._calls.put((call, outcome))
        try:
            result, error = outcome.get(timeout=timeout_s)
        except (KeyboardInterrupt, Empty) as reason:
            self.left = True
            if too_late is not None:
                self._calls.put((lambda: _give(outcome, too_late), SimpleQueue()))
            raise TimeoutError if isinstance(reason, Empty) else reason from None
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def later(self, call: Callable[[], object]) -> None:
        """Make a call after those before it, without waiting for it."""
        self._calls.put((call, SimpleQueue()))

    def stop(self) -> None:
        """Let the thread end after the calls it has."""
        self._calls.put(None)

    def _run(self) -> None:
        while (asked := self._calls.get()) is not None:
            call, outcome = asked
            try:
                outcome.put((call(), None))
            except BaseException as error:
                outcome.put((None, error))


def _give(outcome: SimpleQueue[_Outcome], too_late: Callable[[Any], object]) -> None:
    with suppress(Empty):
        result, error = outcome.get_nowait()
        if error is None:
            too_late(result)


def interruptible(
    call: Callable[[], T], timeout_s: float | None = None, too_late: Callable[[T], object] | None = None
) -> T:
    """One call on a thread of its own; see `Worker.call`."""
    worker = Worker()
    try:
        return worker.call(call, timeout_s, too_late)
    finally:
        worker.stop()
