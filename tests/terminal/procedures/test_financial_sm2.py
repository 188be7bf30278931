"""Offline data authentication in SM transactions: a card of the issuer, a terminal that checks, tampering between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outlet import NOW, Outlet, values

from apdu.bank_keys import TEST_CA, TEST_CA_INDEX, TEST_SM2_CA, TEST_SM2_CA_INDEX, TEST_SM2_ISSUER
from apdu.crypto import sm2
from apdu.crypto.sm2 import Sm2MissingError
from apdu.pboc import (
    CVR_DDA_DONE,
    TVR_DATA_MISSING,
    TVR_DDA_FAILED,
    TVR_NOT_AUTHENTICATED,
    TVR_SDA_FAILED,
    Bit,
    Cryptogram,
    IssuerData,
)
from terminal.errors import CardRefusedError
from terminal.procedures.financial import Application, first_cryptogram
from terminal.procedures.financial_activation import Activated
from terminal.procedures.financial_authentication import Authority, authenticate_offline
from virtual_card import image
from virtual_card.applications.pboc.contents import BankBehaviour
from virtual_card.applications.pboc.flaws import Flaw
from virtual_card.issuer import IssueError

TODAY = NOW.date()
AUTHORITIES: dict[int, Authority] = {
    TEST_CA_INDEX: TEST_CA.public,
    TEST_SM2_CA_INDEX: TEST_SM2_CA.public,
}
FAILED = {True: TVR_DDA_FAILED, False: TVR_SDA_FAILED}


def sm2_card(*, dynamic: bool = True, **options: object) -> Outlet:
    return Outlet("active", sm2=True, dynamic=dynamic, **options)


def checked(outlet: Outlet, application: Application, *, sm: bool = True) -> tuple[Bit, ...]:
    return outlet.run(authenticate_offline(application, AUTHORITIES, values(sm=sm), TODAY))


@pytest.mark.parametrize("tagged", [False, True])
@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("sm", [False, True])
def test_genuine_data_are_accepted_with_both_algorithms(sm: bool, dynamic: bool, tagged: bool) -> None:
    outlet = sm2_card(dynamic=dynamic, behaviour=BankBehaviour(tagged=tagged))
    application = outlet.read(sm=sm)
    assert application.profile.hex() == ("7c00" if dynamic else "5c00")
    assert application.data[0x8F][0] == (TEST_SM2_CA_INDEX if sm else TEST_CA_INDEX)
    assert checked(outlet, application, sm=sm) == ()


def test_sm_transaction_has_no_remainders_and_no_exponents() -> None:
    assert not {0x92, 0x9F32, 0x9F47, 0x9F48} & set(sm2_card().read(sm=True).data)


def test_card_signs_tells_its_issuer_and_goes_on_with_sm4() -> None:
    outlet = sm2_card()
    application = outlet.read(sm=True)
    assert checked(outlet, application) == ()
    answer = outlet.run(first_cryptogram(application, Cryptogram.ARQC, values(sm=True)))
    told = IssuerData.parse(answer.issuer_data)
    assert told.algorithm == 0x04
    assert CVR_DDA_DONE.in_(told.cvr)


def test_activation_of_such_a_card_runs_with_sm4() -> None:
    outlet = Outlet("chip-blocked", sm2=True)
    assert outlet.activate(sm=True).outcome is Activated.DONE


@pytest.mark.parametrize(
    ("flaw", "dynamic"),
    [
        (Flaw.FORGED_ISSUER_CERTIFICATE, True),
        (Flaw.FORGED_ISSUER_CERTIFICATE, False),
        (Flaw.FORGED_CARD_CERTIFICATE, True),
        (Flaw.FORGED_SIGNATURE, False),
        (Flaw.CHANGED_RECORD, True),
        (Flaw.CHANGED_RECORD, False),
        (Flaw.UNKNOWN_AUTHORITY, True),
        (Flaw.EXPIRED_ISSUER_CERTIFICATE, True),
    ],
)
@pytest.mark.parametrize("sm", [False, True])
def test_forged_data_are_found_out(flaw: Flaw, dynamic: bool, sm: bool) -> None:
    outlet = sm2_card(dynamic=dynamic, flaws=(flaw,))
    assert checked(outlet, outlet.read(sm=sm), sm=sm) == (FAILED[dynamic],)


SIGNED_TAGS = (0x5F24, 0x5F25, 0x9F07, 0x5A, 0x5F34, 0x8E, 0x9F0D, 0x9F0E, 0x9F0F, 0x5F28, 0x9F4A)


@pytest.mark.parametrize("tag", SIGNED_TAGS)
@pytest.mark.parametrize("dynamic", [False, True])
def test_every_signed_object_is_covered(tag: int, dynamic: bool) -> None:
    outlet = sm2_card(dynamic=dynamic)
    application = outlet.read(sm=True)
    value = application.data[tag]
    spoilt = bytes((value[0] ^ 1,)) + value[1:]
    assert application.static.count(value) >= 1
    forged = replace(application, static=application.static.replace(value, spoilt))
    assert checked(outlet, forged) == (FAILED[dynamic],)


@pytest.mark.parametrize(("dynamic", "profile"), [(True, b"\x7c\x01"), (False, b"\x5c\x01")])
def test_changed_profile_is_found_out(dynamic: bool, profile: bytes) -> None:
    outlet = sm2_card(dynamic=dynamic)
    application = outlet.read(sm=True)
    forged = replace(application, profile=profile, static=application.static[:-2] + profile)
    assert checked(outlet, forged) == (FAILED[dynamic],)


@pytest.mark.parametrize(("tag", "dynamic"), [(0x90, True), (0x9F46, True), (0x90, False), (0x93, False)])
def test_announced_and_missing_objects_are_told(tag: int, dynamic: bool) -> None:
    outlet = sm2_card(dynamic=dynamic)
    application = outlet.read(sm=True)
    data = {known: value for known, value in application.data.items() if known != tag}
    assert checked(outlet, replace(application, data=data)) == (TVR_DATA_MISSING, FAILED[dynamic])


def test_certificate_of_the_other_scheme_is_refused() -> None:
    outlet = sm2_card()
    application = outlet.read(sm=True)
    swapped: dict[int, Authority] = {TEST_SM2_CA_INDEX: TEST_SM2_ISSUER.public}
    found = outlet.run(authenticate_offline(application, swapped, values(sm=True), TODAY))
    assert found == (TVR_DDA_FAILED,)


def test_wrong_dynamic_signature_and_changed_challenge_are_found_out() -> None:
    outlet = sm2_card(behaviour=BankBehaviour(wrong_signature=True))
    assert checked(outlet, outlet.read(sm=True)) == (TVR_DDA_FAILED,)
    outlet = sm2_card()
    application = outlet.read(sm=True)
    sent = outlet.send
    outlet.send = lambda raw: sent(raw[:5] + bytes(4) + raw[9:] if raw[1] == 0x88 else raw)
    assert checked(outlet, application) == (TVR_DDA_FAILED,)


def test_card_without_sm2_certificates_announces_none() -> None:
    outlet = Outlet("active")
    assert checked(outlet, outlet.read(sm=True)) == (TVR_NOT_AUTHENTICATED,)


def test_same_seed_gives_the_same_card_and_its_image_keeps_the_key() -> None:
    first, second = sm2_card(), sm2_card()
    assert image.dumps(first.card) == image.dumps(second.card)
    state = first.card.state()
    assert state["bank"]["sm2_key"]["point"]
    assert checked(second, second.read(sm=True)) == ()


@pytest.mark.parametrize("options", [{"sm": False}, {"signed": False}])
def test_certificates_without_what_they_belong_to_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(IssueError, match="SM2 certificates need"):
        sm2_card(**options)


def test_without_the_library_issuer_and_terminal_say_what_to_install_and_the_card_answers_6a82(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outlet = sm2_card()
    application = outlet.read(sm=True)
    monkeypatch.setattr(sm2, "LIBRARY", "no_library_of_this_name")
    with pytest.raises(Sm2MissingError, match=r"pip install 'ssc-terminal\[sm2\]'"):
        checked(outlet, application)
    assert outlet.send(bytes.fromhex("0088000004A1A2A3A400")) == b"\x6a\x82"
    assert checked(outlet, outlet.read(), sm=False) == ()
    with pytest.raises(IssueError, match=r"pip install 'ssc-terminal\[sm2\]'"):
        Outlet("active", sm2=True, number_length=16)


def test_card_that_refuses_to_sign_is_told_by_name() -> None:
    outlet = sm2_card()
    application = outlet.read(sm=True)
    sent = outlet.send
    outlet.send = lambda raw: b"\x69\x85" if raw[1] == 0x88 else sent(raw)
    with pytest.raises(CardRefusedError, match="asking the card to sign"):
        checked(outlet, application)
