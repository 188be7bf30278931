"""One settlement through the national interface: who buys, what is asked, what it costs in process."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from decimal import Decimal

from centre_people import card_number, now

from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national_line import InsuranceLine, MessageIds
from terminal.backoffice.national_ports import PERSON, SETTLEMENT, SIGN_IN, Transact
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.ledger import EMPLOYEE_FUND
from terminal.flow.bill import Bill, BillItem

PLACE = "990100000001"
PROFILE = load_profile("default")
SETTLEMENTS = 400
"""At each number of cards, in process."""
BILL = Bill((BillItem("XA01", "", Decimal(1), Decimal("0.01")),))


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person who buys: the number at the insurance centre, and the card's."""

    person: str
    card: str


def line_to(store: Store) -> InsuranceLine:
    ids = MessageIds(PLACE, PROFILE, now)
    line = InsuranceLine(NationalInterface(store, PROFILE, now), PLACE, PROFILE, now, ids)
    line.transact(Transact(SIGN_IN, {"signIn": {"opter_no": "001", "mac": "-", "ip": "127.0.0.1"}}))
    return line


def buyer(line: InsuranceLine, number: int) -> Buyer:
    asked = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": card_number(number),
        "card_sn": f"990100D156000005{number:016X}",
        "psn_cert_type": "01",
    }
    found = line.transact(Transact(PERSON, {"data": asked})).output["baseinfo"]
    return Buyer(found["psn_no"], card_number(number))


def settlement(who: Buyer, msgid: str | None = None) -> Transact:
    at = now().astimezone(PROFILE.zone)
    asked = {
        "druginfo": BILL.head(who.person, who.card, EMPLOYEE_FUND, at),
        "drugdetail": BILL.details(at),
    }
    return Transact(SETTLEMENT, asked, msgid, PROFILE.region)


class Till:
    """Settles for people at random at a store of so many cards."""

    def __init__(self, store: Store, cards: int) -> None:
        self._line = line_to(store)
        self._draw = random.Random(1)
        self._cards = cards

    def settle(self, times: int) -> list[float]:
        """The seconds of each settlement."""
        people = [buyer(self._line, self._draw.randint(1, self._cards)) for _ in range(times)]
        took = []
        for who in people:
            begun = time.perf_counter()
            self._line.transact(settlement(who))
            took.append(time.perf_counter() - begun)
        return took
