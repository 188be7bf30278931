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


def clock_time(at: datetime) -> str:
    """A time as slips and views write it, by the clock of the zone that it is in."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def receipt(visit: Visit, at: datetime) -> Receipt:
    """The slip of an activation; `at` is local time."""
    holder = visit.holder
    return Receipt(
        Text("Activation of a social security card", "社会保障卡启用回执"),
        (
            (Text("pharmacy", "药店"), visit.pharmacy_name),
            (Text("terminal", "终端"), visit.access.terminal_number),
            (Text("time", "时间"), clock_time(at)),
            *_activation(visit),
            (Text("card number", "卡号"), visit.social.number),
            (Text("holder", "持卡人"), holder.name if holder else ""),
            (Text("ID number", "社会保障号码"), masked_id(holder.id_number) if holder else ""),
            (Text("balance", "个人账户余额"), _balance(visit)),
            (
                Text("PIN", "密码"),
                "沿用卡片原密码 unchanged" if visit.enabled else "沿用原医保卡密码 the old card's PIN",
            ),
        ),
    )


def _activation(visit: Visit) -> tuple[tuple[Text, str], ...]:
    """The number of the activation, where the centre gave it one: with the card alone it is one transaction there."""
    if visit.enabled is not None:
        return ()
    number = visit.confirmed.number if visit.confirmed else visit.number
    return ((Text("activation", "流水号"), number),)


def _balance(visit: Visit) -> str:
    known = visit.confirmed or visit.enabled
    return yuan(known.balance_fen) if known else UNKNOWN_BALANCE
