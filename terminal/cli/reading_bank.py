"""The bank's side of a card that was read, as sections."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.status import meaning
from apdu.tags import tag_name
from terminal.cli.card_facts_bank import log_facts, tlv_facts
from terminal.cli.card_sections import Fact, Section, fact, yes_or_no
from terminal.procedures.survey_bank import BankApplication, BankFound
from terminal.text import Text


def bank_sections(bank: BankFound, *, masked: bool) -> Iterator[Section]:
    """The directories of the payment system, then each application: itself, its records, its log."""
    for path, text, control in (
        ("bank/PSE", Text("Payment system environment", "支付系统环境"), bank.contact),
        ("bank/PPSE", Text("Contactless payment environment", "近距离支付系统环境"), bank.contactless),
    ):
        if control:
            yield Section(path, text, "read free", tuple(tlv_facts(path, control, masked)))
    for record in bank.listing:
        path = f"bank/PSE/{record.number}"
        text = Text("Directory of the payment system", "支付系统目录文件")
        yield Section(path, text, f"SFI {record.sfi:02X}", tuple(tlv_facts(path, record.raw, masked)))
    for application in bank.applications:
        yield from _application(application, masked)


def _application(application: BankApplication, masked: bool) -> Iterator[Section]:
    path = f"bank/{application.aid.hex().upper()}"
    yield Section(
        path, Text("Bank application", "金融应用"), "read free", tuple(_itself(path, application, masked))
    )
    for record in application.records:
        where = f"{path}/{record.sfi:02X}/{record.number}"
        note = f"SFI {record.sfi:02X}, record {record.number}, read free"
        text = Text("Application data", "应用数据记录")
        yield Section(where, text, note, tuple(tlv_facts(where, record.raw, masked)))
    if application.log and application.log_format:
        where = f"{path}/log"
        entries = tuple(
            found
            for number, raw in enumerate(application.log, 1)
            for found in log_facts(application.log_format, f"{where}/{number}", raw)
        )
        yield Section(
            where,
            Text("Transaction log", "交易日志"),
            f"SFI {application.log_sfi:02X}, newest first",
            entries,
        )


def _itself(path: str, application: BankApplication, masked: bool) -> Iterator[Fact]:
    yield fact(f"{path}/blocked", "Application blocked", "应用锁定", yes_or_no(application.blocked))
    yield from tlv_facts(path, application.control, masked)
    if application.options:
        yield from tlv_facts(f"{path}/GPO", application.options, masked)
    for item in application.objects:
        yield from tlv_facts(path, item.encode(), masked)
    if not application.log_format and application.log:
        unknown = f"{len(application.log)} entries; the card tells no format ({tag_name(0x9F4F)})"
        yield fact(f"{path}/log", "Transaction log", "交易日志", unknown)
    for number, refused in enumerate(application.refused, 1):
        told = meaning(refused.sw, refused.command.cla, refused.command.ins)
        value = f"{refused.command.header.hex().upper()}: {refused.sw:04X} {told.en} {told.zh}"
        yield fact(f"{path}/refused/{number}", "Not read", "未读取", value)
    for number, reason in enumerate(application.damaged, 1):
        yield fact(f"{path}/damaged/{number}", "Not well formed", "格式错误", reason)
