"""The national interface over a socket: the same answers as in process, errors in its own shape, signatures."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from serve_desk import NOW, TOKEN, Served
from serve_patience import SILENCE_S, Hasty
from serve_till import OPENING_FEN, Till, balance, insure

from terminal.backoffice.link import Link, Reply
from terminal.backoffice.national import wire as national_wire
from terminal.backoffice.ports import UnreachableError
from terminal.backoffice.remote import NATIONAL_PATH, RemoteNational
from terminal.backoffice.signing import Account, CsbSigner, Gate, Signer, TifSigner
from terminal.serve.failures import Failure, FailureKind
from terminal.serve.national_routes import PATHS

CSB, TIF = Account("AK990100", "canary-secret"), Account("PA990100", "canary-secret")
SIGNERS: list[Signer] = [CsbSigner(CSB, lambda: NOW), TifSigner(TIF, lambda: NOW)]


def link(served: Served) -> Link:
    return Link(served.url, TOKEN)


def till(served: Served) -> Till:
    return Till(RemoteNational(link(served))).signed_in()


def hasty_till(served: Served) -> Till:
    """One that does not wait for the answer to its settlement, if that takes time."""
    return Till(Hasty(served, RemoteNational(link(served)), "2102")).signed_in()


def failed(reply: Reply) -> str:
    """The err_msg of an answer that must have the interface's own error shape."""
    answer = json.loads(reply.body)
    assert set(answer) == {
        "infcode",
        "inf_refmsgid",
        "refmsg_time",
        "respond_time",
        "enctype",
        "signtype",
        "err_msg",
    }
    assert answer["infcode"] == -1
    assert 0 < len(answer["err_msg"]) <= 200
    return answer["err_msg"]


def test_a_purchase_is_settled_over_http_to_the_fen(serve, where: str) -> None:
    served = serve(where)
    person = insure(served)
    answer = till(served).buy(person, "33.33")
    info = answer["output"]["setlinfo"]
    assert answer["infcode"] == 0
    assert (info["acct_pay"], info["balc"]) == (Decimal("33.33"), Decimal("66.67"))
    assert balance(served) == OPENING_FEN - 33_33
    assert served.ledger_faults() == []


def test_amounts_are_json_numbers_with_their_decimals(served: Served) -> None:
    person, at = insure(served), till(served)
    raw = link(served).post(NATIONAL_PATH, national_wire.encode(at.purchase(person, "33.30"))).body
    assert b'"acct_pay":33.30' in raw


def test_in_process_and_over_http_say_the_same(served: Served) -> None:
    person = insure(served)
    remote = till(served)
    envelope = remote.purchase(person, "12.50", infno="2101")
    with served.pool.centre() as centre:
        here = centre.national.handle(envelope)["output"]["setlinfo"]
    there = remote.national.handle(envelope)["output"]["setlinfo"]
    assert {**here, "mdtrt_id": None} == {**there, "mdtrt_id": None}


@pytest.mark.parametrize("path", [*PATHS, *(f"{path}/9001" for path in PATHS)])
def test_every_path_in_use_is_served(served: Served, path: str) -> None:
    at = Till(RemoteNational(link(served), path=path))
    assert at.signed_in().sign_no


@pytest.mark.parametrize("path", [PATHS[0], f"{PATHS[1]}/1101"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[1]",
        b'"1101"',
        b"NaN",
        b'{"infno": 1e999999999}',
        b'{"infno": null}',
        b'{"infno": {"a": []}, "msgid": 3, "input": 4}',
        b'{"infno": "0000"}',
        b'{"infno": "1101"}',
        b'{"infno": "1101", "input": {"data": "\\u0000"}}',
        b'{"infno": "1101", "input": 99999999999999999999999999}',
        b"[" * 60_000,
        b" " * 300_000,
    ],
)
def test_whatever_comes_is_answered_in_the_interface_s_own_shape(
    door: Served, path: str, body: bytes
) -> None:
    reply = link(door).post(path, body)
    assert reply.status == 200
    failed(reply)


def test_an_unknown_transaction_is_named_as_such(served: Served) -> None:
    envelope = national_wire.encode(till(served).envelope("7777"))
    assert "交易编号" in failed(link(served).post(NATIONAL_PATH, envelope))


def test_a_transaction_other_than_the_path_s_is_refused(served: Served) -> None:
    envelope = national_wire.encode(till(served).envelope("9001"))
    assert "path" in failed(link(served).post(f"{NATIONAL_PATH}/2102", envelope))


