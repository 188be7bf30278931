"""Every failure at every transaction: nothing is done twice, and sent again it is done, with the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from serve_requests import CARD_SERVICE, HSM, NATIONAL, PORTS, PROXY
from serve_world import InProcess, World

from terminal.backoffice import wire
from terminal.backoffice.national import wire as national_wire
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.remote import NATIONAL_PATH
from terminal.serve.failures import HSM_TYPES, OF_HSM, TIMED, Failure, FailureKind
from terminal.serve.soap_card_operations import FIXED, SERVERS, SPOKEN
from terminal.serve.soap_proxy import OPERATIONS

KINDS = [kind for kind in FailureKind if kind not in OF_HSM]
NOT_CARRIED_OUT = {
    FailureKind.DOWN: 503,
    FailureKind.TIMEOUT_BEFORE_COMMIT: 504,
    FailureKind.WRONG_SIGNATURE: 401,
}
NO_ANSWER = {**NOT_CARRIED_OUT, FailureKind.TIMEOUT_AFTER_COMMIT: 504}


@pytest.fixture(scope="module")
def line() -> Iterator[InProcess]:
    """One application for all; every test has a town of its own."""
    made = InProcess()
    yield made
    made.close()


def disturbed(line: InProcess, kind: FailureKind, name: str, path: str, body: bytes) -> list[httpx.Response]:
    """What the request meets first; where its turn comes late, the same request overtakes it."""
    late = kind is FailureKind.OUT_OF_ORDER
    seconds = (30.0 if late else 0.0) if kind in TIMED else None
    line.switch.on(Failure(kind, name, seconds=seconds))
    answers = line.send(path, body, 2 if late else 1)
    assert [each for _, each in line.switch.struck] == [name], "the failure must really strike"
    return answers


def undisturbed(
    line: InProcess, label: str, path: str, request: Callable[[World], bytes]
) -> dict[str, list[tuple[Any, ...]]]:
    """What is on record after the request where nothing fails; worked out once for each."""
    if (path, label) not in line.calm:
        world = line.enter(World())
        line.send(path, request(world))
        line.calm[path, label] = world.records()
    return line.calm[path, label]


def survives(
    line: InProcess,
    kind: FailureKind,
    name: str,
    path: str,
    request: Callable[[World], bytes],
    *,
    label: str = "",
) -> tuple[list[httpx.Response], httpx.Response]:
    """What was answered, and what the same request is answered again. `label`: its own, where its name is not.

    What is on record is then what it would have been without any failure.
    """
    world = line.enter(World())
    body = request(world)
    before = world.records() if kind in NOT_CARRIED_OUT else None
    answers = disturbed(line, kind, name, path, body)
    assert answers[0].status_code == NO_ANSWER.get(kind, 200), answers[0].text
    if before is not None:
        assert world.records() == before
    (again,) = line.send(path, body)
    assert again.status_code == 200, again.text
    assert world.records() == undisturbed(line, label or name, path, request)
    assert world.faults() == []
    return answers, again


def cleared(kind: FailureKind, answer: httpx.Response) -> bytes:
    """An answer's body; one that came garbled is inverted back."""
    garbled = kind is FailureKind.GARBLED
    return bytes(byte ^ 0xFF for byte in answer.content) if garbled else answer.content


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("infno", NATIONAL)
def test_a_transaction_of_the_national_interface(line: InProcess, infno: str, kind: FailureKind) -> None:
    def request(world: World) -> bytes:
        return national_wire.encode(NATIONAL[infno](world))

    answers, again = survives(line, kind, infno, NATIONAL_PATH, request)
    told = national_wire.decode(again.content)
    assert told["infcode"] == 0, told["err_msg"]
    for answer in answers:
        first = national_wire.decode(cleared(kind, answer))
        if kind in NO_ANSWER:
            assert first["infcode"] == -1 and first["err_msg"]
        elif TRANSACTIONS[infno].books:
            assert first == told, "the same message has the same answer"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("name", PORTS)
def test_a_request_of_the_ports(line: InProcess, name: str, kind: FailureKind) -> None:
    def request(world: World) -> bytes:
        return wire.encode(PORTS[name](world))

    answers, again = survives(line, kind, name, f"/terminal/{name}", request)
    expected: Any = wire.BY_NAME[name].answer
    assert wire.decode(again.content, expected) is not None
    for answer in answers:
        if kind in NO_ANSWER:
            assert set(answer.json()) == {"error"}
        else:
            wire.decode(cleared(kind, answer), expected)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("operation", CARD_SERVICE)
def test_a_call_of_card_service(line: InProcess, operation: str, kind: FailureKind) -> None:
    name, request = CARD_SERVICE[operation]
    answers, again = survives(line, kind, name, "/services/CardService", request, label=operation)
    assert result_of(again.content) in DONE
    for answer in answers:
        if kind in NO_ANSWER:
            assert "faultstring" in answer.text
        else:
            assert result_of(cleared(kind, answer)) in DONE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("operation", PROXY)
def test_a_call_of_service_proxy(line: InProcess, operation: str, kind: FailureKind) -> None:
    name, request = PROXY[operation]
    answers, again = survives(line, kind, name, "/services/serviceProxy", request, label=operation)
    assert b"errflag=&quot;0&quot;" in again.content or b'errflag="0"' in again.content, again.text
    for answer in answers:
        assert kind not in NO_ANSWER or "faultstring" in answer.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("message", HSM)
def test_a_message_to_the_key_machine(line: InProcess, message: str, kind: FailureKind) -> None:
    answers, again = survives(line, kind, message, "/hsm", lambda _: HSM[message])
    assert len(again.content) >= 14
    for answer in answers:
        if kind in NO_ANSWER:
            assert answer.text.startswith("-1|")
        else:
            assert cleared(kind, answer) == again.content


DONE = {"00", "01", "OK", ""}
"""What CardService says where nothing is wrong; empty: it answers in elements."""


def result_of(body: bytes) -> str:
    """The text of an answer of CardService, or the ERR in it."""
    text = "".join(ElementTree.fromstring(body).itertext())
    return ElementTree.fromstring(text).findtext("ERR") or "" if text.startswith("<") else text


def test_no_transaction_is_left_out() -> None:
    assert set(NATIONAL) == set(TRANSACTIONS)
    assert set(PORTS) == set(wire.BY_NAME)
    calls = {*FIXED, *SPOKEN, *(f"setCard {server}" for server in SERVERS)}
    assert set(CARD_SERVICE) == calls
    assert set(PROXY) == set(OPERATIONS)
    assert set(HSM) == set(HSM_TYPES)
