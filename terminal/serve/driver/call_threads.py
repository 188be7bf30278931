"""Calls of the driver in threads of their own: a call may wait for a person, and the service must go on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class CallThreads:
    """Runs so many calls at a time; further ones wait. A process that ends does not wait for them."""

    def __init__(self, most: int) -> None:
        self._places = asyncio.Semaphore(most)

    async def run(self, call: Callable[..., T], *arguments: object) -> T:
        """What the call returns, or raises."""
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()

        def work() -> None:
            try:
                outcome.set_result(call(*arguments))
            except BaseException as error:
                outcome.set_exception(error)

        async with self._places:
            threading.Thread(target=work, daemon=True).start()
            return await asyncio.wrap_future(outcome)
