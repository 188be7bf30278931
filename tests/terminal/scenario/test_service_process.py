"""A centre as a process of its own: killed with -9 it is gone, started again it is back at the same address."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from terminal.backoffice.database import StoreError
from terminal.backoffice.link import Link
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.profile import load_profile
from terminal.scenario.service_process import Service

NOW = datetime(2030, 1, 8, tzinfo=UTC)
PROFILE = load_profile("default")
ORPHAN = """
import os
from datetime import UTC, datetime
from terminal.backoffice.profile import load_profile
from terminal.scenario.service_process import Service
service = Service({where!r}, load_profile("default"), datetime(2030, 1, 8, tzinfo=UTC))
print(service.pid, flush=True)
os._exit(0)
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with closing(Service(str(tmp_path / "centre.db"), PROFILE, NOW)) as started:
        yield started


def health(service: Service) -> int:
    with closing(Link(service.url, service.token)) as line:
        return line.send("GET", "/health").status


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the service is still there"
        time.sleep(0.01)


def test_killed_it_is_gone_and_started_again_it_is_back(service: Service) -> None:
    url, pid = service.url, service.pid
    assert health(service) == 200
    service.kill()
    assert not service.alive and service.exit_code == -signal.SIGKILL
    with pytest.raises(UnreachableError):
        health(service)
    service.start()
    assert (service.url, health(service)) == (url, 200)
    assert service.pid != pid


def test_it_dies_before_the_statement_it_was_told(service: Service) -> None:
    before = service.statements
    health(service)
    given = service.statements - before
    assert given > 1
    service.die_before(given + 1)
    assert health(service) == 200
    service.die_before(given)
    with pytest.raises(UnreachableError):
        health(service)
    until(lambda: not service.alive)
    assert service.exit_code == -signal.SIGKILL


def test_started_twice_it_stays_the_same(service: Service) -> None:
    pid = service.pid
    service.start()
    assert service.pid == pid


def test_it_asks_for_its_token(service: Service) -> None:
    with closing(Link(service.url)) as line:
        assert line.post("/terminal/list-cards", b"{}").status == 401


def test_each_has_an_address_of_its_own(service: Service, tmp_path: Path) -> None:
    with closing(Service(str(tmp_path / "other.db"), PROFILE, NOW)) as other:
        assert other.url.rpartition(":")[0] != service.url.rpartition(":")[0]


def test_it_says_why_it_cannot_start(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be made"):
        Service(str(tmp_path / "nowhere" / "centre.db"), PROFILE, NOW)


def test_it_does_not_outlive_whoever_started_it(tmp_path: Path) -> None:
    program = ORPHAN.format(where=str(tmp_path / "centre.db"))
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    until(lambda: not Path(f"/proc/{int(ended.stdout)}").exists())
