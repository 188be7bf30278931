"""A tree file is refused with file, path, reason and next step; a good one becomes the card it describes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from iso_samples import block, document

from virtual_card.applications.iso7816 import TreeError, iso7816_card, load_tree, read_tree
from virtual_card.iso_tree import DamagedTreeError

Edit = Callable[[dict[str, Any]], object]


def put(name: str, value: object, *path: object) -> Edit:
    """An edit that sets `name` in the entry of the master file at the end of `path`."""

    def edit(master: dict[str, Any]) -> None:
        entry: Any = master
        for step in path:
            entry = entry[step]
        entry[name] = value

    return edit


FILE = ("files", 1)
FIXED = ("files", 2)
CHILD = ("directories", 0)
REFUSED: list[tuple[Edit, str, str]] = [
    (put("fid", "2F", *FILE), "master_file.files[1].fid", "file identifier of four hex digits"),
    (put("fid", "2F00", *FILE), "master_file.files[1].fid", "2F00 is taken"),
    (put("fid", "3FFF", *FILE), "master_file.files[1].fid", "means the current directory"),
    (put("fid", "5001"), "master_file.fid", "the master file is 3F00"),
    (put("fid", "3F00", *CHILD), "master_file.directories[0].fid", "needs one of its own"),
    (put("sfi", "31", *FILE), "master_file.files[1].sfi", "<= 30"),
    (put("sfi", "2", *FILE), "master_file.files[2].sfi", "2 is taken"),
    (put("structure", "cycling", *FILE), "master_file.files[1].structure", "cycling"),
    (put("contents", "ABC", *FILE), "master_file.files[1].contents", "bytes in hex"),
    (put("colour", "red", *FILE), "master_file.files[1]", "unknown field `colour`"),
    (put("size", "3", *FILE), "master_file.files[1].contents", "do not fit the size of 3"),
    (put("max_size", "3", *FILE), "master_file.files[1].max_size", "at least the size of 16"),
    (put("max_size", "65536", *FILE), "master_file.files[1].max_size", "<= 65535"),
    (put("records", ["01"], *FILE), "master_file.files[1].records", "no records"),
    (put("contents", "", *CHILD, "directories", 0, "files", 0), "directories[0].files[0]", "needs contents"),
    (put("records", ["01"], *FIXED), "master_file.files[2].records[0]", "record length of 4"),
    (put("records", [""], "files", 0), "master_file.files[0].records[0]", "0 bytes"),
    (put("records", ["0101"] * 4, "files", 3), "master_file.files[3].records", "4 records"),
    (put("record_length", "null", *FIXED), "master_file.files[2].record_length", "needs it"),
    (put("max_records", "null", "files", 3), "master_file.files[3].max_records", "needs it"),
    (put("contents", "01", *FIXED), "master_file.files[2].contents", "records instead"),
    (put("read", "PIN9", *FILE, "access"), "master_file.files[1].access.read", "called PIN9"),
    (put("read", "PIN2", *FILE, "access"), "master_file.files[1].access.read", "called PIN2"),
    (put("read", "(", *FILE, "access"), "master_file.files[1].access.read", "expected free, never"),
    (put("activate", "X", *CHILD, "access"), "master_file.directories[0].access.activate", "called X"),
    (put("reference", "81", "passwords", 0), "master_file.passwords[0].reference", "01 to 1F"),
    (put("reference", "01", *CHILD, "passwords", 0), "directories[0].passwords[0].reference", "81 to 9F"),
    (put("name", "PIN1", *CHILD, "passwords", 0), "directories[0].passwords[0]", "taken"),
    (put("name", "pin", "passwords", 0), "master_file.passwords[0].name", "capital letters"),
    (put("value", "", "passwords", 0), "master_file.passwords[0].value", "at least one byte"),
    (put("tries", "16", "passwords", 0), "master_file.passwords[0].tries", "<= 15"),
    (put("tries_left", "4", "passwords", 0), "master_file.passwords[0].tries_left", "at most the 3"),
    (put("aid", "F0" * 17, *CHILD), "master_file.directories[0].aid", "at most 16"),
    (put("aid", "F00000000102", *CHILD), "master_file.directories[1].aid", "another directory"),
    (put("label", "x" * 17, *CHILD), "master_file.directories[0].label", "at most 16"),
    (put("proprietary", "8705", *CHILD), "master_file.directories[0].proprietary", "data objects"),
    (put("data_objects", {"5F": "01"}), "master_file.data_objects.5F", "no BER-TLV tag"),
    (put("data_objects", {"5": "01"}), "master_file.data_objects", "two or four hex digits"),
]


@pytest.mark.parametrize(("edit", "place", "reason"), REFUSED)
def test_wrong_tree_is_refused_with_its_place(edit: Edit, place: str, reason: str, tmp_path: Path) -> None:
    tree = document()
    edit(tree["master_file"])
    path = tmp_path / "tree.yaml"
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    with pytest.raises(TreeError) as caught:
        load_tree(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert place in message and reason in message
    assert message.endswith("docs/iso7816-card.md describes every field.")
    assert "31323334" not in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"master_file: [}", "line 1, column 15"),
        (b"\xff\xfe\x00", "UTF-8"),
        (
            b"master_file:\n  data_objects: {}\n  data_objects: {}\n",
            "line 3, column 3: no valid YAML (the key",
        ),
        (b"master_file: " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"master_file: !!map {}", "line 1, column 14: no valid YAML (a tag"),
    ],
)
def test_file_that_is_no_yaml_is_a_damaged_one(text: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_bytes(text)
    with pytest.raises(DamagedTreeError, match=r"tree\.yaml") as caught:
        load_tree(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[]", "card: expected `object`"),
        (b"{}", "missing required field `master_file`"),
        (b"atr: 3B\nmaster_file: {}\n", "atr: byte 1"),
    ],
)
def test_file_that_is_no_tree_is_refused(text: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_bytes(text)
    with pytest.raises(TreeError, match=r"tree\.yaml") as caught:
        load_tree(path)
    assert reason in str(caught.value)
    assert not isinstance(caught.value, DamagedTreeError)


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TreeError, match=r"none\.yaml: No such file.*Check the name"):
        load_tree(tmp_path / "none.yaml")


def test_directories_are_refused_where_they_lie_too_deep() -> None:
    tree: dict[str, Any] = {}
    for number in range(8):
        tree = {"fid": f"10{number:02}", "directories": [tree] if tree else []}
    with pytest.raises(ValueError, match="at most 8 deep"):
        read_tree({"master_file": {"directories": [tree]}})


def test_unquoted_numbers_stay_hex(tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text(
        "master_file:\n  files:\n    - {fid: 0010, structure: transparent, contents: 0012}\n"
        "    - {fid: 1E10, structure: transparent, contents: 5E10}\n",
        encoding="utf-8",
    )
    card = iso7816_card(load_tree(path), face="apdu")
    card.power_on()
    card.transmit(bytes.fromhex("00A4000C020010"))
    assert card.transmit(bytes.fromhex("00B0000000")) == bytes.fromhex("00129000")


def test_atr_of_the_tree_is_the_card_s() -> None:
    card = iso7816_card(read_tree({"atr": "3B00", "master_file": {}}))
    assert card.power_on() == bytes.fromhex("3B00")


def test_example_of_the_page_loads(tmp_path: Path) -> None:
    path = tmp_path / "tree.yaml"
    path.write_text(block("yaml"), encoding="utf-8")
    assert len(load_tree(path).master_file.files) == 6
