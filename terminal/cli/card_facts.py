"""What is on a card, decoded and masked: the one view behind show, diff and before-and-after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from apdu.layout import (
    Access,
    DirectorySpec,
    FileSpec,
    Structure,
    application_status,
    every_file,
)
from apdu.layout.application_status import read_status_records
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.psam import psam_layout
from apdu.redact import mask_id
from terminal.cli.card_sections import HIDDEN, Fact, Section, fact, secret, yes_or_no
from terminal.cli.file_facts import body_facts, record_facts
from terminal.flow.texts import yuan
from terminal.text import Text
from terminal.trace.names import card_name
from virtual_card import issue_record
from virtual_card.applications.memory import MemoryCard
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.state import CardContents, CardFile, Directory, KeyState, Purse


def sections(card: VirtualCard, *, masked: bool = True) -> list[Section]:
    """Everything a card holds, in its own order; PINs and keys as `****` and identity numbers by their ends.

    Not `masked`: all of it in full.
    """
    if isinstance(card, MemoryCard):
        return [_memory_card(card, masked), *_notes(card.notes, masked)]
    if not isinstance(card, ProcessorCard):
        return list(_plain_card(card, masked))
    contents = card.contents()
    layout = {directory.name: directory for directory in _layout(card.kind, contents)}
    found = [_processor_card(card, contents, masked)]
    for directory in contents.directories:
        declared = layout.get(directory.name)
        found.append(_directory(directory, declared, masked))
        found += [
            _file(directory, file, declared.file(file.fid) if declared else None, masked)
            for file in directory.files
        ]
    return [*found, *_neighbours(contents, masked), *_notes(contents.notes, masked)]


def _plain_card(card: VirtualCard, masked: bool) -> Iterator[Section]:
    from terminal.cli.card_facts_iso import iso_sections
    from virtual_card.iso_card import IsoCard

    assert isinstance(card, IsoCard)
    return iso_sections(card, masked)


def _neighbours(contents: CardContents, masked: bool) -> Iterator[Section]:
    """The other environments of the chip: the bank's application and the PKI application."""
    if contents.bank is not None:
        from terminal.cli.card_facts_bank import bank_sections

        yield from bank_sections(contents.bank, masked)
    if contents.pki is not None:
        from terminal.cli.card_facts_pki import pki_section

        yield pki_section(contents.pki, masked)


def facts(card: VirtualCard) -> Iterator[Fact]:
    """Every fact of every section."""
    for section in sections(card):
        yield from section.facts


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
    return every_file(contents.version, next(fids, None))


def _processor_card(card: ProcessorCard, contents: CardContents, masked: bool) -> Section:
    algorithms = {entry.algorithm.name: None for entry in contents.directories if entry.algorithm is not None}
    found = [
        fact("card/kind", "Kind", "卡种", card.kind),
        fact("card/atr", "Answer to reset", "复位应答", contents.atr.hex().upper()),
        fact("card/version", "Version", "规范版本", contents.version),
        fact("card/algorithm", "Algorithm", "算法", ", ".join(algorithms)),
        fact("card/blocked", "Card blocked", "卡片锁定", yes_or_no(contents.blocked)),
    ]
    if card.kind != "psam":
        tries = f"{contents.pin_tries} of {contents.pin_limit}"
        found += [
            fact("card/pin", "PIN", "个人密码", secret(_digits(contents.pin), masked), contents.pin.hex()),
            fact("card/pin_tries", "PIN tries left", "密码剩余次数", tries),
        ]
    return Section("card", card_name(card.kind), "", tuple(found))


def _digits(pin: bytes) -> str:
    return pin.hex().rstrip("f")


def _directory(directory: Directory, declared: DirectorySpec | None, masked: bool) -> Section:
    path = directory.name
    found = [fact(f"{path}/blocked", "Application blocked", "应用锁定", yes_or_no(directory.blocked))]
    found += [_key(path, key, masked) for key in directory.keys]
    for sam in directory.sam_keys:
        value = secret(sam.value.hex(), masked)
        held = f"{value} type {sam.type}, id {sam.id:02X}, {sam.levels} levels left, key file {sam.file:02X}"
        compared = (sam.value, sam.type, sam.id, sam.levels)
        where = f"{path}/key/{sam.name}/{sam.id:02X}"
        found.append(fact(where, f"Key {sam.name}", "密钥", held, compared))
    if directory.purse is not None:
        found += _purse(path, directory.purse)
    label = declared.label_zh if declared else ""
    return Section(path, Text("Directory", label), "", tuple(found))


