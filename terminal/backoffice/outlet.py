"""The issuing bank's host behind an outlet: it has an account for every card it issued, and one line to the centre.

Its books live as long as the visit: an account is opened when its card is heard, and activating it again is harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal.backoffice.bank import BankAccount, BankHost
from terminal.backoffice.bank_ports import (
    BankNotice,
    Heard,
    NoticeAnswer,
    OnlineAnswer,
    OnlineRequest,
    Outlet,
)
from terminal.backoffice.ports import BackOffice
from terminal.text import Pin


@dataclass(frozen=True, slots=True)
class CentreLine:
    """The centre as the bank's host sees it: one request of the back office."""

    office: BackOffice

    def bank_activated(self, notice: BankNotice) -> NoticeAnswer:
        """Take a notice; raises RefusedError, UnreachableError."""
        answer = self.office.call(notice)
        assert isinstance(answer, NoticeAnswer)
        return answer


@dataclass(slots=True)
class OutletBank:
    """The bank's host for the card of one visit; `card` and `id_number` are what its notice names."""

    office: BackOffice
    card: str
    id_number: str = field(repr=False)
    _host: BankHost | None = field(default=None)

    def authorise(self, request: OnlineRequest) -> OnlineAnswer:
        """Decide about a transaction; an activation is told to the centre."""
        account = BankAccount(notice=BankNotice(self.card, self.id_number, request.number))
        self._host = BankHost({request.number: account}, centre=CentreLine(self.office))
        return self._host.authorise(request)

    def heard(self) -> Heard:
        """What became of the notice."""
        if self._host is None or self._host.waiting:
            return Heard(waiting=True)
        return Heard(waiting=False, refusal=next((refusal for _, refusal in self._host.refused), None))


def outlet(office: BackOffice, new_pin: Pin | None = None) -> Outlet:
    """The bank of an outlet whose line to the centre is this back office."""
    return Outlet(lambda card, id_number: OutletBank(office, card, id_number), new_pin)
