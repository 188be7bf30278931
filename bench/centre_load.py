"""The centre as a service of its own, on either database, and the terminals that load it (`wrk`)."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS = 5
SCRIPT = Path(__file__).with_name("settle.lua")


@contextmanager
def served(where: str) -> Iterator[str]:
    """The centre as a service of its own; its address."""
    command = [sys.executable, "-c", "from terminal.cli.main import main; main()"]
    process = subprocess.Popen(
        [*command, "serve", "centre", "--db", where, "--json"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def postgresql(directory: Path) -> Iterator[str]:
    """A PostgreSQL server of our own, as it comes: fsync is on."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]))
    assert programs, "PostgreSQL is missing; tests/system/install-debian-packages installs it"
    home = directory / "pg"
    home.mkdir()
    user = None
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
        os.chown(home, user, -1)
        directory.chmod(0o755)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs[-1] / program, *arguments], cwd=home, user=user, check=True, stdout=subprocess.DEVNULL
        )

    run("initdb", "-D", f"{home}/data", "-U", "ssc", "-A", "trust")
    options = f"-k {home} -c listen_addresses=''"
    run("pg_ctl", "-D", f"{home}/data", "-w", "-s", "-l", f"{home}/log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://ssc@/postgres?host={home}"
    finally:
        run("pg_ctl", "-D", f"{home}/data", "-w", "-s", "-m", "immediate", "stop")


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers a second, latency in milliseconds, answers that were no success."""

    per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


def wrk(url: str, terminals: int, environment: dict[str, str]) -> Load:
    """Load a URL by so many connections; `environment` says what the script sends, empty for a plain GET."""
    command = ["wrk", "-t1", f"-c{terminals}", f"-d{SECONDS}s", "-s", str(SCRIPT), url]
    ended = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", ended.stdout)
    assert found, ended.stdout + ended.stderr
    requests, duration, p50, p99, failed = (int(each) for each in found.groups())
    return Load(requests / duration * 1e6, p50 / 1e3, p99 / 1e3, failed)
