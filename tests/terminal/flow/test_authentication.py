"""Card and terminal prove themselves to each other, with the PSAM while it can, else through the HSM."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest

from apdu.crypto import Algorithm
from apdu.keys import BY_NAME
from apdu.response import Response
from terminal.backoffice.ports import HsmMessage
from terminal.errors import CardRefusedError, NotGenuineError
from terminal.flow.authentication import Access, Means, authenticate, prove_genuine, start_psam
from terminal.flow.steps import Draw, Exchange, Flow, PowerOn, Role, Show
from terminal.procedures.hsm import HsmAnswerError
from terminal.procedures.social import SocialCard
from terminal.transport.base import CardMuteError, NoCardError

T = TypeVar("T")
AUTH, RAW = "A5" * 8, "5A" * 8


def card(version: str, algorithm: Algorithm) -> SocialCard:
    return SocialCard(
        card_id="990100D15600000500000001FFFFFFFF",
        number="A00000011",
        version=version,
        issued=None,
        valid_until=None,
        algorithm=algorithm,
        historical_bytes=bytes.fromhex("00814D22086572990100000001"),
    )


DES_CARD, SM4_CARD = card("2.0", Algorithm.DES), card("3.0", Algorithm.SM4)


CARD = {0x84: "11" * 8 + "9000", 0x88: AUTH + "9000", 0x82: "9000"}
PSAM = {0xA4: "9000", 0xB0: "9901000000019000", 0xDE: "9000", 0xFA: AUTH + "9000"}


@dataclass
class World:
    """Answers a flow's steps: cards by instruction name, the HSM by one text; remembers what was asked."""

    card: dict[int, str] = field(default_factory=dict)
    psam: dict[int, str | Exception] = field(default_factory=dict)
    hsm: str = f"{AUTH}{RAW}|{AUTH}{RAW}|"
    asked: list[Any] = field(default_factory=list)

    def run(self, flow: Flow[T]) -> T:
        answer: Any = None
        failure: Exception | None = None
        while True:
            try:
                step = flow.throw(failure) if failure else flow.send(answer)
            except StopIteration as stop:
                result: T = stop.value
                return result
            answer, failure = None, None
            self.asked.append(step)
            try:
                answer = self._answer(step)
            except (NoCardError, CardMuteError) as error:
                failure = error

    def _answer(self, step: Any) -> Any:
        if isinstance(step, Draw):
            return bytes.fromhex(RAW)[: step.length]
        if isinstance(step, HsmMessage):
            return self.hsm
        if isinstance(step, PowerOn) and "power" in map(str, self.psam):
            raise NoCardError("empty")
        if isinstance(step, Exchange):
            table = {**PSAM, **self.psam} if step.role is Role.PSAM else {**CARD, **self.card}
            found = table[step.command.ins]
            if isinstance(found, Exception):
                raise found
            return Response.parse(bytes.fromhex(found))
        return None

    def sent(self, role: Role) -> list[int]:
        return [step.command.ins for step in self.asked if isinstance(step, Exchange) and step.role is role]

    @property
    def shown(self) -> str:
        return " ".join(str(step.text) for step in self.asked if isinstance(step, Show))


def psam_access() -> Access:
    return Access(Means.PSAM)


def test_des_card_is_proven_by_internal_authentication_alone() -> None:
    world, access = World(), psam_access()
    world.run(prove_genuine(access, Role.NEW, DES_CARD))
    assert world.sent(Role.NEW) == [0x88]
    assert access.granted == set()
    assert access.environment is Algorithm.DES


def test_3_0_card_is_also_opened_with_rkssse() -> None:
    sm4 = World(psam={0xFA: AUTH + "00" * 8 + "9000"})
    access = psam_access()
    sm4.run(prove_genuine(access, Role.NEW, SM4_CARD))
    assert sm4.sent(Role.NEW) == [0x88, 0x84, 0x82]
    assert access.granted == {"RKSSSE"}


def test_environment_of_the_psam_is_opened_once() -> None:
    world, access = World(), psam_access()
    world.run(prove_genuine(access, Role.NEW, DES_CARD))
    world.run(authenticate(access, Role.NEW, DES_CARD, BY_NAME["UKSSSE"]))
    assert world.sent(Role.PSAM).count(0xA4) == 2


