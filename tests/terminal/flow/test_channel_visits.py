"""A visit at a counter that breaks off anywhere: the next one, anywhere, ends with card and centre of one mind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from channel_world import COUNTER, HOSPITAL, Break, World

from apdu.layout.states import SocialState
from terminal.backoffice.channel_ports import NO_PAPERS
from terminal.backoffice.ports import UnreachableError
from terminal.flow.errands import enable, hand_over, release_loss, renew_pin
from terminal.flow.outcomes import Outcome
from terminal.session import Party
from terminal.text import Pin


def whole(world: World) -> int:
    """How many exchanges a whole activation takes."""

    class Count:
        exchanges = 0

        def before(self, exchange: int, party: Party) -> None:
            self.exchanges = exchange

        def after(self, exchange: int, party: Party) -> None:
            """Nothing."""

    count: Any = Count()
    finished = world.visit(HOSPITAL, enable(NO_PAPERS), count)
    assert finished is not None and finished.label == "activated"
    return int(count.exchanges)


EVERY_KIND = pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0", "ssc-3.0"])
EVERY_BREAK = pytest.mark.parametrize(("early", "power"), [(True, False), (False, False), (False, True)])


@EVERY_KIND
@EVERY_BREAK
def test_an_activation_broken_off_is_finished_at_the_next_insertion(
    kind: str, early: bool, power: bool
) -> None:
    broken_off(kind, early, power, every=9)


@pytest.mark.slow
@EVERY_KIND
@EVERY_BREAK
def test_an_activation_broken_off_anywhere_is_finished_at_the_next_insertion(
    kind: str, early: bool, power: bool
) -> None:
    broken_off(kind, early, power, every=1)


def broken_off(kind: str, early: bool, power: bool, *, every: int) -> None:
    total = sum(card.balance_fen for card in World(kind).office.cards())
    for at in range(1, whole(World(kind)) + 1, every):
        world = World(kind)
        disturbance = Break(at, before=early, power=power)
        world.visit(HOSPITAL, enable(NO_PAPERS), disturbance)
        assert disturbance.struck
        usable = [card.role for card in world.office.cards() if card.usable]
        assert len(usable) == 1, "never both cards usable, never neither"
        finished = world.visit(COUNTER, enable(world.papers))
        assert finished is not None
        assert finished.label in {"activated", "caught-up", "already-active"}
        assert (world.at_centre, world.on_card) == (SocialState.NORMAL, SocialState.NORMAL)
        assert sum(card.balance_fen for card in world.office.cards()) == total


@EVERY_BREAK
@pytest.mark.parametrize("profile", ["first-purchase", "id-card"])
def test_a_card_alone_broken_off_is_finished_at_the_next_insertion(
    profile: str, early: bool, power: bool
) -> None:
    total = sum(card.balance_fen for card in World().office.cards())
    at = 1
    while True:
        world = World(profile=profile)
        disturbance = Break(at, before=early, power=power)
        world.alone(disturbance)
        if not disturbance.struck:
            break
        assert len([card for card in world.office.cards() if card.usable]) == 1
        ended = world.alone()
        assert ended is not None
        assert ended.outcome in {Outcome.ACTIVATED, Outcome.CAUGHT_UP, Outcome.ALREADY_ACTIVE}
        assert (world.at_centre, world.on_card) == (SocialState.NORMAL, SocialState.NORMAL)
        assert sum(card.balance_fen for card in world.office.cards()) == total
        at += 5
    assert at > 40, "the visit is that long"


def test_a_lost_card_is_told_so_and_is_not_written() -> None:
    from terminal.flow.errands import report_loss

    world = World()
    lost = world.visit(COUNTER, report_loss(world.papers, formal=True))
    assert lost is not None and lost.label == "loss-reported"
    refused = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert refused is not None
    assert (refused.label, int(refused.exit_code)) == ("card-lost", 6)
    assert refused.refusal is not None and refused.refusal.rule == "R41"
    assert world.on_card is SocialState.SEALED
    released = world.visit(COUNTER, release_loss(world.papers))
    assert released is not None and released.label == "loss-released"
    assert world.at_centre is SocialState.SEALED


def test_another_card_than_a_social_security_card_is_refused_by_the_terminal() -> None:
    world = World()
    world.card = world.old
    finished = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("wrong-new-card", 8)


def test_a_pin_is_not_renewed_where_the_place_holds_no_authorisation() -> None:
    world = World()
    world.visit(HOSPITAL, enable(NO_PAPERS))
    refused = world.visit("990100000002", renew_pin(world.papers, Pin("864209")))
    assert refused is not None and refused.label == "wrong-place"
    done = world.visit(COUNTER, renew_pin(world.papers, Pin("864209")))
    assert done is not None and done.label == "pin-reset"


def test_handing_over_again_is_harmless() -> None:
    world = World()
    for _ in range(2):
        finished = world.visit(COUNTER, hand_over(world.papers))
        assert finished is not None and finished.label == "handed-over"


def test_the_bare_centre_never_answers_where_the_line_is_down(tmp_path: Path) -> None:
    class Down:
        def call(self, request: Any) -> Any:
            raise UnreachableError("the line is down")

    world = World()
    world.office, office = Down(), world.office  # type: ignore[assignment]
    world.office.profile = office.profile
    finished = world.visit(HOSPITAL, enable(NO_PAPERS))
    assert finished is not None
    assert (finished.label, int(finished.exit_code)) == ("centre-unreachable", 7)
