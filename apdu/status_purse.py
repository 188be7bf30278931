"""Status words of the PSAM's commands and of those about the medical purse and keys."""

from __future__ import annotations

from apdu.status_table import Entry, errors_of

_PSAM_FALLBACK = ("authenticate through the centre's key machine instead", "改用加密机方式鉴别")
_WRONG_MAC2 = (
    "MAC2 is wrong: the card did not prove the debit",
    "MAC2错误：卡片未证明扣款",
    "do not reverse; mark the record",
    "不冲正，标记该记录",
)
PSAM: tuple[Entry, ...] = (
    *errors_of(
        "DELIVERY SESSION KEY",
        "LD/T 32.9 section 9",
        (
            "6A80",
            "wrong number of diversification levels for this key",
            "密钥分散级数不符",
            "try again with 3, 2 and 1 factors",
            "依次以3、2、1级分散重试",
        ),
        ("6A88", "this PSAM has no such key", "PSAM中无此密钥", *_PSAM_FALLBACK),
        ("6983", "this key of the PSAM is blocked", "PSAM中该密钥已锁定", *_PSAM_FALLBACK),
    ),
    *errors_of(
        "CIPHER DATA",
        "LD/T 32.9 section 9",
        (
            "6901",
            "no session key was delivered, or it is used up",
            "无过程密钥或已用完",
            "deliver the session key again",
            "重新分散过程密钥",
        ),
        (
            "6985",
            "the type of this key forbids the operation",
            "密钥类型不允许该运算",
            "check the usage byte of the key",
            "核对密钥用途",
        ),
    ),
    *errors_of(
        "INITIALIZE ENVIRONMENT",
        "LD/T 32.9 section 9",
        ("6A80", "this PSAM does not serve the card's province", "PSAM不支持该卡所属省份", *_PSAM_FALLBACK),
    ),
    *errors_of(
        "INIT SAM FOR PURCHASE",
        "LD/T 32.9 section 9",
        (
            "6A80",
            "wrong number of diversification levels",
            "密钥分散级数不符",
            "try again with 3, 2 and 1 factors",
            "依次以3、2、1级分散重试",
        ),
        (
            "6A88",
            "this PSAM has no purchase key of this version",
            "PSAM中无此版本消费密钥",
            "use the centre's key machine",
            "改用加密机",
        ),
        (
            "9403",
            "this PSAM has no purchase function",
            "PSAM无消费功能",
            "use the centre's key machine",
            "改用加密机",
        ),
    ),
    *errors_of(
        "CREDIT SAM FOR PURCHASE",
        "LD/T 32.9 section 9",
        ("9302", *_WRONG_MAC2),
        ("63CF", *_WRONG_MAC2),
        (
            "6901",
            "no purchase is open",
            "没有进行中的消费",
            "begin with INIT SAM FOR PURCHASE",
            "从消费初始化开始",
        ),
    ),
)

_NO_PURSE = (
    "6A81",
    "this application has no medical purse",
    "该应用没有医疗电子钱包（非脱网方式）",
    "settle online; the purse belongs to cards personalised for offline use",
    "改用联网结算",
)
PURSE: tuple[Entry, ...] = (
    *(
        entry
        for name in (
            "INITIALIZE FOR LOAD/PURCHASE",
            "CREDIT FOR LOAD",
            "DEBIT FOR PURCHASE",
            "GET BALANCE",
            "GET TRANSACTION PROOF",
            "UPDATE/GET STARTING DAY",
        )
        for entry in errors_of(name, "LD/T 32.5 section 7", _NO_PURSE)
    ),
    *(
        entry
        for name, begin, begin_zh in (
            ("CREDIT FOR LOAD", "INITIALIZE FOR LOAD", "帐户划入初始化"),
            ("DEBIT FOR PURCHASE", "INITIALIZE FOR PURCHASE", "医疗消费初始化"),
        )
        for entry in errors_of(
            name,
            "LD/T 32.5 section 7, table 49",
            (
                "6901",
                "no transaction of this kind is open; nothing was booked",
                "没有进行中的此类交易，未记账",
                f"begin with {begin}; any other command in between ends it",
                f"从{begin_zh}开始，中间不得有其他命令",
            ),
        )
    ),
    *errors_of(
        "UPDATE/GET STARTING DAY",
        "LD/T 32.5 section 7.7",
        ("6982", "DSK is not authenticated", "DSK未鉴别", "authenticate DSK first", "先用DSK做外部鉴别"),
    ),
    *errors_of(
        "CREATE/CHANGE KEY",
        "LD/T 32.9 sections 9.5 and 9.6",
        (
            "6982",
            "the key file is not opened by its authentication key",
            "密钥文件未经外部鉴别",
            "authenticate KID 01, 02 or 03 for key file 11, 12 or 13",
            "先用相应的KID做外部鉴别",
        ),
        ("6985", "this key is there already", "该密钥已存在", "use CHANGE KEY", "改用修改密钥"),
        ("6A88", "no such key to change", "无此密钥可修改", "use CREATE KEY", "改用装载密钥"),
    ),
)
