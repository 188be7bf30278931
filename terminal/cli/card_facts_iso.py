"""A plain ISO/IEC 7816-4 card: directories, passwords, files with rights and contents."""

from __future__ import annotations

from collections.abc import Iterator

from terminal.cli.card_sections import Fact, Section, fact, secret
from terminal.text import Text
from terminal.trace.names import card_name
from virtual_card.iso_card import IsoCard
from virtual_card.iso_tree import DirectoryEntry, FileEntry


def iso_sections(card: IsoCard, masked: bool) -> Iterator[Section]:
    """The card, then its directories with their files in order."""
    facts = (
        fact("card/kind", "Kind", "卡种", card.kind),
        fact("card/atr", "Answer to reset", "复位应答", card.atr.hex().upper()),
    )
    yield Section("card", card_name(card.kind), "", facts)
    yield from _directory(card.contents().master_file, "MF", masked)


def _directory(entry: DirectoryEntry, path: str, masked: bool) -> Iterator[Section]:
    yield Section(path, Text("Directory", entry.label), "", tuple(_directory_facts(entry, path, masked)))
    for file in entry.files:
        place = f"{path}/{file.fid.upper()}"
        rights = file.access
        sfi = "" if file.sfi is None else f"SFI {file.sfi:02X}, "
        note = f"{sfi}{file.structure}, read {rights.read}, update {rights.update}, {file.state}"
        yield Section(place, Text("File", file.label), note, tuple(_contents(file, place)))
    for child in entry.directories:
        yield from _directory(child, f"{path}/{child.fid.upper()}", masked)


def _directory_facts(entry: DirectoryEntry, path: str, masked: bool) -> Iterator[Fact]:
    yield fact(f"{path}/state", "Life cycle", "生命周期状态", entry.state)
    if entry.aid:
        yield fact(f"{path}/aid", "DF name", "DF名", entry.aid.upper())
    for password in entry.passwords:
        left = password.tries if password.tries_left is None else password.tries_left
        value = f"{secret(password.value, masked)}, reference {password.reference}, {left} of {password.tries} tries"
        where = f"{path}/{password.name}"
        yield fact(where, f"Password {password.name}", "密码", value, (password.value, password.tries_left))
    for tag, value in entry.data_objects.items():
        yield fact(f"{path}/{tag.upper()}", f"Data object {tag.upper()}", "数据对象", value.upper())


def _contents(file: FileEntry, path: str) -> Iterator[Fact]:
    if file.structure == "transparent":
        yield fact(path, "Contents", "内容", file.contents.upper())
    for number, record in enumerate(file.records, 1):
        yield fact(f"{path}/{number}", f"Record {number}", "记录", record.upper())
