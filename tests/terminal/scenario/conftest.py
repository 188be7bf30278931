"""Sweeps of chosen points: what a broken rule does is seen at one of them as well as at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from swept_subjects import Only, Wanted

from terminal.scenario.service_ground import ServiceGround
from terminal.scenario.sweep import InProcess
from terminal.scenario.sweep_points import Point, Shape


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Only:
    """Leaves only some of the points."""

    def keep(wanted: Wanted) -> None:
        for ground in (InProcess, ServiceGround):
            monkeypatch.setattr(ground, "points", _chosen(ground, wanted))

    return keep


def _chosen(kind: type[InProcess] | type[ServiceGround], wanted: Wanted) -> object:
    every = kind.points

    def points(ground: InProcess | ServiceGround, shape: Shape) -> Iterator[Point]:
        return (point for point in every(ground, shape) if wanted(point, shape))  # type: ignore[arg-type]

    return points
