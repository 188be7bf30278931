"""Status words whose meaning depends on the command that was answered; instructions by their name."""

from __future__ import annotations

from apdu.status_keys import AUTHENTICATION, PIN
from apdu.status_purse import PSAM, PURSE
from apdu.status_table import Entry, Kind, errors_of


def _written_after_retries(instruction: str) -> Entry:
    return Entry(
        "63Cx",
        "written, after {count} internal attempts",
        "已写入，内部重试{count}次",
        source="LD/T 32.7 section 7.5",
        kind=Kind.WARNING,
        instruction=instruction,
    )


_NOTHING = ("no answer is waiting", "无待取数据", "send the command itself again", "重发原命令")
_FILES: tuple[Entry, ...] = (
    *errors_of(
        "SELECT",
        "LD/T 32.5 sections 6.2 and 6.11",
        (
            "6A81",
            "the card is blocked, or has no social security function",
            "卡片已锁定，或无社保功能",
            "the holder needs a new card from the service centre",
            "请持卡人到服务中心办理",
        ),
        (
            "6A82",
            "no such application or file on this card",
            "卡内无此应用或文件",
            "check which kind of card this is",
            "检查卡片种类",
        ),
        (
            "6700",
            "length of the name or identifier does not fit P1",
            "名称或标识长度与P1不符",
            "check P1 and the data",
            "检查P1和数据",
        ),
    ),
    *errors_of(
        "READ RECORD",
        "LD/T 32.5 section 6.10",
        (
            "6981",
            "the file holds no records",
            "该文件不是记录文件",
            "read it with READ BINARY",
            "用读二进制命令",
        ),
    ),
    *(
        entry
        for name, other, other_zh in (
            ("READ BINARY", "READ RECORD", "读记录"),
            ("UPDATE BINARY", "UPDATE RECORD", "修改记录"),
        )
        for entry in errors_of(
            name,
            "LD/T 32.5 sections 6.9 and 6.12",
            ("6981", "the file holds records", "该文件是记录文件", f"use {other}", f"用{other_zh}命令"),
        )
    ),
    *errors_of(
        "UPDATE RECORD",
        "LD/T 32.5 section 6.13",
        ("6981", "the file holds no records", "该文件不是记录文件", "use UPDATE BINARY", "用修改二进制命令"),
        (
            "6A83",
            "no such record, and not the next one either",
            "记录不存在且不是下一条",
            "append with the next number",
            "按下一记录号追加",
        ),
    ),
    _written_after_retries("UPDATE RECORD"),
    _written_after_retries("UPDATE BINARY"),
    *errors_of(
        "GET RESPONSE",
        "LD/T 32.5 section 6.6; LD/T 32.2 section 9.3.3",
        ("6F00", *_NOTHING),
        ("6400", *_NOTHING),
    ),
)

_READERS = "storage-card commands of PC/SC readers"
_LOCKED = ("the card is locked for writing for ever; reading still works", "卡片已永久锁定写入，仍可读")
_STORAGE_CARDS: tuple[Entry, ...] = (
    Entry("90FF", "code correct", "密码正确", source=_READERS, kind=Kind.SUCCESS, instruction="PRESENT CODE"),
    Entry(
        "9007",
        "SLE4442: code correct; SLE4428: code wrong, 3 tries left",
        "SLE4442：密码正确；SLE4428：密码错误，剩余3次",
        source=_READERS,
        kind=Kind.WARNING,
        instruction="PRESENT CODE",
    ),
    *errors_of(
        "PRESENT CODE",
        _READERS,
        ("9000", "code blocked: no tries left", "密码已锁定", *_LOCKED),
        (
            "90xx",
            "code wrong, error counter {hex}",
            "密码错误，错误计数{hex}",
            "check the code: each bit set is one try",
            "核对密码：每个置位为一次机会",
        ),
    ),
)
"""The answer to PRESENT CODE carries the error counter in its second byte."""

IN_COMMAND: tuple[Entry, ...] = (*PIN, *AUTHENTICATION, *_FILES, *PSAM, *PURSE, *_STORAGE_CARDS)
