"""pytest fixtures for POS teams: cards, slots, a back office and a terminal. See docs/pos-testing.md.

Every pytest start of whoever has this installed loads this module, so it imports nothing but pytest; the fixtures
import what they need when a test first asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from terminal.testing.back_office import RecordedOffice
    from terminal.testing.bench import Bench
    from terminal.testing.cards import CardFactory, SlotFactory
    from terminal.testing.driver_service import DriverService
    from terminal.testing.pcsc_daemon import PcscDaemon
    from terminal.testing.pharmacy import PharmacyTerminal
    from terminal.testing.scripted_card import ScriptedCardFactory
    from terminal.testing.virtual_readers import VirtualReaders

MARKER = (
    "ssc(strict=True, profile='default', clock='2030-01-08T10:00:00+08:00', readers=2, means='psam', "
    "driver='strict-38'): how the ssc_* fixtures of this test are set up; means is 'psam' or 'hsm', driver a profile"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, so that --strict-markers knows it."""
    config.addinivalue_line("markers", MARKER)


@contextmanager
def _blaming_the_marker() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        pytest.fail(f"@pytest.mark.ssc: {error}", pytrace=False)


@pytest.fixture
def _ssc_bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """What the ssc_* fixtures of one test share: marker options, clock, and the list of what must not happen."""
    from terminal.testing.bench import Bench, Options

    with _blaming_the_marker():
        marks = [(mark.args, mark.kwargs) for mark in request.node.iter_markers("ssc")]
        bench = Bench(Options.from_marks(reversed(marks)))
    failed_before = request.session.testsfailed
    yield bench
    problems = bench.strictness.problems(already_failed=request.session.testsfailed > failed_before)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def ssc_card(_ssc_bench: Bench) -> CardFactory:
    """Make virtual cards: `ssc_card("ssc-3.0", seed=1, state=None, **options)`.

    Kinds: ssc-1.0, ssc-2.0, ssc-3.0, sle4442, sle4428, old-cpu, psam; states of the social security cards: expired,
    pin-blocked. The same seed is the same holder, and the same card byte for byte, its challenges included; options
    are those of `virtual_card.issuer.issue`. Strict: a card that fails inside fails the test, otherwise it answers
    6F00.
    """
    from terminal.testing.cards import CardFactory

    return CardFactory(_ssc_bench.strictness)


@pytest.fixture
def ssc_slot(_ssc_bench: Bench) -> SlotFactory:
    """Make reader slots for your own driver code: `ssc_slot(card=None, faults=(), name="slot")`.

    `slot.insert(card)`, `slot.remove()`, `slot.card_present()`; `connection = slot.connect()` powers the card, then
    `connection.atr`, `.transmit(apdu)`, `.reset()`, `.close()`. Faults are data, such as
    `{"do": "pull-before", "instruction": "CHANGE PIN"}`. Strict: a fault that never struck fails the test.
    """
    from terminal.testing.cards import SlotFactory

    return SlotFactory(_ssc_bench.strictness)


@pytest.fixture
def ssc_scripted_card(_ssc_bench: Bench) -> ScriptedCardFactory:
    """Make cards that answer exactly what they are told: `card = ssc_scripted_card(); card.expect("00A4...", "9000")`.

    Insert one into a slot, or call `card.transmit`. Strict: an APDU that was not expected next, and an expected one
    that never came, fail the test, also where the driver swallowed the error; otherwise it answers 6F00.
    """
    from terminal.testing.scripted_card import ScriptedCardFactory

    return ScriptedCardFactory(_ssc_bench.strictness)


@pytest.fixture
def ssc_virtual_readers() -> Iterator[VirtualReaders]:
    """Virtual readers under pyscard, in this process: unmodified programs run on virtual cards.

    `ssc_virtual_readers.add_reader("Old card", ssc_slot(card))` or `.add_reader("New card", card)` plugs a reader in,
    then `smartcard.System.readers()` lists it before the real ones; `.insert(name, card)`, `.remove(name)`,
    `.remove_reader(name)`. No PC/SC service is needed; pyscard is (`pip install ssc-terminal[pcsc]`).
    """
    from terminal.testing.virtual_readers import virtual_readers

    with virtual_readers() as readers:
        yield readers


