"""Carries out what a scenario does at a hospital's desk, which keeps its book as a till does."""

from __future__ import annotations

from terminal.counter import Till
from terminal.flow.operator import Operator
from terminal.flow.payment_run import PaymentEnded
from terminal.scenario.clinic_spec import Admit, ClinicStep, Register, Settle
from terminal.session import Disturbance, Listener

NO_VISIT = "0"
"""A visit's number that nobody has."""


def at_desk(
    step: ClinicStep,
    desk: Till,
    operator: Operator,
    listener: Listener | None = None,
    disturbance: Disturbance | None = None,
) -> PaymentEnded:
    """One step at the desk; raises TerminalPowerLossError if the disturbance says so."""
    if isinstance(step, Register | Admit):
        return desk.register(step.form, operator, listener, disturbance)
    visits = [sale.visit for sale in desk.book.sales() if sale.is_visit]
    visit = visits[step.visit - 1] if 0 < step.visit <= len(visits) else NO_VISIT
    if isinstance(step, Settle):
        return desk.settle_visit(visit, step.bill, operator, listener, disturbance)
    return desk.give_visit_up(visit, operator, listener, disturbance)
