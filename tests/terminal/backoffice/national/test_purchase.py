"""A purchase at a pharmacy: worked out, booked once, paid by the account as far as it may, taken back once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from national_samples import (
    HOSPITAL,
    OTHER_PHARMACY,
    PHARMACY,
    RESIDENT,
    Town,
    amount,
    card_key,
    holder,
    item,
)

from apdu.layout.states import SocialState
from terminal.backoffice.enrolment import Enrolment
from terminal.backoffice.national.wire import decode, encode


def test_account_pays_what_it_may_and_the_rest_is_cash(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no, item("60.00", "2"))
    assert [
        paid[name] for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc")
    ] == [
        amount("120.00"),
        0,
        amount("100.00"),
        amount("20.00"),
        0,
    ]
    assert town.balance() == 0


def test_a_pre_settlement_gives_the_same_figures_and_changes_nothing(town: Town, psn_no: str) -> None:
    nodes = town.purchase(psn_no, item("33.33", "2"))
    first, second = (town.done("2101", **nodes)["setlinfo"] for _ in range(2))
    assert "setl_id" not in first and town.balance() == 100_00
    booked = town.done("2102", **nodes)["setlinfo"]
    own = {"setl_id", "mdtrt_id", "medins_setl_id"}
    assert {name: value for name, value in first.items() if name not in own} == {
        name: value for name, value in second.items() if name not in own
    }
    assert all(booked[name] == first[name] for name in first.keys() - own)


def test_without_the_account_all_is_cash(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no, item("10.00"), acct_used_flag="0")
    assert (paid["acct_pay"], paid["psn_cash_pay"], town.balance()) == (0, amount("10.00"), 100_00)


def test_amounts_are_numbers_with_two_decimals_and_unused_fields_null(town: Town, psn_no: str) -> None:
    answer = town.call("2102", **town.purchase(psn_no, item("10.50")))
    written = encode(answer).decode()
    assert (
        '"medfee_sumamt":10.50,' in written and '"acct_pay":10.50,' in written and '"balc":89.50,' in written
    )
    assert '"exp_content":null' in written and '"naty":null' in written
    assert decode(written.encode()) == answer


def test_the_account_is_in_the_details_and_not_in_the_funds_sum(town: Town, psn_no: str) -> None:
    output = town.done("2102", **town.purchase(psn_no, item("10.00")))
    (row,) = output["setldetail"]
    assert (row["fund_pay_type"], row["fund_payamt"]) == ("310200", amount("10.00"))
    assert output["setlinfo"]["fund_pay_sumamt"] == 0


@pytest.mark.parametrize(
    ("code", "price", "parts"),
    [
        ("XA01", "100.00", ("100.00", "0.00", "0.00", "0.00")),
        ("XB02", "60.00", ("45.00", "0.00", "10.00", "5.00")),
        ("XC03", "60.00", ("0.00", "60.00", "0.00", "0.00")),
    ],
)
def test_an_item_counts_by_its_class(
    town: Town, psn_no: str, code: str, price: str, parts: tuple[str, ...]
) -> None:
    output = town.done("2101", **town.purchase(psn_no, item(price, code=code)))
    (cut,) = output["detlcutinfo"]
    names = ("inscp_scp_amt", "fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt")
    assert tuple(cut[name] for name in names) == tuple(amount(part) for part in parts)


def test_count_times_price_is_rounded_half_up(town: Town, psn_no: str) -> None:
    assert town.buy(psn_no, item("0.005", "1", total="0.01"))["medfee_sumamt"] == amount("0.01")
    nodes = town.purchase(psn_no, item("0.005", "1", total="0.00"))
    assert "detail-amount" not in town.refused("2102", **nodes)
    assert "明细金额" in town.refused("2102", **nodes)


def test_a_head_that_is_not_the_sum_is_refused(town: Town, psn_no: str) -> None:
    nodes = town.purchase(psn_no, item("10.00"), medfee_sumamt=Decimal("10.01"))
    assert "费用总额" in town.refused("2102", **nodes)
    assert "不能为负" in town.refused("2102", **town.purchase(psn_no, item("-10.00")))
    assert town.balance() == 100_00


def test_a_residents_purchase_never_touches_an_account(town: Town) -> None:
    psn_no = town.person(2, RESIDENT)
    paid = town.buy(psn_no, item("10.00"), insutype="390")
    assert (paid["acct_pay"], paid["psn_cash_pay"], paid["balc"]) == (0, amount("10.00"), 0)
    assert town.balance(2) == 100_00


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (SocialState.SEALED, "[R1]"),
        (SocialState.FORMALLY_LOST, "[R41]"),
        (SocialState.APPLICATION_LOCKED, "[R1]"),
        (SocialState.TEMPORARILY_LOST, "[R41]"),
        (SocialState.CANCELLED, "[R1]"),
    ],
)
def test_a_card_that_is_not_active_pays_nothing(town: Town, state: SocialState, told: str) -> None:
    psn_no = town.person(1, state=state)
    for transaction in ("2101", "2102"):
        assert told in town.refused(transaction, **town.purchase(psn_no))
        assert told in town.refused(transaction, **town.purchase(psn_no, mdtrt_cert_no=card_key(1).number))
    assert town.balance() == 100_00


def test_a_card_past_the_banks_deadline_is_refused_and_stays_lost(town: Town) -> None:
    psn_no = town.person()
    with town.store.transaction():
        town.store.set_financial(
            card_key(1).number, type(town.store.social_card(card_key(1).number).financial)(0)
        )
    town.now = town.now.replace(year=2027)
    town._sessions.clear()
    assert "[R20]" in town.refused("2102", **town.purchase(psn_no))
    with town.store.transaction():
        card = town.store.social_card(card_key(1).number)
    assert card is not None and card.social is SocialState.FORMALLY_LOST


def test_a_lost_cards_holder_pays_cash_with_the_id_card(town: Town) -> None:
    psn_no = town.person(1, state=SocialState.FORMALLY_LOST)
    paid = town.buy(psn_no, item("10.00"), mdtrt_cert_type="02", mdtrt_cert_no=holder(1).id_number)
    assert (paid["acct_pay"], paid["psn_cash_pay"]) == (0, amount("10.00"))


def test_another_persons_certificate_is_refused(town: Town, psn_no: str) -> None:
    town.person(2)
    for kind, number in (("03", card_key(2).number), ("02", holder(2).id_number), ("01", "EV2")):
        assert "凭证与人员不符" in town.refused(
            "2102", **town.purchase(psn_no, mdtrt_cert_type=kind, mdtrt_cert_no=number)
        )


def test_a_card_number_may_bring_a_business_string(town: Town, psn_no: str) -> None:
    assert town.buy(psn_no, mdtrt_cert_no=f"{card_key(1).number}|{'x' * 100}")["acct_pay"] == amount("10.00")


# --- once and only once ------------------------------------------------------------------------------------------


def test_the_same_message_again_gets_the_same_answer_and_books_once(town: Town, psn_no: str) -> None:
    envelope = town.envelope("2102", **town.purchase(psn_no, item("10.00")))
    first = town.interface.handle(envelope)
    envelope["inf_time"] = "2026-03-10 10:31:00"
    assert town.interface.handle(envelope) == first
    assert town.balance() == 90_00


def test_the_same_msgid_with_other_content_is_refused(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    town.buy(psn_no, item("10.00"), msgid=msgid)
    assert "报文ID已被" in town.refused("2102", PHARMACY, msgid, **town.purchase(psn_no, item("11.00")))
    assert town.balance() == 90_00


def test_a_failed_message_may_come_again(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    nodes = town.purchase(psn_no, item("10.00"))
    nodes["druginfo"]["medfee_sumamt"] = Decimal("9.00")
    town.refused("2102", PHARMACY, msgid, **nodes)
    assert town.buy(psn_no, item("10.00"), msgid=msgid)["acct_pay"] == amount("10.00")


def test_a_cancellation_restores_the_account_with_opposite_figures_exactly_once(
    town: Town, psn_no: str
) -> None:
    paid = town.buy(psn_no, item("60.00", "2", code="XB02"))
    undone = town.give_back(psn_no, paid)
    for name in ("medfee_sumamt", "inscp_scp_amt", "overlmt_selfpay", "preselfpay_amt", "acct_pay"):
        assert undone[name] == -paid[name] and paid[name] > 0
    assert undone["cash_payamt"] == -paid["psn_cash_pay"] and undone["psn_pay"] == -paid["psn_part_amt"]
    assert undone["setl_id"] != paid["setl_id"] and undone["balc"] == amount("100.00")
    assert "psn_cash_pay" not in undone and town.balance() == 100_00
    assert "已撤销" in town.refused("2103", data=town.key(psn_no, paid))
    assert "未查询到结算" in town.refused("2103", data=town.key(psn_no, undone))
    assert town.balance() == 100_00


def test_a_settlement_is_its_places_and_its_persons_alone(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no)
    other = town.person(2)
    assert "未查询到结算" in town.refused("2103", OTHER_PHARMACY, data=town.key(psn_no, paid))
    assert "未查询到结算" in town.refused("2103", data=town.key(other, paid))
    assert "不能办理" in town.refused("2208", data=town.key(psn_no, paid))
    assert "未查询到结算" in town.refused("2208", HOSPITAL, data=town.key(psn_no, paid))


def test_a_refund_follows_the_money_to_the_card_that_took_its_place(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no, item("40.00"))
    Enrolment(town.store, town.profile, lambda: town.now).enrol_social_card(
        card_key(9), bytes(13), holder(1), social=SocialState.NORMAL
    )
    with town.store.transaction():
        town.store._db.exec_driver_sql(
            f"UPDATE social_cards SET social = 9 WHERE number = '{card_key(1).number}'"
        )
        old, new = f"new:{card_key(1).number}", f"new:{card_key(9).number}"
        town.store.move(old, new, town.store.balance(old), reason="replacement", at=town.now)
    assert town.give_back(psn_no, paid)["balc"] == amount("100.00")
    assert (town.balance(1), town.balance(9)) == (0, 100_00)


def test_a_query_tells_whether_a_settlement_was_taken_back(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no, item("10.00"), invono="I1")
    asked = town.key(psn_no, paid)
    found = town.done("5203", data=asked)["setlinfo"]
    assert (found["refd_setl_flag"], found["cash_payamt"], found["invono"]) == ("0", 0, "I1")
    assert found["psn_pay"] == paid["psn_part_amt"] and "psn_cash_pay" not in found
    town.give_back(psn_no, paid)
    assert town.done("5203", data=asked)["setlinfo"]["refd_setl_flag"] == "1"
    assert "未查询到结算" in town.refused("5203", data={**asked, "setl_id": "99010099999999999999"})
