"""A settlement on record: booking it in the ledger, and saying it in the interface's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from terminal.backoffice.national.arithmetic import Figures, Parts
from terminal.backoffice.national.centre import Centre, Numbered
from terminal.backoffice.national.person_queries import ACCOUNT_PAY_TYPE, base_information, fund_pay_type
from terminal.backoffice.stored.ledger import fund_account
from terminal.backoffice.stored.people import InsuranceRow, Person
from terminal.backoffice.stored.settlements import Settlement, place_account


class Detail(msgspec.Struct, frozen=True):
    """What the store keeps of a settlement as JSON: parts in fen, and what the sender said that is told again."""

    scope_fen: int
    own_cost_fen: int
    over_limit_fen: int
    paid_first_fen: int
    percent: int
    person_type: str
    employer: str | None
    certificate: str
    med_type: str
    invoice: str | None
    disease: str | None
    disease_name: str | None
    operator: str
    operator_name: str
    place_name: str


def detail_of(
    figures: Figures, head: Mapping[str, Any], envelope: Mapping[str, Any], insurance: InsuranceRow
) -> str:
    """The detail of a settlement, as the store keeps it."""
    parts = figures.parts
    detail = Detail(
        parts.scope_fen,
        parts.own_cost_fen,
        parts.over_limit_fen,
        parts.paid_first_fen,
        figures.percent,
        insurance.person_type,
        insurance.employer,
        head["mdtrt_cert_type"],
        head["med_type"],
        head.get("invono"),
        head.get("dise_codg"),
        head.get("dise_name"),
        envelope["opter"],
        envelope["opter_name"],
        envelope["fixmedins_name"],
    )
    return msgspec.json.encode(detail).decode()


def parsed(settlement: Settlement) -> Detail:
    """The detail of a settlement on record."""
    return msgspec.json.decode(settlement.detail, type=Detail)


def figures_of(settlement: Settlement) -> Figures:
    """The figures of a settlement on record."""
    detail = parsed(settlement)
    return Figures(
        Parts(detail.scope_fen, detail.own_cost_fen, detail.over_limit_fen, detail.paid_first_fen),
        settlement.deductible_fen,
        detail.percent,
        settlement.fund_pay_fen,
        settlement.account_pay_fen,
        settlement.cash_pay_fen,
        settlement.balance_fen,
    )


def opposite(settlement: Settlement, **changed: Any) -> Settlement:
    """The same settlement with every amount of opposite sign."""
    detail = parsed(settlement)
    parts = {
        name: -getattr(detail, name)
        for name in ("scope_fen", "own_cost_fen", "over_limit_fen", "paid_first_fen")
    }
    amounts = {
        name: -getattr(settlement, name)
        for name in ("total_fen", "deductible_fen", "fund_pay_fen", "account_pay_fen", "cash_pay_fen")
    }
    written = msgspec.json.encode(msgspec.structs.replace(detail, **parts)).decode()
    return replace(settlement, detail=written, reversed=False, reconciled=False, **{**amounts, **changed})


def book(centre: Centre, settlement: Settlement) -> Settlement:
    """Record a settlement and move the money: personal account and fund owe the place what they pay.

    Gives it with its number. Raises OverdraftError.
    """
    entry = centre.store.add_settlement(settlement)
    place = place_account(settlement.place, settlement.fund)
    if settlement.account is not None:
        _move(centre, settlement, settlement.account, place, settlement.account_pay_fen)
    _move(centre, settlement, fund_account(settlement.fund), place, settlement.fund_pay_fen)
    return replace(settlement, entry=entry)


def _move(centre: Centre, settlement: Settlement, payer: str, place: str, amount_fen: int) -> None:
    if amount_fen == 0:
        return
    source, target = (payer, place) if amount_fen > 0 else (place, payer)
    centre.store.move(
        source,
        target,
        abs(amount_fen),
        reason="settlement" if amount_fen > 0 else "cancellation",
        at=settlement.at,
        fund=settlement.fund,
        reference=settlement.msgid,
    )


def info(centre: Centre, settlement: Settlement, person: Person) -> dict[str, Any]:
    """`setlinfo` of a settlement, under the names a settlement has."""
    detail, base = parsed(settlement), base_information(centre, person, settlement.at)
    return {
        "setl_id": centre.number(Numbered.SETTLEMENT, settlement.entry),
        "mdtrt_id": centre.number(Numbered.VISIT, settlement.visit),
        **base,
        "insutype": settlement.fund,
        "psn_type": detail.person_type,
        "cvlserv_flag": "0",
        "setl_time": settlement.at.astimezone(centre.profile.zone),
        "mdtrt_cert_type": detail.certificate,
        "med_type": detail.med_type,
        **amounts(settlement, detail),
        "psn_part_amt": settlement.account_pay_fen + settlement.cash_pay_fen,
        "acct_pay": settlement.account_pay_fen,
        "psn_cash_pay": settlement.cash_pay_fen,
        "balc": settlement.balance_fen,
        "acct_mulaid_pay": 0,
        "medins_setl_id": settlement.msgid,
        "clr_optins": centre.profile.region,
        "clr_way": "1",
        "clr_type": settlement.clearing,
    }


def amounts(settlement: Settlement, detail: Detail) -> dict[str, Any]:
    """The figures that every answer about a settlement has under the same names."""
    return {
        "medfee_sumamt": settlement.total_fen,
        "fulamt_ownpay_amt": detail.own_cost_fen,
        "overlmt_selfpay": detail.over_limit_fen,
        "preselfpay_amt": detail.paid_first_fen,
        "inscp_scp_amt": detail.scope_fen,
        "act_pay_dedc": settlement.deductible_fen,
        "hifp_pay": settlement.fund_pay_fen,
        "pool_prop_selfpay": detail.percent * 100,
        "cvlserv_pay": 0,
        "hifes_pay": 0,
        "hifmi_pay": 0,
        "hifob_pay": 0,
        "maf_pay": 0,
        "oth_pay": 0,
        "fund_pay_sumamt": settlement.fund_pay_fen,
    }


def pay_details(settlement: Settlement, figures: Figures) -> list[dict[str, Any]]:
    """`setldetail`: who pays by kind of fund; the personal account is here, and not in fund_pay_sumamt."""
    rows = []
    if figures.fund_fen:
        rows.append(
            {
                "fund_pay_type": fund_pay_type(settlement.fund),
                "inscp_scp_amt": figures.parts.scope_fen,
                "fund_payamt": figures.fund_fen,
                "fund_pay_type_name": "基本医疗保险统筹基金",
            }
        )
    if figures.account_fen:
        rows.append(
            {
                "fund_pay_type": ACCOUNT_PAY_TYPE,
                "inscp_scp_amt": figures.parts.scope_fen,
                "fund_payamt": figures.account_fen,
                "fund_pay_type_name": "职工基本医疗保险个人账户",
            }
        )
    return rows
