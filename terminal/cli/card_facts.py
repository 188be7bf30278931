"""What is on a card, decoded and masked: the one view behind show, diff and before-and-after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from apdu.explain_data import shown
from apdu.layout import (
    Access,
    DirectorySpec,
    FileSpec,
    ItemValue,
    LayoutError,
    Structure,
    application_status,
    card_layout,
)
from apdu.layout.application_status import read_status_records
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.psam import psam_layout
from apdu.redact import mask_id
from terminal.flow.texts import yuan
from terminal.text import Text
from terminal.trace.names import card_name
from virtual_card import issue_record
from virtual_card.applications.memory import MemoryCard
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.state import CardContents, CardFile, Directory

HIDDEN = "****"


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """One thing a card holds: `value` for people, masked; `compared` in full, for comparing only."""

    path: str
    text: Text
    value: str
    compared: object

    def __repr__(self) -> str:
        return f"Fact({self.path}: {self.value})"


@dataclass(frozen=True, slots=True)
class Section:
    """A card, a directory or a file: its facts, and for a file its structure and rights in `note`."""

    path: str
    text: Text
    note: str
    facts: tuple[Fact, ...]


def sections(card: VirtualCard) -> list[Section]:
    """Everything a card holds, in its own order; PINs and key values only as `****`."""
    if isinstance(card, MemoryCard):
        return [_memory_card(card), *_notes(card.notes)]
    assert isinstance(card, ProcessorCard)
    contents = card.contents()
    layout = {directory.name: directory for directory in _layout(card.kind, contents)}
    found = [_processor_card(card, contents)]
    for directory in contents.directories:
        declared = layout.get(directory.name)
        found.append(_directory(directory, declared))
        found += [
            _file(directory, file, declared.file(file.fid) if declared else None) for file in directory.files
        ]
    return [*found, *_notes(contents.notes)]


def facts(card: VirtualCard) -> Iterator[Fact]:
    """Every fact of every section."""
    for section in sections(card):
        yield from section.facts


def _fact(path: str, en: str, zh: str, value: object, compared: object = None) -> Fact:
    return Fact(path, Text(en, zh), str(value), value if compared is None else compared)


def _layout(kind: str, contents: CardContents) -> Iterable[DirectorySpec]:
    """The declared directories of a card, its status file under whatever identifier the region gave it."""
    if kind == "psam":
        return psam_layout()
    if kind in OLD_CARDS:
        return (OLD_CARDS[kind],)
    fids = (
        file.fid
        for file in contents.directory("SSSE").files
        if file.fid == application_status.DEFAULT_FID or read_status_records(file.records).status is not None
    )
    return card_layout(contents.version, next(fids, None))


def _processor_card(card: ProcessorCard, contents: CardContents) -> Section:
    algorithms = {entry.algorithm.name: None for entry in contents.directories if entry.algorithm is not None}
    found = [
        _fact("card/kind", "Kind", "卡种", card.kind),
        _fact("card/atr", "Answer to reset", "复位应答", contents.atr.hex().upper()),
        _fact("card/version", "Version", "规范版本", contents.version),
        _fact("card/algorithm", "Algorithm", "算法", ", ".join(algorithms)),
        _fact("card/blocked", "Card blocked", "卡片锁定", _yes(contents.blocked)),
    ]
    if card.kind != "psam":
        tries = f"{contents.pin_tries} of {contents.pin_limit}"
        found += [
            _fact("card/pin", "PIN", "个人密码", HIDDEN if contents.pin else "none", contents.pin.hex()),
            _fact("card/pin_tries", "PIN tries left", "密码剩余次数", tries),
        ]
    return Section("card", card_name(card.kind), "", tuple(found))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _directory(directory: Directory, declared: DirectorySpec | None) -> Section:
    path = directory.name
    found = [_fact(f"{path}/blocked", "Application blocked", "应用锁定", _yes(directory.blocked))]
    for key in directory.keys:
        tries = f"{key.tries_left} of {key.limit} tries" if key.limit else "never locks"
        held = f"{len(key.versions)} versions, {tries}" if len(key.versions) > 1 else tries
        compared: object = (tuple(sorted(key.versions.items())), key.tries_left, key.limit)
        found.append(_fact(f"{path}/key/{key.name}", f"Key {key.name}", "密钥", f"{HIDDEN} {held}", compared))
    for sam in directory.sam_keys:
        held = f"{HIDDEN} type {sam.type}, id {sam.id:02X}, {sam.levels} levels left"
        compared = (sam.value, sam.type, sam.id, sam.levels)
        where = f"{path}/key/{sam.name}/{sam.id:02X}"
        found.append(_fact(where, f"Key {sam.name}", "密钥", held, compared))
    label = declared.label_zh if declared else ""
    return Section(path, Text("Directory", label), "", tuple(found))


def _file(directory: Directory, file: CardFile, spec: FileSpec | None) -> Section:
    path = spec.path if spec else f"{directory.name}/{file.fid:04X}"
    note = f"{file.structure.lower()}, read {_rule(file.read)}, update {_rule(file.update)}"
    if spec is None or (spec.structure is Structure.TRANSPARENT) != (file.structure == "TRANSPARENT"):
        return Section(path, Text("Undeclared file", "未定义文件"), note, tuple(_opaque(path, file)))
    found = _transparent(spec, file.body) if file.structure == "TRANSPARENT" else _records(spec, file.records)
    return Section(path, Text(spec.name, spec.name_zh), note, tuple(found))


def _rule(rule: tuple[frozenset[str], ...]) -> str:
    return str(Access(rule))


def _opaque(path: str, file: CardFile) -> Iterator[Fact]:
    """Contents no layout declares: only how much there is, since nobody knows what it means."""
    if file.structure == "TRANSPARENT":
        yield _fact(path, "Contents", "内容", f"{len(file.body)} bytes, not shown", file.body)
    for number, record in enumerate(file.records, 1):
        yield _fact(f"{path}/{number}", f"Record {number}", "记录", f"{len(record)} bytes, not shown", record)


def _transparent(spec: FileSpec, body: bytes) -> Iterator[Fact]:
    try:
        for value in spec.parse(body).values:
            yield from _values(spec, value, spec.path)
    except LayoutError as error:
        yield _fact(spec.path, "Unreadable", "无法解析", str(error), body)


def _records(spec: FileSpec, records: list[bytes]) -> Iterator[Fact]:
    if not records:
        yield _fact(spec.path, "Records", "记录", "none")
    seen: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        try:
            value = spec.decode_record(record)
        except LayoutError as error:
            yield _fact(f"{spec.path}/{number}", "Unreadable", "无法解析", str(error), record)
            continue
        tag = f"{number}" if value.tag is None else f"{value.tag:02X}"
        seen[tag] = seen.get(tag, 0) + 1
        again = f".{seen[tag]}" if seen[tag] > 1 else ""
        yield from _values(spec, value, f"{spec.path}/{tag}{again}")


def _values(spec: FileSpec, value: ItemValue, path: str) -> Iterator[Fact]:
    for number, part in enumerate(value.parts, 1):
        own = f"{number}" if part.tag is None else f"{part.tag:02X}"
        yield from _values(spec, part, f"{path}/{own}")
    if not value.parts:
        item = value.item
        where = path if item.tag is not None or item.offset is None else f"{path}+{item.offset:04X}"
        yield Fact(where, Text(item.name, item.name_zh), shown(value.value, item), value.raw)


def _memory_card(card: MemoryCard) -> Section:
    (spec,) = OLD_CARDS[card.kind].files
    state = card.state()
    found = [
        _fact("card/kind", "Kind", "卡种", card.kind),
        _fact("card/atr", "Answer to reset of the reader", "读卡器复位应答", card.atr.hex().upper()),
        _fact("card/code", "Security code", "可编程安全码", HIDDEN, state["code"]),
        _fact("card/tries", "Tries left for the code", "安全码剩余次数", state["tries_left"]),
        *_transparent(spec, card.contents()),
        _fact("card/memory", "Memory", "存储区", f"{len(card.contents())} bytes", card.contents()),
    ]
    return Section("card", card_name(card.kind), "", tuple(found))


_NOTES: Mapping[str, tuple[Text, Callable[[str], str]]] = {
    issue_record.HOLDER_ID: (Text("Holder's ID number", "公民身份号码"), mask_id),
    issue_record.HOLDER_NAME: (Text("Holder", "持卡人"), str),
    issue_record.OLD_PIN: (Text("PIN", "密码"), lambda value: HIDDEN),
    issue_record.BALANCE: (Text("Account balance", "个人账户余额"), lambda value: yuan(int(value))),
}


def _notes(notes: dict[str, str]) -> Iterator[Section]:
    """What the issuer noted beside the card; medical data are told by how many there are."""
    if not notes:
        return
    found = [
        Fact(f"notes/{name}", text, mask(notes[name]), notes[name])
        for name, (text, mask) in _NOTES.items()
        if name in notes
    ]
    others = {name: value for name, value in notes.items() if name not in _NOTES}
    if others:
        found.append(
            _fact("notes/other", "Medical base data", "医疗保险基本信息", f"{len(others)} items", others)
        )
    yield Section("notes", Text("Issuer's notes, not on the card", "发卡记录"), "", tuple(found))
