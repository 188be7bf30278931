"""A terminal whose back office is a service: the dual insert runs unchanged, refusals and errors arrive as such."""

from __future__ import annotations

import json
import logging
import socket
import threading
from contextlib import closing

import pytest
from serve_desk import PROFILE, TOKEN, Pharmacy, Served

from apdu.layout.states import SocialState
from terminal.backoffice import wire
from terminal.backoffice.bank_ports import BankNotice, NoticeAnswer
from terminal.backoffice.database import StoreError
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.link import Link
from terminal.backoffice.office import Office
from terminal.backoffice.ports import (
    BackOfficeError,
    CardKey,
    ConfirmActivation,
    Holder,
    HsmMessage,
    OldCardQuery,
    Place,
    RefusedError,
    SignIn,
    UnreachableError,
    VerifyOldPin,
)
from terminal.backoffice.remote import RemoteOffice
from terminal.backoffice.store import Store
from terminal.enrol import enrol_card
from terminal.flow.outcomes import Outcome
from terminal.serve.pool import CentrePool
from terminal.text import Pin

HERE, NOWHERE = Place("990100000001"), Place("1")


def refused(office: RemoteOffice | Office, request: object) -> object:
    with pytest.raises(RefusedError) as caught:
        office.call(request)
    return caught.value.refusal


def test_a_dual_insert_runs_over_http(serve, where: str) -> None:
    served = serve(where)
    pharmacy = Pharmacy(served.office()).enrol()
    assert pharmacy.visit() is Outcome.ACTIVATED
    assert pharmacy.problems() == [] == served.ledger_faults()
    assert pharmacy.visit() is Outcome.ALREADY_ACTIVE


def test_every_request_the_office_answers_has_its_form_on_the_line(served: Served) -> None:
    with served.pool.centre() as centre:
        asked = set(centre.office._desks)
    assert asked <= set(wire.BY_REQUEST)
    assert {operation.request for operation in wire.TERMINAL} <= asked


@pytest.mark.parametrize(
    "request_",
    [
        SignIn(NOWHERE),
        OldCardQuery(HERE, "sle4442", "unknown"),
        ConfirmActivation(HERE, "unknown"),
        VerifyOldPin(HERE, CardKey("00", "unknown"), Pin("135790"), None),
        HsmMessage("09|nothing|"),
    ],
    ids=lambda request: type(request).__name__,
)
def test_a_refusal_arrives_as_the_same_refusal(door: Served, request_: object) -> None:
    with door.pool.centre() as centre:
        here = refused(centre.office, request_)
    assert refused(door.office(), request_) == here


def test_the_bank_sends_its_notice_over_the_line(served: Served, pharmacy: Pharmacy) -> None:
    (holder,) = {card.holder for card in served.office().cards() if card.number == pharmacy.numbers["new"]}
    notice = BankNotice(pharmacy.numbers["new"], holder.id_number, "6200000000000000005")
    assert served.office().bank_activated(notice) == NoticeAnswer(SocialState.NORMAL, activated=True)
    assert served.office().bank_activated(notice) == NoticeAnswer(SocialState.NORMAL, activated=False)
    assert pharmacy.problems() == []


def test_what_the_remote_office_lists_is_what_the_office_lists(served: Served, pharmacy: Pharmacy) -> None:
    remote = served.office()
    with served.pool.centre() as centre:
        here = centre.office.cards(), centre.office.snapshot()
    assert (remote.cards(), remote.snapshot()) == here


def test_a_card_that_cannot_be_brought_in_is_told_so(served: Served, pharmacy: Pharmacy) -> None:
    key = CardKey("990100D15600000500A1B2C3D4E5F607", pharmacy.numbers["new"])
    with pytest.raises(EnrolmentError, match="on record with another holder"):
        served.office().enrolment.enrol_social_card(key, bytes(13), Holder("990100198001010010", "测试甲"))


def test_bringing_a_card_in_again_changes_nothing(served: Served, pharmacy: Pharmacy) -> None:
    pharmacy.visit()
    before = served.office().snapshot()
    for card in pharmacy.cards.values():
        enrol_card(served.office(), card)
    assert served.office().snapshot() == before


# --- what is no answer ----------------------------------------------------------------------------------------


def unreachable(office: RemoteOffice) -> str:
    with pytest.raises(UnreachableError) as caught:
        office.call(SignIn(HERE))
    return str(caught.value)


