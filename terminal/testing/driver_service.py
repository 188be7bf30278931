"""The reader-driver interface as a service of one test: a bench, its sockets, and what a test tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from terminal.backoffice.ports import BackOffice
from terminal.driver.ports import Answer, Argument
from terminal.driver.profile import ProfileError, load_profile
from terminal.serve.driver.endpoint import VARIABLE, new_token
from terminal.serve.driver.gate import OriginGate
from terminal.serve.driver.native_link import serve_native
from terminal.serve.running import in_thread
from terminal.testbench.application import bench_application
from terminal.testbench.bench import TestBench
from terminal.testbench.orders import CardOrder, InjectionOrder, KeypadOrder, PsamSpec
from terminal.testbench.slots import Place, Slots
from terminal.testbench.transcript import Call
from terminal.testbench.transcript_forms import as_json, as_page, as_text
from terminal.testing.bench import Bench
from virtual_card.card import VirtualCard
from virtual_card.faults import FaultPlan

FORMS = {"text": as_text, "json": as_json, "page": as_page}


class DriverService:
    """What a test sees: where programs find the driver, and what happens at its slots and keypad.

    `url` takes POSTs, `websocket` frames; `environment` is what a process needs whose native library is to find it.
    A PSAM with national keys is in its slot from the beginning.
    """

    def __init__(self, bench: TestBench, gate: OriginGate, url: str, endpoint: Path) -> None:
        self.url = url
        self.websocket = f"ws{url.removeprefix('http')}/"
        self.environment: Mapping[str, str] = {VARIABLE: str(endpoint)}
        self._bench = bench
        self._gate = gate

    def allow_origin(self, origin: str) -> None:
        """Let the pages of one more origin in, such as `http://127.0.0.1:8080`; a test page has to be named."""
        self._gate.allow(origin)

    def insert(
        self, card: VirtualCard, slot: str = "contact", faults: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        """Put a card into `contact`, `contactless` or `sam`; the one that is there comes out first."""
        self._bench.put(Place(slot), card, FaultPlan.from_data(faults))

    def remove(self, slot: str = "contact") -> None:
        """Pull the card, in whatever it is doing."""
        self._bench.remove(Place(slot))

    def psam(self, **said: Any) -> None:
        """A fresh PSAM: `level`, `without`, `environments`, `refuses_purchase`, `terminal_number`."""
        self._bench.insert(Place.SAM, CardOrder(kind="psam", psam=PsamSpec(**said)))

    def psam_off(self) -> None:
        """No PSAM."""
        self.remove("sam")

    def keypad(self, *entries: str, always: str | None = None) -> None:
        """Prepare the keypad: digits, CANCEL or TIMEOUT, one for each prompt; they replace what was prepared."""
        self._bench.tell_keypad(KeypadOrder(entries=entries, always=always))

    def inject(self, function: str, code: int, *, nth: int = 1, times: int = 1, text: str = "") -> None:
        """Let a function answer a code at its nth call from now; raises OrderError."""
        self._bench.inject(InjectionOrder(function=function, code=code, nth=nth, times=times, text=text))

    def call(self, function: str, *arguments: Argument) -> Answer:
        """Call a function in this process, as a program would."""
        return self._bench.driver.call(function, arguments, "test")

    @property
    def calls(self) -> list[Call]:
        """Every call so far, whoever made it."""
        return [record for record in self._bench.transcript if isinstance(record, Call)]

    def transcript(self, form: str = "text") -> str:
        """All that happened, masked: `text`, `json` or `page`."""
        return "".join(f"{line}\n" for line in FORMS[form](self._bench.transcript))

    def leftovers(self) -> Iterator[str]:
        """What a strict test must not overlook."""
        if missed := self._bench.keypad.unprepared:
            yield f"the keypad was asked for {missed} entries that nobody had prepared"
        if left := self._bench.keypad.prepared:
            yield f"{left} entries of the keypad were never asked for"
        for one in self._bench.injections.look():
            if not one.spent:
                yield f"the injection of {one.order.code} into {one.order.function} never struck"


@contextmanager
def driver_service(bench: Bench, office: BackOffice, directory: Path) -> Iterator[DriverService]:
    """The service, until the block ends. Raises ValueError for a driver profile that there is not."""
    try:
        profile = load_profile(bench.options.driver)
    except ProfileError as error:
        raise ValueError(f"driver: {error}") from None
    with ExitStack() as stack:
        slots = stack.enter_context(Slots())
        made = TestBench(slots, profile, hsm=office, now=bench.now)
        token = new_token()
        application = bench_application(made, token)
        url = stack.enter_context(in_thread(application))
        native = stack.enter_context(
            serve_native(
                made.driver,
                made.library,
                directory / "endpoint",
                tcp=True,
                encoding=profile.text,
                token=token,
                also=[url],
            )
        )
        service = DriverService(made, application, url, native.file)
        service.psam()
        bench.strictness.watch(service.leftovers)
        yield service
