"""What the PKI application keeps: image, journal, fork and tear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pki_samples import ADMINISTRATOR_PIN, FETCH, GENERATE, PAIR, Kiosk, fixed_pairs, kiosk, pin_key, pki_card

from virtual_card import image
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import KeyPair, PkiContents
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.description import read_contents
from virtual_card.description_reader import DescriptionError
from virtual_card.errors import TornError

CHANGED = PkiContents(bytes.fromhex("1357"), bytes.fromhex("2468"), bytes(range(16)), key_pair=PAIR)


@pytest.fixture(autouse=True)
def _pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed_pairs(monkeypatch)


def busy(card: ProcessorCard) -> None:
    """Everything a kiosk writes, once."""
    desk = Kiosk(card)
    desk.enter()
    desk.user("9999")
    assert desk.user() == desk.administrator() == desk.master() == "9000"
    assert desk(GENERATE) == "9000"
    assert desk("00D6980004AABBCCDD") == "9000"
    assert desk.sealed("845E0100", pin_key(ADMINISTRATOR_PIN), b"\x43\x21") == "9000"
    desk.master(bytes(16))


def test_difference_of_two_cards_shows_no_pin_and_no_key() -> None:
    differences = {entry.path: entry for entry in image.diff(pki_card(), pki_card(CHANGED))}
    hidden = {"pki/user/pin", "pki/administrator/pin", "pki/master/key", "pki/key_pair/private"}
    assert {path for path, entry in differences.items() if entry.secret} == hidden
    assert "pki/key_pair/public" in differences


@pytest.mark.parametrize("contents", [PkiContents(), CHANGED])
def test_image_holds_the_whole_application(tmp_path: Path, contents: PkiContents) -> None:
    card = pki_card(contents)
    image.save(card, tmp_path / "card.image")
    loaded = image.load(tmp_path / "card.image")
    assert isinstance(loaded, ProcessorCard)
    assert loaded.state() == card.state()
    assert loaded.contents().pki == contents


def test_card_without_the_application_has_none_in_its_image() -> None:
    whole = pki_card().contents()
    whole.pki = None
    assert "pki" not in social_card("ssc-3.0", whole).state()


def test_journal_carries_every_write(tmp_path: Path) -> None:
    path = tmp_path / "card.image"
    image.save(pki_card(), path)
    with image.open_journalled(path) as card:
        assert isinstance(card, ProcessorCard)
        card.power_on()
        busy(card)
        assert image.load(path).state() == card.state()
        pki = card.contents().pki
    assert pki is not None and pki.key_pair == PAIR
    assert pki.administrator_pin == b"\x43\x21"
    assert pki.certificates[0x0018][:4].hex() == "aabbccdd"
    assert list(pki.tries.values()) == [6, 6, 5]


def test_fork_lives_its_own_life() -> None:
    card = pki_card()
    twin = card.fork()
    twin.power_on()
    busy(twin)
    assert card.contents().pki == PkiContents()
    assert twin.contents().pki != PkiContents()


@pytest.mark.parametrize("after_bytes", [0, 1, 50, 95, 96, 97])
@pytest.mark.parametrize("existing", [None, KeyPair(bytes(32), b"\x07" * 64)])
def test_torn_key_pair_is_the_old_one_or_the_new_one(existing: KeyPair | None, after_bytes: int) -> None:
    desk = kiosk(PkiContents(key_pair=existing))
    desk.user()
    desk.card.arm_tear(after_bytes)
    with pytest.raises(TornError):
        desk(GENERATE)
    desk.card.power_on()
    pki = desk.card.contents().pki
    assert pki is not None and pki.key_pair == (PAIR if after_bytes == 97 else existing)


@pytest.mark.parametrize("after_bytes", [0, 1, 2])
def test_torn_wrong_proof_counts_or_does_not(after_bytes: int) -> None:
    desk = kiosk()
    challenge = desk.challenge()
    assert challenge
    desk.card.arm_tear(after_bytes)
    with pytest.raises(TornError):
        desk("0020018110" + "00" * 16)
    desk.card.power_on()
    pki = desk.card.contents().pki
    assert pki is not None and list(pki.tries.values()) == [5 if after_bytes == 2 else 6, 6, 6]


def test_failed_generation_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(random: object) -> KeyPair:
        raise OSError("no randomness")

    desk = kiosk(PkiContents(key_pair=PAIR))
    desk.user()
    desk.card.strict = False
    monkeypatch.setattr(sm2, "new_key_pair", fail)
    assert desk(GENERATE) == "6F00"
    desk("80C98200")
    assert desk(FETCH)[4:-4] == PAIR.public.hex().upper()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("master.key", "00"),
        ("user.pin", "xy"),
        ("master.tries", 7),
        ("key_pair.private", "00"),
        ("key_pair.public", "00"),
        ("certificates.0018", "00"),
    ],
)
def test_damaged_application_is_named_by_its_place(place: str, value: object) -> None:
    state = json.loads(json.dumps(pki_card(PkiContents(key_pair=PAIR)).state()))
    *path, last = place.split(".")
    target = state["pki"]
    for step in path:
        target = target[step]
    target[last] = value
    with pytest.raises(DescriptionError, match=f"card.pki.{place}"):
        read_contents(state)