def _key(path: str, key: KeyState, masked: bool) -> Fact:
    """A key with its reference (P2 of EXTERNAL AUTHENTICATION), versions and tries."""
    tries = f"{key.tries_left} of {key.limit} tries" if key.limit else "never locks"
    reference = "no reference" if key.reference is None else f"reference {key.reference:02X}"
    values = [value.hex().upper() for _, value in sorted(key.versions.items())]
    shown = HIDDEN if masked else " ".join(values)
    versions = f", {len(values)} versions" if len(values) > 1 else ""
    compared: object = (tuple(sorted(key.versions.items())), key.tries_left, key.limit)
    text = f"{shown} {reference}{versions}, {tries}"
    return fact(f"{path}/key/{key.name}", f"Key {key.name}", "密钥", text, compared)


def _purse(path: str, purse: Purse) -> Iterator[Fact]:
    where = f"{path}/purse"
    yield fact(f"{where}/balance", "Account balance", "个人账户余额", yuan(purse.balance))
    yield fact(f"{where}/self_paid", "Self-paid in the year", "年度个人自付累计", yuan(purse.self_paid))
    yield fact(f"{where}/pool", "Pool in the year", "年度统筹基金支付累计", yuan(purse.pool))
    yield fact(f"{where}/year", "Payment year", "支付年度", f"{purse.year}, from {purse.starting_day}")
    yield fact(f"{where}/load_number", "Loads", "划入交易序号", purse.load_number)
    yield fact(f"{where}/purchase_number", "Purchases", "消费交易序号", purse.purchase_number)


def _file(directory: Directory, file: CardFile, spec: FileSpec | None, masked: bool) -> Section:
    path = spec.path if spec else f"{directory.name}/{file.fid:04X}"
    sfi = f"SFI {file.fid & 0x1F:02X}, " if file.fid & 0x1F not in (0, 0x1F) else ""
    held = "" if file.structure == "TRANSPARENT" else f" ({_count(file)})"
    note = f"{sfi}{file.structure.lower()}{held}, read {_rule(file.read)}, update {_rule(file.update)}"
    if spec is None or (spec.structure is Structure.TRANSPARENT) != (file.structure == "TRANSPARENT"):
        return Section(path, Text("Undeclared file", "未定义文件"), note, tuple(_opaque(path, file)))
    transparent = file.structure == "TRANSPARENT"
    values = body_facts(spec, file.body, masked) if transparent else record_facts(spec, file.records, masked)
    return Section(path, Text(spec.name, spec.name_zh), note, tuple(values))


def _count(file: CardFile) -> str:
    """How many records a file holds; of a cyclic one, how many it can."""
    count = f"{len(file.records)} record{'s' * (len(file.records) != 1)}"
    return f"{count} of {file.max_records}, newest first" if file.structure == "CYCLIC" else count


def _rule(rule: tuple[frozenset[str], ...]) -> str:
    return str(Access(rule))


def _opaque(path: str, file: CardFile) -> Iterator[Fact]:
    """Contents no layout declares: only how much there is, since nobody knows what it means."""
    if file.structure == "TRANSPARENT":
        yield fact(path, "Contents", "内容", f"{len(file.body)} bytes, not shown", file.body)
    for number, record in enumerate(file.records, 1):
        yield fact(f"{path}/{number}", f"Record {number}", "记录", f"{len(record)} bytes, not shown", record)


def _memory_card(card: MemoryCard, masked: bool) -> Section:
    (spec,) = OLD_CARDS[card.kind].files
    state = card.state()
    found = [
        fact("card/kind", "Kind", "卡种", card.kind),
        fact("card/atr", "Answer to reset of the reader", "读卡器复位应答", card.atr.hex().upper()),
        fact("card/code", "Security code", "可编程安全码", secret(state["code"], masked), state["code"]),
        fact("card/tries", "Tries left for the code", "安全码剩余次数", state["tries_left"]),
        *body_facts(spec, card.contents(), masked),
        fact("card/memory", "Memory", "存储区", f"{len(card.contents())} bytes", card.contents()),
    ]
    return Section("card", card_name(card.kind), "", tuple(found))


_NOTES: Mapping[str, tuple[Text, Callable[[str], str]]] = {
    issue_record.HOLDER_ID: (Text("Holder's ID number", "公民身份号码"), mask_id),
    issue_record.HOLDER_NAME: (Text("Holder", "持卡人"), str),
    issue_record.OLD_PIN: (Text("PIN", "密码"), lambda value: HIDDEN),
    issue_record.BALANCE: (Text("Account balance", "个人账户余额"), lambda value: yuan(int(value))),
}


def _notes(notes: dict[str, str], masked: bool) -> Iterator[Section]:
    """What the issuer noted beside the card; medical data are told by how many there are."""
    if not notes:
        return
    found = [
        Fact(f"notes/{name}", text, mask(notes[name]) if masked else notes[name], notes[name])
        for name, (text, mask) in _NOTES.items()
        if name in notes
    ]
    others = {name: value for name, value in notes.items() if name not in _NOTES}
    if others:
        found.append(
            fact("notes/other", "Medical base data", "医疗保险基本信息", f"{len(others)} items", others)
        )
    yield Section("notes", Text("Issuer's notes, not on the card", "发卡记录"), "", tuple(found))
