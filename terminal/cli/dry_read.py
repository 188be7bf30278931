"""`ssc read` as a dry run: reads a specimen of the kind, and shows each command in place of what it found."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from apdu.explain import Explainer
from terminal.cli.dry_run import Basis, announce, show_planned, specimen_reader
from terminal.cli.pin_source import PinSource, Way
from terminal.cli.reading import Reading, ReadOrder
from terminal.desk import Desk
from terminal.exit_codes import ExitCode
from terminal.flow.steps import Exchange, Role
from terminal.text import Pin
from terminal.transport.base import Connection
from virtual_card.persona import INITIAL_PIN


@dataclass(frozen=True, slots=True)
class SpecimenPin(PinSource):
    """The PIN of a specimen, which nobody need be asked for."""

    def obtain(self) -> Pin:
        """The PIN that every specimen is issued with."""
        return Pin(INITIAL_PIN)


class PlanningDesk(Desk):
    """A desk that shows each command with a card as a planned one."""

    def __init__(
        self, connections: Mapping[Role, Connection], explainers: Mapping[Role, Explainer], *, as_json: bool
    ) -> None:
        super().__init__(connections)
        self._explainers = explainers
        self._as_json = as_json
        self._planned = 0

    def _perform(self, step: Any) -> Any:
        answer = super()._perform(step)
        if isinstance(step, Exchange):
            self._planned += 1
            told = self._explainers[step.role].explain(step.command, answer)
            show_planned(self._planned, told, as_json=self._as_json)
        return answer


def planned_read(kind: str, *, pin: bool, psam: bool, as_json: bool) -> ExitCode:
    """Show what reading a card of this kind would send; of a PSAM what it would be sent, too."""
    kinds = {Role.NEW: kind, **({Role.PSAM: "psam"} if psam else {})}
    announce(Basis.SPECIMEN, as_json=as_json)
    with ExitStack() as stack:
        connections = {role: specimen_reader(name).connect() for role, name in kinds.items()}
        for connection in connections.values():
            stack.callback(connection.close)
        desk = PlanningDesk(
            connections, {role: Explainer(name) for role, name in kinds.items()}, as_json=as_json
        )
        order = ReadOrder(pin=SpecimenPin(Way.ASK) if pin else None, psam=psam)
        reading = Reading(desk, order)
        for _ in reading.sections():
            pass
        return reading.code