# --- signatures -------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(serve) -> Served:
    """A centre that takes signed requests only; who signs needs no token."""
    return serve(gate=Gate(lambda: NOW, CSB, TIF))


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: type(signer).__name__)
def test_a_signed_request_is_carried_out(guarded: Served, signer: Signer) -> None:
    person = insure(guarded)
    at = Till(RemoteNational(Link(guarded.url), signer)).signed_in()
    assert at.buy(person, "1.00")["infcode"] == 0


def test_the_csb_gateway_s_content_type_is_accepted(guarded: Served) -> None:
    envelope = national_wire.encode(Till(RemoteNational(Link(guarded.url))).envelope("1101"))
    headers = SIGNERS[0].headers("1101")
    reply = Link(guarded.url).post(NATIONAL_PATH, envelope, "text/plain; charset=utf-8", headers)
    assert reply.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"x-tif-nonce": "1"}, 400),
        ({**SIGNERS[0].headers("1101"), "_api_version": "2"}, 401),
        ({**SIGNERS[1].headers("1101"), "x-tif-signature": "0" * 64}, 401),
        (CsbSigner(CSB, lambda: NOW - timedelta(hours=1)).headers("1101"), 401),
        (CsbSigner(Account("other", "canary-secret"), lambda: NOW).headers("1101"), 401),
    ],
)
def test_a_signature_that_does_not_hold_is_refused_in_the_interface_s_shape(
    guarded: Served, headers: dict[str, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    reply = link(guarded).post(NATIONAL_PATH, b"{}", headers=headers)
    assert reply.status == status
    assert "canary-secret" not in failed(reply) + caplog.text


def test_a_refused_signature_is_an_unreachable_centre_for_the_terminal(guarded: Served) -> None:
    at = Till(RemoteNational(Link(guarded.url), CsbSigner(Account("AK990100", "wrong"), lambda: NOW)))
    with pytest.raises(UnreachableError, match="401, the signature is wrong"):
        at.signed_in()


# --- failures ---------------------------------------------------------------------------------------------------


def unknown_outcome(served: Served, do: FailureKind) -> tuple[Till, str, str]:
    """A settlement whose outcome the till does not know."""
    silent = "timeout" in do.value
    person, at = insure(served), hasty_till(served) if silent else till(served)
    served.switch.on(Failure(do, "2102", seconds=SILENCE_S if silent else None))
    msgid = "990100000001203001081800009999"
    with pytest.raises(UnreachableError):
        at.buy(person, "40.00", msgid)
    return at, person, msgid


UNKNOWN = [
    FailureKind.DOWN,
    FailureKind.TIMEOUT_BEFORE_COMMIT,
    FailureKind.TIMEOUT_AFTER_COMMIT,
    FailureKind.GARBLED,
    FailureKind.WRONG_SIGNATURE,
]


@pytest.mark.parametrize("do", UNKNOWN, ids=lambda kind: kind.value)
def test_an_unknown_outcome_is_reversed_by_its_msgid_and_settled_anew(
    serve, where: str, do: FailureKind
) -> None:
    served = serve(where)
    at, person, msgid = unknown_outcome(served, do)
    at.reverse(person, msgid)
    assert balance(served) == OPENING_FEN
    assert at.buy(person, "40.00")["infcode"] == 0
    assert balance(served) == OPENING_FEN - 40_00
    assert served.ledger_faults() == []


@pytest.mark.parametrize("do", UNKNOWN, ids=lambda kind: kind.value)
def test_the_same_message_sent_again_is_booked_once(served: Served, do: FailureKind) -> None:
    at, person, msgid = unknown_outcome(served, do)
    assert at.buy(person, "40.00", msgid)["infcode"] == 0
    assert balance(served) == OPENING_FEN - 40_00


def test_a_settlement_delivered_twice_is_booked_once(served: Served) -> None:
    person, at = insure(served), till(served)
    served.switch.on(Failure(FailureKind.DUPLICATE, "2102"))
    assert at.buy(person, "40.00")["infcode"] == 0
    assert balance(served) == OPENING_FEN - 40_00


def test_a_settlement_that_arrives_after_its_reversal_is_not_booked(served: Served) -> None:
    person, at = insure(served), hasty_till(served)
    served.switch.on(Failure(FailureKind.OUT_OF_ORDER, "2102", seconds=SILENCE_S))
    msgid = "990100000001203001081800009999"
    with pytest.raises(UnreachableError):
        at.buy(person, "40.00", msgid)
    at.reverse(person, msgid)
    assert at.buy(person, "40.00")["infcode"] == 0
    assert balance(served) == OPENING_FEN - 40_00
