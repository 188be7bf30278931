"""Cards are applied for, made and replaced through both SOAP forms, and their making can be followed."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from serve_desk import NOW, Pharmacy, Served
from serve_soap_client import CardService, said

from apdu.identifiers import citizen_check_character
from apdu.layout.states import SocialState
from terminal.backoffice.ports import Holder
from terminal.backoffice.production import PHOTOGRAPH_LIMIT
from terminal.serve import soap_card_operations
from terminal.serve.control_routes import CALLED
from terminal.serve.soap_proxy import OPERATIONS

BODY = "99010019900303003"
NEWCOMER = Holder(BODY + citizen_check_character(BODY), "测试丙")
CHIP = "990100D15600000500A1B2C5D4E5F609"
RESET = "3B6D00000081544B318660990100A1B2C5"
BANK_NUMBER = "6200000000000000005"
PERSON = {"yxzjhm": NEWCOMER.id_number, "xm": NEWCOMER.name}
SPOKEN = {
    "社会保障卡卡号": "",
    "社会保障号码": NEWCOMER.id_number,
    "姓名": NEWCOMER.name,
    "银行编码": "95588",
}
JPEG = bytes.fromhex("FFD8FFE00010FFD9")
PHOTOGRAPH = b64encode(JPEG + bytes(8)).decode()
BMP = b64encode(b"BM" + (62).to_bytes(4, "little") + bytes(56)).decode()
CHIP_DATA = {
    "ksbm": CHIP,
    "kfwm": RESET,
    "kctzh": BANK_NUMBER,
    "kxpzh": "6200000000000000013",
    "kgfbb": "3.0",
    "xplx": "80",
}


@pytest.fixture
def service(served: Served, pharmacy: Pharmacy) -> CardService:
    return CardService(served, pharmacy)


def state(served: Served, number: str) -> SocialState:
    return next(card.state for card in served.office().cards() if card.number == number)


def rows(document: ElementTree.Element) -> list[dict[str, str]]:
    """The `ds` of a proxy's answer."""
    return [
        {name: value for each in row for name, value in each.attrib.items()}
        for row in document.findall("d[@k='ds']/r")
    ]


def errors(document: ElementTree.Element) -> tuple[str | None, str | None]:
    return said(document, "errflag"), said(document, "errcode")


def test_a_card_made_at_once_is_on_record_sealed(served: Served, service: CardService) -> None:
    assert errors(service.proxy("chkCanCardSq", **PERSON)) == ("0", None)
    issued = service.proxy("saveCardOpen", **PERSON)
    number = said(issued, "sbkh")
    assert number and said(issued, "shbzhm") == NEWCOMER.id_number
    done = {**PERSON, "shbzhm": NEWCOMER.id_number, "kh": number, **CHIP_DATA}
    for _ in range(2):
        assert errors(service.proxy("saveCardCompleted", **done)) == ("0", None)
    assert state(served, number) is SocialState.SEALED
    (row,) = rows(service.proxy("queryCardZksqList", **PERSON))
    assert (row["sqlx"], row["zkzt"], row["kh"], row["yhbh"]) == ("01", "02", number, "95588")
    assert errors(service.proxy("chkCanCardSq", **PERSON)) == ("1", "3")
    assert service.call("setStart", aaz500=number, aac002=NEWCOMER.id_number, aac003=NEWCOMER.name) == "00"
    assert rows(service.proxy("queryCardZksqList", **PERSON))[0]["zkzt"] == "04"


