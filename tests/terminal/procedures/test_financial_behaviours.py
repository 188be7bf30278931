"""The 28 behaviours that a bank terminal must be able to meet; `docs/financial.md` lists them by number."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from outlet import NOW, SEED, Outlet, values

from apdu.bank_commands import get_processing_options
from apdu.bank_keys import TEST_CA, TEST_CA_INDEX, TEST_MASTER_KEYS, TEST_SM2_CA, TEST_SM2_CA_INDEX
from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm
from apdu.pboc import (
    CVR_ONLINE_OPEN,
    TVR_DATA_MISSING,
    TVR_DDA_FAILED,
    TVR_EXPIRED,
    TVR_NEW_CARD,
    TVR_NOT_ALLOWED,
    TVR_NOT_AUTHENTICATED,
    TVR_NOT_YET,
    TVR_SDA_FAILED,
    Bit,
    Cryptogram,
    IssuerData,
)
from apdu.pboc import first_cryptogram as first_of
from terminal.backoffice.bank import BankHost, ScriptPlan
from terminal.backoffice.bank_ports import OnlineAnswer, OnlineRequest, Script
from terminal.errors import CardBlockedError, CardRefusedError, UnexpectedAnswerError
from terminal.procedures.financial import first_cryptogram, second_cryptogram, select_debit
from terminal.procedures.financial_activation import Activated
from terminal.procedures.financial_authentication import Authority, authenticate_offline
from terminal.procedures.financial_checks import new_card, restrictions, verification_results
from terminal.procedures.financial_scripts import ROOM, room_after, run_scripts, script_flags
from virtual_card.applications.pboc.contents import BankBehaviour, BankContents, Blocked
from virtual_card.applications.pboc.flaws import Flaw
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.errors import CardMuteError, CardRemovedError
from virtual_card.faults import Fault, FaultKind, FaultPlan
from virtual_card.issuer import SocialOptions, issue
from virtual_card.kinds import from_state
from virtual_card.slot import Slot

TODAY = NOW.date()
AUTHORITIES: dict[int, Authority] = {
    TEST_CA_INDEX: TEST_CA.public,
    TEST_SM2_CA_INDEX: TEST_SM2_CA.public,
}


def state(outlet: Outlet) -> BankContents:
    assert isinstance(outlet.card, ProcessorCard)
    bank = outlet.card.contents().bank
    assert bank is not None
    return bank


def changed(outlet: Outlet, **numbers: object) -> Outlet:
    """The same card with other numbers in its image."""
    data = outlet.card.state()
    data["bank"].update(numbers)
    outlet.card = from_state(data, outlet.card.random)  # type: ignore[attr-defined]
    outlet.card.power_on()
    outlet.send = outlet.card.transmit
    return outlet


def flawed(*flaws: str, **options: object) -> Outlet:
    return Outlet("active", flaws=flaws, **options)


def in_slot(*faults: Fault) -> Outlet:
    """An outlet whose card sits in a slot with a fault plan."""
    outlet = Outlet("active")
    slept: list[float] = []
    slot = Slot("bank", FaultPlan(faults), sleep=slept.append)
    slot.insert(outlet.card)
    outlet.send = slot.connect().transmit
    outlet.slept = slept  # type: ignore[attr-defined]
    return outlet


def test_01_card_pulled_between_options_and_cryptogram() -> None:
    outlet = in_slot(Fault(FaultKind.PULL_BEFORE, instruction="GENERATE AC"))
    application = outlet.read()
    with pytest.raises(CardRemovedError):
        outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    assert state(outlet).counter == 2
    assert not state(outlet).history


def test_02_card_pulled_between_request_and_second_cryptogram() -> None:
    outlet = in_slot(Fault(FaultKind.PULL_BEFORE, instruction="GENERATE AC", nth=2))
    application = outlet.read()
    outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    with pytest.raises(CardRemovedError):
        outlet.run(second_cryptogram(application, Cryptogram.TC, values()))
    outlet.card.power_on()
    outlet.send = outlet.card.transmit
    first = outlet.run(first_cryptogram(outlet.read(), Cryptogram.TC, values()))
    assert first.kind is Cryptogram.ARQC
    assert CVR_ONLINE_OPEN.in_(IssuerData.parse(first.issuer_data).cvr)


def test_03_card_pulled_in_a_script_keeps_what_was_done() -> None:
    outlet = changed(Outlet("pin-locked"), blocked=int(Blocked.APPLICATION))
    sent = outlet.card.transmit

    def pull(raw: bytes) -> bytes:
        if raw[1] == 0x24:
            raise CardRemovedError
        return sent(raw)

    outlet.send = pull
    with pytest.raises(CardRemovedError):
        outlet.activate()
    assert state(outlet).blocked is Blocked.NONE
    assert state(outlet).pin_tries == 0


@pytest.mark.parametrize(
    "command", ["80AE400034" + "00" * 52, "0088000004AABBCCDD", "008200000A" + "00" * 10]
)
def test_04_commands_out_of_order(command: str) -> None:
    outlet = Outlet("active")
    outlet.run(select_debit())
    assert outlet.send(bytes.fromhex(command)) == b"\x69\x85"


def test_05_conditions_of_use_not_met() -> None:
    with pytest.raises(CardRefusedError, match="6985"):
        Outlet("active", behaviour=BankBehaviour(refuse=True)).read()


@pytest.mark.parametrize(("word", "last"), [(0x6984, b"\x69\x84"), (0x6983, b"\x69\x83")])
def test_06_07_pin_used_up_now_or_before(word: int, last: bytes) -> None:
    outlet = Outlet("active", offline_pin="1234", behaviour=BankBehaviour(pin_blocked_word=word))
    outlet.run(select_debit())
    wrong = bytes.fromhex("0020008008249999FFFFFFFFFF")
    answers = [outlet.send(wrong) for _ in range(4)]
    assert answers == [b"\x63\xc2", b"\x63\xc1", b"\x63\xc0", b"\x69\x83"]
    outlet.run(select_debit())
    assert outlet.send(wrong) == last
    assert outlet.send(bytes.fromhex("80CA9F1704")) == bytes.fromhex("9F1701009000")


def test_07_offline_pin_not_supported() -> None:
    outlet = Outlet("active")
    outlet.run(select_debit())
    assert outlet.send(bytes.fromhex("80CA9F1700")) == b"\x6a\x88"


@pytest.mark.parametrize("warning_first", [False, True])
def test_08_blocked_application(warning_first: bool) -> None:
    outlet = Outlet("chip-blocked", behaviour=BankBehaviour(warning_first=warning_first))
    application = outlet.read(outlet=True)
    assert application.blocked
    for asked in (Cryptogram.TC, Cryptogram.ARQC):
        application = outlet.read(outlet=True)
        assert outlet.run(first_cryptogram(application, asked, values())).kind is Cryptogram.AAC


def test_09_payment_directory_blocked_or_absent() -> None:
    command = bytes.fromhex("00A404000E315041592E5359532E4444463031")
    blocked = changed(
        Outlet("active", behaviour=BankBehaviour(warning_first=True)), blocked=int(Blocked.DIRECTORY)
    )
    assert blocked.send(command) == b"\x62\x83"
    assert Outlet("active", directory=False).send(command) == b"\x6a\x82"


def test_10_blocked_card() -> None:
    outlet = Outlet("active")
    data = outlet.card.state()
    data["blocked"] = True
    card = from_state(data, bytes)
    card.power_on()
    outlet.send = card.transmit
    with pytest.raises(CardBlockedError):
        outlet.run(select_debit())


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        (Flaw.EXPIRED, TVR_EXPIRED),
        (Flaw.NOT_YET_EFFECTIVE, TVR_NOT_YET),
        (Flaw.USAGE_FORBIDDEN, TVR_NOT_ALLOWED),
    ],
)
def test_11_dates_and_usage(flaw: Flaw, found: Bit) -> None:
    application = flawed(flaw).read()
    assert restrictions(application, TODAY) == (found,)
    assert verification_results((found,))[1] == found.mask


def test_11_good_card_is_under_no_restriction() -> None:
    assert restrictions(flawed().read(), TODAY) == ()


@pytest.mark.parametrize(
    ("flaw", "what"), [(Flaw.TRACK_EXPIRY, "dates of expiry"), (Flaw.TRACK_NUMBER, "card numbers")]
)
def test_12_track_and_record_disagree(flaw: Flaw, what: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match=what):
        flawed(flaw).read()


def test_13_counter_used_up() -> None:
    outlet = changed(Outlet("active"), counter=0xFFFE)
    application = outlet.read()
    outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    outlet.run(second_cryptogram(application, Cryptogram.TC, values()))
    with pytest.raises(CardRefusedError, match="6283"):
        outlet.run(select_debit())
    with pytest.raises(CardRefusedError, match="6985"):
        outlet.read(outlet=True)


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("80CA9F9900", "6A88"),
        ("00B2091400", "6A83"),
        ("00B2016C00", "6A82"),
        ("00A4040006A00000033399", "6A82"),
    ],
)
def test_14_unknown_things(command: str, word: str) -> None:
    outlet = Outlet("active")
    outlet.run(select_debit())
    assert outlet.send(bytes.fromhex(command)).hex().upper() == word


def test_15_private_tag_in_a_record_is_ignored() -> None:
    assert flawed(Flaw.PRIVATE_TAG).read().data[0xDF7E] == b"\xa5\x5a"


@pytest.mark.parametrize(
    ("flaw", "what"),
    [
        (Flaw.NO_NUMBER, "5A"),
        (Flaw.NO_EXPIRY, "5F24"),
        (Flaw.NO_FIRST_LIST, "8C"),
        (Flaw.NO_SECOND_LIST, "8D"),
        (Flaw.DUPLICATE_TAG, "comes twice"),
        (Flaw.NO_TEMPLATE, "template 70"),
        (Flaw.LOCATOR_ZERO, "file locator"),
    ],
)
def test_16_card_errors(flaw: Flaw, what: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match=what):
        flawed(flaw).read()


def test_17_answers_in_pieces_and_wrong_lengths_are_completed() -> None:
    outlet = Outlet("active", behaviour=BankBehaviour(piece=16))
    words: list[int] = []

    def listen(raw: bytes) -> bytes:
        answer = outlet.card.transmit(raw)
        words.append(answer[-2])
        return answer

    outlet.send = listen
    assert outlet.read().number == outlet.number
    assert words.count(0x61) > 4
    assert 0x6C in words


@pytest.mark.parametrize(("word", "shown"), [(0x6700, b"\x67\x00"), (0x6A80, b"\x6a\x80")])
def test_18_wrong_length_of_options_data(word: int, shown: bytes) -> None:
    outlet = Outlet("active", behaviour=BankBehaviour(length_word=word))
    outlet.run(select_debit())
    assert outlet.send(get_processing_options(b"").encode()) == shown


@pytest.mark.parametrize(
    ("command", "word"), [("80A8000103830100", "6A86"), ("90A8000000", "6E00"), ("00770000", "6D00")]
)
def test_18_wrong_headers(command: str, word: str) -> None:
    outlet = Outlet("active")
    outlet.run(select_debit())
    assert outlet.send(bytes.fromhex(command)).hex().upper() == word


def test_19_a_proof_the_card_does_not_believe_shows_in_the_terminal_s_results() -> None:
    class Forger(BankHost):
        def authorise(self, request: OnlineRequest) -> OnlineAnswer:
            return replace(super().authorise(request), proof=bytes(8) + b"00")

    outlet = Outlet("active")
    outlet.host = Forger({outlet.number: outlet.account})
    assert outlet.activate().results == bytes.fromhex("0000000040")


def test_19_issuer_authentication_fails() -> None:
    outlet = Outlet("active")
    outlet.run(first_cryptogram(outlet.read(), Cryptogram.ARQC, values()))
    assert outlet.send(bytes.fromhex("008200000A" + "00" * 8 + "3030")) == b"\x63\x00"
    assert outlet.send(bytes.fromhex("8418000004AABBCCDD")) == b"\x69\x85"


@pytest.mark.parametrize(
    ("asked", "script", "word"),
    [
        (Cryptogram.ARQC, "8418000004AABBCCDD", "6988"),
        (Cryptogram.ARQC, "8418000001AA", "6700"),
        (Cryptogram.TC, "8418000004AABBCCDD", "6985"),
    ],
)
def test_20_script_without_its_right(asked: Cryptogram, script: str, word: str) -> None:
    outlet = Outlet("active")
    outlet.run(first_cryptogram(outlet.read(), asked, values()))
    assert outlet.send(bytes.fromhex(script)).hex().upper() == word


@pytest.mark.parametrize("word", [0x6300, 0x6282])
def test_21_script_goes_on_after_a_warning(word: int) -> None:
    outlet = in_slot(Fault(FaultKind.STATUS, instruction="APPLICATION UNBLOCK", sw=word))
    outlet.read()
    script = Script(bytes(4), (bytes.fromhex("8418000004AABBCCDD"),) * 2)
    (result,) = outlet.run(run_scripts((script,)))
    assert (result.done, result.refused) == (1, 0x6985)


def test_22_unknown_command_in_a_script() -> None:
    outlet = Outlet("active")
    outlet.run(first_cryptogram(outlet.read(), Cryptogram.ARQC, values()))
    assert outlet.send(bytes.fromhex("84FA000004AABBCCDD")) == b"\x6d\x00"


def planned(plan: ScriptPlan, profile: str = "host-inactive") -> tuple[Outlet, list[bytes]]:
    """An outlet whose bank sends scripts of this plan, and every command the card is sent, as it comes."""
    outlet = Outlet(profile)
    outlet.host = BankHost({outlet.number: outlet.account}, plan=plan)
    sent: list[bytes] = []

    def listen(raw: bytes) -> bytes:
        sent.append(raw)
        return outlet.card.transmit(raw)

    outlet.send = listen
    return outlet, sent


def limits(outlet: Outlet) -> tuple[bytes, bytes]:
    """Lower and upper consecutive offline limit, as GET DATA tells them."""
    lower, upper = (outlet.card.transmit(bytes.fromhex(f"80CA9F{tag}04")) for tag in ("58", "59"))
    return lower[3:4], upper[3:4]


TVR_IN_SECOND_LIST = slice(5 + 16, 5 + 21)
"""Where the command that asks for the second cryptogram holds tag 95."""


@pytest.mark.parametrize("profile", ["host-inactive", "chip-blocked", "pin-locked"])
def test_22_two_scripts_one_on_each_side_of_the_second_cryptogram(profile: str) -> None:
    outlet, sent = planned(ScriptPlan.TWO_TEMPLATES, profile)
    result = outlet.activate()
    order = [raw[:4].hex().upper() for raw in sent if raw[1] in (0xAE, 0xDA)]
    second = ["80AE4000"] if profile != "chip-blocked" else []
    assert order == ["80AE8000", "04DA9F58", *second, "04DA9F59"]
    assert result.outcome is Activated.DONE
    assert result.script_results == bytes.fromhex("20000100012000000001")
    assert (result.results, result.status) == (bytes(5), b"\x34\x00")
    assert limits(outlet) == (b"\x03", b"\x05")


def test_22_unknown_command_stops_its_script_and_the_second_cryptogram_tells() -> None:
    outlet, sent = planned(ScriptPlan.UNKNOWN_COMMAND)
    result = outlet.activate()
    assert result.outcome is Activated.REFUSED
    assert [(script.done, script.refused) for script in result.scripts] == [(1, 0x6D00)]
    assert result.script_results == bytes.fromhex("1200010001")
    (second,) = [raw for raw in sent if raw[:3] == b"\x80\xae\x40"]
    assert second[TVR_IN_SECOND_LIST] == result.results == bytes.fromhex("0000000020")
    assert result.status == b"\x34\x00"
    assert limits(outlet) == (b"\x03", b"\x00")


def test_22_a_script_of_more_than_128_bytes_is_not_begun() -> None:
    outlet, sent = planned(ScriptPlan.TOO_LONG)
    result = outlet.activate()
    assert result.outcome is Activated.REFUSED
    assert result.scripts[0].script.length > ROOM
    assert not [raw for raw in sent if raw[1] == 0xDA]
    assert result.script_results == bytes.fromhex("0000000001")
    assert (result.results, result.status) == (bytes.fromhex("0000000010"), b"\x30\x00")
    (second,) = [raw for raw in sent if raw[:3] == b"\x80\xae\x40"]
    assert second[TVR_IN_SECOND_LIST] == bytes(5)
    assert limits(outlet) == (b"\x00", b"\x00")


def sized(length: int) -> Script:
    """A script of one command whose template has this many bytes, 20 to 128."""
    data = length - 16
    return Script(b"\0\0\0\7", (bytes((0x84, 0x18, 0, 0, data)) + bytes(data),))


@pytest.mark.parametrize(
    ("before", "after", "begun"),
    [
        ((), (128,), [True]),
        ((64,), (64,), [True, True]),
        ((64,), (65,), [True, False]),
        ((64, 65), (20,), [True, False, False]),
    ],
)
def test_22_room_is_counted_over_both_templates(
    before: tuple[int, ...], after: tuple[int, ...], begun: list[bool]
) -> None:
    outlet = Outlet()
    outlet.send = lambda raw: b"\x90\x00"
    first, second = (tuple(sized(length) for length in lengths) for lengths in (before, after))
    assert [script.length for script in (*first, *second)] == [*before, *after]
    done = (outlet.run(run_scripts(first)), outlet.run(run_scripts(second, room_after(first))))
    assert [not result.too_long for result in (*done[0], *done[1])] == begun
    assert len(script_flags(*done)) == sum(any(result.too_long for result in part) for part in done)


@pytest.mark.parametrize(
    ("flaw", "dynamic", "found"),
    [
        (Flaw.FORGED_ISSUER_CERTIFICATE, True, TVR_DDA_FAILED),
        (Flaw.FORGED_CARD_CERTIFICATE, True, TVR_DDA_FAILED),
        (Flaw.CHANGED_RECORD, True, TVR_DDA_FAILED),
        (Flaw.UNKNOWN_AUTHORITY, True, TVR_DDA_FAILED),
        (Flaw.EXPIRED_ISSUER_CERTIFICATE, True, TVR_DDA_FAILED),
        (Flaw.FORGED_ISSUER_CERTIFICATE, False, TVR_SDA_FAILED),
        (Flaw.FORGED_SIGNATURE, False, TVR_SDA_FAILED),
        (Flaw.CHANGED_RECORD, False, TVR_SDA_FAILED),
    ],
)
def test_23_forged_data(flaw: Flaw, dynamic: bool, found: Bit) -> None:
    outlet = flawed(flaw, dynamic=dynamic)
    application = outlet.read()
    assert outlet.run(authenticate_offline(application, AUTHORITIES, values(), TODAY)) == (found,)


@pytest.mark.parametrize("tagged", [False, True])
@pytest.mark.parametrize("dynamic", [False, True])
def test_23_genuine_data_are_accepted(dynamic: bool, tagged: bool) -> None:
    outlet = Outlet("active", dynamic=dynamic, behaviour=BankBehaviour(tagged=tagged))
    application = outlet.read()
    assert outlet.run(authenticate_offline(application, AUTHORITIES, values(), TODAY)) == ()


def test_23_wrong_dynamic_signature() -> None:
    outlet = Outlet("active", behaviour=BankBehaviour(wrong_signature=True))
    application = outlet.read()
    assert outlet.run(authenticate_offline(application, AUTHORITIES, values(), TODAY)) == (TVR_DDA_FAILED,)


def test_23_sm_terminal_meets_a_card_without_sm_and_one_without_certificates() -> None:
    plain = Outlet("active", sm=False)
    application = plain.read(sm=True)
    assert plain.run(authenticate_offline(application, AUTHORITIES, values(), TODAY)) == ()
    both = Outlet("active")
    application = both.read(sm=True)
    assert both.run(authenticate_offline(application, AUTHORITIES, values(), TODAY)) == (
        TVR_NOT_AUTHENTICATED,
    )


def test_23_certificates_announced_and_missing() -> None:
    outlet = Outlet("active")
    application = outlet.read()
    del application.data[0x90]  # type: ignore[attr-defined]
    found = outlet.run(authenticate_offline(application, AUTHORITIES, values(), TODAY))
    assert found == (TVR_DATA_MISSING, TVR_DDA_FAILED)


@pytest.mark.parametrize(
    ("asked", "given", "fair"),
    [
        (Cryptogram.ARQC, Cryptogram.AAC, True),
        (Cryptogram.TC, Cryptogram.ARQC, True),
        (Cryptogram.AAC, Cryptogram.TC, False),
        (Cryptogram.ARQC, Cryptogram.TC, False),
    ],
)
def test_24_card_answers_another_cryptogram(asked: Cryptogram, given: Cryptogram, fair: bool) -> None:
    outlet = Outlet("active", behaviour=BankBehaviour(first=given))
    application = outlet.read()
    if fair:
        answer = outlet.run(first_cryptogram(application, asked, values()))
        assert answer.kind is given
        assert first_of(IssuerData.parse(answer.issuer_data).cvr) == given
    else:
        with pytest.raises(UnexpectedAnswerError, match=given.name):
            outlet.run(first_cryptogram(application, asked, values()))


def test_24_cryptogram_of_a_foreign_key_is_declined_by_the_bank() -> None:
    outlet = Outlet("active", behaviour=BankBehaviour(foreign_key=True))
    assert outlet.activate().code == b"05"


def test_25_slow_card_and_mute_card() -> None:
    outlet = in_slot(Fault(FaultKind.SLOW, instruction="GENERATE AC", seconds=4.0))
    outlet.run(first_cryptogram(outlet.read(), Cryptogram.ARQC, values()))
    assert outlet.slept == [4.0]  # type: ignore[attr-defined]
    outlet = in_slot(Fault(FaultKind.MUTE, instruction="GENERATE AC"))
    application = outlet.read()
    with pytest.raises(CardMuteError):
        outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))


def test_26_new_card() -> None:
    outlet = Outlet()
    assert outlet.run(new_card(outlet.read())) == (TVR_NEW_CARD,)
    outlet.activate()
    assert outlet.run(new_card(outlet.read())) == ()
    without_limits = Outlet(flaws=(Flaw.NO_LIMITS,))
    assert without_limits.run(new_card(without_limits.read())) == ()


def test_27_put_data_is_read_back() -> None:
    """Bytes of the published kind, with the MAC of this card: see `tests/virtual_card/test_bank_scripts.py`."""
    outlet = Outlet("active")
    application = outlet.read()
    first = outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    keys = TEST_MASTER_KEYS.of_card(Algorithm.DES, outlet.number, "01")
    session = pboc.transaction_key(Algorithm.DES, keys.mac, first.counter)
    header, value = bytes.fromhex("04DA9F79"), bytes.fromhex("000000010000")
    mac = pboc.script_mac(
        Algorithm.DES,
        session,
        header=header,
        length=10,
        counter=first.counter,
        request=first.cryptogram,
        data=value,
    )
    assert outlet.send(header + b"\x0a" + value + mac[:4]) == b"\x90\0"
    assert outlet.send(bytes.fromhex("80CA9F7909")) == bytes.fromhex("9F7906") + value + b"\x90\0"


def test_28_power_lost_while_the_card_writes() -> None:
    outlet = in_slot(Fault(FaultKind.TEAR, instruction="GENERATE AC", after_bytes=0))
    application = outlet.read()
    before = state(outlet)
    with pytest.raises(CardRemovedError):
        outlet.run(first_cryptogram(application, Cryptogram.ARQC, values()))
    outlet.card.power_on()
    assert state(outlet).history == before.history


@pytest.mark.parametrize("name", [behaviour.value for behaviour in Flaw])
def test_flawed_cards_survive_their_image(name: str) -> None:
    social = SocialOptions(activation=Activation.ACTIVE, bank=BankOptions(flaws=(name,)))
    card: VirtualCard = issue("ssc-3.0", SEED, social=social)
    assert from_state(card.state(), bytes).state() == card.state()


def test_every_behaviour_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "financial.md").read_text()
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == list(range(1, 29))
    assert all(f"`{flaw}`" in page for flaw in Flaw)


def test_every_behaviour_has_its_tests() -> None:
    tested = {int(name[5:7]) for name in globals() if re.match(r"test_\d\d_", name)}
    assert tested == set(range(1, 29))
