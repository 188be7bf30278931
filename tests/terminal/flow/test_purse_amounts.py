"""What the purse on the card is debited with comes to the settlement's total, and never to more than it holds."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from terminal.backoffice.debit_ports import PurseUse
from terminal.flow.authentication import Means
from terminal.flow.bill import Bill
from terminal.flow.payment import Figures, Payment, PaymentSettings
from terminal.flow.visit import Settings
from terminal.text import Pin

FEN = st.integers(0, 10**9)


def payment(use: PurseUse, purse_fen: int | None, from_account: bool = True) -> Payment:
    terminal = Settings("990100000001", Means.PSAM, Pin("123456"), UTC)
    made = Payment(PaymentSettings(terminal, purse=use), Bill((), from_account))
    made.purse_fen = purse_fen
    return made


def figures(fund: int, account: int, cash: int) -> Figures:
    return Figures(fund + account + cash, fund, account, cash, 0)


@given(FEN, FEN, FEN, st.booleans())
def test_an_account_on_the_card_pays_what_it_may_of_what_the_fund_leaves(
    fund: int, cash: int, held: int, from_account: bool
) -> None:
    paid = figures(fund, 0, cash)
    amounts = payment(PurseUse.ACCOUNT, held, from_account).debited(paid)
    assert amounts is not None
    assert amounts.account + amounts.self_paid + amounts.pool == paid.total_fen
    assert amounts.account == (min(held, cash) if from_account else 0)
    assert amounts.pool == fund


@given(FEN, FEN, FEN)
def test_a_record_takes_nothing_from_the_account_on_the_card(fund: int, account: int, cash: int) -> None:
    paid = figures(fund, account, cash)
    amounts = payment(PurseUse.RECORD, 0).debited(paid)
    assert amounts is not None
    assert (amounts.account, amounts.self_paid, amounts.pool) == (0, paid.total_fen, fund + account)


def test_a_card_without_a_purse_is_debited_with_nothing_and_the_centres_account_pays() -> None:
    without = payment(PurseUse.ACCOUNT, None)
    assert without.debited(figures(0, 1, 2)) is None and without.billed.from_account


def test_where_the_account_is_on_the_card_the_one_at_the_centre_is_left_alone() -> None:
    assert not payment(PurseUse.ACCOUNT, 0).billed.from_account
    assert payment(PurseUse.RECORD, 0).billed.from_account
