"""A damaged image is told by name, place and cure, and is left as it is."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from card_samples import sample_card
from hypothesis import given
from hypothesis import strategies as st

from virtual_card import image
from virtual_card.image import DamagedImageError
from virtual_card.image_text import decode

GOOD = image.dumps(sample_card()).encode()


def headed(header: dict[str, object]) -> bytes:
    first = {**json.loads(GOOD.split(b"\n", 1)[0]), **header}
    return json.dumps(first).encode() + b"\n" + GOOD.split(b"\n", 1)[1]


def with_card(old: str, new: str) -> bytes:
    """An image with a valid checksum around a changed body."""
    body = GOOD.split(b"\n", 1)[1].replace(old.encode(), new.encode(), 1)
    kind = new.split('"')[3] if '"kind"' in new else "ssc-3.0"
    changed = {"sha256": hashlib.sha256(body).hexdigest(), "kind": kind}
    header = {**json.loads(GOOD.split(b"\n", 1)[0]), **changed}
    return json.dumps(header).encode() + b"\n" + body


CASES = {
    "empty": (b"", "line 1: the file is empty"),
    "other format": (b'{"format":"something else"}\n', "line 1: this is no card image"),
    "no text": (bytes(range(128, 256)) * 4, "line 1: this is no card image"),
    "other version": (headed({"version": 7}), "image version 7 is not the version 1"),
    "no checksum": (headed({"sha256": None}), "line 1: the header lacks"),
    "no lines": (headed({"lines": "4"}), "line 1: the header lacks"),
    "negative lines": (headed({"lines": -1}), "line 1: the header lacks"),
    "other kind": (headed({"kind": "psam"}), "line 1: the header names another kind of card than ssc-3.0"),
    "truncated": (GOOD[: len(GOOD) // 2], "the image is truncated: 4 lines were to follow"),
    "last newline lost": (GOOD[:-1], "the image is truncated"),
    "changed": (GOOD.replace(b"aabb", b"aabc"), "lines 2 to 5: the card does not match its checksum"),
    "unknown kind": (with_card('"kind":"ssc-3.0"', '"kind":"ssc-9.9"'), "kind: 'ssc-9.9' is none of"),
    "wrong type": (with_card('"pin_tries":6', '"pin_tries":"6"'), "card.pin_tries: should be of type int"),
    "wrong counter": (with_card('"pin_tries":6', '"pin_tries":99'), "card.pin_tries: should lie in 0 to 15"),
    "no hex": (with_card('"0102aabb"', '"0102aabg"'), "card.directories[0].files[0].records: is no hex"),
    "wrong word": (
        with_card('"TRANSPARENT"', '"FLAT"'),
        "card.directories[0].files[2].structure: should be one of CYCLIC, FIXED, TRANSPARENT, VARIABLE",
    ),
    "wrong rule": (
        with_card('"read":[[]]', '"read":"free"'),
        "card.directories[0].files[0].read: should be of type list",
    ),
    "no parent": (with_card('"parent":"SSSE"', '"parent":"XXXX"'), "names XXXX as its environment"),
    "no description": (with_card('{"directory":', '{"directions":'), "these lines describe no card"),
}


@pytest.mark.parametrize("case", CASES)
def test_damage_is_named_with_place_and_cure_and_the_file_is_untouched(case: str, tmp_path: Path) -> None:
    raw, expected = CASES[case]
    path = tmp_path / "card.image"
    path.write_bytes(raw)
    for reads in (image.load, image.open_journalled):
        with pytest.raises(DamagedImageError) as caught:
            reads(path)
        message = str(caught.value)
        assert message.startswith(f"{path}: ")
        assert expected in message
        assert message.endswith("the file was left as it is.")
        assert path.read_bytes() == raw


@given(st.integers(0, len(GOOD) - 1))
def test_any_truncation_is_noticed(length: int) -> None:
    with pytest.raises(DamagedImageError):
        decode(GOOD[:length], "card.image")


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_any_changed_byte_of_the_card_is_noticed(position: int, mask: int) -> None:
    damaged = bytearray(GOOD)
    damaged[position] ^= mask
    with pytest.raises(DamagedImageError):
        decode(bytes(damaged), "card.image")


def test_a_missing_file_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        image.load(tmp_path / "none.image")


def test_what_could_be_read_for_ever_is_no_image(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for opening, path in ((image.load, "/dev/zero"), (image.open_journalled, str(tmp_path / "pipe"))):
        with pytest.raises(DamagedImageError, match=f"{path}: line 1: this is no file"):
            opening(path)
