"""The centre as a process of its own that can be killed, and is back in no time.

A process that has everything imported stands by and forks one for each start, so that `kill -9` at hundreds of places
costs seconds. What runs in it is what `ssc serve centre` serves.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import signal
import threading
from collections.abc import Mapping
from contextlib import suppress
from ctypes import Array, c_int
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from sqlalchemy import Engine, event

from terminal.backoffice.database import StoreError
from terminal.backoffice.profile import Profile
from terminal.serve import MISSING

START_S = 60.0
PRELOADED = ["__main__", __name__, "terminal.scenario.service_warm"]
_numbers = count(1)
_SEEN, _LEFT = 0, 1


@dataclass(frozen=True, slots=True)
class Served:
    """What a service serves: the database by path or URL, a region, a clock that stands, the address it comes back to.

    `options` as `Office` takes them; they travel to another process, so functions are those a module names.
    """

    where: str
    profile: Profile
    at: datetime
    host: str
    token: str = field(repr=False)
    port: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)

    def now(self) -> datetime:
        """The time at the centre."""
        return self.at


class Service:
    """A centre over the store at `where`, in a process of its own. Raises StoreError.

    `url` stays the same when it is started again: each service has a loopback address of its own, where nobody else
    takes its port while it is dead.
    """

    def __init__(
        self, where: str, profile: Profile, at: datetime, options: Mapping[str, Any] | None = None
    ) -> None:
        self._served = Served(
            where, profile, at, _own_address(), secrets.token_hex(16), options=options or {}
        )
        self._process: ForkServerProcess | None = None
        self._statements = _standby().RawArray(c_int, 2)
        self.start()
        self.url = f"http://{self._served.host}:{self._served.port}"
        self.token = self._served.token

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return None if self._process is None else self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; below zero by which signal."""
        return None if self._process is None else self._process.exitcode

    def start(self) -> None:
        """Start it where it is not there, and wait until it listens; raises StoreError."""
        if self.alive:
            return
        ours, theirs = multiprocessing.Pipe(duplex=False)
        self._process = _standby().Process(
            target=_serve, args=(self._served, self._statements, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        told: int | str = "the centre did not start"
        with ours, suppress(EOFError):
            told = ours.recv() if ours.poll(START_S) else told
        if isinstance(told, str):
            self.kill()
            raise StoreError(told)
        self._served = replace(self._served, port=told)

    def kill(self) -> None:
        """As `kill -9` does: nothing is put away. Returns when the process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    close = kill

    @property
    def statements(self) -> int:
        """How many statements its database was given, commits included, since it was made."""
        return self._statements[_SEEN]

    def die_before(self, statement: int) -> None:
        """Let it die by SIGKILL when its database is to be given the n-th statement from now; 0 takes that back."""
        self._statements[_LEFT] = statement


@lru_cache(maxsize=1)
def _standby() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _own_address() -> str:
    """An address of this machine that no other service of this or another process has."""
    number = (os.getpid() << 6) + next(_numbers)
    return f"127.{1 + (number >> 16) % 254}.{number >> 8 & 0xFF}.{number & 0xFF}"


def _serve(served: Served, statements: Array[c_int], ready: Connection) -> None:
    """What the process does; tells its port, or in words why it cannot start."""
    os.setpgid(0, 0)  # Ctrl-C at a terminal is meant for whoever sweeps
    logging.disable()  # what it cannot do it answers, and the line hears it
    threading.Thread(target=_end_with_the_sweep, daemon=True).start()
    _count(statements)
    try:
        from terminal.serve import running
        from terminal.serve.app import create_app
        from terminal.serve.pool import CentrePool

        pool = CentrePool.over(served.where, served.profile, served.now, **served.options)
        listening = running.listen(served.host, served.port)
    except ModuleNotFoundError as error:
        return ready.send(f"{error.name} is missing; {MISSING}")
    except StoreError as error:
        return ready.send(str(error))
    app = create_app(pool, token=served.token)
    return running.serve(app, listening, lambda: ready.send(listening.getsockname()[1]))


def _count(statements: Array[c_int]) -> None:
    """Count what the database is given, and die where it was ordered."""

    def given(*_: object) -> None:
        statements[_SEEN] += 1
        if statements[_LEFT] > 0:
            statements[_LEFT] -= 1
            if statements[_LEFT] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", given)
    event.listen(Engine, "commit", given)


def _end_with_the_sweep() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
