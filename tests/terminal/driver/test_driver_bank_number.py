"""iReadICCardNum: the bank's card number of the same chip, and what a transcript shows of it."""

from __future__ import annotations

import pytest

from terminal.driver.driver import SSCardDriver
from terminal.driver.functions import BY_NAME
from terminal.driver.keypad import ScriptedKeypad
from terminal.driver.masking import masked_answer
from terminal.driver.ports import Device
from terminal.driver.profile import STRICT, load_profile
from terminal.transport.virtual import VirtualReader
from virtual_card.applications.pboc.options import Activation
from virtual_card.card import VirtualCard
from virtual_card.issuer import SocialOptions, issue
from virtual_card.slot import Slot


def driver(card: VirtualCard) -> SSCardDriver:
    slot = Slot("card")
    slot.insert(card)
    return SSCardDriver(Device(VirtualReader(slot), None, None), ScriptedKeypad(), load_profile("lenient"))


@pytest.mark.parametrize("name", ["iReadICCardNum", "iReadBankNumber"])
@pytest.mark.parametrize("activation", [Activation.ACTIVE, Activation.HOST_INACTIVE])
def test_it_is_the_number_that_the_bank_s_application_has(name: str, activation: Activation) -> None:
    card = issue("ssc-3.0", 7, social=SocialOptions(activation=activation))
    answer = driver(card).call(name, (3,))
    assert answer.code == 0 and len(answer.text) in (16, 19) and answer.text.isdigit()
    shown = masked_answer(BY_NAME[name], answer)
    assert set(shown) == {"*"}
    assert answer.text not in repr(answer)


def test_a_card_without_the_bank_s_application_says_so() -> None:
    answer = driver(issue("psam", 1)).call("iReadICCardNum", (3,))
    assert (answer.code, bool(answer.text)) == (-27266, True)


def test_the_text_has_no_such_function() -> None:
    slot = Slot("card")
    slot.insert(issue("ssc-3.0", 7))
    strict = SSCardDriver(Device(VirtualReader(slot), None, None), ScriptedKeypad(), STRICT)
    assert strict.call("iReadICCardNum", (3,)).code == -13
