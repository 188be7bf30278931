"""What PC/SC return codes mean, which error of the transport seam they are, and what a person can do.

One table; the codes are those of the winscard API as pcsc-lite 1.9 returns them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    CardResetError,
    NoCardError,
    ReaderError,
    TransportError,
)
from terminal.transport.pcsc.holders import other_clients
from terminal.transport.pcsc.scard import SCOPE_SYSTEM, Scard

SUCCESS = 0
CANCELLED = 0x80100002
INVALID_HANDLE = 0x80100003
UNKNOWN_READER = 0x80100009
TIMEOUT = 0x8010000A
SHARING_VIOLATION = 0x8010000B
NO_SMARTCARD = 0x8010000C
PROTO_MISMATCH = 0x8010000F
COMM_ERROR = 0x80100013
NOT_TRANSACTED = 0x80100016
READER_UNAVAILABLE = 0x80100017
NO_SERVICE = 0x8010001D
SERVICE_STOPPED = 0x8010001E
NO_READERS = 0x8010002E
COMM_DATA_LOST = 0x8010002F
UNRESPONSIVE_CARD = 0x80100066
RESET_CARD = 0x80100068
REMOVED_CARD = 0x80100069
SECURITY_VIOLATION = 0x8010006A


class DaemonError(ReaderError):
    """The PC/SC service does not run, has stopped, or refuses this user."""


class ReaderGoneError(ReaderError):
    """The reader is not there, or not any more."""


class ReaderBusyError(ReaderError):
    """Another program holds the reader."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One return code: its error, what happened, the next step.

    `{holder}` in what happened stands for the program that holds the reader; in the step `{start}` for how the service
    is started, `{anew}` for what a card that was powered needs after that.
    """

    error: type[TransportError]
    en: str
    zh: str
    step: str


SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
"""Names the socket at which pcsc-lite looks for the service, where it is not the system's."""
_START = "{start}"
_ANEW = "; then power the card on again; what was verified or selected is lost"
_PLUG = "check its cable; `ssc readers` lists what is there"

