"""Whatever the bill, figures add up to the fen (R50); settling and cancelling restores all (R51); funds never mix."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from national_samples import HOSPITAL, RESIDENT, Town, item
from postgresql_server import Fresh

from terminal.backoffice.benefits import Benefit
from terminal.backoffice.national.arithmetic import Parts, Used, half_up, settle

FEN = st.integers(0, 10**9)
SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ITEMS = st.lists(
    st.tuples(
        st.decimals("0", "99999", places=6),
        st.decimals("0", "999", places=4),
        st.sampled_from(("XA01", "XB02", "XC03", "other")),
    ),
    min_size=1,
    max_size=6,
)


@given(st.integers(0, 10**30), st.integers(1, 10**12))
def test_rounding_is_half_up_as_decimal_has_it(numerator: int, denominator: int) -> None:
    with localcontext() as context:
        context.prec = 100
        quotient = Decimal(numerator) / Decimal(denominator)
        assert half_up(numerator, denominator) == int(quotient.quantize(Decimal(1), ROUND_HALF_UP))


@given(
    parts=st.builds(Parts, FEN, FEN, FEN, FEN),
    benefit=st.none() | st.builds(Benefit, deductible_fen=FEN, percent=st.integers(0, 100), cap_fen=FEN),
    used=st.builds(Used, FEN, FEN),
    balance_fen=FEN,
    account_used=st.booleans(),
    covered_only=st.booleans(),
)
def test_who_pays_what_adds_up(
    *,
    parts: Parts,
    benefit: Benefit | None,
    used: Used,
    balance_fen: int,
    account_used: bool,
    covered_only: bool,
) -> None:
    figures = settle(
        parts, benefit, used, balance_fen=balance_fen, account_used=account_used, covered_only=covered_only
    )
    paid = (figures.fund_fen, figures.account_fen, figures.cash_fen)
    assert sum(paid) == parts.total_fen and min(paid) >= 0
    assert figures.balance_fen == balance_fen - figures.account_fen >= 0
    assert account_used or figures.account_fen == 0
    assert figures.deductible_fen + figures.fund_fen <= parts.scope_fen
    if account_used and not covered_only:
        assert figures.account_fen == balance_fen or figures.cash_fen == 0
    if benefit is not None:
        assert figures.fund_fen <= max(0, benefit.cap_fen - used.fund_fen)


@pytest.fixture(scope="module")
def towns() -> dict[str, Town]:
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def busy(request: pytest.FixtureRequest, towns: dict[str, Town]) -> Callable[[], Town]:
    """One town for all examples: its balances go on from one to the next."""
    if request.param not in towns:
        fresh: Fresh = request.getfixturevalue("postgresql")
        towns[request.param] = Town(":memory:" if request.param == "sqlite" else fresh())
    return lambda: towns[request.param]


def adds_up(said: dict[str, Any], account: str, cash: str) -> None:
    person = said.get("psn_part_amt", said.get("psn_pay"))
    funds = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
    parts = ("inscp_scp_amt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt")
    assert said["medfee_sumamt"] == said["fund_pay_sumamt"] + person + said.get("hosp_part_amt", 0)
    assert person == said[account] + said[cash] + said["acct_mulaid_pay"]
    assert said["medfee_sumamt"] == sum(said[name] for name in parts)
    assert said["fund_pay_sumamt"] == sum(said[name] for name in funds)


@SETTINGS
@given(bill=ITEMS, med_type=st.sampled_from(("41", "14")), used=st.sampled_from("01"), back=st.booleans())
def test_any_purchase_adds_up_and_its_cancellation_restores_everything(
    busy: Callable[[], Town], bill: list[tuple[Decimal, Decimal, str]], med_type: str, used: str, back: bool
) -> None:
    town = busy()
    psn_no = town.person(1, balance_fen=10**12)
    before = town.balance()
    items = [item(str(price), str(pieces), code) for price, pieces, code in bill]
    output = town.done("2102", **town.purchase(psn_no, *items, med_type=med_type, acct_used_flag=used))
    said = output["setlinfo"]
    adds_up(said, "acct_pay", "psn_cash_pay")
    for name, cut in (("inscp_scp_amt",) * 2, ("overlmt_selfpay", "overlmt_amt"), ("preselfpay_amt",) * 2):
        assert said[name] == sum(row[cut] for row in output["detlcutinfo"])
    assert town.balance() == before - int(said["acct_pay"] * 100) == int(said["balc"] * 100)
    if back:
        undone = town.give_back(psn_no, said)
        adds_up(undone, "acct_pay", "cash_payamt")
        assert all(undone[name] == -said[name] for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay"))
        assert town.balance() == before
    assert town.faults() == []


@SETTINGS
@given(parts=st.tuples(*[st.integers(0, 10**8)] * 4), resident=st.booleans(), back=st.booleans())
def test_any_clinic_bill_adds_up_and_its_cancellation_restores_everything(
    busy: Callable[[], Town], parts: tuple[int, int, int, int], resident: bool, back: bool
) -> None:
    town = busy()
    number, kind = (3, "390") if resident else (2, "310")
    psn_no = town.person(number, *([RESIDENT] if resident else []), balance_fen=10**12)
    before = town.balance(number)
    names = ("inscp_scp_amt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt")
    given_parts = {name: Decimal(fen) / 100 for name, fen in zip(names, parts, strict=True)}
    visit = town.register(psn_no, insutype=kind)
    bill = town.clinic(psn_no, visit, str(Decimal(sum(parts)) / 100), insutype=kind, **given_parts)
    said = town.done("2207", HOSPITAL, **bill)["setlinfo"]
    adds_up(said, "acct_pay", "psn_cash_pay")
    assert not (resident and said["acct_pay"])
    if back:
        adds_up(
            town.done("2208", HOSPITAL, data=town.key(psn_no, said))["setlinfo"], "acct_pay", "pdn_cash_pay"
        )
        assert town.balance(number) == before
    assert town.faults() == []
