"""What the centre's answer to a settlement makes of the till's record of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from terminal.backoffice.national_ports import SETTLEMENT
from terminal.backoffice.ports import UnreachableError
from terminal.flow.payment import answered
from terminal.flow.sales import Phase, Sale, totals_of

TILLS_DAY, CENTRES_DAY = date(2030, 1, 9), date(2030, 1, 8)
SALE = Sale("m", SETTLEMENT, Phase.SENT, TILLS_DAY, "1", "测试甲", "990100", "310", "A00000054")
SAID: dict[str, Any] = {
    "setl_id": "2",
    "mdtrt_id": "3",
    "clr_type": "41",
    "medfee_sumamt": "12.34",
    "acct_pay": "12.00",
    "psn_cash_pay": "0.34",
    "setl_time": "2030-01-08 23:59:59",
}


def test_a_settlement_counts_on_the_day_the_centre_booked_it() -> None:
    sale = answered(SALE, SAID)
    assert sale.day == CENTRES_DAY
    assert totals_of([sale], TILLS_DAY) == ()
    (totals,) = totals_of([sale], CENTRES_DAY)
    assert (totals.total_fen, totals.account_fen, totals.count) == (1234, 1200, 1)


@pytest.mark.parametrize("time", [None, "", "soon"])
def test_a_time_that_cannot_be_read_leaves_the_tills_day(time: str | None) -> None:
    assert answered(SALE, {**SAID, "setl_time": time}).day == TILLS_DAY


def test_amounts_that_do_not_add_up_are_no_answer() -> None:
    with pytest.raises(UnreachableError, match="add up"):
        answered(SALE, {**SAID, "psn_cash_pay": "0.35"})
