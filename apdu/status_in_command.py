"""Status words whose meaning depends on the command that was answered; instructions by their name."""

from __future__ import annotations

from collections.abc import Iterator

from apdu.status_table import Entry, Kind

_NEW_CHALLENGE = ("send GET CHALLENGE and compute again", "重新取随机数并计算")
_PIN_COUNTER = ("have the PIN unblocked at a service counter", "到服务网点解锁密码")
_PSAM_FALLBACK = ("authenticate through the centre's key machine instead", "改用加密机方式鉴别")


def _rows(instruction: str, source: str, *rows: tuple[str, str, str, str, str]) -> Iterator[Entry]:
    """Errors of one instruction; a row is pattern, en, zh, remedy_en, remedy_zh."""
    for row in rows:
        yield Entry(*row, source=source, instruction=instruction)


def _written_after_retries(instruction: str) -> Entry:
    return Entry(
        "63Cx",
        "written, after {count} internal attempts",
        "已写入，内部重试{count}次",
        source="LD/T 32.7 section 7.5",
        kind=Kind.WARNING,
        instruction=instruction,
    )


def _pin() -> Iterator[Entry]:
    yield from _rows(
        "VERIFY",
        "LD/T 32.5 section 6.14",
        ("63C0", "the PIN is blocked, no tries left", "密码已锁定，剩余0次", *_PIN_COUNTER),
        (
            "63Cx",
            "PIN not verified, {tries} left",
            "密码未通过校验，{tries_zh}",
            "verify the PIN",
            "请校验密码",
        ),
        ("6983", "the PIN is blocked", "密码已锁定", *_PIN_COUNTER),
        (
            "6984",
            "the reference PIN is not usable",
            "参考密码不可用",
            "have the card checked",
            "到服务网点检查卡片",
        ),
        (
            "6A88",
            "the card has no PIN to compare with",
            "卡内没有可校验的密码",
            "go on without a PIN",
            "无需密码",
        ),
    )
    yield from _rows(
        "CHANGE PIN",
        "LD/T 32.5 section 6.3",
        (
            "63C0",
            "the current PIN was wrong, no tries left: the PIN is blocked",
            "原密码错误，已锁定",
            *_PIN_COUNTER,
        ),
        (
            "63Cx",
            "the current PIN was wrong, {tries} left; nothing changed",
            "原密码错误，{tries_zh}，密码未改",
            "enter the current PIN again",
            "重新输入原密码",
        ),
        ("6983", "the PIN is blocked", "密码已锁定", *_PIN_COUNTER),
        ("6A80", "the new PIN has a wrong form", "新密码格式错误", "use 4 to 16 digits", "使用4至16位数字"),
    )
    yield from _rows(
        "PIN CHANGE/UNBLOCK",
        "LD/T 32.5 section 6.8",
        (
            "6982",
            "the unblock key is not authenticated",
            "解锁密钥未鉴别",
            "authenticate PUK first",
            "先用PUK做外部鉴别",
        ),
        ("6984", "no valid challenge", "无有效随机数", *_NEW_CHALLENGE),
        (
            "6988",
            "MAC or encrypted PIN wrong",
            "MAC或密码密文错误",
            "check the key STKSSSE; repeated failures block PUK",
            "核对STKSSSE；多次失败将锁定PUK",
        ),
        (
            "6A80",
            "the decrypted PIN has a wrong form",
            "解密后的密码格式错误",
            "use 4 to 16 digits",
            "使用4至16位数字",
        ),
    )


