"""A town with one insured employee, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from national_samples import Town


@pytest.fixture
def town(where: str) -> Iterator[Town]:
    """Nobody is served whose money does not add up in the end."""
    made = Town(where)
    yield made
    assert made.faults() == []
    made.store.close()


@pytest.fixture
def psn_no(town: Town) -> str:
    return town.person()
