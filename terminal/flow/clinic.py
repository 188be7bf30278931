"""What a hospital says to the insurance centre: how a patient is registered or admitted, and the bill as sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from terminal.backoffice import national_ports as national
from terminal.backoffice.national_ports import amount
from terminal.flow.bill import MOMENT

OUT_PATIENT, IN_PATIENT = "11", "21"
SPECIALTY = "A02"
BY_ITEM = "01"


@dataclass(frozen=True, slots=True)
class Staff:
    """Department and doctor, by the hospital's codes and names."""

    department_code: str
    department: str
    doctor_code: str
    doctor: str


@dataclass(frozen=True, slots=True)
class OutPatient:
    """The registration of an out-patient (2201); `number`: the hospital's own, empty for one made of the msgid."""

    staff: Staff
    number: str = ""
    infno: ClassVar[str] = national.REGISTRATION
    answer: ClassVar[str] = "data"
    treatment: ClassVar[str] = OUT_PATIENT

    def input(self, certificate: Mapping[str, Any], number: str, at: datetime) -> dict[str, Any]:
        """The input of 2201; `at` is local time."""
        staff = self.staff
        return {
            "data": {
                **certificate,
                "begntime": f"{at:{MOMENT}}",
                "ipt_otp_no": number,
                "atddr_no": staff.doctor_code,
                "dr_name": staff.doctor,
                "dept_code": staff.department_code,
                "dept_name": staff.department,
                "caty": SPECIALTY,
            }
        }


@dataclass(frozen=True, slots=True)
class InPatient:
    """The admission of an in-patient (2401), with the diagnosis on admission; `number` as for an out-patient."""

    staff: Staff
    diagnosis_code: str
    diagnosis: str
    bed: str
    number: str = ""
    infno: ClassVar[str] = national.ADMISSION
    answer: ClassVar[str] = "result"
    treatment: ClassVar[str] = IN_PATIENT

    def input(self, certificate: Mapping[str, Any], number: str, at: datetime) -> dict[str, Any]:
        """The input of 2401; `at` is local time."""
        staff = self.staff
        admitted = {name: value for name, value in certificate.items() if name != "card_sn"}
        return {
            "mdtrtinfo": {
                **admitted,
                "begntime": f"{at:{MOMENT}}",
                "med_type": self.treatment,
                "ipt_otp_no": number,
                "atddr_no": staff.doctor_code,
                "chfpdr_name": staff.doctor,
                "adm_diag_dscr": self.diagnosis,
                "adm_dept_codg": staff.department_code,
                "adm_dept_name": staff.department,
                "adm_bed": self.bed,
                "dscg_maindiag_code": self.diagnosis_code,
                "dscg_maindiag_name": self.diagnosis,
            }
        }


VisitForm = OutPatient | InPatient


@dataclass(frozen=True, slots=True)
class ClinicBill:
    """What a visit to a hospital comes to, in fen; of `total_fen` the last three are not covered by the insurance.

    `visit` is the centre's number of it and `treatment` its medical type, once known.
    """

    total_fen: int
    own_cost_fen: int = 0
    over_limit_fen: int = 0
    paid_first_fen: int = 0
    from_account: bool = True
    visit: str = ""
    treatment: str = OUT_PATIENT
    pre_settlement: ClassVar[str] = national.CLINIC_PRE_SETTLEMENT
    settlement: ClassVar[str] = national.CLINIC_SETTLEMENT

    @property
    def covered_fen(self) -> int:
        """What the insurance covers of it."""
        return self.total_fen - self.own_cost_fen - self.over_limit_fen - self.paid_first_fen

    def input(self, person: str, card: str, kind: str, at: datetime) -> dict[str, Any]:
        """The input of 2206 and 2207: head sums, no items."""
        return {
            "data": {
                "psn_no": person,
                "mdtrt_cert_type": "03",
                "mdtrt_cert_no": card,
                "med_type": self.treatment,
                "medfee_sumamt": amount(self.total_fen),
                "psn_setlway": BY_ITEM,
                "mdtrt_id": self.visit,
                "chrg_bchno": f"{at:%Y%m%d%H%M%S}",
                "acct_used_flag": "1" if self.from_account else "0",
                "insutype": kind,
                "fulamt_ownpay_amt": amount(self.own_cost_fen),
                "overlmt_selfpay": amount(self.over_limit_fen),
                "preselfpay_amt": amount(self.paid_first_fen),
                "inscp_scp_amt": amount(self.covered_fen),
            }
        }
