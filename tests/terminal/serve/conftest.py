"""A centre served on a real socket, over a database of either kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from serve_desk import NOW, PROFILE, TOKEN, Pharmacy, Served

from terminal.backoffice.profile import Profile
from terminal.backoffice.signing import Gate
from terminal.serve.app import create_app
from terminal.serve.failures import FailureSwitch
from terminal.serve.pool import CentrePool
from terminal.serve.running import in_thread

Serve = Callable[..., Served]


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, to open by name."""
    return str(tmp_path / "a.db") if request.param == "sqlite" else request.getfixturevalue("postgresql")()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a centre until the end of the test; what it is asked to keep is in memory where nothing else is said."""
    with serving() as start:
        yield start


@pytest.fixture(scope="module")
def door() -> Iterator[Served]:
    """A centre in memory that asks for the token, for requests that get no further than its door."""
    with serving() as start:
        yield start()


@contextmanager
def serving() -> Iterator[Serve]:
    """Gives what serves centres until the end of the block."""
    with ExitStack() as stack:

        def start(
            where: str = ":memory:",
            token: str | None = TOKEN,
            gate: Gate | None = None,
            profile: Profile = PROFILE,
            **options: object,
        ) -> Served:
            clock: list[datetime] = [NOW]
            pool = CentrePool.over(where, profile, lambda: clock[0])
            stack.callback(pool.close)
            switch = FailureSwitch()
            app = create_app(pool, token=token, gate=gate, failures=switch, **options)
            return Served(stack.enter_context(in_thread(app)), pool, switch, clock)

        yield start


@pytest.fixture
def served(serve: Serve) -> Served:
    """A centre in memory that asks for the token."""
    return serve()


@pytest.fixture
def pharmacy(served: Served) -> Pharmacy:
    """Two enrolled cards before that centre."""
    return Pharmacy(served.office()).enrol()
