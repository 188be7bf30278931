"""The envelope: whatever comes in, an answer goes out in the interface's own shape."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from national_samples import OTHER_PHARMACY, PHARMACY, Town

from terminal.backoffice.national.interface import DONE, FAILED
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.national.wire import decode, encode


def test_an_answer_has_every_field_of_the_interface(town: Town) -> None:
    answer = town.call("9001", signIn={"opter_no": "001", "mac": "00", "ip": "127.0.0.1"})
    assert list(answer) == [
        "infcode",
        "inf_refmsgid",
        "refmsg_time",
        "respond_time",
        "warn_msg",
        "cainfo",
        "signtype",
        "err_msg",
        "output",
    ]
    assert answer["infcode"] == DONE and answer["err_msg"] is None
    assert answer["inf_refmsgid"].startswith("99010020260310103000") and len(answer["inf_refmsgid"]) == 30
    assert answer["refmsg_time"] == "20260310103000000"


def test_a_failure_has_the_interfaces_own_shape(town: Town) -> None:
    answer = town.interface.handle({})
    assert list(answer) == [
        "infcode",
        "inf_refmsgid",
        "refmsg_time",
        "respond_time",
        "enctype",
        "signtype",
        "err_msg",
    ]
    assert answer["infcode"] == FAILED and answer["err_msg"].startswith("FSI-报文格式错误 infno")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"infno": "1102"}, "交易编号不存在"),
        ({"infno": 1101}, "infno"),
        ({"msgid": "990100000001"}, "报文ID"),
        ({"msgid": f"{OTHER_PHARMACY}202603101030000001"}, "报文ID"),
        ({"msgid": None}, "msgid"),
        ({"mdtrtarea_admvs": "110000"}, "医保区划"),
        ({"insuplc_admdvs": "110000"}, "医保区划"),
        ({"insuplc_admdvs": ""}, "insuplc_admdvs"),
        ({"opter_type": "4"}, "opter_type"),
        ({"inf_time": "2026-02-30 10:00:00"}, "inf_time"),
        ({"inf_time": "2026-03-10"}, "inf_time"),
        ({"fixmedins_code": "110000000001"}, "[R3]"),
        ({"fixmedins_code": "990100000201"}, "[R3]"),
        ({"fixmedins_name": "长" * 21}, "fixmedins_name"),
        ({"opter_name": "a\0b"}, "opter_name"),
        ({"opter_name": "\ud800"}, "opter_name"),
        ({"sign_no": None}, "签到"),
        ({"sign_no": "999999"}, "签到"),
        ({"sign_no": "9" * 30}, "签到"),
        ({"sign_no": "x"}, "签到"),
        ({"input": None}, "input"),
        ({"input": []}, "input"),
        ({"input": {"druginfo": {}}}, "druginfo.psn_no"),
        ({"input": {"druginfo": [], "drugdetail": []}}, "druginfo"),
        ({"input": {"x": "长" * 20_000}}, "40000"),
        ({"input": {"x": object()}}, "input"),
    ],
)
def test_what_is_wrong_is_named(town: Town, psn_no: str, changed: dict[str, Any], told: str) -> None:
    envelope = {**town.envelope("2102", **town.purchase(psn_no)), **changed}
    answer = town.interface.handle(envelope)
    assert answer["infcode"] == FAILED and told in answer["err_msg"]
    assert town.balance() == 100_00


@pytest.mark.parametrize("value", ["10.00", True, float("nan"), float("inf"), 10.001, 10**20, [], {}, None])
def test_an_amount_is_a_number_of_two_decimals(town: Town, psn_no: str, value: Any) -> None:
    nodes = town.purchase(psn_no, medfee_sumamt=value)
    assert "medfee_sumamt" in town.refused("2102", **nodes)


def test_a_binary_fraction_counts_as_it_is_written(town: Town, psn_no: str) -> None:
    nodes = town.purchase(psn_no)
    nodes["drugdetail"][0] |= {"pric": 0.1, "cnt": 3, "det_item_fee_sumamt": 0.3}
    nodes["druginfo"]["medfee_sumamt"] = 0.3
    assert town.done("2102", **nodes)["setlinfo"]["medfee_sumamt"] == decode(b"0.30")


def test_a_session_is_its_places_and_of_its_day_and_ends(town: Town, psn_no: str) -> None:
    mine = town.session(PHARMACY)
    nodes = town.purchase(psn_no)
    town._sessions[OTHER_PHARMACY] = mine
    assert "签到" in town.refused("2101", OTHER_PHARMACY, **nodes)
    town.done("2101", **nodes)
    town.done("9002", signOut={"sign_no": mine, "opter_no": "001"})
    assert "签到" in town.refused("2101", **nodes)
    town._sessions.clear()
    town.done("2101", **nodes)
    town.now = town.now.replace(day=11)
    assert "签到" in town.refused("2101", **nodes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
SLOW_START = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SLOW_START
@given(JSON)
def test_anything_at_all_is_answered(envelope: Any) -> None:
    town = Town(":memory:")
    assert town.interface.handle(envelope)["infcode"] == FAILED
    town.store.close()


@pytest.fixture(scope="module")
def shared() -> Town:
    return Town(":memory:")


@SLOW_START
@given(data=st.data())
def test_a_message_with_one_field_wrong_is_answered(shared: Town, data: st.DataObject) -> None:
    infno = data.draw(st.sampled_from(sorted(TRANSACTIONS)))
    psn_no = shared.person()
    nodes = {}
    for node in TRANSACTIONS[infno].inputs:
        values = {field.name: data.draw(JSON | st.sampled_from(_likely(psn_no))) for field in node.fields}
        nodes[node.name] = [values] if node.many else values
    place = "990100000101" if TRANSACTIONS[infno].at == "hospital" else PHARMACY
    answer = shared.call(infno, place, **nodes)
    assert answer["infcode"] in (DONE, FAILED)
    assert decode(encode(answer)) == answer
    assert shared.faults() == []


def _likely(psn_no: str) -> list[Any]:
    return [
        psn_no,
        "310",
        "01",
        "03",
        "0",
        "1",
        "41",
        10,
        10.5,
        "2026-03-10",
        "2026-03-10 10:00:00",
        "99010000000000000001",
    ]