def _authentication() -> Iterator[Entry]:
    yield from _rows(
        "EXTERNAL AUTHENTICATION",
        "LD/T 32.5 section 6.4; LD/T 32.7 section 6.6",
        (
            "63C0",
            "authentication failed, no tries left: this key is blocked",
            "外部鉴别失败，该密钥已锁定",
            "the key cannot be unblocked; have the card replaced",
            "密钥不能解锁，须换卡",
        ),
        (
            "63CF",
            "authentication failed; a maintenance key counts no tries",
            "外部鉴别失败；维护密钥不计次数",
            "check that key, region and answer to reset belong to this card",
            "核对密钥、地区和复位信息是否属于该卡",
        ),
        (
            "63Cx",
            "authentication failed, {tries} left for this key",
            "外部鉴别失败，该密钥{tries_zh}",
            "stop; check that key, region and answer to reset belong to this card",
            "停止；核对密钥、地区和复位信息是否属于该卡",
        ),
        (
            "6983",
            "this key is blocked",
            "该密钥已锁定",
            "the key cannot be unblocked; have the card replaced",
            "密钥不能解锁，须换卡",
        ),
        ("6984", "no valid challenge", "无有效随机数", *_NEW_CHALLENGE),
        (
            "6A88",
            "the current directory has no such key or version",
            "当前目录无此密钥或版本",
            "select the directory that owns the key; check reference and version",
            "选择密钥所属目录并核对标识和版本",
        ),
    )
    yield from _rows(
        "INTERNAL AUTHENTICATION",
        "LD/T 32.5 section 6.7",
        (
            "6A88",
            "the card has no IRK of this version",
            "卡内无此版本的IRK",
            "use key version 1",
            "使用密钥版本1",
        ),
    )
    yield from _rows(
        "GET CHALLENGE",
        "LD/T 32.5 section 6.5",
        (
            "6700",
            "a challenge has 4, 8 or (16-byte ciphers) 16 bytes",
            "随机数长度应为4、8或16字节",
            "use Le = 08",
            "使用Le=08",
        ),
    )
    yield from _rows(
        "APPLICATION BLOCK",
        "LD/T 32.5 section 6.1",
        (
            "6982",
            "the block key is not authenticated",
            "锁定密钥未鉴别",
            "authenticate LK of this application first",
            "先用该应用的LK做外部鉴别",
        ),
        (
            "6985",
            "this application has no block key",
            "该应用没有锁定密钥",
            "only DF03 and DF04 can be blocked",
            "仅DF03、DF04可锁定",
        ),
    )
    yield from _rows(
        "CARD BLOCK",
        "LD/T 32.5 section 6.2",
        (
            "6982",
            "the block key is not authenticated",
            "锁定密钥未鉴别",
            "authenticate BK first",
            "先用BK做外部鉴别",
        ),
    )


def _files() -> Iterator[Entry]:
    yield from _rows(
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
    )
    yield from _rows(
        "READ RECORD",
        "LD/T 32.5 section 6.10",
        (
            "6981",
            "the file holds no records",
            "该文件不是记录文件",
            "read it with READ BINARY",
            "用读二进制命令",
        ),
    )
    for name, other, other_zh in (
        ("READ BINARY", "READ RECORD", "读记录"),
        ("UPDATE BINARY", "UPDATE RECORD", "修改记录"),
    ):
        yield from _rows(
            name,
            "LD/T 32.5 sections 6.9 and 6.12",
            ("6981", "the file holds records", "该文件是记录文件", f"use {other}", f"用{other_zh}命令"),
        )
    yield from _rows(
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
    )
    yield _written_after_retries("UPDATE RECORD")
    yield _written_after_retries("UPDATE BINARY")
    nothing = ("no answer is waiting", "无待取数据", "send the command itself again", "重发原命令")
    yield from _rows(
        "GET RESPONSE",
        "LD/T 32.5 section 6.6; LD/T 32.2 section 9.3.3",
        ("6F00", *nothing),
        ("6400", *nothing),
    )


def _psam() -> Iterator[Entry]:
    yield from _rows(
        "DELIVERY SESSION KEY",
        "LD/T 32.9 section 9",
        (
            "6A80",
            "wrong number of diversification levels for this key",
            "密钥分散级数不符",
            "try again with 3, 2 and 1 factors",
            "依次以3、2、1级分散重试",
        ),
        ("6A88", "this PSAM has no such key", "PSAM中无此密钥", *_PSAM_FALLBACK),
        ("6983", "this key of the PSAM is blocked", "PSAM中该密钥已锁定", *_PSAM_FALLBACK),
    )
    yield from _rows(
        "CIPHER DATA",
        "LD/T 32.9 section 9",
        (
            "6901",
            "no session key was delivered, or it is used up",
            "无过程密钥或已用完",
            "deliver the session key again",
            "重新分散过程密钥",
        ),
        (
            "6985",
            "the type of this key forbids the operation",
            "密钥类型不允许该运算",
            "check the usage byte of the key",
            "核对密钥用途",
        ),
    )
    yield from _rows(
        "INITIALIZE ENVIRONMENT",
        "LD/T 32.9 section 9",
        ("6A80", "this PSAM does not serve the card's province", "PSAM不支持该卡所属省份", *_PSAM_FALLBACK),
    )
    yield from _rows(
        "INIT SAM FOR PURCHASE",
        "LD/T 32.9 section 9",
        (
            "6A80",
            "wrong number of diversification levels",
            "密钥分散级数不符",
            "try again with 3, 2 and 1 factors",
            "依次以3、2、1级分散重试",
        ),
        (
            "6A88",
            "this PSAM has no purchase key of this version",
            "PSAM中无此版本消费密钥",
            "use the centre's key machine",
            "改用加密机",
        ),
        (
            "9403",
            "this PSAM has no purchase function",
            "PSAM无消费功能",
            "use the centre's key machine",
            "改用加密机",
        ),
    )
    wrong_mac2 = (
        "MAC2 is wrong: the card did not prove the debit",
        "MAC2错误：卡片未证明扣款",
        "do not reverse; mark the record",
        "不冲正，标记该记录",
    )
    yield from _rows(
        "CREDIT SAM FOR PURCHASE",
        "LD/T 32.9 section 9",
        ("9302", *wrong_mac2),
        ("63CF", *wrong_mac2),
        (
            "6901",
            "no purchase is open",
            "没有进行中的消费",
            "begin with INIT SAM FOR PURCHASE",
            "从消费初始化开始",
        ),
    )


