"""What each instruction is called, what it changes, and which of its bytes are secret.

Sources: LD/T 32.5 section 5.3 (card), LD/T 32.9 section 9 (PSAM), PC/SC part 3 section 3.2.2 (storage cards),
EMV Book 3 section 6.5 (bank), card-issuing kiosks (PKI).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a command leaves behind when it succeeded; only NONE and SESSION may be repeated blindly."""

    NONE = "none"
    SESSION = "session"
    COUNTER = "counter"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its names, its effect, and whether its data field is secret as a whole."""

    cla: int
    ins: int
    name: str
    name_zh: str
    effect: Effect
    secret: bool = False


INSTRUCTIONS: tuple[Instruction, ...] = (
    Instruction(0x84, 0x1E, "APPLICATION BLOCK", "应用锁定", Effect.PERMANENT),
    Instruction(0x84, 0x16, "CARD BLOCK", "卡片锁定", Effect.PERMANENT),
    Instruction(0x80, 0x5E, "CHANGE PIN", "修改个人密码", Effect.PERMANENT, secret=True),
    Instruction(0x00, 0x82, "EXTERNAL AUTHENTICATION", "外部鉴别", Effect.COUNTER),
    Instruction(0x00, 0x84, "GET CHALLENGE", "获取随机数", Effect.SESSION),
    Instruction(0x00, 0xC0, "GET RESPONSE", "获取响应", Effect.NONE),
    Instruction(0x00, 0x88, "INTERNAL AUTHENTICATION", "内部鉴别", Effect.NONE),
    Instruction(0x84, 0x24, "PIN CHANGE/UNBLOCK", "个人密码修改/解锁", Effect.PERMANENT, secret=True),
    Instruction(0x00, 0xB0, "READ BINARY", "读二进制文件", Effect.NONE),
    Instruction(0x00, 0xB2, "READ RECORD", "读记录", Effect.NONE),
    Instruction(0x00, 0xA4, "SELECT", "选择文件", Effect.SESSION),
    Instruction(0x00, 0xD6, "UPDATE BINARY", "修改二进制文件", Effect.PERMANENT),
    Instruction(0x04, 0xD6, "UPDATE BINARY", "修改二进制文件", Effect.PERMANENT),
    Instruction(0x00, 0xDC, "UPDATE RECORD", "修改记录", Effect.PERMANENT),
    Instruction(0x04, 0xDC, "UPDATE RECORD", "修改记录", Effect.PERMANENT),
    Instruction(0x00, 0x20, "VERIFY", "校验个人密码", Effect.COUNTER, secret=True),
    Instruction(0x80, 0xA8, "GET PROCESSING OPTIONS", "取处理选项", Effect.COUNTER),
    Instruction(0x80, 0xAE, "GENERATE AC", "生成应用密文", Effect.COUNTER),
    Instruction(0x80, 0xCA, "GET DATA", "取数据", Effect.NONE),
    Instruction(0x84, 0x18, "APPLICATION UNBLOCK", "应用解锁", Effect.PERMANENT),
    Instruction(0x04, 0xDA, "PUT DATA", "设置数据", Effect.PERMANENT),
    Instruction(0xB0, 0x2A, "CREDIT FOR LOAD", "账户划入", Effect.PERMANENT),
    Instruction(0xB0, 0x2C, "DEBIT FOR PURCHASE", "医疗消费", Effect.PERMANENT),
    Instruction(0xB0, 0x26, "GET BALANCE", "读余额", Effect.NONE),
    Instruction(0xB0, 0x2E, "GET TRANSACTION PROOF", "取交易认证码", Effect.NONE),
    Instruction(0xB0, 0x28, "INITIALIZE FOR LOAD/PURCHASE", "交易初始化", Effect.SESSION),
    Instruction(0xB0, 0x56, "UPDATE/GET STARTING DAY", "年度起始日期", Effect.PERMANENT),
    Instruction(0xBF, 0xEC, "INITIALIZE ENVIRONMENT", "初始化环境", Effect.SESSION),
    Instruction(0xBF, 0xDE, "DELIVERY SESSION KEY", "分散过程密钥", Effect.SESSION),
    Instruction(0x80, 0xFA, "CIPHER DATA", "数据加密", Effect.SESSION),
    Instruction(0x80, 0x70, "INIT SAM FOR PURCHASE", "消费初始化", Effect.PERMANENT),
    Instruction(0x80, 0x72, "CREDIT SAM FOR PURCHASE", "校验MAC2", Effect.SESSION),
    Instruction(0x84, 0xD4, "CREATE/CHANGE KEY", "装载密钥", Effect.PERMANENT, secret=True),
    Instruction(0x84, 0x5E, "CHANGE ADMINISTRATOR PIN", "修改管理员密码", Effect.PERMANENT, secret=True),
    Instruction(0x80, 0x40, "GENERATE KEY PAIR", "生成密钥对", Effect.PERMANENT),
    Instruction(0x80, 0xC9, "GET PUBLIC KEY", "导出公钥", Effect.SESSION),
    Instruction(0x80, 0x4E, "KEY ENVELOPE", "密钥信封", Effect.PERMANENT, secret=True),
    Instruction(0x80, 0x4A, "KEY ENVELOPE", "密钥信封", Effect.PERMANENT, secret=True),
    Instruction(0x80, 0xC2, "KEY ENVELOPE", "密钥信封", Effect.PERMANENT, secret=True),
    Instruction(0xFF, 0xA4, "SELECT CARD TYPE", "选择存储卡类型", Effect.SESSION),
    Instruction(0xFF, 0xB0, "READ MEMORY", "读存储卡", Effect.NONE),
    Instruction(0xFF, 0xB1, "READ ERROR COUNTER", "读错误计数", Effect.NONE),
    Instruction(0xFF, 0x20, "PRESENT CODE", "校验存储卡密码", Effect.COUNTER, secret=True),
    Instruction(0xFF, 0xD6, "WRITE MEMORY", "写存储卡", Effect.PERMANENT),
    Instruction(0xFF, 0xD0, "WRITE MEMORY", "写存储卡", Effect.PERMANENT),
    Instruction(0xFF, 0x82, "LOAD KEYS", "装载读卡器密钥", Effect.SESSION, secret=True),
    Instruction(0xFF, 0xD2, "CHANGE CODE", "修改存储卡密码", Effect.PERMANENT, secret=True),
)

_BY_CLA_INS = {(entry.cla, entry.ins): entry for entry in INSTRUCTIONS}
_BY_INS = {entry.ins: entry for entry in reversed(INSTRUCTIONS) if entry.cla != 0xFF}


def find(cla: int, ins: int) -> Instruction | None:
    """The instruction of this header; where the class is unknown, the one that shares the INS byte."""
    return _BY_CLA_INS.get((cla, ins)) or (None if cla == 0xFF else _BY_INS.get(ins))


def secret_data(cla: int, ins: int, data: bytes) -> bool:
    """Whether the data field of this command must never be written (PINs, codes, keys being loaded).

    Judged by INS alone where the class is not known: a PIN sent under a wrong class is still a PIN. Without
    data (the query form of VERIFY) there is nothing to hide.
    """
    if not data:
        return False
    entry = find(cla, ins)
    if entry is not None and entry.name == "CIPHER DATA":
        return _pin_block(data)
    return entry is not None and entry.secret


def _pin_block(data: bytes) -> bool:
    """Whether plain text to be encrypted has the form of a PIN block: length 2 to 8, PIN, padding 80."""
    if len(data) not in (8, 16) or not 2 <= data[0] <= 8:
        return False
    rest = data[1 + data[0] :]
    return not rest or (rest[0] == 0x80 and not any(rest[1:]))


def showable_data(cla: int, ins: int, data: bytes) -> bool:
    """Whether a log may show the data field: not secret, and of a command that writes nothing on a card.

    What is written may be the holder's (names, ID numbers); telling which is the business of the layout.
    """
    entry = find(cla, ins)
    return entry is not None and entry.effect is not Effect.PERMANENT and not secret_data(cla, ins, data)
