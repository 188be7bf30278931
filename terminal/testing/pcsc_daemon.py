"""Cards in PC/SC readers of a private daemon, for programs that know nothing of us."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from terminal.testing.bench import UnexpectedError
from terminal.testing.cards import SlotFactory
from terminal.transport.pcsc.errors import SOCKET_VARIABLE
from virtual_card.card import VirtualCard
from virtual_card.pcscd import PrivateDaemon
from virtual_card.vpcd import Presence, PresentedSlot

POWER_ON_TIMEOUT_S = 10.0
SETTLED = frozenset({Presence.POWERED_ON, Presence.DISCONNECTED, Presence.REMOVED})
"""The daemon has powered a card that was put in, or its fault plan has kept it from that."""


class PcscDaemon:
    """The readers `old card`, `new card` and `PSAM` of a daemon, and the cards that a test puts into them.

    `readers` gives the full name of each. `environment` is what a subprocess needs; it is in this process's too.
    """

    def __init__(self, daemon: PrivateDaemon, slots: SlotFactory, link: Path) -> None:
        self.readers = daemon.readers
        self.environment: Mapping[str, str] = {SOCKET_VARIABLE: str(link)}
        self._daemon = daemon
        self._slots = slots
        self._presented: dict[str, PresentedSlot] = {}
        # The PC/SC library of a process looks for the socket's name once, so it stays, and leads to this daemon now.
        link.unlink(missing_ok=True)
        link.symlink_to(daemon.environment[SOCKET_VARIABLE])

    def insert(self, name: str, card: VirtualCard, faults: Iterable[Mapping[str, Any]] = ()) -> None:
        """Put a card into a reader and wait until the daemon has powered it on, the first POWER ON of its fault plan.

        Raises ValueError for a reader that there is not, or that holds a card; TimeoutError.
        """
        if name not in self.readers:
            raise ValueError(f"there is no reader {name!r}; there are {', '.join(self.readers)}")
        if name in self._presented:
            raise ValueError(f"the reader {name!r} holds a card; remove it first")
        settled = threading.Event()
        presented = PresentedSlot(
            self._slots(card, faults, name=name),
            port=self._daemon.ports[name],
            listener=lambda presence: settled.set() if presence in SETTLED else None,
        )
        self._presented[name] = presented.__enter__()
        if not settled.wait(POWER_ON_TIMEOUT_S):
            raise TimeoutError(f"the daemon did not power the card in {name!r} on; {self._daemon.log()}")

    def remove(self, name: str) -> VirtualCard | None:
        """Pull the card out of a reader; None where it was pulled by its fault plan, or never there.

        The daemon notices within 0.4 s: wait for it as your program does.
        """
        presented = self._presented.pop(name, None)
        if presented is None:
            return None
        card = presented.remove()
        with contextlib.suppress(UnexpectedError):  # noted already; the test fails when it ends
            presented.__exit__(None, None, None)
        return card

    def kill(self) -> None:
        """End the daemon as a crash would."""
        self._daemon.kill()

    def restart(self) -> None:
        """Start it again; the cards come back by themselves, and are powered when this returns.

        Raises DaemonError, TimeoutError.
        """
        self._daemon.kill()
        waiting = [presented for presented in self._presented.values() if presented.slot.card_present()]
        for presented in waiting:
            presented.forget_power()
        self._daemon.restart()
        for presented in waiting:
            if not presented.wait_powered(POWER_ON_TIMEOUT_S):
                raise TimeoutError(f"a card did not come back after the restart; {self._daemon.log()}")

    def close(self) -> None:
        """Take every card out."""
        for name in list(self._presented):
            self.remove(name)


@contextmanager
def pcsc_daemon(slots: SlotFactory, link: Path) -> Iterator[PcscDaemon]:
    """A daemon, its readers empty at the beginning and at the end; raises DaemonError."""
    with PrivateDaemon() as daemon:
        readers = PcscDaemon(daemon, slots, link)
        try:
            yield readers
        finally:
            readers.close()
