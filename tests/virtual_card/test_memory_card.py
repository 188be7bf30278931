from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtual_card import image
from virtual_card.applications.memory import CHIPS, SLE4428, SLE4442, MemoryCard
from virtual_card.description_reader import DescriptionError
from virtual_card.errors import CardMuteError, TornError

RIGHT = {"sle4442": "FF20000003FFFFFF", "sle4428": "FF20000002FFFF"}
WRONG = {"sle4442": "FF20000003000000", "sle4428": "FF200000020000"}
KINDS = sorted(CHIPS)


def powered(kind: str, contents: bytes = b"\xa2\x13\x10\x91") -> MemoryCard:
    card = MemoryCard(kind, contents)
    card.power_on()
    return card


def send(card: MemoryCard, apdu: str) -> str:
    return card.transmit(bytes.fromhex(apdu)).hex().upper()


@pytest.mark.parametrize(("kind", "atr"), [("sle4442", "3B04A2131091"), ("sle4428", "3B0492231091")])
def test_answer_to_reset_is_what_readers_show(kind, atr):
    assert MemoryCard(kind, b"").power_on().hex().upper() == atr


@pytest.mark.parametrize(("kind", "right", "wrong"), [("sle4442", "06", "05"), ("sle4428", "05", "06")])
def test_selecting_the_wrong_card_type_fails_as_a_reader_fails(kind, right, wrong):
    card = powered(kind)
    assert send(card, f"FFA4000001{wrong}") == "6300"
    assert send(card, f"FFA4000001{right}") == "9000"


def test_reading_is_free_and_bounded():
    card = powered("sle4442", bytes(range(256)))
    assert send(card, "FFB0006404") == "646566679000"
    assert len(card.transmit(bytes.fromhex("FFB0000000"))) == 258
    assert send(card, "FFB000FE04") == "FEFF6282"
    assert send(card, "FFB0010001") == "6B00"
    assert send(card, "FFB00000") == "6700"


def test_sle4428_addresses_have_two_bytes():
    card = powered("sle4428", bytes(0x100) + b"\x11\x22")
    assert send(card, "FFB0010002") == "11229000"


def test_sle4428_security_code_reads_zero_until_presented():
    card = powered("sle4428")
    assert send(card, "FFB003FD03") == "FF00009000"
    assert send(card, RIGHT["sle4428"]) == "90FF"
    assert send(card, "FFB003FD03") == "FFFFFF9000"
    card.reset()
    assert send(card, "FFB003FE02") == "00009000"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("write", ["FFD6004002ABCD", "FFD0004002ABCD"])
def test_writing_needs_the_code(kind, write):
    card = powered(kind)
    assert send(card, write) == "6982"
    assert send(card, RIGHT[kind])[:2] == "90"
    assert send(card, write) == "9000"
    assert send(card, "FFB0004002") == "ABCD9000"
    card.reset()
    assert send(card, write) == "6982"


@pytest.mark.parametrize(
    ("kind", "counters"),
    [("sle4442", ["03", "01", "00"]), ("sle4428", ["7F", "3F", "1F", "0F", "07", "03", "01", "00"])],
)
def test_wrong_codes_use_up_the_tries_and_lock(kind, counters):
    card = powered(kind)
    assert [send(card, WRONG[kind]) for _ in counters] == ["90" + counter for counter in counters]
    assert send(card, RIGHT[kind]) == "9000"
    assert send(card, "FFD6004001AA") == "6982"
    card.reset()
    assert send(card, "FFB1000004")[:2] == "00"


@pytest.mark.parametrize("kind", KINDS)
def test_right_code_restores_the_tries(kind):
    card = powered(kind)
    full = send(card, "FFB1000004")
    send(card, WRONG[kind])
    assert send(card, "FFB1000004") != full
    send(card, RIGHT[kind])
    assert send(card, "FFB1000004") == full


def test_error_counter_answer_has_the_length_of_the_kind():
    assert send(powered("sle4442"), "FFB1000004") == "070000009000"
    assert send(powered("sle4428"), "FFB1000003") == "FF00009000"


def test_wrong_code_withdraws_the_right_to_write():
    card = powered("sle4442")
    send(card, RIGHT["sle4442"])
    send(card, WRONG["sle4442"])
    assert send(card, "FFD6004001AA") == "6982"


