"""The program of `pcsc_desk.PcscDesk`: evaluates the lines of standard input and prints what they give."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from terminal.transport.base import TransportError
from terminal.transport.pcsc.readers import PcscReader, Sharing, reader_names
from terminal.transport.pcsc.scard import Disposition, system_scard
from terminal.transport.pcsc.waiting import slot_state, wait_for_change
from terminal.transport.pcsc.watching import watch

scard = system_scard()
told: list[str] = []


class Announcing:
    """The same functions; the first wait is announced on standard output before it begins."""

    announced = False

    def __getattr__(self, name: str) -> Any:
        return getattr(scard, name)

    def SCardGetStatusChange(self, context: int, timeout_ms: int, readers: Any) -> Any:
        if timeout_ms and not self.announced:
            self.announced = True
            print("waiting", flush=True)
        return scard.SCardGetStatusChange(context, timeout_ms, readers)


def reader(name: str, functions: Any = scard, **options: Any) -> PcscReader:
    """The reader; what it tells goes to `told`."""
    return PcscReader(name, functions, tell=told.append, **options)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """The result of a call and the seconds it took."""
    began = time.monotonic()
    result = call()
    return result, round(time.monotonic() - began, 3)


NAMESPACE = {
    "scard": scard,
    "told": told,
    "Announcing": Announcing,
    "reader": reader,
    "timed": timed,
    "Disposition": Disposition,
    "Sharing": Sharing,
    "reader_names": reader_names,
    "watch": watch,
    "slot_state": slot_state,
    "wait_for_change": wait_for_change,
}


def carry_out(line: str) -> str:
    """What an expression gives, None for a statement, or the error."""
    try:
        try:
            return repr(eval(line, NAMESPACE))
        except SyntaxError:
            exec(line, NAMESPACE)
            return repr(None)
    except TransportError as error:
        return f"{type(error).__name__}: {error}"
    except KeyboardInterrupt:
        return "KeyboardInterrupt"


if __name__ == "__main__":
    for line in sys.stdin:
        print(carry_out(line), flush=True)
