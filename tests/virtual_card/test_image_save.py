"""Saving and loading card images."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from card_samples import authenticate, sample_card, sample_contents, send

from apdu.crypto import Algorithm
from virtual_card import image
from virtual_card.applications.memory import MemoryCard
from virtual_card.applications.old_cpu import old_cpu_card
from virtual_card.applications.psam import psam_card
from virtual_card.card import VirtualCard
from virtual_card.errors import TornError
from virtual_card.state import CardContents, Directory, SamKey


def psam_like() -> VirtualCard:
    environment = Directory("sx3", b"sx3.sh.", 0x3F00, algorithm=Algorithm.SM4, face="apdu")
    application = Directory("sx3/DF01", b"\xd1\x56\x00\x00\x05\x90", 0xDF01, parent="sx3")
    application.sam_keys.append(SamKey("IRK", 7, 3, 8, bytes(16)))
    contents = CardContents("1.0", bytes(17), [environment, application], lenient_type=False)
    contents.notes["b"] = "次"
    contents.notes["a"] = "first"
    return psam_card(contents)


def old_cpu_like() -> VirtualCard:
    directory = Directory("MF", b"", 0x3F00, algorithm=Algorithm.DES)
    return old_cpu_card(CardContents("1.0", bytes(17), [directory], pin=b"\x12\x34"), face="apdu")


CARDS: dict[str, Callable[[], VirtualCard]] = {
    "ssc": sample_card,
    "psam": psam_like,
    "old-cpu": old_cpu_like,
    "sle4442": lambda: MemoryCard("sle4442", b"\xa2\x13\x10\x91"),
}


@pytest.mark.parametrize("kind", CARDS)
def test_load_gives_the_card_that_was_saved_byte_for_byte(kind: str, tmp_path: Path) -> None:
    card, path = CARDS[kind](), tmp_path / "card.image"
    image.save(card, path)
    again = image.load(path)
    assert type(again) is type(card)
    assert again.state() == card.state()
    assert image.dumps(again) == image.dumps(card) == path.read_text(encoding="utf-8")


def test_everything_that_survives_power_is_saved(tmp_path: Path) -> None:
    card = sample_card()
    authenticate(card, "UKSSSE", 4)
    send(
        card,
        "00DC0A48030A0155",
        "00D6870203AABBCC",
        "0082000510" + "00" * 16,
        "0084000008",
        "0082000A10" + "00" * 16,
    )
    send(card, "805E010007123456FF654321", "0020000003999999")
    image.save(card, tmp_path / "card.image")
    again = image.load(tmp_path / "card.image")
    again.power_on()
    assert again.transmit(bytes.fromhex("0020000000")).hex() == "63c5"
    assert again.transmit(bytes.fromhex("0020000003654321")).hex() == "9000"
    assert again.transmit(bytes.fromhex("00B2014C03")).hex() == "0a01559000"
    assert again.transmit(bytes.fromhex("00B0870203")).hex() == "aabbcc9000"
    assert again.transmit(bytes.fromhex("0084000008"))[8:] == b"\x90\x00"
    assert again.transmit(bytes.fromhex("0082000A10" + "00" * 16)).hex() == "63c1"


def test_blocks_are_saved(tmp_path: Path) -> None:
    contents = sample_contents()
    contents.directory("DF04").blocked = True
    image.save(sample_card(contents), tmp_path / "card.image")
    again = image.load(tmp_path / "card.image")
    again.power_on()
    assert again.transmit(bytes.fromhex("00A4000002DF04")).hex() == "9303"


def test_only_the_owner_may_read_an_image(tmp_path: Path) -> None:
    image.save(sample_card(), tmp_path / "card.image")
    assert stat.S_IMODE((tmp_path / "card.image").stat().st_mode) == 0o600


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_full_disk_is_told_of_the_image_and_of_no_temporary_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *arguments[:1])

    path = tmp_path / "card.image"
    monkeypatch.setattr(os, broken, full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        image.save(sample_card(), path)
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))


def test_a_directory_that_is_not_there_is_told_by_the_name_of_the_image(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "card.image"
    with pytest.raises(FileNotFoundError) as caught:
        image.save(sample_card(), path)
    assert caught.value.filename == str(path)


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_crash_while_saving_leaves_the_old_image(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "card.image"
    image.save(sample_card(), path)
    old = path.read_bytes()

    def crash(*arguments: object) -> None:
        raise OSError("power failed")

    changed = sample_card()
    send(changed, "0020000003999999")
    monkeypatch.setattr(os, broken, crash)
    with pytest.raises(OSError, match="power failed"):
        image.save(changed, path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    path, link = tmp_path / "card.image", tmp_path / "link"
    image.save(sample_card(), path)
    link.symlink_to(path)
    card = sample_card()
    send(card, "0020000003999999")
    image.save(card, link)
    assert link.is_symlink()
    assert image.load(path).state() == card.state()


def test_loading_needs_neither_construct_nor_cryptography(tmp_path: Path) -> None:
    image.save(sample_card(), tmp_path / "card.image")
    code = (
        "import sys; from virtual_card import image; card = image.load(sys.argv[1]); card.power_on()\n"
        "print(card.transmit(bytes.fromhex('00B2012C04')).hex(), 'construct' in sys.modules, "
        "'cryptography' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "card.image")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0102aabb9000", "False", "False"]


def test_a_torn_card_is_saved_as_the_next_power_on_finds_it(tmp_path: Path) -> None:
    card = sample_card()
    card.arm_tear(1)
    with pytest.raises(TornError):
        send(card, "00DC0A48030A0155")
    image.save(card, tmp_path / "card.image")
    assert image.load(tmp_path / "card.image").state() == sample_card().state()
