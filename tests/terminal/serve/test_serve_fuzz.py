"""Whatever is sent to the described endpoints is answered as described, and never with a fault of the centre's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

import hypothesis.strategies as st
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from serve_desk import Served
from serve_requests import BANK_CARD
from serve_soap_client import all_in_one, card_service, service_proxy
from serve_till import Till, insure
from serve_world import ABSENT, InProcess, World

from terminal.backoffice.link import Link
from terminal.backoffice.national import wire as national_wire
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.backoffice.remote import NATIONAL_PATH, RemoteNational
from terminal.serve.soap_card_operations import FIXED, SERVERS, SPOKEN
from terminal.serve.soap_proxy import OPERATIONS
from tests.terminal.backoffice.national.national_samples import holder

EXAMPLES = 8
ENVELOPES = 300
SOAP_CALLS = 150
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUICK = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],
}


@pytest.fixture
def open_centre(serve) -> Served:
    """A centre without token, so that what is sent gets further than the door."""
    return serve(token=None)


def test_every_described_operation_answers_as_it_is_described(open_centre: Served) -> None:
    description = schemathesis.openapi.from_url(f"{open_centre.url}/openapi.json")
    answered: Counter[int] = Counter()
    for found in description.get_all_operations():
        operation = found.ok()
        if operation.path == "/failures":
            continue  # what it switches on is meant to be no good answer

        @settings(max_examples=EXAMPLES, **QUICK)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            response = case.call(base_url=open_centre.url)
            answered[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        ask()
    assert set(answered) >= {200, 400, 409}, "some must get through, and some must not"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(
        ["", "310", "1", "2030-01-08", "2030-01-08 10:00:00", "99010000000000000001", "A00000001"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Every place inside an envelope, the whole included."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


def replaced(value: object, path: tuple[object, ...], by: object) -> object:
    """The envelope with something else at one place."""
    if not path:
        return by
    if isinstance(value, dict):
        return {
            key: replaced(inner, path[1:], by) if key == path[0] else inner for key, inner in value.items()
        }
    assert isinstance(value, list)
    return [replaced(inner, path[1:], by) if at == path[0] else inner for at, inner in enumerate(value)]


def test_an_envelope_with_anything_anywhere_is_answered_in_the_interface_s_shape(open_centre: Served) -> None:
    till = Till(RemoteNational(Link(open_centre.url))).signed_in()
    person = insure(open_centre)
    line = Link(open_centre.url)
    good = till.purchase(person, "0.01")
    codes: Counter[int] = Counter()

    @settings(max_examples=ENVELOPES, **QUICK)
    @given(
        path=st.sampled_from(places(good)),
        value=VALUES,
        infno=st.none() | st.sampled_from(sorted(TRANSACTIONS)),
    )
    def send(path: tuple[object, ...], value: object, infno: str | None) -> None:
        envelope = replaced(good, path, value)
        if infno is not None and isinstance(envelope, dict):
            envelope = {**envelope, "infno": infno}
        try:
            body = national_wire.encode(envelope)  # type: ignore[arg-type]
        except (ValueError, TypeError, OverflowError):
            body = repr(envelope).encode("utf-8", "surrogatepass")
        reply = line.post(NATIONAL_PATH, body)
        assert reply.status == 200, reply.body
        codes[national_wire.decode(reply.body)["infcode"]] += 1

    send()
    assert codes[0] > 0 and codes[-1] > 0 and set(codes) == {0, -1}
    assert open_centre.ledger_faults() == []


WRITTEN = st.text(max_size=24) | st.sampled_from(["", "A00000001", BANK_CARD, ABSENT.card_id, "3B" * 17])
CARD_ARGUMENTS = ("aaz500", "aac002", "aac003", "aab301", "aae008", "aae010")
PARAMETERS = sorted({name for served in OPERATIONS.values() for name in served.required})
WORDS = ("社会保障卡卡号", "社会保障号码", "姓名", "银行编码", "批次号")
PERSON = {"yxzjhm": holder(8).id_number, "shbzhm": holder(8).id_number, "xm": holder(8).name}


def some(names: Sequence[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(names), WRITTEN, max_size=4)


CALLS = st.one_of(
    st.tuples(
        st.just("/services/CardService"),
        st.builds(
            lambda name, server, given: card_service(name, server=server, **given),
            st.sampled_from([*FIXED, "setCard"]),
            st.sampled_from([*SERVERS, "99"]),
            some(CARD_ARGUMENTS),
        ),
    ),
    st.tuples(
        st.just("/services/CardService"),
        st.builds(
            lambda spoken, given: all_in_one(操作=spoken, **given), st.sampled_from([*SPOKEN]), some(WORDS)
        ),
    ),
    st.tuples(
        st.just("/services/serviceProxy"),
        st.builds(
            lambda name, given: service_proxy(
                name, **{**dict.fromkeys(PARAMETERS, "1"), **PERSON, "yxzjlx": "A", **given}
            ),
            st.sampled_from([*OPERATIONS]),
            some(PARAMETERS),
        ),
    ),
)


def test_a_soap_call_with_anything_in_it_is_answered_in_xml() -> None:
    line = InProcess()
    world = line.enter(World())
    answered: Counter[int] = Counter()

    @settings(max_examples=SOAP_CALLS, **QUICK)
    @given(call=CALLS)
    def send(call: tuple[str, bytes]) -> None:
        (answer,) = line.send(*call)
        assert answer.status_code in (200, 400), answer.text
        ElementTree.fromstring(answer.content)
        answered[answer.status_code] += 1

    send()
    line.close()
    assert set(answered) == {200, 400}
    assert world.faults() == []
