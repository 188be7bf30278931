from __future__ import annotations

from collections.abc import Callable

import pytest
from pki_samples import (
    ADMINISTRATOR,
    BY_FID,
    ENVIRONMENT,
    GENERATE,
    USER,
    Kiosk,
    encrypted,
    fixed_pairs,
    kiosk,
    pin_key,
    pki_card,
)

from apdu.crypto.pki import pin_key as card_pin_key
from apdu.crypto.pki import proof
from virtual_card.applications.pki.contents import PkiContents

WRONG = bytes(16)
MASTER = "84D4010024" + "00" * 36
PROOFS: dict[str, tuple[str, Callable[[Kiosk], str]]] = {
    "user": (USER, Kiosk.user),
    "administrator": (ADMINISTRATOR, Kiosk.administrator),
    "master": ("00820000", Kiosk.master),
}


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


@pytest.fixture(params=PROOFS, name="case")
def _case(request: pytest.FixtureRequest) -> tuple[str, Callable[[Kiosk], str]]:
    return PROOFS[request.param]


@pytest.mark.parametrize("pin", ["1234", "123456", "12345678", "1234567890123456"])
def test_proof_is_the_challenge_under_the_digest_of_the_pin(pin: str) -> None:
    challenge = bytes.fromhex("0102030405060708")
    assert card_pin_key(bytes.fromhex(pin)) == pin_key(pin)
    assert proof(pin_key(pin), challenge) == encrypted(pin_key(pin), challenge + bytes(8))


def test_right_proof_is_accepted(case: tuple[str, Callable[[Kiosk], str]]) -> None:
    assert case[1](kiosk()) == "9000"


def test_challenge_of_sixteen_bytes_serves_too() -> None:
    desk = kiosk()
    challenge = bytes.fromhex(desk("0084000010"))[:16]
    assert desk(f"{USER}10{encrypted(pin_key('123456'), challenge).hex()}") == "9000"


def test_six_wrong_proofs_lock_and_a_right_one_fills_the_counter(
    case: tuple[str, Callable[[Kiosk], str]],
) -> None:
    header, right = case
    desk = kiosk()
    assert [desk.prove(header, WRONG) for _ in range(3)] == ["63C5", "63C4", "63C3"]
    assert right(desk) == "9000"
    assert [desk.prove(header, WRONG) for _ in range(6)] == [f"63C{left}" for left in (5, 4, 3, 2, 1, 0)]
    assert right(desk) == desk.prove(header, WRONG) == "6983"


@pytest.mark.parametrize(
    ("header", "right", "opened"), [(*PROOFS["user"], GENERATE), (*PROOFS["master"], MASTER)]
)
def test_wrong_proof_opens_nothing_and_takes_a_right_one_back(
    header: str, right: Callable[[Kiosk], str], opened: str
) -> None:
    desk = kiosk()
    desk.prove(header, WRONG)
    assert desk(opened) == "6982"
    right(desk)
    assert desk(opened) != "6982"
    desk.prove(header, WRONG)
    assert desk(opened) == "6982"


def test_lock_outlives_power_and_is_of_one_secret_only() -> None:
    desk = kiosk()
    for _ in range(6):
        desk.user("999999")
    desk.card.power_on()
    desk.enter()
    assert desk.user() == "6983"
    assert desk.administrator() == desk.master() == "9000"


def test_proof_without_challenge_answers_6984_and_uses_no_try(
    case: tuple[str, Callable[[Kiosk], str]],
) -> None:
    header, right = case
    desk = kiosk()
    assert desk(f"{header}10{'00' * 16}") == "6984"
    assert right(desk) == "9000"


@pytest.mark.parametrize("first", [WRONG, pin_key("123456")])
def test_challenge_is_used_up_by_right_and_wrong_proofs(first: bytes) -> None:
    desk = kiosk()
    desk.prove(USER, first)
    assert desk(f"{USER}10{'00' * 16}") == "6984"


def test_challenge_does_not_outlive_a_selection() -> None:
    desk = kiosk()
    desk.challenge()
    desk(BY_FID)
    assert desk(f"{USER}10{'00' * 16}") == "6984"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("0020018108" + "00" * 8, "6700"),
        ("00200181", "6700"),
        ("0020000010" + "00" * 16, "6A86"),
        ("0020010110" + "00" * 16, "6A86"),
        ("0082000110" + "00" * 16, "6A86"),
        ("0082000008" + "00" * 8, "6700"),
        ("0084000004", "6700"),
        ("0084010008", "6A86"),
        ("008400000100", "6700"),
    ],
)
def test_malformed_proofs_use_no_try(command: str, word: str) -> None:
    desk = kiosk()
    desk.challenge()
    assert desk(command) == word
    assert desk.prove(USER, WRONG) == "63C5"


def test_environment_knows_the_administrator_and_the_application_the_user_as_well() -> None:
    desk = Kiosk(pki_card())
    desk(ENVIRONMENT)
    assert desk.administrator() == "9000"
    assert desk.user() == "6A88"


def test_pins_are_those_of_the_description() -> None:
    desk = kiosk(PkiContents(user_pin=bytes.fromhex("1357"), administrator_pin=bytes.fromhex("24680246")))
    assert desk.user() == desk.administrator() == "63C5"
    assert desk.user("1357") == desk.administrator("24680246") == "9000"
