"""Fixtures for every test: `pytester` runs our pytest plugin; a PostgreSQL server where one is needed.

GmSSL is an oracle with wheels for x86_64 alone, and only there wine runs programs for Windows: tests that need them are
in files named test_gmssl_*.py and test_wine_*.py, and this is the one place that says where they are collected. There a
missing library is an error, not a skip.
"""

from __future__ import annotations

import os
import platform
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester", "postgresql_server"]

# A loaded machine is no finding: how long an example takes, or to be drawn, fails no test.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
# What is started in the background ignores Ctrl-C, and under `nohup` a closed terminal; so would the programs that the
# tests start, but a signal that is handled is not inherited.
for number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_: None)
collect_ignore_glob = [] if platform.machine() == "x86_64" else ["*/test_gmssl_*.py", "*/test_wine_*.py"]


@pytest.fixture(scope="session", autouse=True)
def no_system_daemon(_ssc_pcsc_link: Path) -> None:
    """The PC/SC library asks once a process where its daemon is: here, where the test's own one will be."""


@pytest.fixture(scope="session", autouse=True)
def no_clearing_of_others(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each pytest started by a test would clear away what earlier runs left behind, which takes any time."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(tmp_path_factory.mktemp("started-by-tests"))
