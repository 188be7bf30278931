"""The holder changes the card's PIN (R40): the old one proves who it is, the new one is typed twice."""

from __future__ import annotations

from collections.abc import Callable

from terminal.backoffice.card_ports import Authorise
from terminal.backoffice.channel_ports import Papers, Service
from terminal.exit_codes import ExitCode
from terminal.flow import texts
from terminal.flow.channel import Errand, Finished, done, ended, for_its_holder
from terminal.flow.outcomes import Outcome
from terminal.flow.steps import Confirm, EnterPin, Flow, Show, on
from terminal.flow.visit import Visit
from terminal.procedures.files import select_directory
from terminal.procedures.pin import query_tries, set_pin, verify_pin
from terminal.text import Pin, Text

ATTEMPTS = 3
"""How often a new PIN is asked for that is not accepted."""

ENTER_PRESENT = Text("Enter the card's present PIN.", "请输入社会保障卡原密码。")
ENTER_NEW = Text("Enter the new PIN.", "请输入新密码。")
REPEAT_NEW = Text("Enter the new PIN again.", "请再次输入新密码。")
DIFFERENT = Text("The two new PINs differ.", "两次输入的新密码不一致。")
INITIAL = Text("The initial PIN cannot be the new one.", "新密码不能与初始密码相同。")
SAME = Text("The new PIN is the present one.", "新密码与原密码相同。")
CHANGED = Text("The PIN is changed.", "密码修改成功。")
NO_NEW_PIN = "no-new-pin"
"""How a visit ends in which no new PIN was accepted; the card keeps the one it has."""


def change_pin(papers: Papers) -> Errand:
    """Let the holder change the PIN; the place's authorisation is asked first. The last try is not spent silently."""

    @for_its_holder
    def errand(visit: Visit) -> Flow[Finished]:
        yield Authorise(visit.place, visit.social.number, visit.social.card_id, Service.PIN_CHANGE, papers)
        yield from on(visit.role, select_directory(visit.layout["SSSE"]))
        old = yield from _proven(visit)
        if isinstance(old, Finished):
            return old
        new = yield from _chosen(visit, old)
        if isinstance(new, Finished):
            return new
        yield from on(visit.role, set_pin(old, new))
        return done("pin-changed", CHANGED)

    return errand


def _proven(visit: Visit) -> Flow[Pin | Finished]:
    """The present PIN, which the card has found right; else how the visit ends."""
    left = yield from on(visit.role, query_tries(visit.settings.pin_limit))
    while left:
        if left == 1 and not (yield Confirm(texts.LAST_TRY)):
            return ended(Outcome.LAST_TRY_DECLINED)
        pin: Pin = yield EnterPin(ENTER_PRESENT, left)
        after = yield from on(visit.role, verify_pin(pin))
        if after is None:
            return pin
        left = after
        if left:
            yield Show(texts.wrong_pin(left))
    return ended(Outcome.CARD_PIN_BLOCKED)


def _chosen(visit: Visit, old: Pin) -> Flow[Pin | Finished]:
    """The new PIN, typed twice alike; else how the visit ends."""
    why = DIFFERENT
    for _ in range(ATTEMPTS):
        new: Pin = yield EnterPin(ENTER_NEW)
        unfit = next((text for text, applies in UNFIT if applies(visit, old, new)), None)
        if unfit is None:
            again: Pin = yield EnterPin(REPEAT_NEW)
            if again == new:
                return new
        why = unfit or DIFFERENT
        yield Show(why)
    return Finished(NO_NEW_PIN, ExitCode.REFUSED_BY_TERMINAL, why)


UNFIT: tuple[tuple[Text, Callable[[Visit, Pin, Pin], bool]], ...] = (
    (SAME, lambda visit, old, new: new == old),
    (
        INITIAL,
        lambda visit, old, new: visit.settings.initial_pin_refused and new == visit.settings.initial_pin,
    ),
)
"""What is told of a new PIN that cannot be taken, and when."""
