"""A third-generation card on a contactless reader: field practice 1.2, PC/SC part 3 section 3.1.3.2.3."""

from __future__ import annotations

import json
from random import Random

import pytest
from card_samples import SELECT_SSSE, send

from apdu.atr import is_contactless, parse
from virtual_card.card import ProcessorCard
from virtual_card.issuer import IssueError, SocialOptions, issue
from virtual_card.kinds import from_state

FORM = "3B8D8001"


def card(*, contactless: bool = True, kind: str = "ssc-3.0") -> ProcessorCard:
    issued = issue(kind, 1, social=SocialOptions(contactless=contactless), random=Random(1).randbytes)
    assert isinstance(issued, ProcessorCard)
    issued.power_on()
    return issued


def test_answer_to_reset_is_the_contactless_form_of_the_same_historical_bytes() -> None:
    lying, inserted = card(), card(contactless=False)
    assert lying.atr.hex().upper().startswith(FORM)
    assert parse(lying.atr).historical_bytes == parse(inserted.atr).historical_bytes
    assert (lying.protocol, inserted.protocol) == ("T=1", "T=0")
    assert (is_contactless(lying.atr), is_contactless(inserted.atr)) == (True, False)


def test_keys_are_those_of_the_same_historical_bytes() -> None:
    lying, inserted = card().contents(), card(contactless=False).contents()
    assert [entry.keys for entry in lying.directories] == [entry.keys for entry in inserted.directories]


def test_answers_come_at_once() -> None:
    answer = send(card(), f"{SELECT_SSSE}00")
    assert answer.startswith("6F") and answer.endswith("9000")
    assert send(card(), "00B2012C00").endswith("9000")


def test_image_brings_it_back_as_it_was() -> None:
    again = from_state(json.loads(json.dumps(card().state())), Random(1).randbytes)
    assert (again.protocol, again.state()) == ("T=1", card().state())


@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0"])
def test_older_generations_have_contacts_only(kind: str) -> None:
    with pytest.raises(IssueError, match="contacts only"):
        card(kind=kind)
