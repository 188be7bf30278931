"""What happens at a hospital's desk, as a scenario says it: registration, admission, settlement, giving a visit up."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from terminal.flow.clinic import ClinicBill, InPatient, OutPatient, Staff

Yuan = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$")]
NthVisit = Annotated[int, msgspec.Meta(ge=0)]
STAFF = Staff("A02", "全科", "D0001", "测试医师")


class _AtDesk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """Base of every step at the desk: unknown keys are refused."""


class Register(_AtDesk, frozen=True, kw_only=True, tag="register"):
    """Register an out-patient (2201)."""

    @property
    def form(self) -> OutPatient:
        """What is asked of the centre."""
        return OutPatient(STAFF)


class Admit(_AtDesk, frozen=True, kw_only=True, tag="admit"):
    """Admit an in-patient (2401) with a `diagnosis`."""

    diagnosis: str = "测试诊断"
    diagnosis_code: str = "J18.9"
    bed: str = "3-12"

    @property
    def form(self) -> InPatient:
        """What is asked of the centre."""
        return InPatient(STAFF, self.diagnosis_code, self.diagnosis, self.bed)


class Settle(_AtDesk, frozen=True, kw_only=True, tag="settle"):
    """Settle the desk's `visit`-th visit (2206, 2207), from 1; 0 names one that there is not. Amounts in yuan."""

    total: Yuan
    own_cost: Yuan = "0"
    over_limit: Yuan = "0"
    paid_first: Yuan = "0"
    from_account: bool = True
    visit: NthVisit = 1

    @property
    def bill(self) -> ClinicBill:
        """What it comes to."""
        return ClinicBill(
            _fen(self.total),
            _fen(self.own_cost),
            _fen(self.over_limit),
            _fen(self.paid_first),
            from_account=self.from_account,
        )


class GiveUp(_AtDesk, frozen=True, kw_only=True, tag="give-up"):
    """Give the desk's `visit`-th visit up (2202, 2601), from 1; 0 names one that there is not."""

    visit: NthVisit = 1


def _fen(yuan: str) -> int:
    return int(Decimal(yuan).scaleb(2))


ClinicStep = Register | Admit | Settle | GiveUp
