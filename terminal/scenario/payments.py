"""Paying, as a scenario says it: what is sold, which settlement is cancelled, how the holder is insured."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from terminal.flow.bill import PHARMACY_PURCHASE, Bill, BillItem

Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,4})?$")]
Fen = Annotated[int, msgspec.Meta(ge=0)]


class ItemSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item: `code` of the insurance's catalogue, `price` in yuan for one, both numbers in quotes."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    price: Number
    count: Number = "1"
    name: str = ""


class PurchaseSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bill: its items, whether the personal account may pay, and the medical type."""

    items: Annotated[list[ItemSpec], msgspec.Meta(min_length=1)]
    from_account: bool = True
    treatment: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,6}$")] = PHARMACY_PURCHASE

    def bill(self) -> Bill:
        """The bill."""
        items = tuple(
            BillItem(item.code, item.name, Decimal(item.count), Decimal(item.price)) for item in self.items
        )
        return Bill(items, self.from_account, self.treatment)


class RefundSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cancellation of the till's `sale`-th settlement, counted from 1; 0 names one that there is not."""

    sale: Annotated[int, msgspec.Meta(ge=0)] = 1


class InsuranceSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the holder of `new` is insured: kinds in force and paused, months paid, what is on the card's account.

    `self_employed`: not by an employer.
    """

    kinds: tuple[str, ...] = ("310",)
    paused: tuple[str, ...] = ()
    months: Annotated[int, msgspec.Meta(ge=0)] = 36
    balance_fen: Fen = 0
    self_employed: bool = False


class PurseExpectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the medical purse on the card must hold: balance and yearly totals in fen, and how often it was debited."""

    balance_fen: int | None = None
    self_paid_fen: int | None = None
    pool_fen: int | None = None
    debits: int | None = None


class PayExpectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who paid what in the settlement or cancellation of a visit, in fen; of a cancellation below zero."""

    total_fen: int | None = None
    fund_fen: int | None = None
    account_fen: int | None = None
    cash_fen: int | None = None
    balance_fen: int | None = None
