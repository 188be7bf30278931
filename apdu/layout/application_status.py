"""The application status file: what the card itself keeps about its activation.

A local extension file of this product, SSSE/EF0C unless the region profile says otherwise; the national
layout has no "activated" flag. Record FA is one B-TLV, so that a single UPDATE RECORD changes all of it.
Child tags come from the free local range of LD/T 32.6 section 6; EA to ED are left alone because a province
uses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, TypeVar

from apdu import fields
from apdu.layout.access import FREE, Access
from apdu.layout.code import Code
from apdu.layout.declaration import LayoutError, Structure, Vector
from apdu.layout.item import Item
from apdu.layout.spec import FileSpec
from apdu.layout.states import Channel, FinancialState, JournalPhase, ReceiptMode, SocialState

DEFAULT_FID = 0xEF0C
STATUS_TAG = 0xFA
RECEIPT_TAG = 0xFB
JOURNAL_TAG = 0xFC


class SocialStateCode(Code):
    """State of the social application."""

    SEALED = "0", "sealed", SocialState.SEALED.zh
    NORMAL = "1", "normal", SocialState.NORMAL.zh
    FORMALLY_LOST = "2", "formally lost", SocialState.FORMALLY_LOST.zh
    APPLICATION_LOCKED = "3", "application locked", SocialState.APPLICATION_LOCKED.zh
    TEMPORARILY_LOST = "4", "temporarily lost", SocialState.TEMPORARILY_LOST.zh
    CANCELLED = "9", "cancelled", SocialState.CANCELLED.zh


class FinancialStateCode(Code):
    """State of the financial application."""

    INACTIVE = "0", "inactive", FinancialState.INACTIVE.zh
    ACTIVE = "1", "active", FinancialState.ACTIVE.zh
    BLOCKED = "3", "blocked", FinancialState.BLOCKED.zh
    CLOSED = "9", "closed", FinancialState.CLOSED.zh


class ChannelCode(Code):
    """Through which channel an application was activated."""

    NONE = "0", "none", "无"
    PHARMACY = "1", "pharmacy", "药店"
    HOSPITAL = "2", "hospital", "医院"
    BANK = "3", "bank", "银行"
    COUNTER = "4", "service counter", "柜台"
    PHONE = "5", "phone", "电话"
    ONLINE = "6", "online", "网上"
    AUTOMATIC = "7", "automatic", "自动"


class ReceiptModeCode(Code):
    """How the holder received the card."""

    IN_PERSON = "1", "in person", "本人领取"
    EMPLOYER = "2", "employer", "单位代领"


class JournalPhaseCode(Code):
    """Phase of the activation journal."""

    CLOSED = "0", "closed", "已结束"
    BEGUN = "1", "begun", "进行中"


_TIME = Item(0xE8, "Time", "时间", fields.timestamp())
_TERMINAL = Item(0xE9, "Terminal number", "终端机编号", fields.digits(6))

_ITEMS = (
    Item(
        STATUS_TAG,
        "Application status",
        "应用状态",
        children=(
            Item(0x9A, "Social application", "社保应用状态", fields.ascii_text(1), codes=(SocialStateCode,)),
            Item(
                0x9B,
                "Financial application",
                "金融应用状态",
                fields.ascii_text(1),
                codes=(FinancialStateCode,),
            ),
            _TIME,
            Item(0x9C, "Channel", "启用渠道", fields.ascii_text(1), codes=(ChannelCode,)),
            _TERMINAL,
        ),
    ),
    Item(
        RECEIPT_TAG,
        "Receipt of the card",
        "领卡记录",
        children=(
            _TIME,
            Item(0x9D, "Mode of receipt", "领卡方式", fields.ascii_text(1), codes=(ReceiptModeCode,)),
        ),
    ),
    Item(
        JOURNAL_TAG,
        "Activation journal",
        "启用日志",
        children=(
            Item(0xEE, "Activation number", "启用流水号", fields.ascii_text(20)),
            Item(0x9E, "Phase", "阶段", fields.ascii_text(1), codes=(JournalPhaseCode,)),
            _TIME,
            _TERMINAL,
        ),
    ),
)

_UNSET_TIME = "E807FFFFFFFFFFFFFF"
_UNSET_TERMINAL = "E906FFFFFFFFFFFF"
_VECTORS = (
    Vector(
        "FA1A 9A0131 9B0130 E80720260301093000 9C0131 E906990100000001"
        "FB0C E80720260210101500 9D0131"
        "FC2A EE144131000000000000000000000000000000000000 9E0130 E80720260301093001 E906990100000001",
        (
            (STATUS_TAG, ("1", "0", datetime(2026, 3, 1, 9, 30), "1", "990100000001")),
            (RECEIPT_TAG, (datetime(2026, 2, 10, 10, 15), "1")),
            (JOURNAL_TAG, ("A1", "0", datetime(2026, 3, 1, 9, 30, 1), "990100000001")),
        ),
    ),
    Vector(
        f"FA1A 9A0100 9B0100 {_UNSET_TIME} 9C0100 {_UNSET_TERMINAL} FB0C {_UNSET_TIME} 9D0100"
        f"FC2A EE14{'00' * 20} 9E0100 {_UNSET_TIME} {_UNSET_TERMINAL}",
        ((STATUS_TAG, ("", "", None, "", "")), (RECEIPT_TAG, (None, "")), (JOURNAL_TAG, ("", "", None, ""))),
    ),
)


def file(fid: int = DEFAULT_FID) -> FileSpec:
    """The declaration of the status file at this FID."""
    return FileSpec(
        "SSSE",
        fid,
        "Application status",
        "应用状态文件",
        Structure.VARIABLE,
        FREE,
        Access.parse("UKSSSE"),
        _ITEMS,
        "local extension, LD/T 32.6 section 6",
        vectors=_VECTORS,
    )


_FILE = file()
_BLANK = {record[0]: record for record in _FILE.blank_records()}
_Code = TypeVar("_Code", bound=IntEnum)


def _code(kind: type[_Code], tag: int, text: str) -> _Code:
    try:
        return kind(int(text))
    except ValueError:
        raise LayoutError(
            _FILE.path, _FILE.item(tag).label, 0, f"code {text!r} is no {kind.__name__}"
        ) from None


def _values(tag: int, record: bytes) -> tuple[Any, ...]:
    decoded = _FILE.decode_record(record)
    if decoded.tag != tag:
        raise LayoutError(_FILE.path, decoded.item.label, 0, f"record {tag:02X} is expected")
    values: tuple[Any, ...] = decoded.value
    return values


@dataclass(frozen=True, slots=True)
class ApplicationStatus:
    """Record FA: both applications' states, and when, how and by which terminal they changed last."""

    social: SocialState
    financial: FinancialState
    time: datetime | None = None
    channel: Channel = Channel.NONE
    terminal: str = "000000000000"

    def to_record(self) -> bytes:
        """The record as UPDATE RECORD sends it."""
        codes = str(int(self.social)), str(int(self.financial)), str(int(self.channel))
        return _FILE.encode_record(STATUS_TAG, (codes[0], codes[1], self.time, codes[2], self.terminal))

    @classmethod
    def from_record(cls, record: bytes) -> ApplicationStatus:
        """Read the record; raises LayoutError where it is not one of ours or holds an unknown state."""
        social, financial, time, channel, terminal = _values(STATUS_TAG, record)
        return cls(
            _code(SocialState, STATUS_TAG, social),
            _code(FinancialState, STATUS_TAG, financial),
            time,
            _code(Channel, STATUS_TAG, channel),
            terminal,
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """Record FB: when the holder received the card and how; the deadlines count from it."""

    time: datetime
    mode: ReceiptMode

    def to_record(self) -> bytes:
        """The record as UPDATE RECORD sends it."""
        return _FILE.encode_record(RECEIPT_TAG, (self.time, str(int(self.mode))))

    @classmethod
    def from_record(cls, record: bytes) -> Receipt:
        """Read the record; raises LayoutError where it is not one of ours."""
        time, mode = _values(RECEIPT_TAG, record)
        if time is None:
            raise LayoutError(_FILE.path, _FILE.item(RECEIPT_TAG).label, 2, "the time of receipt is not set")
        return cls(time, _code(ReceiptMode, RECEIPT_TAG, mode))


@dataclass(frozen=True, slots=True)
class Journal:
    """Record FC: the activation that was begun last, and whether it was closed."""

    activation_number: str
    phase: JournalPhase
    time: datetime | None = None
    terminal: str = "000000000000"

    def to_record(self) -> bytes:
        """The record as UPDATE RECORD sends it."""
        values = self.activation_number, str(int(self.phase)), self.time, self.terminal
        return _FILE.encode_record(JOURNAL_TAG, values)

    @classmethod
    def from_record(cls, record: bytes) -> Journal:
        """Read the record; raises LayoutError where it is not one of ours or holds an unknown phase."""
        number, phase, time, terminal = _values(JOURNAL_TAG, record)
        return cls(number, _code(JournalPhase, JOURNAL_TAG, phase), time, terminal)


@dataclass(frozen=True, slots=True)
class StatusFile:
    """What the file of one card says; all None where the records are unset, missing or somebody else's."""

    status: ApplicationStatus | None = None
    receipt: Receipt | None = None
    journal: Journal | None = None
    foreign: bool = False


_READERS: dict[int, tuple[str, Any]] = {
    STATUS_TAG: ("status", ApplicationStatus.from_record),
    RECEIPT_TAG: ("receipt", Receipt.from_record),
    JOURNAL_TAG: ("journal", Journal.from_record),
}


def read_status_records(records: Sequence[bytes]) -> StatusFile:
    """Read all records of the file; anything not ours makes the whole file `foreign`, never an exception.

    Some cities keep a file of their own under this FID: nothing of it may be trusted or written.
    """
    found: dict[str, Any] = {}
    for record in records:
        name, read = _READERS.get(record[0] if record else 0, ("", None))
        if read is None or name in found:
            return StatusFile(foreign=True)
        unset = record == _BLANK[record[0]]
        try:
            found[name] = None if unset else read(record)
        except LayoutError:
            return StatusFile(foreign=True)
    return StatusFile(**found)
