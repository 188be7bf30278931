"""The two SOAP forms: the same centre behind them, texts as deployed systems expect them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from serve_desk import TOKEN, Pharmacy, Served
from serve_soap_client import AXIS2, SOAP, CardService, enveloped, said

from apdu.layout.states import FinancialState, SocialState
from terminal.backoffice.link import Link
from terminal.serve.failures import Failure, FailureKind


@pytest.fixture
def service(served: Served, pharmacy: Pharmacy) -> CardService:
    return CardService(served, pharmacy)


def state(served: Served, service: CardService) -> SocialState:
    return next(card.state for card in served.office().cards() if card.number == service.number)


# --- CardService ------------------------------------------------------------------------------------------------


def test_set_start_enables_and_says_the_second_time_that_it_was_done(
    served: Served, service: CardService
) -> None:
    assert service.call("getCard") == "封存"
    assert [service.call("setStart"), service.call("setStart")] == ["00", "01"]
    assert service.call("getCard") == "OK"
    assert state(served, service) is SocialState.NORMAL


def test_set_card_does_what_its_server_says(served: Served, service: CardService) -> None:
    walked = []
    for server in ("11", "01", "02", "03", "04"):
        assert service.call("setCard", server=server) == "00"
        walked.append(state(served, service))
    assert walked == [
        SocialState.NORMAL,
        SocialState.TEMPORARILY_LOST,
        SocialState.FORMALLY_LOST,
        SocialState.NORMAL,
        SocialState.CANCELLED,
    ]


def test_a_refusal_is_a_text(service: CardService) -> None:
    service.call("setStart")
    service.call("setCard", server="02")
    assert "挂失" in service.call("setStart")


def test_set_loss_is_temporary(served: Served, service: CardService) -> None:
    service.call("setStart")
    assert service.call("setLoss") == "00"
    assert state(served, service) is SocialState.TEMPORARILY_LOST


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"aaz500": "X"}, "没有此卡记录"),
        ({"aac002": "990100198001010010"}, "社会保障号码与持卡人不符"),
        ({"aac003": "测试他人"}, "姓名与持卡人不符"),
    ],
)
def test_a_form_of_another_card_or_person_changes_nothing(
    served: Served, service: CardService, changed: dict[str, str], told: str
) -> None:
    assert service.call("setStart", **changed) == told
    assert state(served, service) is SocialState.SEALED


def test_a_person_and_the_cards_are_told_as_xml(service: CardService) -> None:
    person = ElementTree.fromstring(service.call("getAC01"))
    assert (person.findtext("AAC002"), person.findtext("AAC003")) == (
        service.holder.id_number,
        service.holder.name,
    )
    (row,) = ElementTree.fromstring(service.call("getBank"))
    assert (row.findtext("AAZ500"), row.findtext("AAZ502"), row.findtext("AAZ501")) == (
        service.number,
        "0",
        service.card_id,
    )
    assert service.call("getAC01", aac002="990100198001010010") == "没有此人信息"


def test_all_in_one_text_is_understood(served: Served, service: CardService) -> None:
    spoken = ("领卡启用", "领卡启用", "正式挂失")
    assert [service.spoken(each).findtext("ERR") for each in spoken] == ["00", "01", "00"]
    assert state(served, service) is SocialState.FORMALLY_LOST


def test_the_password_is_the_token(served: Served, pharmacy: Pharmacy) -> None:
    stranger = CardService(served, pharmacy, "wrong")
    reply = stranger.sent("setStart", **stranger.person)
    assert reply.status == 401 and b"Fault" in reply.body and TOKEN.encode() not in reply.body
    assert stranger.proxied("queryCardInfoBySfzhm").status == 401


# --- serviceProxy -----------------------------------------------------------------------------------------------


def test_a_life_of_a_card_through_the_proxy(served: Served, service: CardService) -> None:
    walked = []
    for operation in ("saveCardActive", "saveCardLsgs", "saveCardLsgsjg", "saveCardGs"):
        assert said(service.proxy(operation), "errflag") == "0"
        walked.append(state(served, service))
    assert walked == [
        SocialState.NORMAL,
        SocialState.TEMPORARILY_LOST,
        SocialState.NORMAL,
        SocialState.FORMALLY_LOST,
    ]


def test_the_bank_s_notice_needs_no_card_number(served: Served, service: CardService) -> None:
    document = service.proxy("saveCardJrzhActive", kh="", kctzh="6200000000000000005")
    assert said(document, "errflag") == "0"
    (card,) = [card for card in served.office().cards() if card.number == service.number]
    assert (card.state, card.financial) == (SocialState.NORMAL, FinancialState.ACTIVE)


def test_the_query_lists_the_cards_of_a_person(service: CardService) -> None:
    document = service.proxy("queryCardInfoBySfzhm")
    (row,) = document.findall("d[@k='ds']/r")
    told = {name: value for each in row for name, value in each.attrib.items()}
    assert (told["kh"], told["kzt"], told["kztmc"]) == (service.number, "0", "封存")


@pytest.mark.parametrize(
    ("values", "code"),
    [({"yxzjhm": "990100198001010010"}, "1"), ({"xm": "测试他人"}, "2"), ({"kh": "X"}, "1")],
)
def test_an_error_has_its_code(service: CardService, values: dict[str, str], code: str) -> None:
    document = service.proxy("saveCardActive", **values)
    assert (said(document, "errflag"), said(document, "errcode")) == ("1", code)


def test_what_is_not_allowed_has_code_4(service: CardService) -> None:
    service.proxy("saveCardActive")
    service.proxy("saveCardGs")
    document = service.proxy("saveCardActive")
    assert (said(document, "errflag"), said(document, "errcode")) == ("1", "4")


def test_the_hsm_answers_through_the_proxy(served: Served, service: CardService, pharmacy: Pharmacy) -> None:
    history = pharmacy.cards["new"].power_on().hex().upper()[-26:]
    asked = f"01|990100|{history}|03|{service.card_id}|{'11' * 8}|{'22' * 8}|||"
    document = service.proxy("connectHSMSerive", hsm_in=asked)
    assert said(document, "errflag") == "0"
    assert len((said(document, "hsm_out") or "").partition("|")[0]) == 32
    assert said(service.proxy("connectHSMSerive", hsm_in="09|"), "errflag") == "-1"


# --- what is no call --------------------------------------------------------------------------------------------

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>&b;</e:Body></e:Envelope>'
)


@pytest.mark.parametrize("path", ["/services/CardService", "/services/serviceProxy"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<a/>",
        b"\xff\xff",
        b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>',
        b'<?xml version="1.0" encoding="nothing"?><a/>',
        BOMB,
        enveloped(""),
        enveloped("<a/><b/>"),
        enveloped("<setCard><server>99</server></setCard>"),
        enveloped("<allDsjk><in>&lt;</in></allDsjk>"),
        enveloped("<nothing/>"),
        b"<a>" * 20_000,
        b" " * 300_000,
    ],
)
def test_what_is_no_call_is_a_fault(door: Served, path: str, body: bytes) -> None:
    bearer = Link(door.url, TOKEN)
    reply = bearer.post(path, body, "text/xml")
    assert reply.status in (400, 413)
    assert ElementTree.fromstring(reply.body).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault") is not None


def test_a_call_in_gbk_is_understood(served: Served, service: CardService) -> None:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in {**service.person, "pass": TOKEN}.items())
    text = (
        f'<?xml version="1.0" encoding="GBK"?><e:Envelope xmlns:e="{SOAP}"><e:Body>'
        f'<a:setStart xmlns:a="{AXIS2}">{inner}</a:setStart></e:Body></e:Envelope>'
    )
    reply = service.link.post("/services/CardService", text.encode("gbk"), "text/xml; charset=GBK")
    assert "<ns:return>00</ns:return>" in reply.body.decode()


def test_failures_strike_soap_calls_by_the_request_behind_them(served: Served, service: CardService) -> None:
    served.switch.on(Failure(FailureKind.DOWN, "enable"))
    reply = service.sent("setStart", **service.person)
    assert reply.status == 503 and b"soapenv:Server" in reply.body
    assert service.call("setStart") == "00"
