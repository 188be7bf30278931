"""What status words mean in the commands of the bank's application (EMV Books 1 and 3, JR/T 0025.5)."""

from __future__ import annotations

from apdu.status_table import Entry, Kind

_EMV = "EMV Book 3 section 6.5"
_SCRIPT = "JR/T 0025.5"
_OUTLET = ("have it released at an outlet of the issuing bank", "到发卡银行网点处理")
_START_ANEW = ("select the application and start again", "重新选择应用并重新开始")
_SCRIPT_COMMANDS = ("APPLICATION UNBLOCK", "PUT DATA")


def _script(instruction: str) -> tuple[Entry, Entry]:
    return (
        Entry(
            "6985",
            "no script is accepted in this situation",
            "当前状态不接受发卡行脚本",
            "ask the issuer online first; after a wrong proof or MAC start a new transaction",
            "须先请求联机；若发卡行认证或MAC失败，须重新开始交易",
            source=_SCRIPT,
            instruction=instruction,
        ),
        Entry(
            "6988",
            "the script's MAC is wrong",
            "脚本MAC错误",
            "have the issuer check its keys; the next transaction tells it of the failure",
            "由发卡行核对密钥；下笔交易将上送失败标志",
            source=_SCRIPT,
            instruction=instruction,
        ),
    )


BANK: tuple[Entry, ...] = (
    Entry(
        "6283",
        "selected, but blocked",
        "已选择，但应用已锁定",
        *_OUTLET,
        source="EMV Book 1 section 11.3.5",
        kind=Kind.WARNING,
        instruction="SELECT",
    ),
    Entry(
        "6300",
        "the issuer's proof is wrong: issuer authentication failed",
        "发卡行认证失败",
        "go on with the second cryptogram; the card accepts no script in this transaction",
        "继续第二次生成应用密文；本次交易不再接受脚本",
        source="EMV Book 3 section 6.5.4",
        instruction="EXTERNAL AUTHENTICATION",
    ),
    Entry(
        "6985",
        "conditions of use not satisfied: the transaction cannot begin",
        "使用条件不满足，交易无法开始",
        *_START_ANEW,
        source=_EMV,
        instruction="GET PROCESSING OPTIONS",
    ),
    Entry(
        "6985",
        "no cryptogram in this state: GPO is missing, or both were given",
        "当前状态不能生成密文：未取处理选项或已生成两次",
        *_START_ANEW,
        source=_EMV,
        instruction="GENERATE AC",
    ),
    Entry(
        "6A88",
        "the card does not have this data object",
        "卡内无此数据对象",
        "go on without it",
        "忽略该数据继续",
        source=_EMV,
        instruction="GET DATA",
    ),
    Entry(
        "6A88",
        "the card has no such object that a script may change",
        "无此可修改的数据对象",
        "check the tag in P1 P2",
        "核对P1 P2中的标签",
        source=_SCRIPT,
        instruction="PUT DATA",
    ),
    *(entry for instruction in _SCRIPT_COMMANDS for entry in _script(instruction)),
)
