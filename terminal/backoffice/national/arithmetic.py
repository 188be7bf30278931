"""What a bill comes to, to the fen: pure functions of bill, profile and balance. Never a binary fraction.

medfee = scope + own cost + over the limit + paid first; medfee = fund + person; person = account + cash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from terminal.backoffice.benefits import Benefit, Insurance
from terminal.backoffice.national.faults import Fault, InterfaceError

COUNT_UNIT, PRICE_UNIT = 10**4, 10**6
"""A count has four decimals, a price in yuan six."""

_FEN = 100


@dataclass(frozen=True, slots=True)
class Parts:
    """How much of an amount (fen) the insurance covers, and why not the rest."""

    scope_fen: int = 0
    own_cost_fen: int = 0
    over_limit_fen: int = 0
    paid_first_fen: int = 0

    @property
    def total_fen(self) -> int:
        """All of it."""
        return self.scope_fen + self.own_cost_fen + self.over_limit_fen + self.paid_first_fen

    def __add__(self, other: Parts) -> Parts:
        return Parts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Parts)))


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a bill, judged: its parts, and how it counts."""

    values: Mapping[str, Any]
    parts: Parts
    level: str
    self_paid_percent: int
    price_limit_fen: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A settlement in fen: what fund, personal account and cash pay; `percent` is the fund's share.

    `balance_fen` is the personal account's after it.
    """

    parts: Parts
    deductible_fen: int
    percent: int
    fund_fen: int
    account_fen: int
    cash_fen: int
    balance_fen: int


def half_up(numerator: int, denominator: int) -> int:
    """A quotient rounded to the nearest whole, halves away from zero; of what is not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def judge(detail: Mapping[str, Any], insurance: Insurance) -> Line:
    """One item: amount = count × price rounded to the fen, then class, price limit and the share paid first.

    Raises InterfaceError.
    """
    amount, count, price = detail["det_item_fee_sumamt"], detail["cnt"], detail["pric"]
    if min(amount, count, price) < 0:
        raise InterfaceError(Fault.NEGATIVE, "drugdetail")
    if amount != half_up(count * price * _FEN, COUNT_UNIT * PRICE_UNIT):
        raise InterfaceError(Fault.DETAIL_AMOUNT, "drugdetail.det_item_fee_sumamt")
    item = insurance.item(detail["med_list_codg"])
    if item.level == "03":
        return Line(detail, Parts(own_cost_fen=amount), item.level, 100, item.price_limit_fen)
    over = 0
    if item.price_limit_fen is not None:
        over = max(0, amount - half_up(count * item.price_limit_fen, COUNT_UNIT))
    first = half_up((amount - over) * item.self_paid_percent, 100)
    parts = Parts(amount - over - first, 0, over, first)
    return Line(detail, parts, item.level, item.self_paid_percent, item.price_limit_fen)


def bill_of_details(
    head: Mapping[str, Any], details: Iterable[Mapping[str, Any]], insurance: Insurance
) -> tuple[Parts, tuple[Line, ...]]:
    """A bill with items; raises InterfaceError where the head is not their sum."""
    lines = tuple(judge(detail, insurance) for detail in details)
    parts = sum((line.parts for line in lines), Parts())
    if parts.total_fen != head["medfee_sumamt"]:
        raise InterfaceError(Fault.HEAD_AMOUNT, "druginfo.medfee_sumamt")
    return parts, lines


def bill_of_sums(head: Mapping[str, Any]) -> Parts:
    """A bill whose parts the sender has worked out; all of it is covered where it says nothing of parts.

    Raises InterfaceError where the parts are not the total.
    """
    total = head["medfee_sumamt"]
    given = [
        head[name] for name in ("inscp_scp_amt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt")
    ]
    parts = Parts(total) if given == [None] * 4 else Parts(*(amount or 0 for amount in given))
    if min(total, *(amount or 0 for amount in given)) < 0:
        raise InterfaceError(Fault.NEGATIVE, "data")
    if parts.total_fen != total:
        raise InterfaceError(Fault.HEAD_AMOUNT, "data.medfee_sumamt")
    return parts


@dataclass(frozen=True, slots=True)
class Used:
    """What a person has used up of the year's deductible and cap, in fen."""

    deductible_fen: int = 0
    fund_fen: int = 0


def settle(
    parts: Parts,
    benefit: Benefit | None,
    used: Used,
    *,
    balance_fen: int,
    account_used: bool,
    covered_only: bool,
) -> Figures:
    """Who pays what (R50): the fund its share above the deductible, the account what it may, cash the rest.

    `balance_fen` is that of the personal account before; `covered_only` keeps it to what the insurance covers.
    """
    deductible = fund = percent = 0
    if benefit is not None:
        percent = benefit.percent
        deductible = min(parts.scope_fen, max(0, benefit.deductible_fen - used.deductible_fen))
        share = half_up((parts.scope_fen - deductible) * percent, 100)
        fund = min(share, max(0, benefit.cap_fen - used.fund_fen))
    may = (parts.scope_fen if covered_only else parts.total_fen) - fund
    account = min(balance_fen, may) if account_used else 0
    cash = parts.total_fen - fund - account
    return Figures(parts, deductible, percent, fund, account, cash, balance_fen - account)
