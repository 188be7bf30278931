"""`ssc centre people`, `reconcile`, `receipt`, as a person at the insurance centre's desk uses them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from terminal.backoffice.national.fixtures import FIXTURES
from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.cli.main import cli
from virtual_card.persona import Persona

PHARMACY = "990100000001"
TODAY = f"{load_profile('default').local_date(datetime.now(UTC))}"


def ssc(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["centre", *arguments])


@pytest.fixture
def centre(tmp_path: Path) -> str:
    path = str(tmp_path / "centre.db")
    brought = ssc("people", "--centre", path)
    assert brought.exit_code == 0, brought.output
    heading, *lines = brought.output.splitlines()
    assert heading.split() == ["seed", "card", "person", "e-voucher", "situation"]
    assert [line[0] for line in lines] == [each.letter for each in FIXTURES]
    assert ssc("people", "--centre", path).output == brought.output
    return path


def say(centre: str, infno: str, sequence: int, sign_no: str | None, **nodes: Any) -> dict[str, Any]:
    store = Store(centre)
    envelope = {
        "infno": infno,
        "msgid": f"{PHARMACY}20300108100000{sequence:04d}",
        "mdtrtarea_admvs": "990100",
        "insuplc_admdvs": "990100",
        "recer_sys_code": "SIM",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "001",
        "opter_name": "测试",
        "inf_time": "2030-01-08 10:00:00",
        "fixmedins_code": PHARMACY,
        "fixmedins_name": "测试第一药店",
        "sign_no": sign_no,
        "input": nodes,
    }
    answer = NationalInterface(store, load_profile("default"), lambda: datetime.now(UTC)).handle(envelope)
    store.close()
    return answer


def person(centre: str, letter: str, sign_no: str, sequence: int) -> dict[str, Any]:
    fixture = next(each for each in FIXTURES if each.letter == letter)
    persona = Persona.from_seed(fixture.seed)
    card = {
        "mdtrt_cert_type": "03",
        "mdtrt_cert_no": persona.card_number,
        "card_sn": persona.card_id.hex(),
        "psn_cert_type": "01",
    }
    return say(centre, "1101", sequence, sign_no, data=card)


def test_each_person_is_in_the_situation_declared(centre: str) -> None:
    signed = say(centre, "9001", 1, None, signIn={"opter_no": "1", "mac": "1", "ip": "1"})
    sign_no = signed["output"]["signinoutb"]["sign_no"]
    told = {each.letter: person(centre, each.letter, sign_no, 2) for each in FIXTURES}
    served = {letter for letter, answer in told.items() if answer["infcode"] == 0}
    assert served == set("ABCIJKL")
    rows = {letter: told[letter]["output"]["insuinfo"] for letter in served}
    assert rows["A"][0]["balc"] == Decimal("1234.56") and rows["J"][0]["balc"] == 0
    assert [row["insutype"] for row in rows["B"]] == ["390"]
    assert [row["psn_insu_stas"] for row in rows["C"]] == ["1", "4"]
    assert [row["psn_insu_stas"] for row in rows["I"]] == ["2"]
    reasons = {letter: told[letter]["err_msg"] for letter in "DEFGH"}
    for letter, reason in zip("DEFGH", ("未参保", "已挂失", "已挂失", "尚未启用", "已注销"), strict=True):
        assert reason in reasons[letter] or (letter == "D" and "参保信息" in reasons[letter])


def test_a_day_is_closed_and_a_slip_printed_again(centre: str) -> None:
    assert "nothing was settled" in ssc("reconcile", "--centre", centre, "--day", "2030-01-01").output
    signed = say(centre, "9001", 1, None, signIn={"opter_no": "1", "mac": "1", "ip": "1"})
    sign_no = signed["output"]["signinoutb"]["sign_no"]
    base = person(centre, "A", sign_no, 2)["output"]["baseinfo"]
    detail = {
        "feedetl_sn": "1",
        "fee_ocur_time": "2030-01-08 10:00:00",
        "med_list_codg": "XB02",
        "medins_list_codg": "1",
        "det_item_fee_sumamt": Decimal("60.00"),
        "cnt": 1,
        "pric": Decimal("60"),
    }
    head = {
        "psn_no": base["psn_no"],
        "mdtrt_cert_type": "03",
        "begntime": "2030-01-08 10:00:00",
        "medfee_sumamt": Decimal("60.00"),
        "insutype": "310",
        "acct_used_flag": "1",
        "med_type": "41",
    }
    settled = say(centre, "2102", 3, sign_no, druginfo=head, drugdetail=[detail])["output"]["setlinfo"]
    closed = ssc("reconcile", "--centre", centre)
    heading, line, _ = closed.output.splitlines()
    assert heading.split() == ["place", "insutype", "clr_type", "fees", "fund", "account", "count"]
    assert line.split() == [PHARMACY, "310", "41", "¥60.00", "¥0.00", "¥60.00", "1"]
    assert closed.exit_code == 0 and "the ledger adds up" in closed.output
    slip = ssc("receipt", "--centre", centre, settled["setl_id"]).output
    assert "¥60.00" in slip and "¥1174.56" in slip and "over the price limit" in slip
    page = ssc("receipt", "--centre", centre, settled["setl_id"], "--html").output
    assert page.startswith("<!DOCTYPE html>") and "¥1174.56" in page and "http" not in page
    for text in (slip, page):
        assert base["certno"] not in text and base["psn_no"] not in text


def test_a_ledger_that_does_not_add_up_is_told(centre: str) -> None:
    store = Store(centre)
    with store.transaction():
        store._db.exec_driver_sql("UPDATE accounts SET balance_fen = balance_fen + 1 WHERE personal")
    store.close()
    told = ssc("reconcile", "--centre", centre)
    assert told.exit_code == 10 and "is not the sum of its postings" in told.output


def test_wrong_use_is_told_with_the_next_step(centre: str, tmp_path: Path) -> None:
    unknown = ssc("receipt", "--centre", centre, "99")
    assert unknown.exit_code == 2 and "setl_id" in unknown.output
    assert not (tmp_path / "none.db").exists()
    ssc("reconcile", "--centre", str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()
