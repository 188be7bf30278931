"""Key pair, public key and certificate files."""

from __future__ import annotations

import random

import pytest
from pki_samples import ASK, FETCH, GENERATE, PAIR, Kiosk, fixed_pairs, kiosk, pki_card

from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import KeyPair, PkiContents

CERTIFICATE = random.Random(5).randbytes(1020)


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


@pytest.fixture(name="holder")
def _holder() -> Kiosk:
    desk = kiosk()
    assert desk.user() == "9000"
    return desk


def write(desk: Kiosk, certificate: bytes, piece: int) -> None:
    for start in range(0, len(certificate), piece):
        part = certificate[start : start + piece]
        assert desk(f"00D6{start:04X}{len(part):02X}{part.hex()}") == "9000"


def read(desk: Kiosk) -> bytes:
    parts = [desk(f"00B0{start:04X}{min(250, 1020 - start):02X}") for start in range(0, 1020, 250)]
    assert all(part.endswith("9000") for part in parts)
    return bytes.fromhex("".join(part[:-4] for part in parts))


def test_public_key_is_asked_for_then_fetched_as_two_bytes_x_and_y(holder: Kiosk) -> None:
    assert holder(GENERATE) == "9000"
    assert holder(ASK) == "9000"
    assert holder(FETCH) == "0100" + PAIR.public.hex().upper() + "9000"


def test_wrong_length_is_corrected_and_the_face_without_t0_gives_it_at_once() -> None:
    desk = kiosk(PkiContents(key_pair=PAIR))
    desk(ASK)
    assert desk("80C9828000") == "6C42"
    direct = kiosk(PkiContents(key_pair=PAIR), "apdu")
    direct("80C98200")
    assert len(direct("80C9828000")) == 2 * 68


def test_key_pair_needs_the_users_pin_and_no_other() -> None:
    desk = kiosk()
    desk.administrator()
    desk.master()
    assert desk(GENERATE) == "6982"
    assert desk(ASK) == desk(FETCH) == "6A88"


def test_a_second_key_pair_replaces_the_first(holder: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    holder(GENERATE)
    holder(ASK)
    monkeypatch.setattr(sm2, "new_key_pair", lambda random: KeyPair(bytes(32), b"\x07" * 64))
    assert holder(GENERATE) == "9000"
    assert holder(FETCH) == "6985"
    holder(ASK)
    assert holder(FETCH) == "0100" + "07" * 64 + "9000"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("8040000008C0020012C2020014", "6A80"),
        ("8040000004C0020012", "6700"),
        ("80400000", "6700"),
        ("8040010008C0020012C2020013", "6A86"),
        ("80C9810002C200", "6A86"),
        ("80C9828142", "6A86"),
        ("80C982800100", "6700"),
        (FETCH, "6985"),
    ],
)
def test_other_keys_are_not_made_and_nothing_is_given_unasked(holder: Kiosk, command: str, word: str) -> None:
    holder(GENERATE)
    assert holder(command) == word


@pytest.mark.parametrize("piece", [0xFA, 0x70])
@pytest.mark.parametrize("fid", ["0018", "0019"])
def test_certificate_is_written_in_pieces_and_read_back(holder: Kiosk, fid: str, piece: int) -> None:
    assert holder(f"00A4020002{fid}") == "9000"
    write(holder, CERTIFICATE, piece)
    holder.card.power_on()
    holder.enter()
    assert holder(f"00A4020002{fid}") == "9000"
    assert read(holder) == CERTIFICATE
    assert holder("00B09A0000") == "6A82"


def test_certificate_files_are_two(holder: Kiosk) -> None:
    holder("00A40200020018")
    write(holder, CERTIFICATE, 0xFA)
    assert holder("00B0990010") == "00" * 16 + "9000"
    assert holder("00B0980010") == CERTIFICATE[:16].hex().upper() + "9000"


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("00D6980001AA", "6982"),
        ("00B0980000", "9000"),
        ("00B0B80001", "6A86"),
        ("00B0980001AA00", "6700"),
        ("00D69800", "6700"),
        ("00B0000001", "6986"),
    ],
)
def test_reading_is_free_and_writing_is_the_users(command: str, word: str) -> None:
    assert kiosk()(command)[-4:] == word


@pytest.mark.parametrize(
    ("command", "word"), [("00D603FC01AA", "6B00"), ("00D603FB02AAAA", "6700"), ("00B003FC01", "6B00")]
)
def test_certificate_file_does_not_grow(holder: Kiosk, command: str, word: str) -> None:
    holder("00A40200020018")
    assert holder(command) == word


def test_private_key_is_in_no_answer() -> None:
    desk = Kiosk(pki_card(PkiContents(key_pair=PAIR)))
    desk.enter()
    desk.user()
    secret = PAIR.private.hex().upper()
    answers = [desk(ASK), desk(FETCH), *(desk(f"00B0{0x80 | sfi:02X}0000") for sfi in range(1, 31))]
    assert not any(secret in answer for answer in answers)
    assert secret not in repr(desk.card.contents().pki).upper()
