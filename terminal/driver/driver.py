"""The functions of the reader-driver interface by name (社会保障卡读写终端接口), on any reader of the transport seam.

A function without steps powers the card and powers it off before it returns. A step leaves the card powered and its
flow suspended; the matching next step goes on with it, everything else ends it (reader specification, state rules).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from terminal.backoffice.ports import BackOffice, BackOfficeError
from terminal.driver.arguments import checked, named
from terminal.driver.codes import CallError, ReturnCode, refuse
from terminal.driver.debit_numbers import DebitNumbers
from terminal.driver.events import CallAnswered, CallBegun, Listener, StepsDropped
from terminal.driver.failures import call_error
from terminal.driver.functions import BY_NAME, Function
from terminal.driver.operations import Stage
from terminal.driver.ports import Answer, Argument, Device, Keypad
from terminal.driver.powered import SLOT_ORDER, PoweredCards
from terminal.driver.preparation import Setting
from terminal.driver.presence import somebody_waits
from terminal.driver.profile import Profile
from terminal.driver.running import Running
from terminal.driver.steps import HandOver
from terminal.driver.steps_pending import Steps
from terminal.procedures.hsm import HsmAnswerError
from terminal.session import CentreAnswered

IDLE_LIMIT_S = 120.0
NOT_BEGUN = (
    "轮到时调用方已离开或服务正在结束，未执行",
    "its turn came when the caller had gone or the service was ending; nothing was done",
)


def _local_time() -> datetime:
    return datetime.now(UTC).astimezone()


class SSCardDriver:
    """Implements `ports.Driver` over the slots of one device.

    `now` is the terminal's clock; `clock` counts the seconds of `idle_limit_s`, after which a step that nobody goes
    on with is ended and its card powered off. `hsm` answers messages 01 to 04 for the joined steps, which answer -13
    without it. `listener` is told every event and must not call the driver.
    """

    def __init__(
        self,
        device: Device,
        keypad: Keypad,
        profile: Profile,
        *,
        random: Callable[[int], bytes] = os.urandom,
        now: Callable[[], datetime] = _local_time,
        hsm: BackOffice | None = None,
        listener: Listener | None = None,
        idle_limit_s: float = IDLE_LIMIT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._keypad = keypad
        self._profile = profile
        self._random = random
        self._now = now
        self._hsm = hsm
        self._listen: Listener = listener or (lambda event: None)
        self._idle_limit_s = idle_limit_s
        self._clock = clock
        self._setting = Setting(profile, device.number, DebitNumbers(now).next)
        self._lock = threading.RLock()
        self._steps: Steps | None = None
        self._expired = False

    def call(self, name: str, arguments: Sequence[Argument], caller: object = None) -> Answer:
        """Call a function with its input arguments in order; one call at a time, whoever calls.

        A call whose turn comes when its caller has gone (`terminal.driver.presence`) is not begun.
        Never raises for what a caller, a card or a reader can do wrong. What a test did wrong (AssertionError, a
        keypad script that is exhausted) and Ctrl-C come through, the card powered off.
        """
        with self._lock:
            self._listen(CallBegun(name, tuple(arguments)))
            try:
                answer = Answer(ReturnCode.OK, self._call(name, arguments, caller))
            except AssertionError:
                raise
            except Exception as error:
                failed = call_error(error, self._profile)
                answer = Answer(failed.code, failed.text)
            self._listen(CallAnswered(name, answer))
            return answer

    def hang_up(self, caller: object) -> None:
        """End what this caller has pending and power its card off; waits for a call that is under way."""
        with self._lock:
            if self._steps is not None and self._steps.caller == caller:
                self._drop(self._steps, "the caller is gone")

    def close_idle(self) -> bool:
        """End a step that nobody went on with in time; whether there was one. A timer calls this by itself."""
        with self._lock:
            steps = self._steps
            if steps is None or self._clock() - steps.since < self._idle_limit_s:
                return False
            self._drop(steps, f"no next step within {self._idle_limit_s:g} s")
            self._expired = True
            return True

    @property
    def lock(self) -> AbstractContextManager[object]:
        """What keeps calls one at a time; whoever else uses the device holds it meanwhile."""
        return self._lock

    @property
    def pending(self) -> str | None:
        """The function whose next step is waited for, its card powered; None between calls."""
        steps = self._steps
        return None if steps is None else steps.function

    def _call(self, name: str, arguments: Sequence[Argument], caller: object) -> str:
        if not somebody_waits():
            raise refuse(ReturnCode.CONNECTION, *NOT_BEGUN)
        self.close_idle()
        expired, self._expired = self._expired, False
        waiting, self._steps = self._steps, None
        try:
            function = named(name, self._profile)
            stage = Stage.of(function.name)
            values = checked(function, arguments)
            self._admit(stage, waiting, caller, name, expired)
        except BaseException:
            self._drop(waiting, f"{name} was called instead of the next step")
            raise
        if waiting is None or stage.opens:
            self._drop(waiting, f"{name} was called instead of the next step")
            return self._open(function, stage, values, caller)
        return self._go_on(waiting, stage, values)

    def _admit(self, stage: Stage, waiting: Steps | None, caller: object, name: str, expired: bool) -> None:
        """Raise CallError for a joined function without key machine (-13) and for a step out of turn (-14, -12)."""
        if stage.joined and self._hsm is None:
            raise refuse(ReturnCode.UNSUPPORTED, "未配置加密机", "no key machine is set up for joined steps")
        if not stage.opens and (waiting is None or not waiting.expects(stage, caller)):
            raise _out_of_turn(name, expired)

    def _open(self, function: Function, stage: Stage, values: tuple[Argument, ...], caller: object) -> str:
        """Begin a flow; a joined function has arguments for its second step behind those of the first."""
        order, *given = values
        first = BY_NAME[f"{stage.stem}_HSM_Step1"] if stage.joined else function
        count = len(first.parameters) - 1
        cards = PoweredCards(self._device, SLOT_ORDER[int(order)], self._listen)
        flow = stage.opening(self._setting, *given[:count])
        running = Running(flow, cards, self._keypad, self._random, self._now, self._listen)
        steps = Steps(running, stage.stem, function.name, caller)
        try:
            return self._advance(steps, stage, None, tuple(given[count:]))
        finally:
            self._close_unless_kept(steps)

    def _go_on(self, steps: Steps, stage: Stage, values: tuple[Argument, ...]) -> str:
        steps.wake()
        try:
            given = (self._ask(steps), *values) if stage.joined else values
            return self._advance(steps, stage, given, ())
        finally:
            self._close_unless_kept(steps)

    def _advance(
        self, steps: Steps, stage: Stage, given: tuple[Argument, ...] | None, later: tuple[Argument, ...]
    ) -> str:
        """To the function's output; where it is a step before the last one, the steps stay pending."""
        outcome = steps.running.advance(given)
        while isinstance(outcome, HandOver):
            steps.done += 1
            steps.handed_over = outcome
            if steps.done >= stage.last:
                self._keep(steps)
                return outcome.text
            outcome = steps.running.advance((self._ask(steps), *later))
        return outcome

    def _close_unless_kept(self, steps: Steps) -> None:
        if self._steps is not steps:
            steps.close()

    def _keep(self, steps: Steps) -> None:
        steps.since = self._clock()
        steps.timer = threading.Timer(self._idle_limit_s, self.close_idle)
        steps.timer.daemon = True
        steps.timer.start()
        self._steps = steps

    def _drop(self, steps: Steps | None, reason: str) -> None:
        if steps is None:
            return
        self._steps = None
        steps.close()
        self._listen(StepsDropped(steps.function, reason))

    def _ask(self, steps: Steps) -> str:
        """The key machine's answer to what a step handed over, as the next step takes it."""
        assert self._hsm is not None
        assert steps.handed_over is not None
        message = steps.handed_over.message
        try:
            answer = self._hsm.call(message)
        except BackOfficeError as error:
            self._listen(CentreAnswered(message, error))
            raise
        self._listen(CentreAnswered(message, answer))
        if not isinstance(answer, str):
            raise HsmAnswerError("the key machine's answer is no text")
        return steps.handed_over.key(answer)


def _out_of_turn(name: str, expired: bool) -> CallError:
    if expired:
        return refuse(
            ReturnCode.NOT_CONNECTED,
            "等待超时，卡已下电",
            "the step waited too long and the card was powered off",
        )
    return refuse(
        ReturnCode.PARAMETER, f"{name}调用次序错", f"{name} is not the next step; begin with step 1"
    )