def _purse() -> Iterator[Entry]:
    no_purse = (
        "6A81",
        "this application has no medical purse",
        "该应用没有医疗电子钱包（非脱网方式）",
        "settle online; the purse belongs to cards personalised for offline use",
        "改用联网结算",
    )
    for name in (
        "INITIALIZE FOR LOAD/PURCHASE",
        "CREDIT FOR LOAD",
        "DEBIT FOR PURCHASE",
        "GET BALANCE",
        "GET TRANSACTION PROOF",
        "UPDATE/GET STARTING DAY",
    ):
        yield from _rows(name, "LD/T 32.5 section 7", no_purse)
    for name, begin, begin_zh in (
        ("CREDIT FOR LOAD", "INITIALIZE FOR LOAD", "帐户划入初始化"),
        ("DEBIT FOR PURCHASE", "INITIALIZE FOR PURCHASE", "医疗消费初始化"),
    ):
        yield from _rows(
            name,
            "LD/T 32.5 section 7, table 49",
            (
                "6901",
                "no transaction of this kind is open; nothing was booked",
                "没有进行中的此类交易，未记账",
                f"begin with {begin}; any other command in between ends it",
                f"从{begin_zh}开始，中间不得有其他命令",
            ),
        )
    yield from _rows(
        "UPDATE/GET STARTING DAY",
        "LD/T 32.5 section 7.7",
        ("6982", "DSK is not authenticated", "DSK未鉴别", "authenticate DSK first", "先用DSK做外部鉴别"),
    )
    yield from _rows(
        "CREATE/CHANGE KEY",
        "LD/T 32.9 sections 9.5 and 9.6",
        (
            "6982",
            "the key file is not opened by its authentication key",
            "密钥文件未经外部鉴别",
            "authenticate KID 01, 02 or 03 for key file 11, 12 or 13",
            "先用相应的KID做外部鉴别",
        ),
        ("6985", "this key is there already", "该密钥已存在", "use CHANGE KEY", "改用修改密钥"),
        ("6A88", "no such key to change", "无此密钥可修改", "use CREATE KEY", "改用装载密钥"),
    )


def _storage_cards() -> Iterator[Entry]:
    """The answer to PRESENT CODE carries the error counter in its second byte."""
    source = "storage-card commands of PC/SC readers"
    locked = ("the card is locked for writing for ever; reading still works", "卡片已永久锁定写入，仍可读")
    yield Entry(
        "90FF", "code correct", "密码正确", source=source, kind=Kind.SUCCESS, instruction="PRESENT CODE"
    )
    yield Entry(
        "9007",
        "SLE4442: code correct; SLE4428: code wrong, 3 tries left",
        "SLE4442：密码正确；SLE4428：密码错误，剩余3次",
        source=source,
        kind=Kind.WARNING,
        instruction="PRESENT CODE",
    )
    yield from _rows(
        "PRESENT CODE",
        source,
        ("9000", "code blocked: no tries left", "密码已锁定", *locked),
        (
            "90xx",
            "code wrong, error counter {hex}",
            "密码错误，错误计数{hex}",
            "check the code: each bit set is one try",
            "核对密码：每个置位为一次机会",
        ),
    )


IN_COMMAND: tuple[Entry, ...] = (
    *_pin(),
    *_authentication(),
    *_files(),
    *_psam(),
    *_purse(),
    *_storage_cards(),
)