MEANINGS: Mapping[int, Meaning] = {
    0x80100001: Meaning(ReaderError, "the PC/SC service failed inside", "服务内部错误", "restart pcscd"),
    CANCELLED: Meaning(ReaderError, "the wait was cancelled", "等待被取消", "repeat"),
    INVALID_HANDLE: Meaning(
        DaemonError, "the connection to the PC/SC service is gone", "与智能卡服务的连接已断开", "repeat"
    ),
    0x80100004: Meaning(ReaderError, "the driver refuses a parameter", "参数无效", "update the driver"),
    0x80100006: Meaning(ReaderError, "the PC/SC service has no memory left", "内存不足", "restart pcscd"),
    0x80100008: Meaning(
        ReaderError, "the answer is longer than the reader can hold", "应答过长", "ask for less"
    ),
    UNKNOWN_READER: Meaning(ReaderGoneError, "there is no such reader", "没有此读卡器", _PLUG),
    TIMEOUT: Meaning(ReaderError, "the reader took too long", "超时", "repeat"),
    SHARING_VIOLATION: Meaning(
        ReaderBusyError, "it is held by {holder}", "读卡器被占用", "end that program, then repeat"
    ),
    NO_SMARTCARD: Meaning(NoCardError, "there is no card in it", "卡槽无卡", "insert the card"),
    PROTO_MISMATCH: Meaning(
        ReaderError,
        "card and reader have no protocol in common",
        "协议不匹配",
        "take another reader, or let it choose the protocol",
    ),
    0x80100010: Meaning(ReaderError, "the reader is not ready", "读卡器未就绪", "repeat"),
    0x80100011: Meaning(ReaderError, "the driver refuses a value", "参数无效", "update the driver"),
    COMM_ERROR: Meaning(
        DaemonError, "the PC/SC service stopped in the middle", "智能卡服务中断", f"{_START}{{anew}}"
    ),
    0x80100014: Meaning(ReaderError, "the PC/SC service failed inside", "服务内部错误", "restart pcscd"),
    NOT_TRANSACTED: Meaning(
        CardMuteError,
        "the card does not answer",
        "卡片无应答",
        "check how it sits in the reader, clean its contacts, insert it again",
    ),
    READER_UNAVAILABLE: Meaning(ReaderGoneError, "the reader was unplugged", "读卡器已拔出", _PLUG),
    NO_SERVICE: Meaning(DaemonError, "the PC/SC service (pcscd) does not run", "智能卡服务未运行", _START),
    SERVICE_STOPPED: Meaning(DaemonError, "the PC/SC service was stopped", "智能卡服务已停止", _START),
    0x8010001F: Meaning(ReaderError, "the reader cannot do this", "读卡器不支持", "take another reader"),
    0x80100027: Meaning(
        DaemonError,
        "this user may not use readers",
        "当前用户无权使用读卡器",
        "have the polkit rules of pcscd allow it, or run as another user",
    ),
    NO_READERS: Meaning(ReaderGoneError, "there is no reader", "没有读卡器", _PLUG),
    COMM_DATA_LOST: Meaning(
        CardMuteError, "the card's answer was garbled", "通信数据丢失", "clean its contacts, insert it again"
    ),
    0x80100065: Meaning(
        CardMuteError,
        "the answer to reset makes no sense to the reader",
        "无法识别复位应答",
        "check that it is a smart card and the right way up",
    ),
    UNRESPONSIVE_CARD: Meaning(
        CardMuteError,
        "the card gives no answer to reset",
        "卡片无复位应答",
        "check that it is the right way up, clean its contacts, insert it again",
    ),
    0x80100067: Meaning(CardMuteError, "the card has no power", "卡片未上电", "insert it again"),
    RESET_CARD: Meaning(
        CardResetError,
        "another program reset the card; what was verified or selected is lost",
        "卡片被其他程序复位，安全状态已丢失",
        "start over",
    ),
    REMOVED_CARD: Meaning(CardRemovedError, "the card was removed", "卡片已拔出", "insert it again"),
    SECURITY_VIOLATION: Meaning(
        DaemonError,
        "the PC/SC service was killed and left its socket behind, or refuses this user",
        "智能卡服务异常终止或拒绝当前用户",
        f"{_START}; if it does run, have the polkit rules of pcscd allow this user",
    ),
}

_UNKNOWN = Meaning(ReaderError, "the PC/SC service refused", "智能卡服务拒绝", "repeat; else restart pcscd")


def error_of(code: int, reader: str | None, attempted: str) -> TransportError:
    """The error for a return code: reader, what was attempted, what happened, the code, the next step."""
    code &= 0xFFFFFFFF
    meaning = MEANINGS.get(code, _UNKNOWN)
    happened = meaning.en.format(holder=other_clients()) if code == SHARING_VIOLATION else meaning.en
    what = f"{happened} {meaning.zh}"
    where = f"reader {reader}: " if reader else ""
    step = meaning.step.format(start=how_to_start(), anew=_ANEW if reader else "")
    return meaning.error(f"{where}{attempted}: {what} ({code:08X}); {step}")


def how_to_start() -> str:
    """What helps where the service does not answer at the place where it is looked for."""
    path = os.environ.get(SOCKET_VARIABLE)
    if path:
        return (
            f"{SOCKET_VARIABLE} is set, so it was looked for at {path}: unset it to use the system's service, or "
            "start a private one again with `ssc pcscd` and export what it prints; `ssc doctor` says why"
        )
    return (
        "start it (`sudo systemctl start pcscd.socket`, or `sudo pcscd`), or start a private one with "
        "`ssc pcscd`; `ssc doctor` says why"
    )


def expect_success(code: int, reader: str | None, attempted: str) -> None:
    """Raise the error of any return code but success."""
    if code & 0xFFFFFFFF != SUCCESS:
        raise error_of(code, reader, attempted)


def establish(scard: Scard) -> int:
    """A new context; raises DaemonError where the service does not answer."""
    code, context = scard.SCardEstablishContext(SCOPE_SYSTEM)
    expect_success(code, None, "asking for readers")
    return context