@pytest.mark.parametrize("operation", ["saveCardBhList", "saveCardBhk"])
def test_a_lost_card_is_replaced_and_cancelled(served: Served, service: CardService, operation: str) -> None:
    service.call("setStart")
    assert errors(service.proxy("chkCanCardBh")) == ("1", "4")
    service.proxy("saveCardGs")
    for _ in range(2):
        assert errors(service.proxy(operation, bhkyy="遗失")) == ("0", None)
    batch = service.spoken("获取批次号").findtext("批次号") or ""
    data = service.spoken("即制卡数据", 批次号=batch)
    number = data.findtext("ROW/社会保障卡卡号") or ""
    assert data.findtext("ROW/社会保障号码") == service.holder.id_number
    made = {"shbzhm": service.holder.id_number, "kh": number, **CHIP_DATA}
    assert errors(service.proxy("saveCardCompleted", **made)) == ("0", None)
    assert (state(served, service.number), state(served, number)) == (
        SocialState.CANCELLED,
        SocialState.SEALED,
    )
    assert served.ledger_faults() == []
    progress = ElementTree.fromstring(service.call("getAZ03"))
    told = {name: progress.findtext(f"ROW/{name}") for name in ("TRANSACTTYPE", "BATCHNO", "ZKZT", "REMARKS")}
    assert told == {"TRANSACTTYPE": "05", "BATCHNO": batch, "ZKZT": "02", "REMARKS": "遗失"}


def test_an_application_in_one_text_says_when_it_was_made_before(service: CardService) -> None:
    said_twice = [service.spoken("申请社保卡", **SPOKEN).findtext("ERR") for _ in range(2)]
    assert said_twice == ["00", "01"]
    totals = service.spoken("制卡统计数据查询")
    assert [totals.findtext(name) for name in ("ERR", "申请数", "制卡中数", "已制卡数")] == [
        "OK",
        "1",
        "0",
        "0",
    ]
    assert service.spoken("即制卡数据", 批次号="none").findtext("ERR") == "没有此批次"


def test_a_batch_whose_number_got_lost_is_told_again(service: CardService) -> None:
    assert service.spoken("获取批次号").findtext("ERR") == "没有待制卡的申请"
    service.spoken("申请社保卡", **SPOKEN)
    first, again = service.spoken("获取批次号"), service.spoken("获取批次号")
    assert first.findtext("批次号") == again.findtext("批次号")
    assert [each.findtext("数量") for each in (first, again)] == ["1", "1"]


def test_get_banks_tells_every_card_and_get_bank_the_one_named(service: CardService) -> None:
    service.call("setStart")
    service.proxy("saveCardGs")
    number = said(service.proxy("saveCardOpen"), "sbkh")
    assert number is None, "who has a card gets no second one but for the lost one"
    (row,) = ElementTree.fromstring(service.call("getBanks"))
    assert row.findtext("AAZ502") == "2" and len(row.findtext("KFWM") or "") == 26
    assert service.call("getBank", aaz500="X") == "没有此卡记录"


def test_the_bank_s_dates_and_numbers_are_told_the_numbers_by_their_end(
    served: Served, service: CardService
) -> None:
    number = said(service.proxy("saveCardOpen", **PERSON, khhhh="102990100011"), "sbkh") or ""
    done = {**PERSON, "shbzhm": NEWCOMER.id_number, "kh": number, **CHIP_DATA}
    service.proxy("saveCardCompleted", **done)
    served.clock[0] += timedelta(days=1)
    service.proxy("saveCardJrzhActive", **PERSON, kctzh=BANK_NUMBER)
    made, activated = (f"{NOW + timedelta(days=day):%Y%m%d}" for day in (0, 1))
    asked = {"aaz500": number, "aac002": NEWCOMER.id_number, "aac003": NEWCOMER.name}
    (row,) = ElementTree.fromstring(service.call("getBank", **asked))
    told = {each.tag: each.text for each in row}
    assert (told["AAE008"], told["AAE008B"]) == ("95588", "102990100011")
    assert told["AAE010"] == "*" * 15 + "0005" and told["AAE010A"] == "*" * 15 + "0013"
    assert (told["FKRQ"], (told["GETTIME1"] or "")[:8]) == (made, activated)
    (row,) = ElementTree.fromstring(service.call("getAZ03", **asked))
    days = {each.tag: (each.text or "")[:8] for each in row if "TIME" in each.tag}
    assert days["BANKTIME0"] == days["BANKFINISHTIME0"] == days["CITYTIME"] == made
    assert (days["GETTIME1"], days["PROVINCETIME"]) == (activated, "")
    (card,) = rows(service.proxy("queryCardInfoBySfzhm", **PERSON))
    assert (card["yhbh"], card["kctzh"], card["kxpzh"]) == ("95588", told["AAE010"], told["AAE010A"])


