"""PIN unblock and reload, application and card block, driven against virtual cards with a PSAM."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from driven import NOW, Bench

from apdu.commands import verify
from apdu.layout.states import SocialState
from terminal.backoffice.card_life_ports import ReportLoss
from terminal.backoffice.channel_ports import CENTRE
from terminal.backoffice.office import Office
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.enrol import Standing, enrol_card
from terminal.errors import CardRefusedError, PsamUnfitError
from terminal.flow.authentication import Means
from terminal.procedures import maintenance
from terminal.text import Pin
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.issue_record import issue_record
from virtual_card.issuer import PsamOptions, issue

KINDS = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])


def card(kind: str = "ssc-3.0", state: str | None = None) -> ProcessorCard:
    issued = issue(kind, 1, state=state)
    assert isinstance(issued, ProcessorCard)
    return issued


def bench(new: ProcessorCard, **options: object) -> Bench:
    return Bench(new, issue("psam", 2, psam=replace(PsamOptions(), **options)))


class Centre:
    """The centre with its key machine, and what it was asked."""

    def __init__(self, new: ProcessorCard, state: SocialState = SocialState.NORMAL, levels: int = 3) -> None:
        office = Office(Store(), load_profile("default"), lambda: NOW, random=bytes, hsm_levels=levels)
        enrol_card(office, new, standing=Standing(state=state))
        self.office = office
        self.asked: list[Any] = []

    def call(self, request: Any) -> Any:
        self.asked.append(request)
        return self.office.call(request)

    @property
    def kinds(self) -> list[str]:
        return [request.text[:2] for request in self.asked]


def by_hsm(new: ProcessorCard, centre: Any = None) -> Bench:
    """A terminal without PSAM."""
    stand = Bench(new, issue("psam", 2), centre or Centre(new))
    stand.access.means = Means.HSM
    return stand


def verified(new: ProcessorCard, pin: str) -> str:
    new.power_on()
    return new.transmit(verify(Pin(pin).bcd()).encode()).hex().upper()


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


def test_without_a_psam_no_block_is_begun() -> None:
    new = card()
    before = new.state()
    with pytest.raises(PsamUnfitError, match="-2201"):
        by_hsm(new).run("SSSE", None, maintenance.block_card)
    assert new.state() == before


@KINDS
@pytest.mark.parametrize("pin", ["654321", "12345", "1234567890123456"])
def test_blocked_pin_is_reloaded_by_the_hsm_and_verifies(kind: str, pin: str) -> None:
    new = card(kind, "pin-blocked")
    assert verified(new, pin) == "6983"
    centre = Centre(new)
    by_hsm(new, centre).run("SSSE", None, lambda *terms: maintenance.reload_pin(*terms, Pin(pin)))
    assert centre.kinds == ["02", "03"]
    assert verified(new, pin) == "9000"
    assert pin not in f"{centre.asked} {[request.text for request in centre.asked]}"


@KINDS
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_hsm_of_every_level_unblocks_and_keeps_the_pin(kind: str, levels: int) -> None:
    new = card(kind, "pin-blocked")
    by_hsm(new, Centre(new, levels=levels)).run("SSSE", None, maintenance.unblock_pin)
    assert verified(new, "123456") == "9000"


@pytest.mark.parametrize("state", [state for state in SocialState if state is not SocialState.NORMAL])
def test_hsm_renews_the_pin_of_a_normal_card_alone(state: SocialState) -> None:
    new = card(state="pin-blocked")
    before = new.state()
    with pytest.raises(RefusedError, match=f"state {state.value}"):
        by_hsm(new, Centre(new, state)).run("SSSE", None, maintenance.unblock_pin)
    assert new.state() == before


def test_card_that_is_lost_between_the_two_messages_keeps_its_blocked_pin() -> None:
    new = card(state="pin-blocked")

    class Reported(Centre):
        def call(self, request: Any) -> Any:
            answer = super().call(request)
            self.office.call(ReportLoss(CENTRE, issue_record(new).number, formal=True))
            return answer

    with pytest.raises(RefusedError, match=r"formally_lost.*STKSSSE"):
        by_hsm(new, Reported(new)).run("SSSE", None, maintenance.unblock_pin)
    assert new.pin_tries == 0


def test_psam_without_the_message_key_leaves_it_to_the_hsm() -> None:
    new = card(state="pin-blocked")
    centre = Centre(new)
    psam = issue("psam", 2, psam=PsamOptions(without=frozenset({"STKSSSE"})))
    stand = Bench(new, psam, centre)
    stand.run("SSSE", None, maintenance.unblock_pin)
    assert "does not hold STKSSSE" in str(stand.shown)
    assert centre.kinds == ["03"]
    assert verified(new, "123456") == "9000"


def test_blocked_unblock_key_is_told() -> None:
    new = card(state="pin-blocked")
    contents = new.contents()
    contents.directory("SSSE").key("PUK").tries_left = 0
    with pytest.raises(CardRefusedError, match="6983"):
        bench(social_card("ssc-3.0", contents)).run("SSSE", None, maintenance.unblock_pin)
