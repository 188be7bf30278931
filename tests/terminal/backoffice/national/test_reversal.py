"""2601: an unknown outcome is made a known one, whatever had become of the message (R51)."""

from __future__ import annotations

from national_samples import HOSPITAL, OTHER_PHARMACY, PHARMACY, Town, amount, item

from terminal.backoffice.profile import load_profile


def reversal(psn_no: str, msgid: str, infno: str = "2102") -> dict[str, dict[str, str]]:
    return {"data": {"psn_no": psn_no, "omsgid": msgid, "oinfno": infno}}


def test_a_settlement_is_reversed_and_reversing_again_changes_nothing(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    paid = town.buy(psn_no, item("10.00"), msgid=msgid)
    for _ in range(2):
        assert town.done("2601", **reversal(psn_no, msgid)) == {}
        assert town.balance() == 100_00
    assert "已撤销或冲正" in town.refused("2103", data=town.key(psn_no, paid))
    assert town.done("5203", data=town.key(psn_no, paid))["setlinfo"]["refd_setl_flag"] == "1"


def test_a_reversed_message_that_is_sent_again_is_not_taken_for_done(town: Town, psn_no: str) -> None:
    envelope = town.envelope("2102", **town.purchase(psn_no))
    town.interface.handle(envelope)
    town.done("2601", **reversal(psn_no, envelope["msgid"]))
    assert "已被冲正" in town.interface.handle(envelope)["err_msg"]
    assert town.balance() == 100_00


def test_a_message_that_never_arrived_is_reversed_and_kept_out(town: Town, psn_no: str) -> None:
    envelope = town.envelope("2102", **town.purchase(psn_no))
    for _ in range(2):
        town.done("2601", **reversal(psn_no, envelope["msgid"]))
    answer = town.interface.handle(envelope)
    assert answer["infcode"] == -1 and "已被冲正" in answer["err_msg"]
    assert town.balance() == 100_00


def test_a_region_may_refuse_to_reverse_what_never_arrived(where: str) -> None:
    town = Town(where, load_profile("bank-first"))
    psn_no, msgid = town.person(), town.msgid()
    assert town.refused("2601", **reversal(psn_no, msgid)).startswith("FSI-990100-[R51] 未查询到原交易")
    assert town.buy(psn_no, msgid=msgid)["acct_pay"] == amount("10.00")
    town.store.close()


def test_a_reversed_cancellation_lets_the_settlement_stand_and_be_cancelled_again(
    town: Town, psn_no: str
) -> None:
    paid = town.buy(psn_no, item("10.00"))
    msgid = town.msgid()
    town.done("2103", PHARMACY, msgid, data=town.key(psn_no, paid))
    town.done("2601", **reversal(psn_no, msgid, "2103"))
    assert town.balance() == 90_00
    assert town.done("5203", data=town.key(psn_no, paid))["setlinfo"]["refd_setl_flag"] == "0"
    town.give_back(psn_no, paid)
    assert town.balance() == 100_00


def test_what_was_paid_back_and_spent_since_cannot_be_taken_again(town: Town, psn_no: str) -> None:
    paid = town.buy(psn_no, item("100.00"))
    msgid = town.msgid()
    town.done("2103", PHARMACY, msgid, data=town.key(psn_no, paid))
    town.buy(psn_no, item("100.00"))
    assert "已使用" in town.refused("2601", **reversal(psn_no, msgid, "2103"))
    assert town.balance() == 0


def test_reversing_what_was_cancelled_gives_nothing_back_twice(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    town.give_back(psn_no, town.buy(psn_no, item("10.00"), msgid=msgid))
    town.done("2601", **reversal(psn_no, msgid))
    assert town.balance() == 100_00


def test_a_settlement_whose_message_was_reversed_never_stands_again(town: Town, psn_no: str) -> None:
    bought, cancelled = town.msgid(), town.msgid()
    paid = town.buy(psn_no, item("10.00"), msgid=bought)
    town.done("2103", PHARMACY, cancelled, data=town.key(psn_no, paid))
    town.done("2601", **reversal(psn_no, bought))
    for _ in range(2):
        town.done("2601", **reversal(psn_no, cancelled, "2103"))
        assert town.balance() == 100_00 and town.faults() == []
    assert town.done("5203", data=town.key(psn_no, paid))["setlinfo"]["refd_setl_flag"] == "1"
    assert "已撤销或冲正" in town.refused("2103", data=town.key(psn_no, paid))


def test_only_the_place_and_the_person_of_a_message_reverse_it(town: Town, psn_no: str) -> None:
    msgid = town.msgid()
    town.buy(psn_no, msgid=msgid)
    other = town.person(2)
    assert "未查询到原交易" in town.refused("2601", OTHER_PHARMACY, **reversal(psn_no, msgid))
    assert "凭证与人员不符" in town.refused("2601", **reversal(other, msgid))
    assert "未查询到原交易" in town.refused("2601", **reversal(psn_no, msgid, "2103"))
    assert "不能冲正" in town.refused("2601", **reversal(psn_no, msgid, "2101"))
    assert town.balance() == 90_00


def test_an_admission_is_reversed(town: Town, psn_no: str) -> None:
    asked = town.registration(psn_no)
    admission = {
        **{name: asked[name] for name in ("psn_no", "insutype", "begntime", "mdtrt_cert_type", "ipt_otp_no")},
        "med_type": "21",
        "atddr_no": "D1",
        "chfpdr_name": "测试医生",
        "adm_diag_dscr": "测试",
        "adm_dept_codg": "K1",
        "adm_dept_name": "内科",
        "adm_bed": "1",
        "dscg_maindiag_code": "Z00",
        "dscg_maindiag_name": "测试",
    }
    msgid = town.msgid(HOSPITAL)
    visit = town.done("2401", HOSPITAL, msgid, mdtrtinfo=admission)["result"]["mdtrt_id"]
    bill = town.clinic(psn_no, visit, "1000.00", med_type="21")
    town.done("2206", HOSPITAL, **bill)
    settled = town.msgid(HOSPITAL)
    town.done("2207", HOSPITAL, settled, **bill)
    assert "后续交易" in town.refused("2601", HOSPITAL, **reversal(psn_no, msgid, "2401"))
    town.done("2601", HOSPITAL, **reversal(psn_no, settled, "2207"))
    town.done("2601", HOSPITAL, **reversal(psn_no, msgid, "2401"))
    assert "未查询到就诊" in town.refused("2206", HOSPITAL, **bill)
    assert town.balance() == 100_00
