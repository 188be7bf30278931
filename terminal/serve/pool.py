"""The centre for many requests at a time: each borrows one that nobody else is using, over one store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from terminal.backoffice.database import LostRaceError, StoreError, is_url
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.office import Office
from terminal.backoffice.profile import Profile
from terminal.backoffice.store import Store

WAIT_S = 10.0
SERVER_CONNECTIONS = 16
"""To PostgreSQL. To a SQLite file there is one: it has one writer, and queueing here is fairer than waiting there."""


@dataclass(frozen=True, slots=True)
class Centre:
    """The insurance centre, the card management centre and the HSM over one connection to the store."""

    store: Store
    office: Office
    national: NationalInterface


OpenCentre = Callable[[], Centre]


class CentrePool:
    """Up to `size` centres, opened as they are needed; the first at once, so that a bad store is told at the start.

    A centre whose store failed is not used again. Raises StoreError.
    """

    def __init__(self, open_centre: OpenCentre, size: int, wait_s: float = WAIT_S) -> None:
        self._open = open_centre
        self._wait_s = wait_s
        self._free = threading.BoundedSemaphore(size)
        self._idle = [open_centre()]

    @classmethod
    def over(
        cls, where: str | Path, profile: Profile, now: Callable[[], datetime], **options: Any
    ) -> CentrePool:
        """A pool over the store at a path or URL; `options` as `Office` takes them. Raises StoreError."""

        def open_centre() -> Centre:
            store = Store(where)
            return Centre(
                store, Office(store, profile, now, **options), NationalInterface(store, profile, now)
            )

        return cls(open_centre, SERVER_CONNECTIONS if is_url(where) else 1)

    @contextmanager
    def centre(self) -> Iterator[Centre]:
        """A centre for one request; raises StoreError where none becomes free."""
        if not self._free.acquire(timeout=self._wait_s):
            raise StoreError(f"no connection to the store became free within {self._wait_s:g} s")
        try:
            try:
                centre = self._idle.pop()
            except IndexError:
                centre = self._open()
            try:
                yield centre
            except StoreError as error:
                if isinstance(error, LostRaceError):
                    self._idle.append(centre)
                else:
                    centre.store.close()
                    self.close()  # a server that ended this connection has ended the idle ones as well
                raise
            except BaseException:
                self._idle.append(centre)
                raise
            self._idle.append(centre)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close every centre that nobody is using."""
        while self._idle:
            with suppress(IndexError):  # another thread took the last one
                self._idle.pop().store.close()
