"""Whatever is called in whatever order, while cards come and go: no exception, no forgotten power, no empty error."""

from __future__ import annotations

from itertools import cycle

from driver_bench import DEVICE, OTHER_PIN, PIN, WRONG_PIN, Centre, Clock, card_of
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from terminal.driver.driver import SSCardDriver
from terminal.driver.functions import BY_NAME, CARD_INFO, FILE_ADDRESS, FUNCTIONS, PAY_INFO, TYPE, WRITE_DATA
from terminal.driver.keypad import Entry, entered
from terminal.driver.ports import Argument, Device, Prompt
from terminal.driver.profile import load_profile
from terminal.text import Pin
from terminal.transport.virtual import VirtualReader
from virtual_card.issuer import issue
from virtual_card.slot import Slot

IDLE_LIMIT_S = 120.0
ENTRIES: tuple[Entry, ...] = (PIN, OTHER_PIN, OTHER_PIN, "CANCEL", PIN, "TIMEOUT", "12", WRONG_PIN, PIN)
INFO = "990100D15600000500000001FFFFFFFF|A00000011|"
LIKELY = {
    TYPE.name: st.sampled_from([1, 2, 3, 3, 4]),
    "iAuthType": st.sampled_from([1, 2]),
    CARD_INFO.name: st.just(INFO),
    FILE_ADDRESS.name: st.sampled_from(["SSSEEF05|07|$", "DF04EF05|84|$", "DF04EF06|90|$", "DF04EF08|$"]),
    WRITE_DATA.name: st.sampled_from(["DF04EF05|990100|$", "DF04EF06|1|$"]),
    PAY_INFO.name: st.just("1.00|0.50|20250102103000|"),
    "pPIN": st.sampled_from([PIN, "1"]),
    "pKey": st.sampled_from(["00" * 16, "8424000004DEADBEEF", "", "x|y|"]),
}
ANYTHING = st.one_of(st.integers(-1, 9), st.text("|$^:0123ABCDEF卡", max_size=40))
NAMES = st.sampled_from([*BY_NAME, "iNoSuchFunction"])
CALLERS = st.sampled_from([None, "first", "second"])


class EveryKeypad:
    """Goes through all that a holder may do, again and again."""

    def __init__(self) -> None:
        self._entries = cycle(ENTRIES)

    def enter(self, prompt: Prompt) -> Pin:
        return entered(next(self._entries))


class DriverMachine(RuleBasedStateMachine):
    """One driver, three slots, two callers."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = [card_of("2.0"), card_of("3.0", social={"contactless": True}), issue("sle4442", 1)]
        self.slots = [Slot("contact"), Slot("contactless"), Slot("sam")]
        self.slots[0].insert(self.cards[0])
        self.slots[2].insert(issue("psam", 1))
        self.clock = Clock()
        self.centre = Centre(self.cards[0])
        self.driver = SSCardDriver(
            Device(*map(VirtualReader, self.slots), DEVICE),
            EveryKeypad(),
            load_profile(),
            hsm=self.centre.office,
            idle_limit_s=IDLE_LIMIT_S,
            clock=self.clock,
        )
        self.key = ""

    def _call(self, name: str, arguments: list[Argument], caller: object) -> None:
        answer = self.driver.call(name, arguments, caller)
        assert answer.code <= 0
        assert answer.code != -999, answer.text
        assert answer.text or answer.code == 0
        if name.endswith("Bas_HSM_Step1") and answer.code == 0 and "|01|" in answer.text:
            self.key = self.centre.base(answer.text)

    @rule(function=st.sampled_from(FUNCTIONS), caller=CALLERS, data=st.data())
    def call_as_meant(self, function: object, caller: object, data: st.DataObject) -> None:
        parameters = function.parameters  # type: ignore[attr-defined]
        arguments = [data.draw(LIKELY[parameter.name]) for parameter in parameters]
        self._call(function.name, arguments, caller)  # type: ignore[attr-defined]

    @rule(name=NAMES, arguments=st.lists(ANYTHING, max_size=5), caller=CALLERS)
    def call_anyhow(self, name: str, arguments: list[Argument], caller: object) -> None:
        self._call(name, arguments, caller)

    @rule(caller=CALLERS)
    def begin_a_base_read(self, caller: object) -> None:
        self._call("iReadCardBas_HSM_Step1", [3], caller)

    @rule(caller=CALLERS)
    def finish_a_base_read(self, caller: object) -> None:
        self._call("iReadCardBas_HSM_Step2", [self.key], caller)

    @rule(place=st.integers(0, 2))
    def pull(self, place: int) -> None:
        self.slots[place].remove()

    @rule(place=st.integers(0, 1), card=st.integers(0, 2))
    def insert(self, place: int, card: int) -> None:
        if not any(slot.card is self.cards[card] for slot in self.slots) and self.slots[place].card is None:
            self.slots[place].insert(self.cards[card])

    @rule(place=st.integers(0, 2))
    def take_the_power(self, place: int) -> None:
        self.slots[place].power_loss()

    @rule(caller=CALLERS)
    def hang_up(self, caller: object) -> None:
        self.driver.hang_up(caller)

    @rule()
    def let_time_pass(self) -> None:
        self.clock.seconds += IDLE_LIMIT_S
        self.driver.close_idle()

    @invariant()
    def no_card_is_powered_unless_a_step_waits(self) -> None:
        if self.driver.pending is None:
            assert all(slot._connection is None for slot in self.slots)

    def teardown(self) -> None:
        for caller in (None, "first", "second"):
            self.driver.hang_up(caller)


TestDriverMachine = DriverMachine.TestCase
TestDriverMachine.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
