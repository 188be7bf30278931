"""The bench put together: slots, driver, reader library, injections, keypad and transcript over one device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from terminal.backoffice.ports import BackOffice
from terminal.driver.codes import meaning_of
from terminal.driver.driver import SSCardDriver
from terminal.driver.keypad import QueueKeypad
from terminal.driver.lower import ReaderLibrary
from terminal.driver.ports import Keypad
from terminal.driver.profile import Profile
from terminal.testbench.injections import InjectingDriver, Injection, Injections
from terminal.testbench.keypad import BenchKeypad
from terminal.testbench.library import BenchLibrary
from terminal.testbench.orders import CardOrder, InjectionOrder, KeypadOrder, OrderError
from terminal.testbench.slots import Place, Slots, SlotView
from terminal.testbench.transcript import Transcript
from terminal.text import Text
from virtual_card.card import VirtualCard
from virtual_card.faults import FaultPlan


@dataclass(frozen=True, slots=True)
class KeypadView:
    """How the keypad stands: entries prepared, what it shows now ("" for nothing), entries nobody had prepared.

    `always`: whether one entry is prepared for all prompts after those.
    """

    prepared: int
    always: bool
    prompt: str
    prompt_zh: str
    unprepared: int


class TestBench:
    """What programs call (`driver`, `library`) and what moves around them, by code, over HTTP or from the command line.

    `page`: the keypad that is answered while it asks, None where the console or nobody is at it. `hsm`: the centre
    that the joined steps talk to. Every change is noted in the transcript.
    """

    __test__ = False

    def __init__(
        self,
        slots: Slots,
        profile: Profile,
        *,
        person: Keypad | None = None,
        page: QueueKeypad | None = None,
        hsm: BackOffice | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone(),
    ) -> None:
        self.slots = slots
        self.profile = profile
        self.keypad = BenchKeypad(person or page)
        self.page = page
        self.injections = Injections()
        self.transcript = Transcript(now)
        self._driver = SSCardDriver(
            slots.device, self.keypad, profile, now=now, hsm=hsm, listener=self.transcript
        )
        self.driver = InjectingDriver(self._driver, self.injections, meaning_of, self.transcript.injected)
        library = ReaderLibrary(slots.device, self._driver.lock, lambda: self._driver.pending is not None)
        self.library = BenchLibrary(library, self.injections, self.transcript)

    def insert(self, place: Place, order: CardOrder) -> SlotView:
        """Put a card in, in place of the one that is there; raises OrderError."""
        return self._inserted(self.slots.insert(place, order))

    def put(self, place: Place, card: VirtualCard, plan: FaultPlan | None = None) -> SlotView:
        """Put a card in that a program holds already; raises OrderError."""
        return self._inserted(self.slots.put(place, card, plan))

    def _inserted(self, view: SlotView) -> SlotView:
        self._note(f"{view.source} put into the {view.place.text.en}", f"插入{view.place.text.zh}")
        return view

    def remove(self, place: Place) -> SlotView:
        """Pull the card; raises OrderError."""
        view = self.slots.remove(place)
        self._note(f"the card was pulled from the {place.text.en}", f"从{place.text.zh}拔出")
        return view

    def inject(self, order: InjectionOrder) -> list[Injection]:
        """Switch an injection on; raises OrderError."""
        self.injections.add(order)
        self._note(
            f"{order.function} will answer {order.code} at call {order.nth} from now",
            f"{order.function}第{order.nth}次调用将返回{order.code}",
        )
        return self.injections.look()

    def clear_injections(self) -> list[Injection]:
        """Switch all injections off."""
        self.injections.clear()
        return []

    def look_at_keypad(self) -> KeypadView:
        """How the keypad stands."""
        prompt = None if self.page is None else self.page.prompt
        text = Text("", "") if prompt is None else prompt.value
        keypad = self.keypad
        return KeypadView(keypad.prepared, keypad.always, text.en, text.zh, keypad.unprepared)

    def tell_keypad(self, order: KeypadOrder) -> KeypadView:
        """Prepare entries."""
        self.keypad.tell(order.entries, order.always)
        return self.look_at_keypad()

    def press(self, order: KeypadOrder) -> KeypadView:
        """Press keys for what the keypad asks now; raises OrderError where it asks nothing."""
        if len(order.entries) != 1:
            raise OrderError("entries: one entry is pressed at a time")
        if self.page is None or not self.page.answer(order.entries[0]):
            raise OrderError("the keypad asks for nothing now")
        return self.look_at_keypad()

    def _note(self, en: str, zh: str) -> None:
        self.transcript.note(Text(en, zh))
