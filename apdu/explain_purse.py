"""Purse commands, their answers, and what the PSAM does for them, as fields (LD/T 32.5 section 7, LD/T 32.9 section 9).

Also the maintenance commands, whose data are a MAC, and key loading, whose data stay hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apdu.addressing import Place
from apdu.command import Command
from apdu.explain_fields import Decoder, Field
from apdu.purse import Balance
from apdu.response import Response

_CARD = "LD/T 32.5 section 7"
_PSAM = "LD/T 32.9 section 9"
_MAINTENANCE = "LD/T 32.5 sections 6.1 and 6.2"
_HIDDEN = "****"

_KINDS = {0x31: "load", 0x01: "load", 0x32: "purchase", 0x02: "purchase"}
_CARD_ALGORITHMS = {0x00: "3DES", 0x02: "SSF33", 0x03: "SM4"}
_KEY_FILES = {0x11: "national", 0x12: "provincial", 0x13: "city"}
_AMOUNT_NAMES = (
    ("Personal account amount", "个人帐户支付金额"),
    ("Self-paid amount", "个人自付金额"),
    ("Pool amount", "统筹基金支付金额"),
)
_BALANCE_NAMES = {
    Balance.ACCOUNT: ("Personal account balance", "个人帐户余额"),
    Balance.SELF_PAID: ("Self-paid in the payment year", "年度个人自付累计"),
    Balance.POOL: ("Pool in the payment year", "年度统筹基金支付累计"),
}
_KEY_INDEX = ("Key index", "密钥索引号")
_TERMINAL = ("Terminal number", "终端机编号")
_TIME = ("Transaction time", "交易时间")
_SEQUENCE = ("Terminal sequence", "终端交易序号")
_NUMBER = ("Transaction number", "交易序号")
_YEAR = ("Payment year", "支付年度")
_VERSION = ("Key version", "密钥版本")
_ALGORITHM = ("Algorithm", "算法标识")
_RANDOM = ("Random", "伪随机数")
_TAC = ("Transaction certificate TAC", "交易认证码TAC")
_MAC = ("MAC", "报文鉴别码")
_MAC1 = ("MAC1", "MAC1")
_MAC2 = ("MAC2", "MAC2")

Show = Callable[[bytes], str]
Part = tuple[tuple[str, str], int, Show]


def _fields(data: bytes, parts: tuple[Part, ...], source: str) -> Iterator[Field]:
    """The parts in order as far as the bytes reach; nothing is raised for data of another length."""
    start = 0
    for names, length, show in parts:
        part = data[start : start + length]
        if len(part) == length:
            yield Field("", *names, show(part), part.hex().upper(), source)
        start += length


def _yuan(data: bytes) -> str:
    fen = int.from_bytes(data, "big")
    return f"{fen // 100}.{fen % 100:02} CNY"


def _number(data: bytes) -> str:
    return str(int.from_bytes(data, "big"))


def _digits(data: bytes) -> str:
    return data.hex().upper()


def _moment(data: bytes) -> str:
    text = data.hex()
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"


def _opaque(data: bytes) -> str:
    return ""


def _algorithm(data: bytes) -> str:
    return _CARD_ALGORITHMS.get(data[0], "unknown")


def _kind(data: bytes) -> str:
    return _KINDS.get(data[0], "unknown")


_AMOUNTS: tuple[Part, ...] = tuple((names, 4, _yuan) for names in _AMOUNT_NAMES)
_KEY_PARTS: tuple[Part, ...] = ((_VERSION, 1, _number), (_ALGORITHM, 1, _algorithm), (_RANDOM, 4, _opaque))
_LOAD_ORDER: tuple[Part, ...] = (
    (_KEY_INDEX, 1, _number),
    (("Amount to load", "交易金额"), 4, _yuan),
    (_TERMINAL, 6, _digits),
)
_LOAD_OFFER: tuple[Part, ...] = (
    (_BALANCE_NAMES[Balance.ACCOUNT], 4, _yuan),
    (_NUMBER, 2, _number),
    *_KEY_PARTS,
    (_MAC1, 4, _opaque),
)
_PURCHASE_ORDER: tuple[Part, ...] = ((_KEY_INDEX, 1, _number), *_AMOUNTS, (_TERMINAL, 6, _digits))
_PURCHASE_OFFER: tuple[Part, ...] = (
    *((_BALANCE_NAMES[which], 4, _yuan) for which in Balance),
    (_YEAR, 2, _digits),
    (_NUMBER, 2, _number),
    *_KEY_PARTS,
)
_SAM_ORDER: tuple[Part, ...] = (
    (_RANDOM, 4, _opaque),
    (_NUMBER, 2, _number),
    *_AMOUNTS,
    (("Transaction kind", "交易类型"), 1, _kind),
    (_TIME, 7, _moment),
    (_VERSION, 1, _number),
    (_ALGORITHM, 1, _algorithm),
    (("Card factor", "卡级分散因子"), 8, _opaque),
    (("City factor", "市级分散因子"), 8, _opaque),
    (("Province factor", "省级分散因子"), 8, _opaque),
)


def _initialize(command: Command, response: Response, place: Place) -> Iterator[Field]:
    load = command.p1 == 0x00
    yield from _fields(command.data, _LOAD_ORDER if load else _PURCHASE_ORDER, _CARD)
    yield from _fields(response.data, _LOAD_OFFER if load else _PURCHASE_OFFER, _CARD)


def _credit(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _fields(command.data, ((_TIME, 7, _moment), (_MAC2, 4, _opaque)), _CARD)
    yield from _fields(response.data, ((_TAC, 4, _opaque),), _CARD)


def _debit(command: Command, response: Response, place: Place) -> Iterator[Field]:
    order: tuple[Part, ...] = ((_SEQUENCE, 4, _number), (_TIME, 7, _moment), (_MAC1, 4, _opaque))
    yield from _fields(command.data, order, _CARD)
    yield from _fields(response.data, ((_TAC, 4, _opaque), (_MAC2, 4, _opaque)), _CARD)


def _balance(command: Command, response: Response, place: Place) -> Iterator[Field]:
    known = command.p2 in tuple(Balance)
    names = _BALANCE_NAMES[Balance(command.p2)] if known else ("Balance", "余额")
    yield from _fields(response.data, ((names, 4, _yuan), (_YEAR, 2, _digits)), _CARD)


def _proof(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield Field(
        "",
        "Transaction kind",
        "交易类型",
        _KINDS.get(command.p2, "unknown"),
        f"{command.p2:02X}",
        _CARD,
    )
    yield from _fields(command.data, ((_NUMBER, 2, _number),), _CARD)
    yield from _fields(response.data, ((_MAC, 4, _opaque), (_TAC, 4, _opaque)), _CARD)


def _starting_day(command: Command, response: Response, place: Place) -> Iterator[Field]:
    names = ("Starting day of the year, month and day", "年度起始日期")
    yield from _fields(command.data or response.data, ((names, 2, _digits),), _CARD)


def _init_sam(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _fields(command.data, _SAM_ORDER, _PSAM)
    yield from _fields(response.data, ((_SEQUENCE, 4, _number), (_MAC1, 4, _opaque)), _PSAM)


def _credit_sam(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _fields(command.data, ((_MAC2, 4, _opaque),), _PSAM)


def _load_key(command: Command, response: Response, place: Place) -> Iterator[Field]:
    file = _KEY_FILES.get(command.p2, "unknown")
    yield Field("", "Key file", "密钥文件", file, f"{command.p2:02X}", _PSAM)
    if command.data:
        yield Field("", "Protected key", "加密的密钥", _HIDDEN, "**" * len(command.data), _PSAM)


def _block(command: Command, response: Response, place: Place) -> Iterator[Field]:
    yield from _fields(command.data, ((_MAC, 4, _opaque),), _MAINTENANCE)


PURSE_DECODERS: dict[str, Decoder] = {
    "APPLICATION BLOCK": _block,
    "CARD BLOCK": _block,
    "INITIALIZE FOR LOAD/PURCHASE": _initialize,
    "CREDIT FOR LOAD": _credit,
    "DEBIT FOR PURCHASE": _debit,
    "GET BALANCE": _balance,
    "GET TRANSACTION PROOF": _proof,
    "UPDATE/GET STARTING DAY": _starting_day,
    "INIT SAM FOR PURCHASE": _init_sam,
    "CREDIT SAM FOR PURCHASE": _credit_sam,
    "CREATE/CHANGE KEY": _load_key,
}
