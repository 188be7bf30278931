"""The return codes of the interface, declared once, and the error that carries one (reader specification section 9).

Below -20000 a code is the card's status word as a negative decimal number; everything else stands in `ReturnCode`.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, IntEnum

from apdu.status import meaning, tries_left
from terminal.text import Text


class Cause(Enum):
    """Where a code comes from: what a person looks at first."""

    NONE = Text("nothing went wrong", "无")
    CALLER = Text("the program that calls", "调用程序")
    READER = Text("the reader, or the way to it", "读写器")
    CARD = Text("the card", "卡片")
    PSAM = Text("the PSAM", "PSAM卡")
    HOLDER = Text("the holder at the keypad", "持卡人")
    CENTRE = Text("the centre", "持卡库")
    DRIVER = Text("the driver itself", "驱动程序")


class ReturnCode(IntEnum):
    """Every code that is no plain status word, with its meaning and its cause."""

    zh: str
    en: str
    cause: Cause

    def __new__(cls, number: int, zh: str, en: str, cause: Cause) -> ReturnCode:
        member = int.__new__(cls, number)
        member._value_ = number
        member.zh, member.en, member.cause = zh, en, cause
        return member

    OK = 0, "成功", "done", Cause.NONE
    CARD_TYPE = -1, "卡类型不对", "wrong card type", Cause.CARD
    NO_CARD = -2, "无卡", "no card", Cause.CARD
    NOT_POWERED = -3, "卡未上电", "the card is not powered", Cause.CARD
    MUTE = -4, "卡无应答", "the card does not answer", Cause.CARD
    LIBRARY = -5, "加载动态库错误", "a library cannot be loaded", Cause.READER
    CONNECTION = -11, "读写器连接错误", "reader connection error", Cause.READER
    NOT_CONNECTED = -12, "未建立连接", "not connected", Cause.READER
    UNSUPPORTED = -13, "不支持该命令", "command not supported by the library", Cause.CALLER
    PARAMETER = -14, "命令参数错", "bad parameter", Cause.CALLER
    CHECKSUM = -15, "信息校验和出错", "checksum error", Cause.READER
    CARD_ID = -20, "卡识别码格式错", "card identification code malformed", Cause.CALLER
    NOT_GENUINE = (
        -21,
        "内部认证失败，卡片不合法",
        "internal authentication failed: the card is not genuine",
        Cause.CARD,
    )
    OTHER_CARD = -22, "传入数据与卡内不符", "the data passed differ from the card", Cause.CALLER
    BAD_DATA = -23, "传入数据不合法", "the data passed are invalid", Cause.CALLER
    KEY_LEVEL = -24, "PSAM卡密钥级别不够", "the level of the PSAM's key is not sufficient", Cause.PSAM
    HSM_MISMATCH = -25, "加密机返回数据不符", "the centre's answer cannot be used", Cause.CENTRE
    CANCELLED = -31, "用户取消密码输入", "PIN entry cancelled", Cause.HOLDER
    TIMED_OUT = -32, "密码输入操作超时", "PIN entry timed out", Cause.HOLDER
    PIN_LENGTH = -33, "输入密码长度错", "the PIN must have 4 to 16 digits", Cause.HOLDER
    PINS_DIFFER = -34, "两次输入密码不一致", "the two entries differ", Cause.HOLDER
    INITIAL_PIN_USED = -35, "初始密码不能交易", "the initial PIN may not transact (reserved)", Cause.HOLDER
    INITIAL_PIN_SET = (
        -36,
        "不能改为初始密码",
        "the PIN may not become the initial one (reserved)",
        Cause.HOLDER,
    )
    CHARACTER = -41, "数据中含有非法字符", "illegal character in the data", Cause.CALLER
    LENGTH = -42, "数据长度错", "wrong data length", Cause.CALLER
    PIN_WRONG = -51, "密码错误", "wrong PIN", Cause.HOLDER
    PIN_LOCKED = -52, "密码已锁定", "the PIN is locked", Cause.HOLDER
    NO_PSAM = -2201, "无PSAM卡", "no PSAM", Cause.PSAM
    NO_ALGORITHM = -2202, "PSAM卡不支持该算法", "the PSAM lacks the card's algorithm", Cause.PSAM
    NO_READ_KEY = -2203, "PSAM卡无RKSSSE密钥", "the PSAM lacks RKSSSE, which a 3.0 card needs", Cause.PSAM
    NO_HSM_NEEDED = (
        -2204,
        "无需加密机认证",
        "no authentication by HSM is needed: call iReadCard",
        Cause.CALLER,
    )
    KEY_NOT_FOUND = -27272, "密钥未找到", "key not found", Cause.PSAM
    UNKNOWN = -999, "未知错误", "unknown error", Cause.DRIVER

    @property
    def text(self) -> Text:
        """What it means, in both languages."""
        return Text(self.en, self.zh)


BEYOND_THE_TEXT = frozenset({ReturnCode.HSM_MISMATCH, ReturnCode.UNKNOWN})
"""Codes that builds in the field return and the text does not have."""

LISTED_STATUS_WORDS = (
    *(0x63C0, 0x63C1, 0x63C2, 0x6700, 0x6901, 0x6981, 0x6982, 0x6983, 0x6984, 0x6985, 0x6988),
    *(0x6A80, 0x6A81, 0x6A82, 0x6A83, 0x6A88, 0x9302, 0x9303, 0x9403, 0x9406),
)
"""The status words whose codes the text lists; every other one maps the same way."""

_BY_NUMBER = {int(code): code for code in ReturnCode}

FALLBACK: Collection[int] = frozenset(
    {
        ReturnCode.NO_PSAM,
        ReturnCode.NO_ALGORITHM,
        ReturnCode.NO_READ_KEY,
        ReturnCode.KEY_NOT_FOUND,
        ReturnCode.KEY_LEVEL,
    }
)
"""The codes after which a caller turns from the PSAM to the HSM; every other code ends the operation."""

LITERAL_ORDER = {2: -25536, 1: -25537, 0: -25538}
"""External authentication failed, by tries left, in the order the text lists them; by status word it is the reverse."""


class CallError(Exception):
    """Ends a call: the code it returns and the text of its output buffer."""

    def __init__(self, code: int, text: str = "") -> None:
        self.code = int(code)
        self.text = text or meaning_of(code)
        super().__init__(f"{self.code} {self.text}")


def refuse(code: ReturnCode, zh: str, en: str) -> CallError:
    """The error of a code with what is wrong in particular."""
    return CallError(code, f"{code.zh}：{zh} {code.en}: {en}")


def from_status(
    sw: int, cla: int | None = None, ins: int | None = None, needs: str | None = None
) -> CallError:
    """The error of a status word no rule takes up: -(SW) in decimal (6982 gives -27010), and its meaning there."""
    means = meaning(sw, cla, ins, needs)
    return CallError(-sw, f"{means.zh}({sw:04X}) {means.en}")


def from_pin_status(sw: int) -> CallError:
    """The error of VERIFY and CHANGE PIN: 63Cx is -51 with the tries left, 6983 is -52, the rest as everywhere."""
    tries = tries_left(sw)
    if tries is not None:
        return CallError(ReturnCode.PIN_WRONG, f"密码错误，还可重试{tries}次 wrong PIN, {tries} tries left")
    return CallError(ReturnCode.PIN_LOCKED) if sw == 0x6983 else from_status(sw, 0x00, 0x20)


def from_authentication_status(sw: int, *, literal_order: bool = False) -> CallError:
    """The error of EXTERNAL AUTHENTICATE: 63Cx is -(SW) with the tries left in the text.

    `literal_order` numbers 2, 1 and 0 tries left as the text lists them: -25536, -25537, -25538.
    """
    tries = tries_left(sw)
    if tries is None:
        return from_status(sw, 0x00, 0x82)
    code = LITERAL_ORDER.get(tries, -sw) if literal_order else -sw
    return CallError(
        code, f"外部认证失败，还可重试{tries}次 external authentication failed, {tries} tries left"
    )


def meaning_of(code: int) -> str:
    """What a code means, in both languages; never empty, also for a code nobody knows."""
    known = _BY_NUMBER.get(int(code))
    if known is not None:
        return str(known.text)
    if -0xFFFF <= code < -20000:
        means = meaning(-code)
        return f"{means.zh}({-code:04X}) {means.en}"
    return str(Text(f"unknown error {code}", f"未知错误{code}"))
