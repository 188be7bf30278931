"""Cards in and out of the bench's slots, by order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.testbench.orders import CardOrder, InjectionOrder, KeypadOrder, OrderError, read
from terminal.testbench.slots import Place, Slots
from terminal.transport.base import CardRemovedError, NoCardError
from virtual_card.image import load, save
from virtual_card.issuer import issue

EF05 = bytes.fromhex("00A4020002EF05")


def order(**said: object) -> CardOrder:
    return read(json.dumps(said).encode(), CardOrder)


@pytest.fixture
def slots(tmp_path: Path) -> Iterator[Slots]:
    """Closed while the images of the test are still there."""
    with Slots() as opened:
        yield opened


def test_slots_begin_empty(slots: Slots) -> None:
    assert [(view.place, view.present) for view in slots.look()] == [(place, False) for place in Place]


def test_a_fresh_card_can_be_used_at_once_and_pulled_in_the_middle(slots: Slots) -> None:
    view = slots.insert(Place.CONTACT, order(kind="ssc-3.0", seed=7))
    assert (view.kind, view.source) == ("ssc-3.0", "ssc-3.0 seed 7")
    assert slots.device.contact is not None
    connection = slots.device.contact.connect()
    slots.remove(Place.CONTACT)
    with pytest.raises(CardRemovedError):
        connection.transmit(EF05)
    with pytest.raises(NoCardError):
        slots.device.contact.connect()


def test_what_is_written_to_an_image_is_saved_when_the_card_comes_out(slots: Slots, tmp_path: Path) -> None:
    path = tmp_path / "a.card"
    save(issue("ssc-2.0", 3), path)
    slots.insert(Place.CONTACT, order(image=str(path)))
    assert slots.device.contact is not None
    connection = slots.device.contact.connect()
    assert connection.transmit(bytes.fromhex("0020000003999999"))[-2:-1] == b"\x63"
    slots.insert(Place.CONTACT, order(kind="ssc-1.0"))  # the image comes out
    before, after = issue("ssc-2.0", 3), load(path)
    assert after.state() != before.state()


def test_the_same_image_goes_in_again_unpowered_and_is_saved_as_ever(slots: Slots, tmp_path: Path) -> None:
    path = tmp_path / "a.card"
    save(issue("ssc-2.0", 3), path)
    slots.insert(Place.CONTACT, order(image=str(path)))
    assert slots.device.contact is not None
    before = slots.device.contact.connect()
    assert slots.insert(Place.CONTACT, order(image=str(path))).kind == "ssc-2.0"
    with pytest.raises(CardRemovedError):
        before.transmit(EF05)
    wrong = slots.device.contact.connect().transmit(bytes.fromhex("0020000003999999"))
    assert wrong[-2:-1] == b"\x63"
    slots.remove(Place.CONTACT)
    assert load(path).state() != issue("ssc-2.0", 3).state()


def test_an_image_is_in_one_slot_at_a_time(slots: Slots, tmp_path: Path) -> None:
    path = tmp_path / "a.card"
    save(issue("ssc-2.0", 3), path)
    slots.insert(Place.CONTACT, order(image=str(path)))
    with pytest.raises(
        OrderError, match="in the card slot; take it out first: ssc slot remove --slot contact"
    ):
        slots.insert(Place.CONTACTLESS, order(image=str(path)))
    slots.remove(Place.CONTACT)
    assert slots.insert(Place.CONTACTLESS, order(image=str(path))).present


def test_the_card_that_is_there_stays_where_the_order_is_wrong(slots: Slots) -> None:
    slots.insert(Place.CONTACT, order(kind="ssc-3.0"))
    with pytest.raises(OrderError, match="No such file"):
        slots.insert(Place.CONTACT, order(image="nowhere.card"))
    assert slots.look()[0].kind == "ssc-3.0"


def test_faults_go_in_and_out_with_their_card(slots: Slots) -> None:
    fault = {"do": "status", "sw": "6F00", "instruction": "SELECT"}
    assert slots.device.contact is not None
    for faults, answer in (([fault], "6F00"), ([fault], "6F00"), ([], "9000")):
        slots.insert(Place.CONTACT, order(kind="ssc-3.0", faults=faults))
        connection = slots.device.contact.connect()
        selected = connection.transmit(bytes.fromhex("00A404000F7378312E73682EC9E7BBE1B1A3D5CF00"))
        assert (selected[-2:].hex().upper() == answer) == bool(faults)
        if not faults:
            assert connection.transmit(EF05).hex().upper() == answer


def test_a_psam_has_the_keys_it_was_ordered_with(slots: Slots) -> None:
    spec = {"level": 1, "without": ["RKSSSE"], "environments": ["SM4"], "terminal_number": "990100000009"}
    slots.insert(Place.SAM, order(kind="psam", psam=spec))
    assert slots.device.sam is not None
    connection = slots.device.sam.connect()
    assert connection.transmit(bytes.fromhex("00B0960006"))[:6].hex() == "990100000009"
    select = "00A404000F{}2E73682EC9E7BBE1B1A3D5CF00"
    found = {
        name: connection.transmit(bytes.fromhex(select.format(name)))[-2:] for name in ("737831", "737833")
    }
    assert found["737831"] == b"\x6a\x82" and found["737833"] != b"\x6a\x82"


def test_a_reader_on_the_desk_is_left_to_the_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.card"
    save(issue("ssc-2.0", 3), path)
    with Slots({Place.CONTACT: str(path)}) as slots:
        assert slots.look()[0].present
        with pytest.raises(OrderError, match="move the card by hand"):
            slots.remove(Place.CONTACT)


@pytest.mark.parametrize(
    ("kind", "said", "problem"),
    [
        (CardOrder, "{", "truncated"),
        (CardOrder, "{}", "give an image or a kind"),
        (CardOrder, '{"kind": "ssc-3.0", "image": "a.card"}', "give an image or a kind"),
        (CardOrder, '{"kind": "ssc-3.0", "colour": "red"}', "unknown field `colour`"),
        (CardOrder, '{"kind": "ssc-3.0", "seed": -1}', r"\$.seed"),
        (CardOrder, '{"kind": "psam", "psam": {"level": 4}}', r"\$.psam.level"),
        (CardOrder, '{"image": ""}', r"\$.image"),
        (CardOrder, '{"image": "a\\u0000.card"}', r"\$.image"),
        (CardOrder, '{"kind": "ssc-3.0", "purse_fen": 4294967296}', r"\$.purse_fen"),
        (CardOrder, '{"kind": "psam", "psam": {"environments": []}}', r"\$.psam.environments"),
        (CardOrder, '{"kind": "psam", "psam": {"environments": ["SSF33"]}}', r"\$.psam.environments"),
        (InjectionOrder, '{"function": "iVerifyPIN", "code": 0}', r"\$.code"),
        (InjectionOrder, '{"function": "iVerifyPIN", "code": -4294967296}', r"\$.code"),
        (InjectionOrder, '{"function": "iVerifyPIN", "code": -2, "nth": 0}', r"\$.nth"),
        (KeypadOrder, '{"entries": ["12a4"]}', "digits, CANCEL or TIMEOUT"),
        (KeypadOrder, '{"always": "ENTER"}', "digits, CANCEL or TIMEOUT"),
    ],
)
def test_an_order_that_is_none_is_refused_by_its_place(kind: type, said: str, problem: str) -> None:
    with pytest.raises(OrderError, match=problem):
        read(said.encode(), kind)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"kind": "ssc-9.0"}, "ssc-9.0"),
        ({"kind": "ssc-3.0", "state": "melted"}, "melted"),
        ({"kind": "ssc-3.0", "pin": "12"}, "PIN"),
        ({"kind": "ssc-3.0", "faults": [{"do": "explode"}]}, r"faults\[0\]"),
        ({"kind": "psam", "psam": {"without": ["NOKEY"]}}, "NOKEY"),
        ({"kind": "psam", "psam": {"environments": ["AES"]}}, "AES"),
    ],
)
def test_a_card_that_cannot_be_made_is_told_in_words(
    slots: Slots, said: dict[str, object], problem: str
) -> None:
    with pytest.raises(OrderError, match=problem):
        slots.insert(Place.CONTACT, order(**said))
    assert not slots.look()[0].present
