"""Who gives up early, and only where a failure takes time: nothing else is given up for on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serve_desk import TOKEN, Served

from terminal.backoffice.link import Link
from terminal.backoffice.national_line import National
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.remote import RemoteNational

PATIENCE_S = 0.4
SILENCE_S = 60.0
"""How long a silence would last; it ends with the sender's patience."""

DEADLINE_S = 60.0


def await_strike(served: Served) -> None:
    """Whoever gave up may have been quicker than the service."""
    deadline = time.monotonic() + DEADLINE_S
    while not served.switch.struck and time.monotonic() < deadline:
        time.sleep(0.005)


@dataclass(frozen=True)
class Hasty:
    """A till's line that waits hardly for the answer to one transaction, until the failure there has struck."""

    served: Served
    patient: National
    infno: str

    def handle(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
        if envelope["infno"] != self.infno or self.served.switch.struck:
            return self.patient.handle(envelope)
        try:
            return RemoteNational(Link(self.served.url, TOKEN, PATIENCE_S)).handle(envelope)
        except UnreachableError:
            await_strike(self.served)
            raise
