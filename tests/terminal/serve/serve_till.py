"""A till that speaks the national interface: people at the centre, envelopes from one pharmacy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

from serve_desk import NOW, PROFILE, Served

from apdu.identifiers import citizen_check_character
from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.national.people import Insured, bring_in
from terminal.backoffice.ports import CardKey, Holder
from terminal.backoffice.stored.people import InsuranceRow

PHARMACY = "990100000001"
OPENING_FEN = 100_00
HISTORY = bytes.fromhex("0081544B318660990100A1B2C3")
COVER = InsuranceRow("310", "1101", "1", NOW.date() - timedelta(days=1000), None, "测试单位")


class National(Protocol):
    def handle(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]: ...


def insure(served: Served, number: int = 1, balance_fen: int = OPENING_FEN) -> str:
    """Bring a person with an active card in; gives the person number."""
    body = f"99010019800101{number:03d}"
    holder = Holder(body + citizen_check_character(body), "测试甲")
    key = CardKey(f"990100D1560000050{number:015X}", f"A{number:08d}")
    with served.pool.centre() as centre:
        centre.office.enrolment.enrol_social_card(
            key,
            HISTORY,
            holder,
            social=SocialState.NORMAL,
            financial=FinancialState.ACTIVE,
            received_at=NOW - timedelta(days=100),
        )
        insured = Insured(holder, (COVER,), {"310": 36}, None, key.number, balance_fen)
        return bring_in(centre.store, PROFILE, lambda: NOW, insured)


def balance(served: Served, number: int = 1) -> int:
    """What is on the person's account, in fen."""
    with served.pool.centre() as centre, centre.store.transaction():
        return centre.store.balance(f"new:A{number:08d}")


@dataclass
class Till:
    """One pharmacy's till; signs in by itself."""

    national: National
    start: int = 1
    sign_no: str | None = None
    _sequence: Any = field(init=False)

    def __post_init__(self) -> None:
        self._sequence = count(self.start)

    def envelope(self, infno: str, msgid: str | None = None, **nodes: Any) -> dict[str, Any]:
        return {
            "infno": infno,
            "msgid": msgid or f"{PHARMACY}20300108180000{next(self._sequence):04d}",
            "mdtrtarea_admvs": "990100",
            "insuplc_admdvs": "990100",
            "recer_sys_code": "SIM",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "001",
            "opter_name": "测试",
            "inf_time": f"{datetime(2030, 1, 8, 18):%Y-%m-%d %H:%M:%S}",
            "fixmedins_code": PHARMACY,
            "fixmedins_name": "测试药店",
            "sign_no": self.sign_no,
            "input": nodes,
        }

    def signed_in(self) -> Till:
        who = {"opter_no": "001", "mac": "00", "ip": "127.0.0.1"}
        answer = self.national.handle(self.envelope("9001", signIn=who))
        self.sign_no = answer["output"]["signinoutb"]["sign_no"]
        return self

    def purchase(
        self, person: str, price: str, infno: str = "2102", msgid: str | None = None
    ) -> dict[str, Any]:
        item = {
            "feedetl_sn": "F1",
            "fee_ocur_time": "2030-01-08 17:50:00",
            "med_list_codg": "XA01",
            "medins_list_codg": "L1",
            "det_item_fee_sumamt": Decimal(price),
            "cnt": Decimal("1"),
            "pric": Decimal(price),
        }
        head = {
            "psn_no": person,
            "mdtrt_cert_type": "03",
            "begntime": "2030-01-08 17:50:00",
            "medfee_sumamt": Decimal(price),
            "insutype": "310",
            "acct_used_flag": "1",
            "med_type": "41",
        }
        return self.envelope(infno, msgid, druginfo=head, drugdetail=[item])

    def buy(self, person: str, price: str, msgid: str | None = None) -> dict[str, Any]:
        """The centre's answer to a settlement."""
        return self.national.handle(self.purchase(person, price, msgid=msgid))

    def reverse(self, person: str, msgid: str) -> dict[str, Any]:
        asked = {"psn_no": person, "omsgid": msgid, "oinfno": "2102"}
        return self.national.handle(self.envelope("2601", data=asked))
