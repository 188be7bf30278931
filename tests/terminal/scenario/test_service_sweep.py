"""Over HTTP, wherever the card is pulled, the centre killed with -9 or an answer lost: nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from broken_commits import dies_of_the_second, in_two_transactions, without_cancelling
from swept_subjects import SUBJECTS, Only, at_once, bank, cancel, pharmacy, purchase

from terminal.backoffice.database import StoreError
from terminal.backoffice.office import Office
from terminal.flow import payment_actions
from terminal.flow.payment import Payment
from terminal.flow.purchase import Event
from terminal.flow.sales import KeepSale, Phase, Sale
from terminal.flow.steps import Flow
from terminal.scenario.errands import Advance
from terminal.scenario.model import ScenarioError
from terminal.scenario.service_ground import KILLED_AT_WORK, ServiceGround
from terminal.scenario.service_sweep import sweep_over_http
from terminal.scenario.stage import Stage
from terminal.scenario.sweep_points import Point, Shape, SweepResult
from terminal.session import Party


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest) -> str | None:
    """A database of each kind: a file that the sweep makes for itself, a schema of a server."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")()


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """The points that would have been tried; none is."""
    points: list[Point] = []

    def remember(ground: Any, subject: Any, point: Point) -> Iterator[Any]:
        points.append(point)
        return iter(())

    monkeypatch.setattr("terminal.scenario.sweeping._try", remember)
    return points


def assert_clean(result: SweepResult) -> None:
    assert result.passed, "\n".join(str(violation) for violation in result.violations[:20])


SAMPLE = {"pharmacy": 100, "hospital": 70, "bank": 70, "purchase": 50, "cancel": 8}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_sampled_sweep_finds_no_violation(subject: str, where: str | None) -> None:
    drawn_for = f"{subject} in a {'file' if where is None else 'server'}"
    scenario = msgspec.structs.replace(SUBJECTS[subject](), name=drawn_for)
    result = sweep_over_http(scenario, where=where, every=SAMPLE[subject])
    assert result.points >= 3
    assert_clean(result)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("subject", SUBJECTS)
def test_full_sweep_finds_no_violation(subject: str, where: str | None) -> None:
    result = sweep_over_http(SUBJECTS[subject](), where=where)
    print(
        f"{subject}: {result.exchanges} exchanges, {result.points} points, {len(result.violations)} violations"
    )
    assert result.points >= 3 * result.exchanges
    assert_clean(result)


def test_the_card_is_pulled_and_the_centre_killed_at_every_exchange(
    tried: list[Point], where: str | None
) -> None:
    result = sweep_over_http(purchase(), where=where)
    at_every_exchange = {"pull before", "pull after", "centre killed"}
    with_the_centre = {
        "request lost",
        "answer lost",
        "centre killed at work",
        "centre killed before it answered",
        "centre killed and back",
    }
    if where is not None:
        with_the_centre.add("database connection lost")
    for exchange in range(1, result.exchanges + 1):
        points = [point for point in tried if point.exchange == exchange]
        centre = points[0].party is Party.CENTRE
        assert {point.what for point in points} == at_every_exchange | (with_the_centre if centre else set())
    at_work = [point for point in tried if point.what == KILLED_AT_WORK]
    assert len(at_work) > 3 * len({point.exchange for point in at_work})
    assert {point.party for point in tried} == {Party.NEW, Party.PSAM, Party.CENTRE}


def test_the_banks_notice_is_an_exchange_like_any_other(tried: list[Point]) -> None:
    sweep_over_http(bank())
    asked = {point.exchange for point in tried if point.party is Party.CENTRE}
    assert len(asked) == len(["present-card", "authorise", "bank-notice", "present-card"])


# --- what is broken on purpose is found ---------------------------------------------------------------------------


def problems_of(result: SweepResult) -> str:
    assert not result.passed, "what was broken on purpose was not found"
    return "\n".join(str(violation) for violation in result.violations)


def last_with_the_centre(shape: Shape) -> int:
    return max(number for number, party in enumerate(shape.parties, 1) if party is Party.CENTRE)


def test_finds_that_a_commit_is_two_transactions_when_the_centre_dies_between_them(only: Only) -> None:
    only(
        lambda point, shape: point.exchange == last_with_the_centre(shape) and (point.statement or 1) % 8 == 0
    )
    result = sweep_over_http(pharmacy(), options={"commit": in_two_transactions})
    assert set(result.kinds) == {KILLED_AT_WORK}
    assert "then nothing: both cards are usable" in problems_of(result)


def test_finds_that_the_commit_forgets_to_cancel_the_old_card(only: Only) -> None:
    only(at_once)
    result = sweep_over_http(pharmacy(), options={"commit": without_cancelling})
    assert "then all over: both cards are usable" in problems_of(result)


def test_finds_a_till_that_guesses_instead_of_reversing(monkeypatch: pytest.MonkeyPatch, only: Only) -> None:
    def guess(payment: Payment, sale: Sale) -> Flow[Event]:
        yield KeepSale(replace(sale, phase=Phase.REVERSED))
        return Event.DONE

    monkeypatch.setattr(payment_actions, "reverse_sale", guess)
    only(lambda point, shape: point.what == "answer lost")
    assert "till and centre do not agree on the day's totals" in problems_of(sweep_over_http(purchase()))


def test_finds_a_centre_that_answers_with_an_error_of_its_own(only: Only) -> None:
    only(at_once)
    result = sweep_over_http(pharmacy(), options={"commit": dies_of_the_second})
    assert "/terminal/confirm-activation was answered with HTTP status 500" in problems_of(result)


# --- what cannot be swept -----------------------------------------------------------------------------------------


def test_a_point_that_is_never_reached_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    far = Point(1000, Party.CENTRE, "answer lost")
    monkeypatch.setattr(ServiceGround, "points", lambda ground, shape: iter([far]))
    with pytest.raises(ScenarioError, match="exchange 1000 with centre: answer lost: never reached"):
        sweep_over_http(cancel())


def test_a_clock_that_moves_is_refused() -> None:
    moving = msgspec.structs.replace(cancel().visits[0], purchase=None, operator=[], errand=Advance(days=1))
    scenario = msgspec.structs.replace(cancel(), visits=[moving, *cancel().visits])
    with pytest.raises(ScenarioError, match="stands still"):
        sweep_over_http(scenario)


def test_a_database_that_holds_a_centre_is_refused_and_left_alone(tmp_path: Path) -> None:
    where, stage = str(tmp_path / "centre.db"), Stage.of(pharmacy())

    def open_here(path: str, *rest: Any, **options: Any) -> Office:
        return Office.open(where, *rest, **options)

    with closing(Stage.of(pharmacy(), open_here).office) as office:
        held = office.snapshot()
        with pytest.raises(StoreError, match="holds a centre already"):
            sweep_over_http(pharmacy(), where=where)
        assert office.snapshot() == held == stage.office.snapshot()


def test_a_database_is_left_empty(only: Only, tmp_path: Path) -> None:
    where = str(tmp_path / "centre.db")
    only(lambda point, shape: point.what == "answer lost")
    assert sweep_over_http(cancel(), where=where).points == sweep_over_http(cancel(), where=where).points > 0
    with closing(Office.open(where, Stage.of(cancel()).profile, lambda: cancel().clock)) as office:
        assert office.snapshot() == {}
