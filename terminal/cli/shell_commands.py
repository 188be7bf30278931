"""The shell's commands: one table of how each is typed, what it does and what completes it."""

from __future__ import annotations

from terminal.cli import shell_look as look
from terminal.cli import shell_raw as raw
from terminal.cli import shell_rights as rights
from terminal.cli import shell_write as write
from terminal.cli.shell_core import ShellCommand
from terminal.text import Text

MANY = 256
DIRECTORY, FILE, ITEM, VALUE, KEY, WORD = "directory", "file", "item", "value", "key", "command"
"""What a word may be completed to."""


def _no_card(command: ShellCommand) -> ShellCommand:
    return ShellCommand(
        command.usage, command.help, command.run, command.arguments, command.completes, needs_card=False
    )


COMMANDS: dict[str, ShellCommand] = {
    "ls": ShellCommand(
        "ls [DIRECTORY|/]",
        Text("Files the card has here, with their rights (✗: not granted)", "列出文件及访问权限"),
        look.ls,
        (0, 1),
        (DIRECTORY,),
    ),
    "cd": ShellCommand(
        "cd [DIRECTORY]",
        Text("Select a directory or application", "选择目录或应用"),
        look.cd,
        (0, 1),
        (DIRECTORY,),
    ),
    "cat": ShellCommand(
        "cat FILE [ITEM]", Text("Read a file, decoded", "读取并解析文件"), look.cat, (1, 2), (FILE, ITEM)
    ),
    "update": ShellCommand(
        "update FILE ITEM VALUE",
        Text("Write an item: shows the commands and asks; - is unset", "写数据项（先确认）"),
        write.update,
        (3, 3),
        (FILE, ITEM, VALUE),
    ),
    "update!": ShellCommand(
        "update! FILE ITEM VALUE",
        Text("The same without asking", "写数据项（不确认）"),
        write.update_without_asking,
        (3, 3),
        (FILE, ITEM, VALUE),
    ),
    "verify": ShellCommand(
        "verify [--env NAME] [--force]",
        Text("Verify the PIN, typed hidden or from a variable", "校验个人密码"),
        rights.verify,
        (0, 3),
    ),
    "auth": ShellCommand(
        "auth [KEY]",
        Text("Authenticate with the PSAM: what this directory asks for, or a key", "使用终端安全模块鉴别"),
        rights.auth,
        (0, 1),
        (KEY,),
    ),
    "select": ShellCommand(
        "select NAME|AID|FID",
        Text("Select, and show the control information", "选择并显示文件控制信息"),
        look.select,
        (1, 1),
        (DIRECTORY,),
    ),
    "apdu": ShellCommand(
        "apdu HEX...", Text("Send a command, explain the exchange", "发送命令并解析"), raw.apdu, (1, MANY)
    ),
    "explain": ShellCommand(
        "explain HEX...",
        Text("Decode bytes without sending them", "解析数据（不发送）"),
        raw.explain,
        (1, MANY),
    ),
    "info": ShellCommand("info", Text("What card this is", "卡片信息"), look.info),
    "atr": ShellCommand("atr", Text("The answer to reset", "复位应答"), look.atr),
    "state": ShellCommand(
        "state", Text("Where the card stands and what it has granted", "当前位置及权限"), look.state
    ),
    "reset": ShellCommand("reset", Text("Reset the card", "卡片复位"), raw.reset),
    "connect": _no_card(
        ShellCommand("connect", Text("Power the card on again; waits for one", "重新上电"), raw.connect)
    ),
    "help": _no_card(ShellCommand("help [COMMAND]", Text("These lines", "帮助"), raw.help_, (0, 1), (WORD,))),
    "quit": _no_card(ShellCommand("quit", Text("End; so does Ctrl-D", "退出"), raw.leave)),
}
"""In the order of `help`."""
