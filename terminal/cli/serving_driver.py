"""What `ssc serve driver` does: bench, local socket, native socket, and the lines that say where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from terminal.backoffice.ports import BackOffice
from terminal.cli.driver_keypad import ConsoleKeypad
from terminal.cli.files import open_office, region_profile
from terminal.cli.output import say
from terminal.cli.staying import say_unfinished, until_interrupted
from terminal.driver.keypad import QueueKeypad
from terminal.driver.profile import load_profile
from terminal.exit_codes import ExitCode
from terminal.readers import SCHEMES, VIRTUAL
from terminal.serve import MISSING
from terminal.testbench.orders import CardOrder
from terminal.testbench.slots import Place, Slots
from terminal.trace.as_json import json_line

NEW, NONE = "new", "none"
PAGE, CONSOLE = "page", "console"


@dataclass(frozen=True, slots=True)
class DriverOrder:
    """What the command line asks for; `cards` as they were named, by slot."""

    host: str
    port: int
    profile: str
    cards: Mapping[Place, str]
    device_number: str
    keypad: str
    centre: str | None
    region: str
    allowed: tuple[str, ...]
    endpoint: Path | None
    tcp: bool


def run(order: DriverOrder, as_json: bool) -> ExitCode:
    """Serve until told to end; raises ClickException, OrderError, EndpointError, StoreError, DriverProfileError."""
    try:
        from terminal.serve import running
        from terminal.serve.driver.endpoint import new_token
        from terminal.serve.driver.native_link import serve_native
        from terminal.testbench.application import bench_application
        from terminal.testbench.bench import TestBench
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing; {MISSING}") from None
    profile = load_profile(order.profile)
    unfinished: list[str] = []
    with until_interrupted(), ExitStack() as stack:
        slots = stack.enter_context(_slots(order))
        page = QueueKeypad() if order.keypad == PAGE else None
        person = _person(order.keypad)
        bench = TestBench(
            slots,
            profile,
            person=person,
            page=page,
            hsm=_centre(order.centre, order.region, stack),
        )
        stack.callback(lambda: unfinished.extend(bench.transcript.under_way()))
        listening = running.listen(order.host, order.port)
        stack.callback(listening.close)
        url, token = running.address_of(listening), new_token()
        native = stack.enter_context(
            serve_native(
                bench.driver,
                bench.library,
                order.endpoint,
                tcp=order.tcp,
                encoding=profile.text,
                token=token,
                also=[url],
            )
        )
        if not running.is_loopback(listening.getsockname()[0]):
            say(
                f"注意 Warning: {order.host} can be reached from other machines, and anybody may read the cards",
                err=True,
            )
        app = bench_application(bench, token, order.allowed, [order.host])
        running.serve(
            app,
            listening,
            _announce(order, url, native.file, as_json),
            _letting_go(page or person),
            lambda requests: unfinished.extend(bench.transcript.under_way() or requests),
        )
    say_unfinished(dict.fromkeys(unfinished))
    say("the driver has ended; the cards are saved", err=True)
    return ExitCode.DONE


def _slots(order: DriverOrder) -> Slots:
    """The slots with what was named for them: readers stay, images and fresh cards go in."""
    named = {place: said for place, said in order.cards.items() if said != NONE}
    readers = {place: said for place, said in named.items() if _is_reader(said)}
    slots = Slots(readers, order.device_number)
    try:
        for place, said in named.items():
            if place not in readers:
                image = said.removeprefix(f"{VIRTUAL}:")
                slots.insert(place, CardOrder(kind="psam") if said == NEW else CardOrder(image=image))
    except BaseException:
        slots.__exit__()
        raise
    return slots


def _is_reader(said: str) -> bool:
    scheme, colon, _ = said.partition(":")
    return bool(colon) and scheme in SCHEMES and scheme != VIRTUAL


def _letting_go(keypad: QueueKeypad | ConsoleKeypad | None) -> Callable[[], None]:
    """What ends an entry that somebody is waited for."""
    return (lambda: None) if keypad is None else keypad.end


def _person(keypad: str) -> ConsoleKeypad | None:
    if keypad != CONSOLE:
        return None
    if not sys.stdin.isatty():
        raise click.ClickException(
            "--keypad console needs a terminal; take page, or none and `ssc slot keypad`"
        )
    return ConsoleKeypad()


def _centre(where: str | None, region: str, stack: ExitStack) -> BackOffice | None:
    """The centre that the joined steps talk to: a file, a database or a service."""
    profile = region_profile(region)
    if where is None:
        return None
    office = open_office(where, profile, lambda: datetime.now(UTC))
    stack.callback(office.close)
    return office


def _announce(order: DriverOrder, url: str, file: Path, as_json: bool) -> Callable[[], None]:
    def announce() -> None:
        if as_json:
            say(json_line("driver", {"url": url, "endpoint": str(file), "profile": order.profile}))
            return
        say(f"读写器接口 The driver is at {url} (WebSocket and POST); Ctrl-C ends it")
        say(f"动态库 Native libraries find it by {file}")
        if order.keypad == PAGE:
            say("密码键盘 The keypad is a page; `ssc slot keypad --page` shows its address")

    return announce
