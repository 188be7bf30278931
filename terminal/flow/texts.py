"""What the terminal says at the counter, in both languages."""

from __future__ import annotations

from datetime import datetime

from terminal.flow.steps import Receipt
from terminal.flow.visit import Visit
from terminal.text import Text

INSERT_OLD = Text("Insert the old medical card.", "请插入原医保卡。")
REMOVE_OLD = Text("Remove the old medical card.", "请取出医保卡。")
INSERT_NEW = Text("Insert the social security card.", "请插入社会保障卡。")
REMOVE_CARD = Text("Remove the card.", "请取出卡片。")
OLD_CARD_REPLACED = Text(
    "This old card was replaced already; the social security card shows whether anything is left to do.",
    "该医保卡已被社会保障卡替代，请插入社会保障卡核对。",
)
ENTER_OLD_PIN = Text("Enter the PIN of the old medical card.", "请输入原医保卡密码。")
LAST_TRY = Text(
    "This is the last try: a wrong PIN blocks it. Go on?", "这是最后一次尝试，密码错误将被锁定。是否继续？"
)
UNKNOWN_BALANCE = "-"


def wrong_pin(tries_left: int) -> Text:
    """A wrong PIN, and how many tries are left."""
    tries = "try" if tries_left == 1 else "tries"
    return Text(f"Wrong PIN, {tries_left} {tries} left.", f"密码错误，还剩{tries_left}次。")


def masked_id(id_number: str) -> str:
    """Region and the last two characters; the rest is nobody's business on a slip."""
    return f"{id_number[:6]}{'*' * max(len(id_number) - 8, 0)}{id_number[-2:]}"


def yuan(fen: int) -> str:
    """An amount in fen as people write it."""
    return f"{'-' if fen < 0 else ''}¥{abs(fen) // 100}.{abs(fen) % 100:02d}"


def receipt(visit: Visit, at: datetime) -> Receipt:
    """The slip of a dual insert; `at` is local time."""
    holder = visit.holder
    confirmed = visit.confirmed
    return Receipt(
        Text("Activation of a social security card", "社会保障卡启用回执"),
        (
            (Text("pharmacy", "药店"), visit.pharmacy_name),
            (Text("terminal", "终端"), visit.access.terminal_number),
            (Text("time", "时间"), f"{at:%Y-%m-%d %H:%M:%S}"),
            (Text("activation", "流水号"), confirmed.number if confirmed else visit.number),
            (Text("card number", "卡号"), visit.social.number),
            (Text("holder", "持卡人"), holder.name if holder else ""),
            (Text("ID number", "社会保障号码"), masked_id(holder.id_number) if holder else ""),
            (Text("balance", "个人账户余额"), yuan(confirmed.balance_fen) if confirmed else UNKNOWN_BALANCE),
            (Text("PIN", "密码"), "沿用原医保卡密码 the old card's PIN"),
        ),
    )
