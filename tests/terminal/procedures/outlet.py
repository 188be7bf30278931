"""An outlet with a virtual card in its reader and the issuing bank behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TypeVar

from apdu.response import Response
from apdu.t0 import complete
from terminal.backoffice.bank import AccountState, BankAccount, BankHost
from terminal.flow.steps import Procedure
from terminal.procedures.financial import Application, read_application, select_debit
from terminal.procedures.financial_activation import FinancialActivation, activate_financial, terminal_values
from terminal.text import Pin
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.pboc.personalisation import card_number
from virtual_card.card import VirtualCard
from virtual_card.issuer import SocialOptions, issue

T = TypeVar("T")
SEED = 31
NOW = datetime(2030, 1, 2, 9, 30)


def values(*, sm: bool = False) -> dict[int, bytes]:
    """The terminal's values of one transaction."""
    return terminal_values(NOW, bytes.fromhex("1A2B3C4D"), sm=sm)


class Outlet:
    """One chip and the bank that issued it."""

    def __init__(self, activation: str = "host-inactive", **options: object) -> None:
        bank = replace(BankOptions(), **options)  # type: ignore[arg-type]
        social = SocialOptions(activation=Activation(activation), bank=bank)
        self.card: VirtualCard = issue("ssc-3.0", SEED, social=social, random=Random(1).randbytes)
        self.card.power_on()
        self.account = BankAccount(AccountState.ACTIVE if activation == "active" else AccountState.INACTIVE)
        self.number = card_number(SEED, bank.number_length)
        self.host = BankHost({self.number: self.account})
        self.send: Callable[[bytes], bytes] = self.card.transmit

    def run(self, procedure: Procedure[T]) -> T:
        """Drive a procedure to its result, finishing every exchange as a T=0 reader has to."""
        try:
            command = next(procedure)
            while True:
                exchange = complete(command)
                try:
                    sent = next(exchange)
                    while True:
                        sent = exchange.send(Response.parse(self.send(sent.encode())))
                except StopIteration as finished:
                    response = finished.value
                command = procedure.send(response)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def activate(self, *, sm: bool = False, new_pin: str | None = None) -> FinancialActivation:
        """What the outlet does for an identified holder."""
        pin = None if new_pin is None else Pin(new_pin)
        return self.run(activate_financial(self.host, values(sm=sm), new_pin=pin))

    def read(self, *, sm: bool = False, outlet: bool = False) -> Application:
        """SELECT, GPO and the records."""
        selected = self.run(select_debit(outlet=outlet))
        return self.run(read_application(selected, values(sm=sm)))
