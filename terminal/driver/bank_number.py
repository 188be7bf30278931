"""The number of the bank's card on the same chip, which callers of the local socket ask for."""

from __future__ import annotations

from terminal.driver.preparation import CARD, Setting, power_card
from terminal.driver.steps import CallFlow
from terminal.flow.steps import Draw, ReadClock, on
from terminal.procedures.financial import read_application, select_debit
from terminal.procedures.financial_activation import terminal_values

CHALLENGE_LENGTH = 4


def read_bank_number(setting: Setting) -> CallFlow[str]:
    """iReadICCardNum: the number in full, of a blocked application too; nothing is asked of the holder."""
    yield from power_card()
    values = terminal_values((yield ReadClock()), (yield Draw(CHALLENGE_LENGTH)))
    selected = yield from on(CARD, select_debit(outlet=True))
    application = yield from on(CARD, read_application(selected, values))
    return application.number
