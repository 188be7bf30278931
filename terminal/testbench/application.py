"""The bench as one web application: the field's local socket, control routes and pages, behind the origin gate."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI

from terminal.serve.driver.bridge import add_bridge
from terminal.serve.driver.gate import OriginGate
from terminal.testbench.bench import TestBench
from terminal.testbench.control import add_control

TITLE = "ssc-terminal driver"


def bench_application(
    bench: TestBench, token: str, allowed: Iterable[str] = (), hosts: Iterable[str] = ()
) -> OriginGate:
    """The application. `token`: what the control routes ask for; `allowed`: origins of pages that may read cards;
    `hosts`: names of this service besides those of loopback.
    """
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    add_control(app, bench, token)
    add_bridge(app, bench.driver)
    return OriginGate(app, allowed, hosts)