@pytest.fixture
def ssc_back_office(_ssc_bench: Bench) -> Iterator[RecordedOffice]:
    """A back office in memory: insurance centre, card management centre and HSM, with the marker's region profile.

    `enrol(card)` makes it known, `status(card)` tells what the centre holds of it, `call(request)` answers as a
    terminal is answered, `calls` are all requests and answers so far. `reachable = False` cuts the line,
    `lose_answer_to(ConfirmActivation)` loses one answer after the centre has acted.
    """
    from terminal.testing.back_office import RecordedOffice

    with _blaming_the_marker():
        office = RecordedOffice.open(_ssc_bench)
    yield office
    office.close()


@pytest.fixture
def ssc_terminal(_ssc_bench: Bench, ssc_back_office: RecordedOffice) -> PharmacyTerminal:
    """A pharmacy's terminal at `ssc_back_office`: `visit = ssc_terminal.dual_insert(old_card, new_card, pin="246810")`.

    That holder does whatever is asked. For one who does not, script the visit first: `expect_insert(card)`,
    `expect_remove()`, `expect_pin("135790")`, `expect_confirm(True)`, `expect_cancel()`, `expect_nobody()`, then
    `dual_insert()`. The visit has `outcome`, `texts`, `receipt`, `exchanges`. `disturb("new", do="pull-after",
    instruction="CHANGE PIN")` spoils the next visit. Strict: a prompt that the script does not answer, steps left
    over and faults that never struck fail the test.
    """
    from terminal.testing.pharmacy import PharmacyTerminal

    return PharmacyTerminal(_ssc_bench, ssc_back_office)


@pytest.fixture(scope="session")
def _ssc_pcsc_link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where PC/SC programs of this process and those it starts find the daemon of each test."""
    from terminal.transport.pcsc.errors import SOCKET_VARIABLE

    link = tmp_path_factory.mktemp("pcsc") / "pcscd.comm"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SOCKET_VARIABLE, str(link))
        yield link


@pytest.fixture
def ssc_pcscd(ssc_slot: SlotFactory, _ssc_pcsc_link: Path) -> Iterator[PcscDaemon]:
    """A PC/SC daemon of the test's own with the readers `old card`, `new card` and `PSAM`, for real PC/SC programs.

    `insert("new card", card, faults=[...])`, `remove("new card")`; `readers` has their full names, `environment` what
    a subprocess needs. A program in this process finds it too, unless it has used PC/SC before the first such test.
    `kill()` and `restart()` are a crash of the daemon. Needs Debian's pcscd and vsmartcard-vpcd.
    """
    from terminal.testing.pcsc_daemon import pcsc_daemon
    from virtual_card.errors import VirtualCardError

    with ExitStack() as stack:
        try:
            readers = stack.enter_context(pcsc_daemon(ssc_slot, _ssc_pcsc_link))
        except VirtualCardError as error:
            pytest.fail(f"ssc_pcscd: {error}", pytrace=False)
        yield readers


@pytest.fixture(scope="session")
def ssc_driver_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with `libSSCardDriver.so` and `libSSSE32.so`, built once in a test run; needs a C compiler."""
    from terminal.driver.native.build import TARGETS, BuildError, build

    try:
        return build(TARGETS["linux"], tmp_path_factory.mktemp("ssc-driver"))[0].parent
    except BuildError as error:
        pytest.fail(f"ssc_driver_library: {error}", pytrace=False)


@pytest.fixture
def ssc_driver(
    _ssc_bench: Bench, ssc_back_office: RecordedOffice, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DriverService]:
    """The reader-driver interface (SSCardDriver) as a service of the test's own, for POS programs in any language.

    `insert(card, "contact", faults=[...])`, `remove()`, `psam(level=3, without=["RKSSSE"])`, `psam_off()`,
    `keypad("123456", "CANCEL")`, `inject("iReadCardBas", -11, nth=2)`, `call("iReadCardBas", 3)`, `calls`,
    `transcript()`. Programs find it by `websocket`, `url`, or `environment` (native libraries, `ssc_driver_library`).
    The joined steps talk to `ssc_back_office`. Strict: an entry at the keypad that nobody prepared, and an injection
    that never struck, fail the test. Needs `ssc-terminal[server]`.
    """
    from terminal.testing.driver_service import driver_service

    with (
        _blaming_the_marker(),
        driver_service(_ssc_bench, ssc_back_office, tmp_path_factory.mktemp("driver")) as service,
    ):
        yield service
