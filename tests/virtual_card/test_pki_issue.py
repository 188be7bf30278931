"""Issuing the application: by option, for the third generation, where SM2 is installed."""

from __future__ import annotations

import sys

import pytest
from pki_samples import ASK, ENVIRONMENT, FETCH, GENERATE, SELECT_SSSE, Kiosk, fixed_pairs, pki_card

from virtual_card.card import ProcessorCard
from virtual_card.issuer import IssueError, SocialOptions, issue

WITH_PKI = SocialOptions(pki=True)


@pytest.fixture(name="fixed")
def _fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


@pytest.fixture(name="missing")
def _missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of somebody who did not install the extra."""
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)


def issued(state: str | None = None) -> Kiosk:
    card = issue("ssc-3.0", 1, state=state, social=WITH_PKI)
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


def test_key_pair_of_the_library_is_one_on_the_curve_as_another_library_sees_it() -> None:
    import gmalg

    try:
        import gmssl_pyx  # noqa: F401
    except ImportError:
        pytest.fail("this test needs gmssl-pyx, which has wheels for x86_64 only: pip install -e '.[sm2]'")
    desk = issued()
    desk.enter()
    desk.user()
    assert desk(GENERATE) == desk(ASK) == "9000"
    public = bytes.fromhex(desk(FETCH))[2:-2]
    pki = desk.card.contents().pki
    assert pki is not None and pki.key_pair is not None
    assert pki.key_pair.public == public
    assert gmalg.SM2().generate_pk(pki.key_pair.private)[-64:] == public
    assert desk(GENERATE) == desk(ASK) == "9000"
    assert bytes.fromhex(desk(FETCH))[2:-2] != public
