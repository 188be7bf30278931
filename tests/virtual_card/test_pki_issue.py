"""Issuing the application: by option, for the third generation, where SM2 is installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from random import Random

import pytest
from pki_samples import ASK, ENVIRONMENT, FETCH, GENERATE, SELECT_SSSE, Kiosk, fixed_pairs, pki_card

from virtual_card.applications.pki.sm2 import new_key_pair
from virtual_card.card import ProcessorCard
from virtual_card.issuer import IssueError, SocialOptions, issue

WITH_PKI = SocialOptions(pki=True)
FIELD = int("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF", 16)
CURVE_B = int("28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93", 16)
ORDER = int("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123", 16)
"""The recommended curve of GM/T 0003.5."""


@pytest.fixture(name="fixed")
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


@pytest.fixture(name="missing")
def _missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of somebody who did not install the extra."""
    monkeypatch.setitem(sys.modules, "gmalg", None)


def issued(state: str | None = None, random: Callable[[int], bytes] = os.urandom) -> Kiosk:
    card = issue("ssc-3.0", 1, state=state, social=WITH_PKI, random=random)
    assert isinstance(card, ProcessorCard)
    card.power_on()
    return Kiosk(card)


@pytest.mark.usefixtures("fixed")
def test_issued_card_is_ready_for_a_kiosk() -> None:
    desk = issued()
    desk.enter()
    assert desk.user() == desk.administrator() == desk.master() == "9000"
    assert desk(ASK) == "6A88"
    assert desk("00B0980001") == "009000"


@pytest.mark.usefixtures("fixed")
def test_cards_have_no_pki_application_unless_it_is_asked_for() -> None:
    card = issue("ssc-3.0", 1)
    card.power_on()
    assert card.transmit(bytes.fromhex(ENVIRONMENT)).hex() == "6a82"


@pytest.mark.usefixtures("fixed")
def test_blank_card_has_none() -> None:
    assert issued("blank")(ENVIRONMENT) == "6A82"


@pytest.mark.usefixtures("fixed")
@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0"])
def test_earlier_generations_have_none(kind: str) -> None:
    with pytest.raises(IssueError, match=f"{kind} card has no PKI application; issue a ssc-3.0 card"):
        issue(kind, 1, social=WITH_PKI)


@pytest.mark.usefixtures("missing")
def test_without_sm2_the_issuer_says_what_to_install() -> None:
    with pytest.raises(IssueError, match=r"pip install 'ssc-terminal\[sm2\]'"):
        issue("ssc-3.0", 1, social=WITH_PKI)


@pytest.mark.usefixtures("missing")
def test_without_sm2_a_card_made_elsewhere_answers_6a82_and_works_otherwise() -> None:
    desk = Kiosk(pki_card())
    assert desk(ENVIRONMENT) == "6A82"
    assert desk(SELECT_SSSE)[-4:] == "9000"


def key_pair_of(desk: Kiosk) -> tuple[bytes, bytes]:
    """What GENERATE KEY PAIR left on the card: the private number, and the public point as it is fetched."""
    desk.enter()
    desk.user()
    assert desk(GENERATE) == desk(ASK) == "9000"
    public = bytes.fromhex(desk(FETCH))[2:-2]
    pki = desk.card.contents().pki
    assert pki is not None and pki.key_pair is not None and pki.key_pair.public == public
    return pki.key_pair.private, public


def test_key_pair_is_on_the_curve_and_another_each_time() -> None:
    desk = issued()
    pairs = [key_pair_of(desk) for _ in range(2)]
    assert pairs[0] != pairs[1]
    for private, public in pairs:
        at_x, at_y = (int.from_bytes(half, "big") for half in (public[:32], public[32:]))
        assert (at_y * at_y - (at_x**3 - 3 * at_x + CURVE_B)) % FIELD == 0
        assert 0 < int.from_bytes(private, "big") < ORDER


def test_same_random_source_gives_the_same_key_pair() -> None:
    first, second = (key_pair_of(issued(random=Random(5).randbytes)) for _ in range(2))
    assert first == second


def test_a_small_private_number_has_32_bytes_all_the_same() -> None:
    pair = new_key_pair(lambda length: b"\x07".rjust(length, b"\0"))
    assert (int.from_bytes(pair.private, "big"), len(pair.private), len(pair.public)) == (7, 32, 64)
