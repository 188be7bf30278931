"""One row of a tape as people read it, and the words for what readers and persons do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal.flow.steps import Role
from terminal.text import Text
from terminal.trace import tape_input
from terminal.trace.tape_events import Undone

WHO = {role.value: role.text for role in Role} | {
    "reader": Text("reader", "读卡器"),
    "operator": Text("operator", "操作员"),
    "centre": Text("back office", "中心"),
    "terminal": Text("terminal", "终端"),
}
NOTHING = Text("", "")


class Tone(Enum):
    """How a row is set off from the others."""

    MOVEMENT = "movement"
    POWER = "power"
    EXCHANGE = "exchange"
    PERSON = "person"
    OFFICE = "office"
    FAILURE = "failure"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happened. `sent` and `received` are masked hex of an exchange, `meaning` of its status word.

    `details` are names and values in the order of the bytes.
    """

    at_ms: int
    who: str
    tone: Tone
    title: Text
    path: str = ""
    sent: str = ""
    received: str = ""
    meaning: Text = NOTHING
    details: tuple[tuple[Text, str], ...] = ()

    @property
    def who_text(self) -> Text:
        """The name of who it concerns, for people."""
        return WHO.get(self.who, Text(self.who, ""))


DOINGS = {
    "open": Text("the reader could not be opened", "读卡器无法打开"),
    "look": Text("looking for a card failed", "检测卡片失败"),
    "wait": Text("waiting for a card failed", "等待卡片失败"),
    "power": Text("the card was not powered", "卡片上电失败"),
    "command": Text("no answer to the command", "命令无应答"),
    "reset": Text("the card was not reset", "卡片复位失败"),
}
FAILURES = {
    "address": Text("no such reader", "无此读卡器"),
    "damaged": Text("the card's file is damaged", "卡片文件损坏"),
    "removed": Text("the card was removed", "卡片被取出"),
    "no-card": Text("no card", "无卡"),
    "unpowered": Text("the card has lost its power", "卡片掉电"),
    "was-reset": Text("another program has reset the card", "卡片被其他程序复位"),
    "mute": Text("the card is mute", "卡片无应答"),
    "not-typed": Text("nobody typed the PIN", "密码输入超时"),
    "not-agreed": Text("cancelled at the keypad", "密码键盘取消"),
    "keypad": Text("the PIN was typed wrongly", "密码输入有误"),
    "reader": Text("the reader failed", "读卡器故障"),
    "transport": Text("the connection failed", "通信故障"),
    "interrupted": Text("interrupted (Ctrl-C)", "被中断"),
}
UNDONE = {
    Undone.TIMED_OUT: Text("does nothing", "未操作"),
    Undone.CANCELLED: Text("cancels", "取消"),
    Undone.FAILED: Text("does not do it", "未完成"),
    Undone.NO_INPUT: Text("gives nothing that could be used", "输入无效"),
    Undone.INTERRUPTED: Text("interrupts (Ctrl-C)", "中断"),
}
DID = {
    "InsertCard": Text("inserts the card", "插卡"),
    "RemoveCard": Text("takes the card out", "取卡"),
    "EnterPin": Text("types the PIN ****", "输入密码"),
    "Confirm": Text("answers", "确认"),
    tape_input.CHOICE: Text("answers", "确认"),
    tape_input.PIN: Text("gives the PIN ****", "输入密码"),
}
AGREEING = ("Confirm", tape_input.CHOICE)