def test_changed_code_is_the_one_that_counts():
    card = powered("sle4442")
    assert send(card, "FFD2000103112233") == "6982"
    send(card, RIGHT["sle4442"])
    assert send(card, "FFD2000103112233") == "9000"
    card.reset()
    assert send(card, RIGHT["sle4442"]) == "9003"
    assert send(card, "FF20000003112233") == "9007"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("apdu", "sw"),
    [
        ("00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "6E00"),
        ("00B2010400", "6E00"),
        ("FFCA000000", "6D00"),
        ("FFA40000", "6700"),
        ("FF2000000111", "6700"),
        ("FFD6004005AA", "6700"),
        ("FF", "6700"),
    ],
)
def test_anything_but_storage_card_commands_is_refused(kind, apdu, sw):
    assert send(powered(kind), apdu) == sw


@pytest.mark.parametrize("chip", [SLE4442, SLE4428], ids=lambda chip: chip.kind)
def test_writing_outside_the_user_memory_is_refused(chip):
    card = powered(chip.kind)
    send(card, RIGHT[chip.kind])
    assert send(card, f"FFD6{chip.user_size - 1:04X}02ABCD") == "6B00"


@given(
    kind=st.sampled_from(KINDS),
    start=st.integers(0, 200),
    data=st.binary(min_size=1, max_size=40),
    cut=st.integers(0, 60),
)
def test_torn_write_leaves_old_or_new_contents(kind, start, data, cut):
    card = powered(kind, bytes(range(250)))
    send(card, RIGHT[kind])
    before = bytes.fromhex(card.state()["contents"])
    after = before[:start] + data + before[start + len(data) :]
    card.arm_tear(cut)
    write = bytes((0xFF, 0xD6, 0, start, len(data))) + data
    if cut <= len(data) + 1:
        with pytest.raises(TornError):
            card.transmit(write)
    else:
        assert card.transmit(write) == b"\x90\x00"
    card.power_on()
    assert bytes.fromhex(card.state()["contents"]) == (before if cut <= len(data) else after)


def test_torn_presentation_of_the_code_grants_nothing():
    card = powered("sle4442")
    card.arm_tear(0)
    with pytest.raises(TornError):
        send(card, RIGHT["sle4442"])
    card.power_on()
    assert send(card, "FFD6004001AA") == "6982"


@pytest.mark.parametrize("kind", KINDS)
def test_state_survives_json_and_a_fork_is_independent(kind):
    card = MemoryCard(kind, b"old", notes={"holder_name": "测试甲乙"})
    twin = MemoryCard.from_state(json.loads(json.dumps(card.state())))
    fork = card.fork()
    assert twin.state() == card.state() == fork.state()
    fork.power_on()
    send(fork, RIGHT[kind])
    send(fork, "FFD6000003414243")
    assert card.state()["contents"].startswith(b"old".hex().upper())


@pytest.mark.parametrize("kind", KINDS)
def test_image_and_its_journal_keep_a_memory_card(kind, tmp_path):
    path = tmp_path / "card"
    image.save(MemoryCard(kind, b"old", notes={"holder_name": "测试甲乙"}), path)
    with image.open_journalled(path) as card:
        card.power_on()
        card.transmit(bytes.fromhex(RIGHT[kind]))
        card.transmit(bytes.fromhex("FFD6000003414243"))
        assert image.load(path).state() == card.state()
    assert image.load(path).state() == card.state()


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "sle0000"), ("contents", "XY"), ("tries_left", -1), ("notes", None)]
)
def test_damaged_state_is_refused_with_its_place(field, value):
    with pytest.raises(DescriptionError, match=field):
        MemoryCard.from_state({**MemoryCard("sle4442", b"").state(), field: value})


def test_write_that_cannot_be_stored_leaves_the_old_contents():
    def full(_: object) -> None:
        raise OSError("disk full")

    card = powered("sle4442")
    send(card, RIGHT["sle4442"])
    before = card.state()
    card.on_commit = full
    with pytest.raises(OSError, match="disk full"):
        send(card, "FFD6000002ABCD")
    assert card.state() == before


def test_card_without_power_is_mute():
    card = MemoryCard("sle4442", b"")
    with pytest.raises(CardMuteError):
        card.transmit(b"\xff\xb0\x00\x00\x01")


def test_oversized_contents_and_odd_codes_are_refused():
    with pytest.raises(ValueError, match="257 bytes do not fit the 256"):
        MemoryCard("sle4442", bytes(257))
    with pytest.raises(ValueError, match="the code of a sle4428 card has 2 bytes"):
        MemoryCard("sle4428", b"", code=b"\0\0\0")


@given(st.binary(max_size=300))
def test_any_bytes_get_a_status_word(apdu):
    assert len(powered("sle4442").transmit(apdu)) >= 2
