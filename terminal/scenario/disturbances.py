"""What goes wrong in a visit, brought to where it strikes: the slots, the line to the centre, the terminal's power."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from terminal.backoffice.ports import UnreachableError
from terminal.flow.steps import Role
from terminal.scenario.model import (
    CardFault,
    CentreFault,
    ServiceFault,
    TerminalFault,
    TerminalSpec,
    VisitSpec,
)
from terminal.serve.failures import FailureSwitch
from terminal.session import Party, TerminalPowerLossError
from virtual_card.faults import WatchedPlan


@dataclass(slots=True)
class PlannedDisturbance:
    """The centre's and the terminal's faults of one visit, as a `Disturbance`; remembers which struck."""

    faults: tuple[CentreFault | TerminalFault, ...]
    reachable: bool
    _centre: int = 0
    _struck: set[CentreFault | TerminalFault] = field(default_factory=set)

    @classmethod
    def of(cls, visit: VisitSpec, reachable: bool) -> PlannedDisturbance:
        """Those of a visit; `reachable` off: the centre never answers."""
        mine = (fault for fault in visit.faults if isinstance(fault, CentreFault | TerminalFault))
        return cls(tuple(mine), reachable)

    def before(self, exchange: int, party: Party) -> None:
        """Lose the request, or the power."""
        self._centre += party is Party.CENTRE
        if party is Party.CENTRE and not self.reachable:
            raise UnreachableError("the scenario has it out of order")
        for fault in self.faults:
            if isinstance(fault, TerminalFault):
                if fault.do == "power-loss-before" and fault.at == exchange:
                    self._struck.add(fault)
                    raise TerminalPowerLossError
            elif party is Party.CENTRE and fault.do == "lose-request" and fault.at == self._centre:
                self._struck.add(fault)
                raise UnreachableError("the request was lost")

    def after(self, exchange: int, party: Party) -> None:
        """Lose the answer, or the power."""
        for fault in self.faults:
            if isinstance(fault, TerminalFault):
                if fault.do == "power-loss-after" and fault.at == exchange:
                    self._struck.add(fault)
                    raise TerminalPowerLossError
            elif party is Party.CENTRE and fault.do == "lose-answer" and fault.at == self._centre:
                self._struck.add(fault)
                raise UnreachableError("the answer was lost")

    def idle(self) -> Iterator[str]:
        """The faults that never struck, in words."""
        for fault in self.faults:
            if fault not in self._struck:
                party = "centre" if isinstance(fault, CentreFault) else "terminal"
                yield f"{party}: {fault.do} at exchange {fault.at}"


@dataclass(frozen=True, slots=True)
class ServiceFaults:
    """The faults of the centre's service in one visit, switched on; where there is no service there are none."""

    faults: tuple[ServiceFault, ...]
    switch: FailureSwitch | None

    @classmethod
    def of(cls, visit: VisitSpec, switch: FailureSwitch | None) -> ServiceFaults:
        """Switch those of a visit on."""
        mine = tuple(fault for fault in visit.faults if isinstance(fault, ServiceFault))
        if switch is not None:
            for fault in mine:
                switch.on(fault.failure())
        return cls(mine, switch)

    def over(self) -> Iterator[str]:
        """Switch them off; gives those that never struck, in words."""
        struck = [failure for failure, _ in self.switch.struck] if self.switch else []
        for fault in self.faults:
            if fault.failure() not in struck:
                yield f"service: {fault.do.value} at call {fault.nth} of {fault.transaction}"
        if self.switch is not None:
            self.switch.off()


def card_faults(visit: VisitSpec, terminal: TerminalSpec) -> Mapping[Role, WatchedPlan]:
    """The slots' fault plans; with one reader both cards' faults are in the plan of the old card's slot."""
    plans: dict[Role, WatchedPlan] = {}
    one_reader = terminal.readers == 1
    for role in Role:
        if one_reader and role is Role.NEW:
            continue
        names = {"old", "new"} if one_reader and role is Role.OLD else {role.value}
        mine = [
            fault.entry() for fault in visit.faults if isinstance(fault, CardFault) and fault.slot in names
        ]
        plans[role] = WatchedPlan.from_data(mine)
    return plans
