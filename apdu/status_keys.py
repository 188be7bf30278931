"""Status words of the commands that prove something: the PIN, keys, and what blocks an application or the card."""

from __future__ import annotations

from apdu.status_table import Entry, errors_of

_NEW_CHALLENGE = ("send GET CHALLENGE and compute again", "重新取随机数并计算")
_PIN_COUNTER = ("have the PIN unblocked at a service counter", "到服务网点解锁密码")

PIN: tuple[Entry, ...] = (
    *errors_of(
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
    ),
    *errors_of(
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
    ),
    *errors_of(
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
    ),
)

AUTHENTICATION: tuple[Entry, ...] = (
    *errors_of(
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
    ),
    *errors_of(
        "INTERNAL AUTHENTICATION",
        "LD/T 32.5 section 6.7",
        (
            "6A88",
            "the card has no IRK of this version",
            "卡内无此版本的IRK",
            "use key version 1",
            "使用密钥版本1",
        ),
    ),
    *errors_of(
        "GET CHALLENGE",
        "LD/T 32.5 section 6.5",
        (
            "6700",
            "a challenge has 4, 8 or (16-byte ciphers) 16 bytes",
            "随机数长度应为4、8或16字节",
            "use Le = 08",
            "使用Le=08",
        ),
    ),
    *errors_of(
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
    ),
    *errors_of(
        "CARD BLOCK",
        "LD/T 32.5 section 6.2",
        (
            "6982",
            "the block key is not authenticated",
            "锁定密钥未鉴别",
            "authenticate BK first",
            "先用BK做外部鉴别",
        ),
    ),
)