@pytest.mark.parametrize("means", Means)
def test_wrong_answer_to_internal_authentication_is_not_genuine_and_ends_there(means: Means) -> None:
    world = World(card={0x88: "00" * 8 + "9000"})
    with pytest.raises(NotGenuineError, match="internal authentication failed"):
        world.run(prove_genuine(Access(means), Role.NEW, SM4_CARD))
    assert 0x82 not in world.sent(Role.NEW)


def test_hsm_takes_both_numbers_from_the_card_and_gives_both_results_back() -> None:
    world, access = World(), Access(Means.HSM)
    world.run(prove_genuine(access, Role.NEW, SM4_CARD))
    assert world.sent(Role.NEW) == [0x84, 0x84, 0x88, 0x84, 0x84, 0x82]
    assert world.sent(Role.PSAM) == []
    assert access.granted == {"RKSSSE"}


@pytest.mark.parametrize(
    ("psam", "code"),
    [
        ({0xA4: "6A82"}, "-2202"),
        ({0xDE: "6A88"}, "-27272"),
        ({0xDE: "6A80"}, "-24"),
        ({0xFA: CardMuteError("mute")}, "-2201"),
    ],
)
def test_psam_that_cannot_serve_the_card_is_replaced_for_good(psam: dict[int, Any], code: str) -> None:
    world, access = World(psam=psam), psam_access()
    world.run(prove_genuine(access, Role.NEW, DES_CARD))
    assert access.means is Means.HSM
    assert f"({code}:" in world.shown
    asked_before = len(world.sent(Role.PSAM))
    world.run(authenticate(access, Role.NEW, DES_CARD, BY_NAME["UKSSSE"]))
    assert len(world.sent(Role.PSAM)) == asked_before
    assert world.shown.count("takes over") == 1


def test_psam_without_rkssse_is_code_2203() -> None:
    world, access = World(psam={0xDE: "6A88"}), psam_access()
    access.environment = Algorithm.SM4
    world.run(authenticate(access, Role.NEW, SM4_CARD, BY_NAME["RKSSSE"]))
    assert "(-2203:" in world.shown


def test_ssf33_card_is_told_why_no_psam_can_serve_it() -> None:
    world = World()
    world.run(prove_genuine(psam_access(), Role.NEW, card("2.0", Algorithm.SSF33)))
    assert "no PSAM environment is published for SSF33" in world.shown
    (message,) = (step for step in world.asked if isinstance(step, HsmMessage))
    assert message.text.split("|")[3] == "02"


@pytest.mark.parametrize(
    "psam", [{"power": NoCardError("empty")}, {0xB0: "6A82"}, {0xB0: CardMuteError("mute")}]
)
def test_terminal_without_a_working_psam_starts_with_the_hsm(psam: dict[Any, Any]) -> None:
    world, access = World(psam=psam), psam_access()
    world.run(start_psam(access))
    assert (access.means, access.terminal_number) == (Means.HSM, "000000000000")
    assert "(-2201:" in world.shown


def test_psam_gives_the_terminal_its_number_and_the_hsm_terminal_has_none() -> None:
    access = psam_access()
    World().run(start_psam(access))
    assert access.terminal_number == "990100000001"
    world = World()
    world.run(start_psam(Access(Means.HSM)))
    assert world.asked == []


def test_refused_external_authentication_names_the_key_and_the_status_word() -> None:
    world = World(card={0x82: "63C2"})
    with pytest.raises(CardRefusedError) as refused:
        world.run(authenticate(psam_access(), Role.NEW, DES_CARD, BY_NAME["UKSSSE"]))
    assert "authenticating with UKSSSE" in str(refused.value)
    assert "answered 63C2" in str(refused.value)


@pytest.mark.parametrize("answer", ["", "|", "XY|"])
def test_hsm_answer_without_authentication_data_is_refused(answer: str) -> None:
    with pytest.raises(HsmAnswerError):
        World(hsm=answer).run(authenticate(Access(Means.HSM), Role.NEW, DES_CARD, BY_NAME["UKSSSE"]))
