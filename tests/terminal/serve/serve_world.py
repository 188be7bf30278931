"""A centre in this process, without a socket: a town where every transaction has something to be done with."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
from serve_desk import PROFILE
from sqlalchemy import select

from terminal.backoffice import tables
from terminal.backoffice.office import Office
from terminal.backoffice.ports import CardKey, Place, VerifyOldPin
from terminal.backoffice.ports import Reserve as ReserveRequest
from terminal.backoffice.store import Store
from terminal.backoffice.verifier import PinVerifier
from terminal.serve.app import create_app
from terminal.serve.failures import FailureSwitch
from terminal.serve.pool import Centre, CentrePool
from terminal.text import Pin
from tests.terminal.backoffice.national.national_samples import (
    HISTORY,
    HOSPITAL,
    NOW,
    PHARMACY,
    Town,
    card_key,
    holder,
)

PLACE, COUNTER, STAFF = Place(PHARMACY), Place("990100000301"), Place("centre")
OLD_NUMBER, PIN = "900002", Pin("246813")
ACTIVE, SEALED, SPARE, ABSENT = (card_key(number) for number in (1, 2, 3, 9))
"""The town's card in use; one to be activated with an old card; a second one of the first holder; one not on record."""

RECORDS = {
    table.name: select(*(column for column in table.c if column.name not in {"answer", "digest", "token"}))
    for table in tables.metadata.sorted_tables
    if table.name not in {"audit", "sign_ins"}
}
"""What must not depend on failures; answers, tokens and numbers of items differ from town to town."""

VERIFIER = PinVerifier.of(PIN, bytes)


def history_of(key: CardKey) -> bytes:
    """Historical bytes of a card's own."""
    number = int(key.number[1:])
    return HISTORY if number == 1 else HISTORY[:-1] + bytes((number,))


class OwnTown(Town):
    """A town that counts its messages from the beginning, so that two of them keep the same records."""

    def __init__(self) -> None:
        super().__init__(":memory:", PROFILE)
        self._messages = count(1)

    def msgid(self, place: str = PHARMACY) -> str:
        return f"{place}20260310103000{next(self._messages):04d}"


@dataclass
class World:
    """The town, its office, and what they have on record."""

    town: Town = field(default_factory=OwnTown)
    psn_no: str = field(init=False)

    def __post_init__(self) -> None:
        self.store: Store = self.town.store
        self.office = Office(self.store, self.town.profile, lambda: NOW, random=bytes)
        self.psn_no = self.town.person(months=1)
        enrolment = self.office.enrolment
        enrolment.enrol_old_card("sle4442", OLD_NUMBER, holder(2), pin=VERIFIER, balance_fen=500)
        for key, whose in ((SEALED, holder(2)), (SPARE, holder(1))):
            enrolment.enrol_social_card(key, history_of(key), whose, received_at=NOW - timedelta(days=1))

    def reserved(self) -> str:
        """An activation under way."""
        self.office.call(VerifyOldPin(PLACE, SEALED, PIN, OLD_NUMBER))
        answer: Any = self.office.call(ReserveRequest(PLACE, SEALED, OLD_NUMBER))
        return str(answer.reservation.number)

    def visit(self) -> str:
        """An out-patient registered."""
        return self.town.register(self.psn_no)

    def settled(self) -> dict[str, Any]:
        """What names a settlement: person, settlement, visit."""
        return self.town.key(self.psn_no, self.town.buy(self.psn_no, msgid=f"{PHARMACY}202603101030009999"))

    def clinic_settled(self) -> dict[str, Any]:
        """What names an out-patient's settlement."""
        bill = self.town.clinic(self.psn_no, self.visit(), "20.00")
        return self.town.key(self.psn_no, self.town.done("2207", HOSPITAL, **bill)["setlinfo"])

    def records(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything on record but the audit and who is signed in, which repeating may add to."""
        with self.store.transaction():
            return {name: self.store._db.execute(chosen).all() for name, chosen in RECORDS.items()}

    def faults(self) -> list[str]:
        return self.town.faults()


class Relay(CentrePool):
    """A pool whose one centre is whichever world's the test is in: one application serves them all."""

    def __init__(self) -> None:
        self.world: World | None = None

    @contextmanager
    def centre(self) -> Iterator[Centre]:
        assert self.world is not None
        yield Centre(self.world.store, self.world.office, self.world.town.interface)


class InProcess:
    """Requests to the application itself."""

    def __init__(self) -> None:
        self.relay, self.switch = Relay(), FailureSwitch()
        self.calm: dict[tuple[str, str], dict[str, list[tuple[Any, ...]]]] = {}
        app = create_app(self.relay, failures=self.switch)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://centre")
        self._runner = asyncio.Runner()

    def enter(self, world: World) -> World:
        self.switch.off()
        self.relay.world = world
        return world

    def send(self, path: str, body: bytes, times: int = 1) -> list[httpx.Response]:
        """The same request, `times` at once."""

        async def all_at_once() -> list[httpx.Response]:
            return await asyncio.gather(*(self._client.post(path, content=body) for _ in range(times)))

        return self._runner.run(all_at_once())

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()
