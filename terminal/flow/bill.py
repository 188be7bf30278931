"""What a pharmacy sells to one person: items with count and price, their sum to the fen, as the interface has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from terminal.backoffice import national_ports as national
from terminal.backoffice.national_ports import amount

PHARMACY_PURCHASE = "41"
FEN = Decimal("0.01")
MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class BillItem:
    """One item: `code` of the insurance's catalogue, `price` in yuan for one of `count`."""

    code: str
    name: str
    count: Decimal
    price: Decimal

    @property
    def total_fen(self) -> int:
        """Count times price, rounded to the fen, halves up."""
        return int((self.count * self.price).quantize(FEN, ROUND_HALF_UP).scaleb(2))


@dataclass(frozen=True, slots=True)
class Bill:
    """Items; `from_account`: whether the personal account may pay; `treatment`: the medical type, 41 a purchase."""

    items: tuple[BillItem, ...]
    from_account: bool = True
    treatment: str = PHARMACY_PURCHASE
    pre_settlement: ClassVar[str] = national.PRE_SETTLEMENT
    settlement: ClassVar[str] = national.SETTLEMENT

    def input(self, person: str, card: str, kind: str, at: datetime) -> dict[str, Any]:
        """The input of 2101 and 2102; `at` is local time, `kind` the insurance chosen."""
        return {"druginfo": self.head(person, card, kind, at), "drugdetail": self.details(at)}

    @property
    def total_fen(self) -> int:
        """The sum of the items."""
        return sum(item.total_fen for item in self.items)

    def head(self, person: str, card: str, kind: str, at: datetime) -> dict[str, Any]:
        """`druginfo` of 2101 and 2102; `at` is local time, `kind` the insurance chosen."""
        return {
            "psn_no": person,
            "mdtrt_cert_type": "03",
            "mdtrt_cert_no": card,
            "begntime": f"{at:{MOMENT}}",
            "medfee_sumamt": amount(self.total_fen),
            "insutype": kind,
            "acct_used_flag": "1" if self.from_account else "0",
            "med_type": self.treatment,
        }

    def details(self, at: datetime) -> list[Mapping[str, Any]]:
        """`drugdetail` of 2101 and 2102."""
        return [
            {
                "feedetl_sn": str(number),
                "fee_ocur_time": f"{at:{MOMENT}}",
                "med_list_codg": item.code,
                "medins_list_codg": item.code,
                "det_item_fee_sumamt": amount(item.total_fen),
                "cnt": item.count,
                "pric": item.price,
            }
            for number, item in enumerate(self.items, 1)
        ]
