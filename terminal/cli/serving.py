"""What `ssc serve centre` does: store, application, socket, and one line that says where."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from terminal.backoffice.database import label_of
from terminal.backoffice.remote import TOKEN_VARIABLE
from terminal.backoffice.signing import CSB_SECRET, CSB_USER, TIF_SECRET, TIF_USER, Gate
from terminal.cli.files import region_profile
from terminal.cli.output import say
from terminal.cli.staying import say_unfinished, until_interrupted
from terminal.exit_codes import ExitCode
from terminal.serve import MISSING
from terminal.trace.as_json import json_line


@dataclass(frozen=True, slots=True)
class Order:
    """What the command line asks for."""

    db: str
    host: str
    port: int
    profile: str
    verify_signatures: bool
    now: datetime | None

    def clock(self) -> datetime:
        """The time at the centre."""
        return self.now or datetime.now(UTC)


def run(order: Order, as_json: bool) -> ExitCode:
    """Serve until told to end; raises ClickException, StoreError, ProfileError."""
    try:
        from terminal.serve import running
        from terminal.serve.app import create_app
        from terminal.serve.pool import CentrePool
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing; {MISSING}") from None
    profile = region_profile(order.profile)
    token = os.environ.get(TOKEN_VARIABLE) or None
    gate = _gate(order)
    unfinished: list[str] = []
    with until_interrupted(), ExitStack() as stack:
        pool = CentrePool.over(order.db, profile, order.clock)
        stack.callback(pool.close)
        listening = running.listen(order.host, order.port)
        stack.callback(listening.close)
        private = running.is_loopback(listening.getsockname()[0])
        if not private:
            _warn(order.host, token)
        app = create_app(pool, token=token, gate=gate, control=private or token is not None)
        announce = _announce(running.address_of(listening), order, as_json)
        running.serve(app, listening, announce, given_up=unfinished.extend)
    say_unfinished(unfinished)
    say("the centre has ended, and its store is closed", err=True)
    return ExitCode.DONE


def _gate(order: Order) -> Gate | None:
    if not order.verify_signatures:
        return None
    gate = Gate.from_environment(order.clock, os.environ)
    if gate.csb is None and gate.tif is None:
        raise click.ClickException(
            f"--verify-signatures: no account is known; set {CSB_USER} and {CSB_SECRET}, or {TIF_USER} and {TIF_SECRET}"
        )
    return gate


def _warn(host: str, token: str | None) -> None:
    say(f"注意 Warning: {host} can be reached from other machines, and HTTP is not encrypted", err=True)
    if token is None:
        say(f"注意 Warning: anybody may use it; set {TOKEN_VARIABLE} to ask for a token", err=True)


def _announce(address: str, order: Order, as_json: bool) -> Callable[[], None]:
    store = label_of(order.db)

    def announce() -> None:
        if as_json:
            say(json_line("service", {"url": address, "db": store, "profile": order.profile}))
        else:
            say(f"卡管中心 The centre is at {address}, kept in {store}; Ctrl-C ends it")

    return announce