def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "ssc serve centre" in unreachable(RemoteOffice(f"http://127.0.0.1:{port}", PROFILE))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"", "broke off"),
        (b"SSH-2.0-nonsense\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "cannot be read"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<xml>", "cannot be read"),
        (b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}", "cannot be read"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://other/\r\nContent-Length: 0\r\n\r\n", "status 302"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "status 500"),
    ],
)
def test_an_answer_that_is_none_is_unreachable(answer: bytes, told: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(answer)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(65536):
                    pass

        answering = threading.Thread(target=once)
        answering.start()
        office = RemoteOffice(f"http://127.0.0.1:{server.getsockname()[1]}", PROFILE)
        assert told in unreachable(office)
        office.close()
        answering.join()


def test_an_answer_that_drips_is_not_waited_for_longer_than_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _ = server.accept()
            with peer:
                peer.settimeout(0.05)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                try:
                    while True:
                        peer.sendall(b"{")
                        try:
                            if not peer.recv(65536):
                                return
                        except TimeoutError:
                            continue
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        office = RemoteOffice(f"http://127.0.0.1:{server.getsockname()[1]}", PROFILE, timeout_s=0.4)
        assert "no answer within 0.4 s" in unreachable(office)
        dripping.join()


@pytest.mark.parametrize(
    "url", ["http://", "http://host:port", "ftp://a", "http://a?b", "http://u:p@host", "centre"]
)
def test_an_address_that_is_none_is_told_at_once_and_not_repeated(url: str) -> None:
    with pytest.raises(StoreError, match="no address of a centre") as caught:
        Link(url)
    assert "u:p" not in str(caught.value)


def test_a_connection_that_the_centre_closed_meanwhile_is_not_used_again(served: Served) -> None:
    office = served.office()
    office.call(SignIn(HERE))
    (kept,) = office.link._idle
    kept.sock.shutdown(socket.SHUT_RD)  # as an idle connection looks whose other end has gone
    office.call(SignIn(HERE))
    assert office.link._idle != [kept]


# --- who may, and how much ------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/terminal/sign-in"),
        ("GET", "/cards/A00000054"),
        ("POST", "/cards/A00000054/lock"),
        ("POST", "/hsm"),
        ("POST", "/fsi/api/rsfComIfsService/callService"),
        ("POST", "/mbs/fmi/fsi/api/callFsiService/callService/1101"),
        ("GET", "/failures"),
        ("POST", "/failures"),
        ("DELETE", "/failures"),
    ],
)
def test_nothing_is_answered_without_the_token(
    door: Served, method: str, path: str, token: str | None
) -> None:
    before, body = door.audit(), wire.encode(SignIn(HERE))
    answer = Link(door.url, token).send(method, path, body, {"Content-Type": "application/json"})
    assert answer.status == 401
    assert TOKEN.encode() not in answer.body
    assert door.audit() == before


def test_the_token_is_never_told(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = served.office("wrong-canary-token")
    told = unreachable(wrong)
    assert "SSC_CENTRE_TOKEN" in told
    served.office().call(SignIn(HERE))
    for text in (told, repr(wrong), repr(wrong.link), caplog.text, json.dumps(vars(wrong), default=repr)):
        assert TOKEN not in text and "wrong-canary-token" not in text


@pytest.mark.parametrize("extra", [1, 300_000, 20_000_000])
def test_a_request_that_is_too_long_is_refused(serve, extra: int) -> None:
    served = serve(body_limit=1000)
    link = Link(served.url, TOKEN)
    try:
        answer = link.post("/terminal/sign-in", b"[" * (1000 + extra))
    except BackOfficeError:
        assert extra == 20_000_000  # the door is shut while the sender still talks
        return
    assert answer.status == 413
    assert json.loads(answer.body) == {"error": "the request is longer than 1000 bytes"}


def test_a_request_at_the_limit_is_looked_at(serve) -> None:
    link = Link(serve(body_limit=1000).url, TOKEN)
    assert link.post("/terminal/sign-in", b" " * 1000).status == 400


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "Expected `object`"),
        (b"{}", "missing required field `place`"),
        (b'{"place": 1}', "$.place"),
        (b'{"place": {"pharmacy": "a\\u0000b"}}', "NUL"),
        (b'{"place": {"pharmacy": 99999999999999999999999}}', "64 bits"),
        (b"[" * 50_000, "not JSON"),
    ],
)
def test_what_is_no_request_is_told_where_it_is_wrong(door: Served, body: bytes, told: str) -> None:
    answer = Link(door.url, TOKEN).post("/terminal/sign-in", body)
    assert answer.status == 400
    assert told in json.loads(answer.body)["error"]


def test_a_pin_that_is_none_is_refused_without_repeating_it(door: Served) -> None:
    body = b'{"place": {"pharmacy": "1"}, "card": {"card_id": "0", "number": "A"}, "pin": "73519486x"}'
    answer = Link(door.url, TOKEN).post("/terminal/verify-old-pin", body)
    assert answer.status == 400
    assert b"7351" not in answer.body


@pytest.mark.parametrize(
    ("path", "status"), [("/terminal/nothing", 404), ("/elsewhere", 404), ("/hsm/x", 404)]
)
def test_an_unknown_path_is_answered_in_json(door: Served, path: str, status: int) -> None:
    answer = Link(door.url, TOKEN).post(path, b"{}")
    assert answer.status == status
    assert json.loads(answer.body) == {"error": "Not Found"}


# --- the store fails ------------------------------------------------------------------------------------------


def test_a_store_that_fails_is_unreachable_and_the_next_request_opens_it_anew(serve, postgresql) -> None:
    where = postgresql()
    served = serve(where)
    pharmacy = Pharmacy(served.office()).enrol()
    with closing(Store(where)) as other, other._db.begin():
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        other._db.exec_driver_sql(others)
    request = OldCardQuery(HERE, "sle4442", pharmacy.numbers["old"])
    with pytest.raises(UnreachableError, match="its operator sees why"):
        served.office().call(request)
    assert served.office().call(request).balance_fen == pharmacy.balance_fen


def test_health_asks_the_store_and_for_no_token(served: Served) -> None:
    assert Link(served.url).send("GET", "/health").status == 200


def test_a_bad_store_is_told_at_the_start(tmp_path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is no database, but long enough to be looked at" * 20)
    with pytest.raises(StoreError):
        CentrePool.over(str(tmp_path / "a.db"), PROFILE, lambda: None)


def test_a_pool_that_is_used_up_says_so() -> None:
    pool = CentrePool.over(":memory:", PROFILE, lambda: None)
    pool._wait_s = 0.05
    with pool.centre(), pytest.raises(StoreError, match="became free"), pool.centre():
        pass
    pool.close()
