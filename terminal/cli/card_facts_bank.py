"""The bank's side of a card: counters, blocks, PIN, keys, data objects, and every record to its tags."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.decoding_bank import tlv_fields
from apdu.dol import parse_dol, split
from apdu.pboc import AIP_DDA, AIP_SDA, LOG_SFI
from apdu.tags import BY_TAG, tag_name
from apdu.tlv import Tlv, TlvError
from terminal.cli.card_sections import Fact, Section, fact, secret, yes_or_no
from terminal.text import Text
from virtual_card.applications.pboc.contents import BankContents, Blocked, History

LOG_FORMAT = 0x9F4F


def bank_sections(bank: BankContents, masked: bool) -> Iterator[Section]:
    """The application's state, then its data objects, then its files by SFI."""
    yield Section("bank", Text("Financial application", "金融应用"), "", tuple(_state(bank, masked)))
    objects = [found for tag, value in sorted(bank.objects.items()) for found in _objects(tag, value, masked)]
    yield Section("bank/objects", Text("Data objects", "数据对象"), "read free by GET DATA", tuple(objects))
    for number, record in enumerate(bank.directory, 1):
        found = tuple(tlv_facts(f"bank/PSE/{number}", record, masked))
        yield Section(
            "bank/PSE",
            Text("Directory of the payment system", "支付系统目录文件"),
            "SFI 01, read free",
            found,
        )
    for sfi, records in sorted(bank.files.items()):
        log = sfi == LOG_SFI
        text = Text("Transaction log", "交易日志") if log else Text(f"Records, SFI {sfi:02X}", "应用数据记录")
        note = (
            "cyclic, newest first, read free"
            if log
            else "variable records, read free, update by issuer script"
        )
        path = f"bank/{sfi:02X}"
        facts = [
            found
            for number, record in enumerate(records, 1)
            for found in (
                log_facts(bank.objects.get(LOG_FORMAT, b""), f"{path}/{number}", record)
                if log
                else tlv_facts(f"{path}/{number}", record, masked)
            )
        ]
        yield Section(path, text, note, tuple(facts) or (fact(path, "Records", "记录", "none"),))


def _state(bank: BankContents, masked: bool) -> Iterator[Fact]:
    names = ", ".join(name.decode("ascii") if name.isascii() else name.hex().upper() for name in bank.names)
    yield fact("bank/names", "Names", "名称", names)
    yield fact(
        "bank/blocked/application",
        "Application blocked",
        "应用锁定",
        yes_or_no(bank.blocked & Blocked.APPLICATION),
    )
    yield fact("bank/blocked/card", "Blocked by the bank", "卡片锁定", yes_or_no(bank.blocked & Blocked.CARD))
    yield fact("bank/pin", "Offline PIN", "脱机密码", secret(bank.pin, masked), bank.pin)
    tries = f"{bank.pin_tries} of {bank.pin_limit}" if bank.pin else "none"
    yield fact("bank/pin_tries", "PIN tries left", "密码剩余次数", tries)
    yield fact("bank/counter", "Transactions begun (ATC)", "应用交易计数器", bank.counter)
    yield fact("bank/online", "Last online transaction", "上次联机交易计数器", bank.online_counter)
    yield fact("bank/offline", "Offline approvals since", "脱机批准次数", bank.offline_count)
    amount = f"{bank.offline_amount // 100}.{bank.offline_amount % 100:02}"
    yield fact("bank/offline_amount", "Their amount", "脱机批准金额", amount)
    yield fact("bank/scripts", "Script commands, last transaction", "上次脚本命令条数", bank.scripts)
    marks = ", ".join(
        mark.name.lower().replace("_", " ") for mark in History if mark in bank.history and mark.name
    )
    yield fact("bank/history", "Left by earlier transactions", "历史标志", marks or "nothing")
    for algorithm, options in sorted(bank.processing.items()):
        path = f"bank/authentication/{algorithm.name}"
        name = f"Offline data authentication, {algorithm.name}"
        yield fact(path, name, "脱机数据认证", _authentication(options.profile))
    for algorithm, keys in sorted(bank.keys.items()):
        for use, value in (
            ("cryptogram", keys.cryptogram),
            ("encryption", keys.encryption),
            ("mac", keys.mac),
        ):
            path = f"bank/key/{algorithm.name}/{use}"
            yield fact(path, f"Key {algorithm.name} {use}", "密钥", secret(value.hex(), masked), value)


def _authentication(profile: bytes) -> str:
    if AIP_DDA.in_(profile):
        return "dynamic"
    return "static" if AIP_SDA.in_(profile) else "none"


def _objects(tag: int, value: bytes, masked: bool) -> Iterator[Fact]:
    yield from tlv_facts("bank/objects", Tlv(tag, value).encode(), masked)


def tlv_facts(path: str, record: bytes, masked: bool) -> Iterator[Fact]:
    """The data objects of a record; one that was written over with something else as what it is."""
    try:
        shown, compared = (list(tlv_fields(record, masked=hidden)) for hidden in (masked, False))
    except TlvError as error:
        yield fact(path, "Unreadable", "无法解析", str(error), record)
        return
    for field, full in zip(shown, compared, strict=True):
        where = f"{path}/{field.path.removeprefix('70/')}"
        yield Fact(where, Text(field.name, field.name_zh), field.value or field.raw, full.raw)


def log_facts(log_format: bytes, path: str, record: bytes) -> Iterator[Fact]:
    """An entry of the log, as the card's log format cuts it."""
    try:
        values = split(parse_dol(log_format), record)
    except ValueError as error:
        yield fact(path, "Unreadable", "无法解析", str(error), record)
        return
    for tag, value in values.items():
        known = BY_TAG.get(tag)
        yield fact(f"{path}/{tag:02X}", tag_name(tag), known.name_zh if known else "", value.hex().upper())
