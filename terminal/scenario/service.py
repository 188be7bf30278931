"""The centre of a stage as a service on a free port of this machine, for as long as a scenario plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from terminal.backoffice.national.interface import NationalInterface
from terminal.backoffice.remote import RemoteNational, RemoteOffice
from terminal.scenario.model import ScenarioError
from terminal.scenario.stage import Stage
from terminal.serve import MISSING
from terminal.serve.failures import FailureSwitch


@contextmanager
def served(stage: Stage) -> Iterator[None]:
    """Put a line between the stage's terminals and its centre; raises ScenarioError where no service can be had."""
    try:
        from terminal.serve.app import create_app
        from terminal.serve.pool import Centre, CentrePool
        from terminal.serve.running import in_thread
    except ModuleNotFoundError as error:
        raise ScenarioError(f"{stage.scenario.name}: {error.name} is missing; {MISSING}") from None
    store = stage.office.store
    national = NationalInterface(store, stage.profile, stage.now)
    pool = CentrePool(lambda: Centre(store, stage.office, national), 1)
    stage.failures = FailureSwitch()
    with in_thread(create_app(pool, failures=stage.failures)) as url:
        line = RemoteOffice(url, stage.profile, timeout_s=stage.scenario.centre.patience_s)
        stage.line, stage.national, stage.alone = line, RemoteNational(line.link), pool.centre
        try:
            yield
        finally:
            line.close()