def test_a_photograph_is_handed_in_changed_and_told(service: CardService) -> None:
    assert errors(service.proxy("saveCardSqList", **PERSON, photo=PHOTOGRAPH)) == ("0", None)
    batch = service.spoken("获取批次号").findtext("批次号") or ""
    assert service.spoken("即制卡数据", 批次号=batch).findtext("ROW/相片") == PHOTOGRAPH
    assert service.spoken("相片修改", **SPOKEN, 相片=PHOTOGRAPH).findtext("ERR") == "01"
    assert said(service.proxy("queryPerPhoto", **PERSON), "photo") == PHOTOGRAPH, "who has no card yet"
    own = ElementTree.fromstring(service.call("getData"))
    assert own.findtext("AAC002") == service.holder.id_number and own.findtext("PHOTO") == ""
    changed = [service.spoken("相片修改", 相片=each).findtext("ERR") for each in (PHOTOGRAPH, BMP)]
    assert changed == ["00", "00"]
    assert ElementTree.fromstring(service.call("getData")).findtext("PHOTO") == BMP
    assert said(service.proxy("queryPerPhoto"), "photo") == BMP


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "no base64",
        b64encode(b"GIF89a").decode(),
        b64encode(JPEG[:-1]).decode(),
        b64encode(b"BM" + bytes(60)).decode(),
        b64encode(JPEG + bytes(PHOTOGRAPH_LIMIT)).decode(),
    ],
)
def test_what_is_no_photograph_is_declined(service: CardService, wrong: str) -> None:
    assert service.spoken("相片修改", 相片=wrong).findtext("ERR") == "相片格式错误"
    assert said(service.proxy("queryPerPhoto"), "photo") == ""


def test_a_person_is_told_by_number(service: CardService) -> None:
    document = service.proxy("queryPersonInfo", xm="")
    assert (said(document, "shbzhm"), said(document, "xm")) == (service.holder.id_number, service.holder.name)
    assert errors(service.proxy("queryPersonInfo", **PERSON)) == ("1", "1")
    assert errors(service.proxy("queryPersonInfo", xm="测试丁")) == ("1", "2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"yxzjhm": "990100199003030030"},
        {"xm": "三" * 51},
        {"yhbh": "9" * 41},
        {"bhkyy": "x" * 301},
        {"khhhh": "10299010001"},
        {"photo": "x"},
    ],
)
def test_an_application_that_is_none_is_declined(service: CardService, wrong: dict[str, str]) -> None:
    assert errors(service.proxy("saveCardSqList", **{**PERSON, **wrong})) == ("1", "4")
    assert rows(service.proxy("queryCardZksqList", **PERSON)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kh": "P00000000"},
        {"ksbm": "0" * 31},
        {"kfwm": "3B"},
        {"kctzh": "x"},
        {"xm": "测试丁"},
        {"kxpzh": "x"},
        {"kgfbb": "3.0.00"},
        {"xplx": "8"},
    ],
)
def test_a_card_that_cannot_be_is_not_brought_in(
    served: Served, service: CardService, wrong: dict[str, str]
) -> None:
    before = len(served.office().cards())
    number = said(service.proxy("saveCardOpen", **PERSON), "sbkh") or ""
    done = {**PERSON, "shbzhm": NEWCOMER.id_number, "kh": number, **CHIP_DATA, **wrong}
    assert errors(service.proxy("saveCardCompleted", **done))[0] == "1"
    assert len(served.office().cards()) == before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_names_what_it_needs(service: CardService, operation: str) -> None:
    reply = service.proxied(operation)
    assert reply.status == 400 and f"{operation} needs".encode() in reply.body


def test_everything_that_is_served_can_fail_on_purpose() -> None:
    cards = soap_card_operations
    tables = (cards.SERVERS, cards.SPOKEN, cards.FIXED, OPERATIONS)
    assert {each.name for table in tables for each in table.values()} <= CALLED
