"""A pharmacy and a hospital that speak the national interface, and the people they serve."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from apdu.identifiers import citizen_check_character
from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.enrolment import Enrolment
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.national.people import Insured, bring_in
from terminal.backoffice.ports import CardKey, Holder
from terminal.backoffice.profile import Profile, load_profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.people import InsuranceRow

PHARMACY, OTHER_PHARMACY, HOSPITAL = "990100000001", "990100000002", "990100000101"
NOW = datetime.fromisoformat("2026-03-10T10:30:00+08:00")
HISTORY = bytes.fromhex("0081544B318660990100A1B2C3")
EMPLOYEE = InsuranceRow("310", "1101", "1", NOW.date() - timedelta(days=1000), None, "测试单位")
RESIDENT = InsuranceRow("390", "1501", "1", NOW.date() - timedelta(days=1000))
_sequence = count(1)


def holder(number: int) -> Holder:
    body = f"99010019800101{number:03d}"
    return Holder(body + citizen_check_character(body), "测试甲")


def card_key(number: int) -> CardKey:
    return CardKey(f"990100D1560000050{number:015X}", f"A{number:08d}")


def amount(text: str) -> Decimal:
    return Decimal(text)


def item(
    price: str = "10.00", pieces: str = "1", code: str = "XA01", total: str | None = None
) -> dict[str, Any]:
    """One item of a bill; its amount rounded half up where `total` says nothing else."""
    exact = Decimal(price) * Decimal(pieces)
    rounded = Decimal(total) if total else exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return {
        "feedetl_sn": f"F{next(_sequence)}",
        "fee_ocur_time": "2026-03-10 10:20:00",
        "med_list_codg": code,
        "medins_list_codg": "L1",
        "det_item_fee_sumamt": rounded,
        "cnt": Decimal(pieces),
        "pric": Decimal(price),
    }


class Town:
    """A centre over a database, its people, and a clock that tests move."""

    def __init__(self, where: str, profile: str | Profile = "default") -> None:
        self.now = NOW
        self.profile = load_profile(profile) if isinstance(profile, str) else profile
        self.store = Store(where)
        self.interface = NationalInterface(self.store, self.profile, lambda: self.now)
        self._sessions: dict[str, str] = {}

    def person(
        self,
        number: int = 1,
        *rows: InsuranceRow,
        state: SocialState = SocialState.NORMAL,
        balance_fen: int = 100_00,
        months: int = 36,
    ) -> str:
        """Bring in person and card of a number; gives the person number."""
        key, whose = card_key(number), holder(number)
        Enrolment(self.store, self.profile, lambda: self.now).enrol_social_card(
            key,
            HISTORY,
            whose,
            social=state,
            financial=FinancialState.ACTIVE,
            received_at=NOW - timedelta(days=100),
        )
        insured = Insured(whose, rows or (EMPLOYEE,), {"310": months}, f"EV{number}", key.number, balance_fen)
        return bring_in(self.store, self.profile, lambda: self.now, insured)

    # --- speaking the interface ------------------------------------------------------------------------------

    def msgid(self, place: str = PHARMACY) -> str:
        return f"{place}20260310103000{next(_sequence):04d}"

    def envelope(
        self, infno: str, place: str = PHARMACY, msgid: str | None = None, **nodes: Any
    ) -> dict[str, Any]:
        return {
            "infno": infno,
            "msgid": msgid or self.msgid(place),
            "mdtrtarea_admvs": "990100",
            "insuplc_admdvs": "990100",
            "recer_sys_code": "SIM",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "001",
            "opter_name": "测试",
            "inf_time": "2026-03-10 10:30:00",
            "fixmedins_code": place,
            "fixmedins_name": "测试药店",
            "sign_no": None if infno == "9001" else self.session(place),
            "input": nodes,
        }

    def session(self, place: str) -> str:
        if place not in self._sessions:
            self._sessions[place] = ""
            signed = self.done("9001", place, signIn={"opter_no": "001", "mac": "00", "ip": "127.0.0.1"})
            self._sessions[place] = signed["signinoutb"]["sign_no"]
        return self._sessions[place]

    def call(
        self, infno: str, place: str = PHARMACY, msgid: str | None = None, **nodes: Any
    ) -> dict[str, Any]:
        return self.interface.handle(self.envelope(infno, place, msgid, **nodes))

    def done(
        self, infno: str, place: str = PHARMACY, msgid: str | None = None, **nodes: Any
    ) -> dict[str, Any]:
        answer = self.call(infno, place, msgid, **nodes)
        assert answer["infcode"] == 0, answer["err_msg"]
        return answer["output"]

    def refused(self, infno: str, place: str = PHARMACY, msgid: str | None = None, **nodes: Any) -> str:
        """The err_msg of a failure, in the interface's own shape."""
        answer = self.call(infno, place, msgid, **nodes)
        assert answer["infcode"] == -1 and "output" not in answer, answer
        assert 0 < len(answer["err_msg"]) <= 200
        return answer["err_msg"]

    # --- transactions ----------------------------------------------------------------------------------------

    def purchase(self, psn_no: str, *items: dict[str, Any], **head: Any) -> dict[str, Any]:
        """The nodes of 2101 and 2102."""
        items = items or (item(),)
        total = sum((each["det_item_fee_sumamt"] for each in items), Decimal(0))
        info = {
            "psn_no": psn_no,
            "mdtrt_cert_type": "03",
            "begntime": "2026-03-10 10:20:00",
            "medfee_sumamt": total,
            "insutype": "310",
            "acct_used_flag": "1",
            "med_type": "41",
        }
        return {"druginfo": {**info, **head}, "drugdetail": list(items)}

    def buy(
        self, psn_no: str, *items: dict[str, Any], msgid: str | None = None, **head: Any
    ) -> dict[str, Any]:
        return self.done("2102", PHARMACY, msgid, **self.purchase(psn_no, *items, **head))["setlinfo"]

    def key(self, psn_no: str, setlinfo: dict[str, Any]) -> dict[str, Any]:
        return {"psn_no": psn_no, "setl_id": setlinfo["setl_id"], "mdtrt_id": setlinfo["mdtrt_id"]}

    def give_back(self, psn_no: str, setlinfo: dict[str, Any]) -> dict[str, Any]:
        return self.done("2103", data=self.key(psn_no, setlinfo))["setlinfo"]

    def register(self, psn_no: str, **asked: Any) -> str:
        return self.done("2201", HOSPITAL, data={**self.registration(psn_no), **asked})["data"]["mdtrt_id"]

    def registration(self, psn_no: str) -> dict[str, Any]:
        return {
            "psn_no": psn_no,
            "insutype": "310",
            "begntime": "2026-03-10 10:20:00",
            "mdtrt_cert_type": "03",
            "ipt_otp_no": "O1",
            "atddr_no": "D1",
            "dr_name": "测试医生",
            "dept_code": "K1",
            "dept_name": "内科",
            "caty": "A03",
        }

    def clinic(self, psn_no: str, visit: str, total: str, **head: Any) -> dict[str, Any]:
        bill = {
            "psn_no": psn_no,
            "mdtrt_cert_type": "03",
            "med_type": "11",
            "medfee_sumamt": Decimal(total),
            "mdtrt_id": visit,
            "acct_used_flag": "1",
            "insutype": "310",
        }
        return {"data": {**bill, **head}}

    # --- what is true at the centre ---------------------------------------------------------------------------

    def balance(self, number: int = 1) -> int:
        with self.store.transaction():
            return self.store.balance(f"new:{card_key(number).number}")

    def faults(self) -> list[str]:
        with self.store.transaction():
            return self.store.ledger_faults() + self.store.settlement_faults()
