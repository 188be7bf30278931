"""PIN unblock and reload, application and card block, driven against virtual cards with a PSAM."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driven import Bench

from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.authentication import Means
from terminal.procedures import maintenance
from terminal.text import Pin
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.issuer import PsamOptions, issue

KINDS = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])


def card(kind: str = "ssc-3.0", state: str | None = None) -> ProcessorCard:
    issued = issue(kind, 1, state=state)
    assert isinstance(issued, ProcessorCard)
    return issued


def bench(new: ProcessorCard, **options: object) -> Bench:
    return Bench(new, issue("psam", 2, psam=replace(PsamOptions(), **options)))


@KINDS
def test_unblock_fills_the_tries_and_keeps_the_pin(kind: str) -> None:
    new = card(kind, "pin-blocked")
    bench(new).run("SSSE", None, maintenance.unblock_pin)
    assert (new.pin_tries, new.pin.hex()) == (6, "123456")


@KINDS
@pytest.mark.parametrize("pin", ["654321", "1234", "12345", "12345678901234"])
def test_reload_gives_a_new_pin(kind: str, pin: str) -> None:
    new = card(kind, "pin-blocked")
    bench(new).run("SSSE", None, lambda *terms: maintenance.reload_pin(*terms, Pin(pin)))
    assert (new.pin_tries, new.pin) == (6, Pin(pin).bcd())


@pytest.mark.parametrize("level", [1, 2, 3])
def test_every_level_of_the_psam_serves(level: int) -> None:
    new = card(state="pin-blocked")
    bench(new, levels={"PUK": level, "STKSSSE": level}).run("SSSE", None, maintenance.unblock_pin)
    assert new.pin_tries == 6


@KINDS
@pytest.mark.parametrize("name", ["DF03", "DF04"])
def test_application_is_blocked_and_the_others_are_not(kind: str, name: str) -> None:
    new = card(kind)
    bench(new).run(name, None, lambda *terms: maintenance.block_application(*terms, name))
    blocked = [entry.name for entry in new.contents().directories if entry.blocked]
    assert blocked == [name]


@KINDS
def test_card_is_blocked(kind: str) -> None:
    new = card(kind)
    bench(new).run("SSSE", None, maintenance.block_card)
    assert new.contents().blocked


def test_applications_without_a_block_key_are_refused_before_the_card_is_asked() -> None:
    with pytest.raises(ValueError, match="only DF03 and DF04"):
        bench(card()).run("DF01", None, lambda *terms: maintenance.block_application(*terms, "DF01"))


def test_without_a_psam_nothing_is_begun() -> None:
    new = card(state="pin-blocked")
    stand = bench(new)
    stand.access.means = Means.HSM
    before = new.state()
    with pytest.raises(PsamUnfitError, match="-2201"):
        stand.run("SSSE", None, maintenance.unblock_pin)
    assert new.state() == before


def test_psam_without_the_message_key_says_so_and_leaves_the_card_as_it_was() -> None:
    new = card(state="pin-blocked")
    with pytest.raises(PsamUnfitError, match="STKSSSE"):
        bench(new, without=frozenset({"STKSSSE"})).run("SSSE", None, maintenance.unblock_pin)
    assert new.pin_tries == 0


def test_blocked_unblock_key_is_told() -> None:
    new = card(state="pin-blocked")
    contents = new.contents()
    contents.directory("SSSE").key("PUK").tries_left = 0
    with pytest.raises(CardRefusedError, match="6983"):
        bench(social_card("ssc-3.0", contents)).run("SSSE", None, maintenance.unblock_pin)
