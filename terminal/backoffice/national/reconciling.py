"""5203, 3201 and the day's end: what was settled, asked for by number and in sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from terminal.backoffice.channel_ports import PlaceKind
from terminal.backoffice.clock import Clock
from terminal.backoffice.national.booked import figures_of, info, parsed, pay_details
from terminal.backoffice.national.centre import Call, Centre, Numbered
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.national.person_queries import Output
from terminal.backoffice.national.undoing import settlement_named
from terminal.backoffice.ports import Place
from terminal.backoffice.profile import Profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.settlements import Period, Totals
from terminal.text import Text

AGREES, DIFFERS = "0", "1"
"""stmt_rslt."""


def settlement_query(centre: Centre, call: Call) -> Output:
    """5203: a settlement (or cancellation) as it is on record, and whether it was taken back."""
    asked = call.input["data"]
    settlement = settlement_named(centre, call, asked)
    person = centre.person(asked["psn_no"])
    detail, said = parsed(settlement), info(centre, settlement, person)
    said["psn_pay"], said["cash_payamt"] = said.pop("psn_part_amt"), said.pop("psn_cash_pay")
    taken_back = settlement.reversed or settlement.cancels is not None
    taken_back = taken_back or centre.store.cancellation_of(settlement.entry) is not None
    pharmacy = centre.profile.kind_of(Place(settlement.place)) is PlaceKind.PHARMACY
    said |= {
        "flxempe_flag": "0",
        "insu_optins": centre.profile.region,
        "emp_name": detail.employer,
        "pay_loc": "2",
        "fixmedins_code": settlement.place,
        "fixmedins_name": detail.place_name,
        "hosp_lv": None if pharmacy else "3",
        "fixmedins_poolarea": centre.profile.region,
        "begndate": settlement.day,
        "enddate": settlement.day,
        "refd_setl_flag": "1" if taken_back else "0",
        "year": f"{settlement.day.year}",
        "dise_codg": detail.disease,
        "dise_name": detail.disease_name,
        "invono": detail.invoice,
        "opter_id": detail.operator[:20],
        "opter_name": detail.operator_name,
        "opt_time": said["setl_time"],
    }
    return {"setlinfo": said, "setldetail": pay_details(settlement, figures_of(settlement))}


def reconcile(centre: Centre, call: Call) -> Output:
    """3201: whether both sides have the same sums; what agrees is not reversed any more (R51), only cancelled.

    Cancellations count with negative amounts, each as a settlement of its own; what was reversed counts not at all.
    """
    asked = call.input["data"]
    first, last = (date.fromisoformat(asked[name]) for name in ("stmt_begndate", "stmt_enddate"))
    period = Period(call.place, asked["insutype"], asked["clr_type"], first, last)
    ours = centre.store.totals(period)
    theirs = Totals(
        asked["medfee_sumamt"], asked["fund_pay_sumamt"], asked["acct_pay"], asked["fixmedins_setl_cnt"]
    )
    agrees = ours == theirs
    if agrees:
        centre.store.mark_reconciled(period)
    described = f"中心端 centre: {totals_text(ours)}" if not agrees else str(_AGREED)
    result = AGREES if agrees else DIFFERS
    return {
        "stmtinfo": {
            "setl_optins": asked["setl_optins"],
            "stmt_rslt": result,
            "stmt_rslt_dscr": described[:200],
        }
    }


_AGREED = Text("the sums agree", "对账一致")


def totals_text(totals: Totals) -> str:
    """Sums for people, in yuan, under the interface's names."""
    return (
        f"medfee_sumamt {_yuan(totals.total_fen)}, fund_pay_sumamt {_yuan(totals.fund_pay_fen)}, "
        f"acct_pay {_yuan(totals.account_pay_fen)}, fixmedins_setl_cnt {totals.count}"
    )


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@dataclass(frozen=True, slots=True)
class DayEnd:
    """A day's end: what every place settled by kind of insurance and clearing class, and what does not add up."""

    day: date
    periods: tuple[tuple[Period, Totals], ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A settlement under a settlement's names (a cancellation too, with negative amounts), and its place's name.

    `amounts` are in yuan; what is not set is left out.
    """

    texts: dict[str, str]
    amounts: dict[str, Decimal]
    place_name: str

    @property
    def setlinfo(self) -> dict[str, Any]:
        """All of it under one roof, as the interface has it."""
        return {**self.texts, **self.amounts}


def day_end(store: Store, profile: Profile, day: date) -> DayEnd:
    """The sums of a day, and the faults of the whole ledger: none, or something is wrong with the store."""
    places = (*profile.pharmacies, *profile.hospitals)
    with store.transaction():
        periods = [period for place in places for period in store.periods_of_day(place, day)]
        totals = tuple((period, store.totals(period)) for period in periods)
        return DayEnd(day, totals, (*store.ledger_faults(), *store.settlement_faults()))


def settlement_on_record(store: Store, profile: Profile, clock: Clock, number: str) -> Shown | None:
    """A settlement by its number alone, for the centre's own people; None where there is none."""
    centre = Centre(store, profile, clock)
    with store.transaction():
        found = store.settlement(centre.entry(Numbered.SETTLEMENT, number))
        if found is None:
            return None
        person = store.person_by_id(found.id_number)
        assert person is not None, "the database holds no settlement without its person"
        node = next(node for node in TRANSACTIONS["2207"].outputs if node.name == "setlinfo")
        said: dict[str, Any] = node.write(info(centre, found, person))
        known = {name: value for name, value in said.items() if value is not None}
        amounts = {name: value for name, value in known.items() if isinstance(value, Decimal)}
        texts = {name: str(value) for name, value in known.items() if name not in amounts}
        return Shown(texts, amounts, parsed(found).place_name)
