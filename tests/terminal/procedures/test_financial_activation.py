"""Activation at the bank's outlet, every profile of the chip, both algorithm sets."""

from __future__ import annotations

import pytest
from outlet import SEED, Outlet, values

from apdu.command import Command
from apdu.explain import Explainer
from apdu.pboc import Cryptogram
from apdu.response import Response
from terminal.backoffice.bank import AccountState, BankHost
from terminal.backoffice.bank_ports import OnlineAnswer, OnlineRequest, Purpose, Script
from terminal.errors import CardBlockedError, CardRefusedError
from terminal.procedures.financial import first_cryptogram, select_debit
from terminal.procedures.financial_activation import Activated
from terminal.procedures.financial_scripts import ScriptResult, run_scripts
from virtual_card.applications.pboc.contents import BankBehaviour
from virtual_card.card import ProcessorCard
from virtual_card.persona import Persona


@pytest.mark.parametrize("sm", [False, True])
@pytest.mark.parametrize("profile", ["host-inactive", "chip-blocked", "pin-locked", "active"])
@pytest.mark.parametrize("tagged", [False, True])
def test_every_profile_is_activated(profile: str, sm: bool, tagged: bool) -> None:
    outlet = Outlet(profile, behaviour=BankBehaviour(tagged=tagged))
    assert outlet.activate(sm=sm).outcome is Activated.DONE
    assert outlet.account.state is AccountState.ACTIVE
    assert outlet.run(select_debit()).blocked is False


@pytest.mark.parametrize("warning_first", [False, True])
def test_blocked_chip_is_released_by_one_script_however_it_says_6283(warning_first: bool) -> None:
    outlet = Outlet("chip-blocked", behaviour=BankBehaviour(warning_first=warning_first))
    with pytest.raises(CardRefusedError, match="6283"):
        outlet.run(select_debit())
    (result,) = outlet.activate().scripts
    assert (result.done, result.refused) == (1, None)
    assert result.encode()[:1] == b"\x20"


def test_locked_pin_is_replaced_by_the_holders() -> None:
    outlet = Outlet("pin-locked")
    outlet.activate(new_pin="864209")
    assert outlet.send(bytes.fromhex("0020008008" + "26864209FFFFFFFF")) == b"\x90\0"


def test_locked_pin_gets_its_tries_back_where_none_was_chosen() -> None:
    outlet = Outlet("pin-locked", offline_pin="1357")
    outlet.activate()
    assert outlet.send(bytes.fromhex("0020008008" + "241357FFFFFFFFFF")) == b"\x90\0"


def test_first_proven_transaction_is_what_the_chip_remembers() -> None:
    outlet = Outlet()
    outlet.activate()
    assert outlet.send(bytes.fromhex("80CA9F1305")) == bytes.fromhex("9F13020001") + b"\x90\0"


def test_card_without_financial_application_is_refused() -> None:
    with pytest.raises(CardRefusedError, match="6A82"):
        Outlet("none").activate()


def test_blocked_card_is_the_end() -> None:
    outlet = Outlet()
    assert isinstance(outlet.card, ProcessorCard)
    outlet.card.flags[0] = 1
    outlet.card.power_on()
    with pytest.raises(CardBlockedError):
        outlet.activate()


def ask(outlet: Outlet, purpose: Purpose = Purpose.TRANSACTION, **changes: object) -> OnlineAnswer:
    """A shop's online request."""
    application = outlet.read()
    first = outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    facts: dict[str, object] = {
        "number": application.number,
        "sequence": application.sequence,
        "kind": first.kind,
        "counter": first.counter,
        "cryptogram": first.cryptogram,
        "issuer_data": first.issuer_data,
        "profile": application.profile,
        "terminal": values(),
        "purpose": purpose,
    }
    return outlet.host.authorise(OnlineRequest(**(facts | changes)))  # type: ignore[arg-type]


def test_sleeping_account_declines_without_script_or_proof() -> None:
    outlet = Outlet()
    assert ask(outlet) == OnlineAnswer(b"62")
    outlet.activate()
    assert ask(outlet).approved


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cryptogram": bytes(8)}, b"05"),
        ({"terminal": {}}, b"05"),
        ({"issuer_data": b""}, b"05"),
        ({"issuer_data": bytes.fromhex("07010103A0000009")}, b"05"),
        ({"number": "6212345612345678905"}, b"14"),
    ],
)
def test_forged_requests_are_declined(changes: dict[str, object], code: bytes) -> None:
    outlet = Outlet("active")
    assert ask(outlet, **changes).code == code


def test_the_same_counter_is_heard_once() -> None:
    outlet = Outlet("active")
    assert ask(outlet).approved
    outlet.account.counter += 1
    assert ask(outlet).code == b"05"


def test_closed_account_stays_closed() -> None:
    outlet = Outlet()
    outlet.account.state = AccountState.CLOSED
    assert outlet.activate().outcome is Activated.DECLINED
    assert outlet.account.state is AccountState.CLOSED


def test_bank_that_does_not_know_the_card_declines() -> None:
    outlet = Outlet()
    outlet.host = BankHost({})
    result = outlet.activate()
    assert (result.outcome, result.code) == (Activated.DECLINED, b"14")


def test_script_the_chip_refuses_is_reported() -> None:
    class Forger(BankHost):
        def authorise(self, request: OnlineRequest) -> OnlineAnswer:
            answer = super().authorise(request)
            bad = Script(b"\0\0\0\1", (bytes.fromhex("8418000004AABBCCDD"),))
            return OnlineAnswer(answer.code, answer.proof, before=(bad,))

    outlet = Outlet("chip-blocked")
    outlet.host = Forger({outlet.number: outlet.account})
    result = outlet.activate()
    assert result.outcome is Activated.REFUSED
    assert result.scripts == (
        ScriptResult(Script(b"\0\0\0\1", result.scripts[0].script.commands), 0, 0x6988),
    )
    assert result.scripts[0].encode() == bytes.fromhex("1100000001")


def test_scripts_go_on_after_a_warning_and_stop_at_an_error() -> None:
    words = iter((b"\x63\xc2", b"\x62\x00", b"\x6d\x00", b"\x90\x00"))
    outlet = Outlet()
    outlet.send = lambda raw: next(words)
    command = bytes.fromhex("8418000004AABBCCDD")
    scripts = (Script(b"\0\0\0\1", (command,) * 3), Script(b"\0\0\0\2", (command,)))
    first, second = outlet.run(run_scripts(scripts))
    assert (first.done, first.refused) == (2, 0x6D00)
    assert first.encode() == bytes.fromhex("1300000001")
    assert (second.done, second.refused) == (1, None)


def test_nothing_of_the_holder_shows_in_reprs() -> None:
    outlet = Outlet()
    application = outlet.read()
    assert outlet.number not in repr(application) and outlet.number[-4:] in repr(application)


def test_nothing_of_the_holder_shows_in_what_a_trace_tells() -> None:
    outlet = Outlet("pin-locked")
    explainer = Explainer("ssc-3.0")
    told: list[str] = []

    def listen(raw: bytes) -> bytes:
        answer = outlet.card.transmit(raw)
        told.append(str(explainer.explain(Command.parse(raw), Response.parse(answer))))
        return answer

    outlet.send = listen
    outlet.activate(new_pin="864209")
    persona = Persona.from_seed(SEED)
    everything = "".join(told).upper()
    for secret in (outlet.number, persona.id_number, persona.id_number.encode().hex().upper(), "864209"):
        assert secret not in everything
    assert "PIN CHANGE/UNBLOCK" in everything and "PIN TRY LIMIT EXCEEDED" in everything
