"""Card management in plain JSON paths, and the HSM's text messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from serve_desk import TOKEN, Pharmacy, Served

from apdu.layout.states import SocialState
from terminal.backoffice import wire
from terminal.backoffice.card_ports import CardView
from terminal.backoffice.link import Link
from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.serve.card_routes import ACTIONS

COUNTER = {"pharmacy": "990100000301"}
APP = {"pharmacy": "app01"}


class Cards:
    """The paths of one card."""

    def __init__(self, served: Served, pharmacy: Pharmacy) -> None:
        self.link = Link(served.url, TOKEN)
        self.number = pharmacy.numbers["new"]
        with served.pool.centre() as centre, centre.store.transaction():
            card = centre.store.social_card(self.number)
        assert card is not None
        self.card_id, self.holder = card.key.card_id, card.holder.id_number

    def post(self, action: str, place: dict[str, str] | None = COUNTER, **values: Any) -> tuple[int, Any]:
        papers = {} if place is None else {"place": place, "papers": {"holder_id": self.holder}}
        reply = self.link.post(f"/cards/{self.number}/{action}", wire.encode({**papers, **values}))
        return reply.status, json.loads(reply.body)

    def state(self) -> SocialState:
        reply = self.link.send("GET", f"/cards/{self.number}")
        return wire.decode(reply.body, CardView).social


@pytest.fixture
def cards(served: Served, pharmacy: Pharmacy) -> Cards:
    return Cards(served, pharmacy)


def test_a_life_of_a_card_over_its_paths(cards: Cards) -> None:
    walked = [cards.state()]
    for action in ("enable", "temp-loss", "formal-loss", "release", "cancel"):
        status, told = cards.post(action)
        assert status == 200, told
        walked.append(cards.state())
    assert walked == [
        SocialState.SEALED,
        SocialState.NORMAL,
        SocialState.TEMPORARILY_LOST,
        SocialState.FORMALLY_LOST,
        SocialState.NORMAL,
        SocialState.CANCELLED,
    ]


def test_repeating_is_harmless_and_says_so(cards: Cards) -> None:
    assert [cards.post("enable")[1]["activated"] for _ in range(2)] == [True, False]
    assert [cards.post("temp-loss")[1]["changed"] for _ in range(2)] == [True, False]


def test_the_centre_s_own_staff_needs_no_place(cards: Cards) -> None:
    cards.post("enable")
    assert cards.post("lock", place=None) == (
        200,
        {"number": cards.number, "social": SocialState.APPLICATION_LOCKED.value, "changed": True},
    )
    assert cards.link.post(f"/cards/{cards.number}/unlock", b"").status == 200
    assert cards.state() is SocialState.NORMAL


def test_a_refusal_names_the_rule_in_both_languages(cards: Cards) -> None:
    status, told = cards.post("lock")
    assert status == 409
    assert set(told["refused"]) == {"code", "rule", "text"}
    assert set(told["refused"]["text"]) == {"en", "zh"}


def test_online_activation_takes_the_three_numbers(cards: Cards) -> None:
    assert cards.post("enable", APP, card_id="0" * 32)[0] == 409
    assert cards.post("enable", APP, card_id=cards.card_id)[1]["activated"] is True


def test_the_holder_s_number_is_masked_away_from_the_centre(cards: Cards) -> None:
    query = f"/cards/{cards.number}"
    cards.post("enable")
    inside = cards.link.send("GET", query)
    assert wire.decode(inside.body, CardView).holder.id_number == cards.holder
    pharmacy = cards.link.send("GET", f"{query}?place=990100000001")
    assert cards.holder.encode() not in pharmacy.body


def test_the_bank_s_notice_activates_the_card(cards: Cards) -> None:
    notice = {"card": cards.number, "id_number": cards.holder, "bank_card": "6200000000000000005"}
    reply = cards.link.post("/bank-notices", wire.encode(notice))
    assert json.loads(reply.body) == {"social": SocialState.NORMAL.value, "activated": True}
    assert cards.state() is SocialState.NORMAL


def test_a_list_of_an_employer_has_a_result_for_each_number(cards: Cards) -> None:
    asked = {"place": COUNTER, "employer": "E1", "numbers": [cards.number, "unknown"]}
    reply = cards.link.post("/hand-overs", wire.encode(asked))
    (first, handed), (second, refused) = json.loads(reply.body)["results"]
    assert (first, second) == (cards.number, "unknown")
    assert "received_at" in handed and refused["code"] == "unknown-card"


def test_the_clock_can_be_asked_to_do_what_is_due(cards: Cards) -> None:
    reply = cards.link.post("/tick", b"")
    assert json.loads(reply.body) == {"activated": 0, "lost": 0, "more": False}


def test_a_pin_reset_is_permitted_where_it_may_be(cards: Cards) -> None:
    cards.post("enable")
    assert cards.post("pin-reset", card_id=cards.card_id)[0] == 200
    assert cards.post("pin-reset", {"pharmacy": "990100000002"}, card_id=cards.card_id)[0] == 409


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_no_object_is_refused(cards: Cards, action: str) -> None:
    for body in (b"[]", b"1", b'{"place": "here"}', b'{"place": {"pharmacy": "\\u0000"}}'):
        assert cards.link.post(f"/cards/{cards.number}/{action}", body).status == 400


@pytest.mark.parametrize("path", ["/cards/%00", "/cards/%00/enable", "/cards/A?place=%00"])
def test_a_nul_in_a_path_is_refused(cards: Cards, path: str) -> None:
    method = "POST" if path.endswith("enable") else "GET"
    assert cards.link.send(method, path).status == 400


def test_an_unknown_card_is_refused(cards: Cards) -> None:
    assert cards.link.send("GET", "/cards/X").status == 409


# --- HSM --------------------------------------------------------------------------------------------------------


def message(pharmacy: Pharmacy, cards: Cards) -> str:
    with_history = cards.card_id[:6]
    history = pharmacy.cards["new"].power_on().hex().upper()[-26:]
    return f"01|{with_history}|{history}|03|{cards.card_id}|{'11' * 8}|{'22' * 8}|||"


def test_a_message_to_the_hsm_is_answered_as_by_the_port(
    served: Served, pharmacy: Pharmacy, cards: Cards
) -> None:
    text = message(pharmacy, cards)
    reply = cards.link.post("/hsm", text.encode(), "text/plain")
    assert (reply.status, reply.body.decode()) == (200, served.office().call(HsmMessage(text)))
    assert len(reply.body.decode().partition("|")[0]) == 32


@pytest.mark.parametrize(
    "text", [b"", b"09|x|", b"01|", b"\xff\xfe", b"01|\x00", b"0" * 600, "零一|".encode()]
)
def test_a_message_that_is_none_is_answered_with_minus_one(cards: Cards, text: bytes) -> None:
    reply = cards.link.post("/hsm", text, "text/plain")
    assert reply.status in (400, 409)
    assert reply.body.startswith(b"-1|")


def test_a_pin_in_a_message_comes_out_of_nothing(served: Served, cards: Cards, caplog) -> None:
    text = f"03|990100|{'0' * 26}|03|0173|{'11' * 8}|842400010C|73519486|"
    with pytest.raises(RefusedError) as caught:
        served.office().call(HsmMessage(text))
    reply = cards.link.post("/hsm", text.encode(), "text/plain")
    for told in (str(caught.value), reply.body.decode(), caplog.text, str(served.audit())):
        assert "73519486" not in told
