"""The status words of the social security card, in every command: the table `apdu.status` answers from.

What a word means in one command only is in `apdu.status_in_command`. Texts may hold `{count}` (the number in
the last byte or nibble), `{tries}` and `{tries_zh}` (the same number as tries left) and `{needs}`,
`{needs_zh}` (what would satisfy the card). An `x` in a pattern stands for any nibble.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a status word says about the command."""

    SUCCESS = "success"
    UNFINISHED = "unfinished"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Entry:
    """One meaning of the status words that match `pattern`, in one instruction or (empty) in all."""

    pattern: str
    en: str
    zh: str
    remedy_en: str = ""
    remedy_zh: str = ""
    source: str = "LD/T 32.5 section 5.4"
    kind: Kind = Kind.ERROR
    instruction: str = ""


def errors_of(instruction: str, source: str, *rows: tuple[str, str, str, str, str]) -> Iterator[Entry]:
    """Errors of one instruction; a row is pattern, en, zh, remedy_en, remedy_zh."""
    for row in rows:
        yield Entry(*row, source=source, instruction=instruction)


_CHECK_SOFTWARE = ("correct the program that sent it", "检查发送该命令的程序")
_REPLACE = ("stop and have the card replaced", "停止使用并换卡")

GENERAL: tuple[Entry, ...] = (
    Entry("9000", "done", "成功", kind=Kind.SUCCESS),
    Entry(
        "61xx",
        "{count} more bytes are waiting",
        "还有{count}字节待取",
        "fetch them with GET RESPONSE, Le = {count}",
        "用获取响应命令取回{count}字节",
        "LD/T 32.2 section 9.3",
        Kind.UNFINISHED,
    ),
    Entry(
        "6Cxx",
        "wrong Le, the answer has {count} bytes",
        "Le错误，应为{count}",
        "send the same command again with Le = {count}",
        "以Le={count}重发同一命令",
        "LD/T 32.2 section 9.3",
        Kind.UNFINISHED,
    ),
    Entry(
        "63C0",
        "authentication failed, no tries left: blocked",
        "鉴别失败，剩余0次，已锁定",
        "do not try again; it has to be unblocked first",
        "不要再试，须先解锁",
    ),
    Entry(
        "63Cx",
        "authentication failed, {tries} left",
        "鉴别失败，{tries_zh}",
        "check PIN or key before another try",
        "再试之前先核对密码或密钥",
    ),
    Entry("6581", "memory failure", "存储器故障", *_REPLACE),
    Entry("6700", "wrong length (Lc or Le)", "长度错误（Lc或Le）", *_CHECK_SOFTWARE),
    Entry(
        "6901",
        "command not accepted in this state",
        "当前状态不接受该命令",
        "start the transaction again with its INITIALIZE command",
        "从初始化命令重新开始交易",
    ),
    Entry(
        "6981", "the command does not fit the structure of the file", "命令与文件结构不符", *_CHECK_SOFTWARE
    ),
    Entry(
        "6982",
        "security status not satisfied",
        "不满足安全状态",
        "first satisfy the card: {needs}",
        "须先满足：{needs_zh}",
    ),
    Entry(
        "6983",
        "PIN or key blocked",
        "密码或密钥已锁定",
        "no further try counts; a PIN is unblocked at a service counter, a key cannot be",
        "再试无效；密码可到服务网点解锁，密钥不能解锁",
    ),
    Entry(
        "6984",
        "referenced data invalid: no valid challenge",
        "引用数据无效：无有效随机数",
        "send GET CHALLENGE and compute again",
        "重新取随机数并计算",
        "LD/T 32.5 section 5.4; LD/T 32.9 section 9.4",
    ),
    Entry(
        "6985",
        "conditions of use not satisfied",
        "使用条件不满足",
        "check the application and the state the command is meant for",
        "检查命令所要求的应用和状态",
    ),
    Entry("6986", "no current file", "没有当前文件", "select the file first", "先选择文件"),
    Entry(
        "6987",
        "MAC missing",
        "缺少MAC",
        "send the command with its MAC",
        "附上MAC重发",
        "LD/T 32.7 section 7.4",
    ),
    Entry(
        "6988",
        "secure messaging data wrong (MAC or cipher text)",
        "安全报文数据错误（MAC或密文）",
        "take a new challenge and check the key the MAC was computed with",
        "重取随机数并核对计算MAC的密钥",
    ),
    Entry("6A80", "wrong data field", "数据域错误", *_CHECK_SOFTWARE),
    Entry(
        "6A81",
        "function not supported; a blocked card answers every command so",
        "功能不支持；卡片锁定后对任何命令也如此应答",
        "select the environment: 6A81 again means the card is blocked",
        "重新选择环境，仍为6A81则卡片已锁定",
        "LD/T 32.5 sections 5.4 and 6.2",
    ),
    Entry(
        "6A82",
        "file not found",
        "文件未找到",
        "check that the card has this file and its directory is selected",
        "检查卡内是否有该文件且已选其目录",
    ),
    Entry(
        "6A83",
        "record not found",
        "记录未找到",
        "treat the item as empty, or check its number or tag",
        "按空值处理，或核对记录号、标识",
    ),
    Entry(
        "6A84",
        "no room left in the file",
        "文件空间不足",
        "the record cannot be added",
        "无法追加记录",
        "LD/T 32.5 section 6.13",
    ),
    Entry(
        "6A85",
        "length does not fit the tag-length-value structure",
        "Lc与TLV结构不符",
        *_CHECK_SOFTWARE,
        "LD/T 32.5 section 6.13",
    ),
    Entry("6A86", "wrong P1 or P2", "P1、P2错误", *_CHECK_SOFTWARE),
    Entry(
        "6A88",
        "referenced data not found (key or version)",
        "引用数据未找到（密钥或版本）",
        "check key reference and version, and which directory is selected",
        "核对密钥标识、版本和当前目录",
    ),
    Entry("6B00", "offset outside the file", "偏移量超出文件", *_CHECK_SOFTWARE),
    Entry("6D00", "instruction not known to the card", "指令代码不支持", *_CHECK_SOFTWARE),
    Entry("6E00", "class not known to the card", "命令类别不支持", *_CHECK_SOFTWARE),
    Entry("6F00", "data invalid", "数据无效", "start the session again from the reset", "从复位重新开始"),
    Entry(
        "9302",
        "transaction MAC invalid",
        "交易MAC无效",
        "stop; nothing was booked: start again with INITIALIZE",
        "停止；未记账，从初始化重新开始",
    ),
    Entry(
        "9303",
        "application permanently blocked",
        "应用已永久锁定",
        "this application cannot be used again; other applications can",
        "该应用不能再用，其他应用不受影响",
        "LD/T 32.5 sections 5.4 and 6.1",
    ),
    Entry(
        "9401",
        "balance too small",
        "余额不足",
        "pay less from the account, the rest in cash",
        "减少账户支付，其余付现金",
    ),
    Entry("9402", "transaction counter at its end", "交易计数器已到最大值", *_REPLACE),
    Entry(
        "9403",
        "key index not supported",
        "密钥索引不支持",
        "use a key version the card holds",
        "改用卡内已有的密钥版本",
    ),
    Entry(
        "9406",
        "MAC or TAC not available",
        "所需MAC或TAC不可用",
        "the transaction did not take place: start again with INITIALIZE",
        "该交易未发生，从初始化重新开始",
    ),
)

ISO_CLASSES: dict[int, tuple[str, str]] = {
    0x62: ("warning, state of the card unchanged", "警告，卡片状态未变"),
    0x63: ("warning, state of the card changed", "警告，卡片状态已变"),
    0x64: ("execution error, state of the card unchanged", "执行错误，卡片状态未变"),
    0x65: ("execution error, state of the card changed", "执行错误，卡片状态已变"),
    0x66: ("security-related error", "安全相关错误"),
    0x67: ("wrong length", "长度错误"),
    0x68: ("function in CLA not supported", "CLA中的功能不支持"),
    0x69: ("command not allowed", "命令不允许"),
    0x6A: ("wrong parameters", "参数错误"),
    0x6B: ("wrong P1 or P2", "P1、P2错误"),
    0x6D: ("instruction not supported", "指令代码不支持"),
    0x6E: ("class not supported", "命令类别不支持"),
    0x6F: ("no precise diagnosis", "无明确原因"),
}
"""What ISO/IEC 7816-4 section 5.6 says about the first byte alone."""
