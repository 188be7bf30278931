"""Imported by the process that stands by for services: serves once, so that what it forks has nothing left to load."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from terminal.backoffice.link import Link
from terminal.backoffice.profile import load_profile
from terminal.serve.app import create_app
from terminal.serve.pool import CentrePool
from terminal.serve.running import in_thread


def serve_once() -> None:
    """A centre in memory, asked whether it is well, and ended: no thread is left of it."""
    pool = CentrePool.over(":memory:", load_profile("default"), lambda: datetime.now(UTC))
    with in_thread(create_app(pool)) as url:
        line = Link(url)
        line.send("GET", "/health")
        line.close()
    pool.close()


serve_once()
gc.collect()
gc.freeze()  # a collection in a forked process would copy every page of what is shared
