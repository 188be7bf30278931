"""Status words of ISO/IEC 7816-4 that the social security card's own standard does not list.

Cards of other makes answer them, and so do the plain `iso7816` card and the bank's application.
"""

from __future__ import annotations

from apdu.status_table import Entry, Kind

ISO_SOURCE = "ISO/IEC 7816-4 section 5.6"
_UNTOLD = ("the card says no more; look at the command before it", "卡片未说明原因；检查前一命令")
_PLAIN = ("send the command without it", "不使用该功能重发命令")
_READ_BACK = ("read the data again and compare", "重新读取并核对")
_ACTIVATE = ("whoever manages the file has to activate it", "由文件管理者激活")

_WARNINGS: tuple[tuple[str, str, str, str, str], ...] = (
    ("6200", "warning without a reason, nothing was changed", "警告：未说明原因，状态未变", *_UNTOLD),
    ("6281", "part of the answer may be damaged", "部分返回数据可能已损坏", *_READ_BACK),
    (
        "6282",
        "end of the file or record reached before Le bytes",
        "读到Le字节之前文件或记录已结束",
        "what came is all there is",
        "已返回全部数据",
    ),
    (
        "6283",
        "the selected file or application is deactivated (blocked)",
        "所选文件或应用已停用（锁定）",
        *_ACTIVATE,
    ),
    (
        "6284",
        "the control information is not in the standard's form",
        "文件控制信息格式不符合标准",
        "read it by the documentation of this card",
        "按该卡文档解析",
    ),
    (
        "6285",
        "the selected file is terminated for good",
        "所选文件已永久终止",
        "use another file or card",
        "改用其他文件或卡片",
    ),
    (
        "6286",
        "a sensor of the card has no data",
        "卡上传感器无数据",
        "use the sensor and repeat",
        "操作传感器后重试",
    ),
    ("6287", "one of the records is deactivated", "所引用的记录已停用", *_ACTIVATE),
    (
        "6300",
        "warning without a reason, something was changed or failed",
        "警告：未说明原因，状态已变",
        *_UNTOLD,
    ),
    ("6381", "the file is full after this write", "本次写入后文件已满", "write no more to it", "不要再写入"),
)
_ERRORS: tuple[tuple[str, str, str, str, str], ...] = (
    ("6400", "execution failed, nothing was changed", "执行错误，状态未变", *_UNTOLD),
    ("6500", "execution failed, something was changed", "执行错误，状态已变", *_READ_BACK),
    ("6881", "logical channel not supported", "不支持逻辑信道", *_PLAIN),
    ("6882", "secure messaging not supported", "不支持安全报文", *_PLAIN),
    (
        "6883",
        "the last command of a chain is expected",
        "应发送命令链的最后一条",
        "send the rest of the chain",
        "发送命令链剩余部分",
    ),
    ("6884", "command chaining not supported", "不支持命令链", *_PLAIN),
    ("6900", "command not allowed", "命令不允许", *_UNTOLD),
    (
        "6A87",
        "the length of the data does not fit P1 and P2",
        "数据长度与P1、P2不符",
        "check Lc, P1 and P2",
        "检查Lc和P1、P2",
    ),
    ("6A89", "the file exists already", "文件已存在", "use another identifier", "改用其他标识"),
    ("6A8A", "the name exists already", "名称已存在", "use another name", "改用其他名称"),
)

ISO: tuple[Entry, ...] = (
    *(Entry(*row, source=ISO_SOURCE, kind=Kind.WARNING) for row in _WARNINGS),
    *(Entry(*row, source=ISO_SOURCE) for row in _ERRORS),
)
