"""A PostgreSQL server of the tests' own, started for the session; each store gets a schema of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import psycopg
import pytest

SETTINGS = "-c listen_addresses='' -c fsync=off -c max_connections=200"
Fresh = Callable[[], str]


def programs() -> Path:
    """Where Debian keeps the server's programs; fails loudly where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    assert found, "PostgreSQL is missing; tests/system/install-debian-packages installs it"
    return found[-1].parent


@pytest.fixture(scope="session")
def postgresql_socket() -> Iterator[str]:
    """The directory of the server's socket."""
    directory = Path(mkdtemp(prefix="ssc-pg-"))
    run = _as_somebody(directory)
    run("initdb", "-D", f"{directory}/data", "-U", "ssc", "-A", "trust", "--no-sync")
    control = ("pg_ctl", "-D", f"{directory}/data", "-w", "-s")
    run(*control, "-l", f"{directory}/log", "-o", f"-k {directory} {SETTINGS}", "start")
    yield str(directory)
    run(*control, "-m", "immediate", "stop")
    shutil.rmtree(directory)


def _as_somebody(directory: Path) -> Callable[..., object]:
    """Runs programs as somebody who is not root, which the server refuses to be."""
    user: int | None = None
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        os.chown(directory, user, -1)

    def run(program: str, *arguments: str) -> None:
        ended = subprocess.run(
            [programs() / program, *arguments],
            cwd=directory,
            user=user,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr

    return run


@pytest.fixture
def postgresql(postgresql_socket: str) -> Fresh:
    """Gives the URL of an empty schema at each call."""
    return lambda: _fresh(postgresql_socket)


_numbers = count(1)


def _fresh(socket: str) -> str:
    schema = f"s{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(host=socket, user="ssc", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
    return f"postgresql+psycopg://ssc@/postgres?host={socket}&options={quote(f'-csearch_path={schema}')}"
