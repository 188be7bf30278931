"""An exchange explained to the field: what was asked of which file, what every byte means, what came back.

Everything an `Explanation` holds may be written: PINs, keys and identity numbers are masked by meaning
already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from apdu.addressing import Place
from apdu.command import Command
from apdu.explain_bank import BANK_DECODERS, BANK_ONLY
from apdu.explain_data import DECODERS
from apdu.explain_fields import Field
from apdu.explain_files import decode_file_data
from apdu.explain_pki import PKI_DECODERS, PKI_ONLY
from apdu.explain_purse import PURSE_DECODERS
from apdu.instructions import Instruction, find
from apdu.keys import by_reference
from apdu.layout import VERSIONS, every_file
from apdu.layout.pboc import BANK_DIRECTORIES
from apdu.layout.pki import PKI_DIRECTORIES
from apdu.redact import redact_command, redact_response
from apdu.response import Response
from apdu.status import meaning

__all__ = ["Explainer", "Explanation", "Field"]

_DECODERS = DECODERS | PURSE_DECODERS | BANK_ONLY | PKI_ONLY
_DECODERS_IN = {
    **dict.fromkeys((entry.name for entry in BANK_DIRECTORIES), _DECODERS | BANK_DECODERS),
    **dict.fromkeys((entry.name for entry in PKI_DIRECTORIES), _DECODERS | PKI_DECODERS),
}
"""What the further environments of the chip read differently, by the directory that is selected."""

PURSE_CLASS = 0xB0
PIN_PROTECTED = frozenset({0x26, 0x28})
"""Purse commands that want the PIN verified, if one is set (LD/T 32.7 sections 11 and 12)."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One exchange in words: title, file concerned, fields, status word; hex texts with secret bytes as `**`.

    `path` is where the command was aimed at, empty before anything was selected. `fields` come in byte
    order, those of the command before those of the answer.
    """

    title: str
    title_zh: str
    path: str
    fields: tuple[Field, ...]
    sw: int
    meaning: str
    meaning_zh: str
    remedy: str
    remedy_zh: str
    command_hex: str
    response_hex: str


class Explainer:
    """Follows one card from exchange to exchange; `kind` as virtual cards name it, None where not known.

    A card of unknown kind is read as the newest generation until its version item says otherwise.
    """

    def __init__(self, kind: str | None = None, status_fid: int | None = 0xEF0C) -> None:
        self._kind = kind
        self._status_fid = status_fid
        self._place = Place.of_kind(kind, status_fid)

    @property
    def place(self) -> Place:
        """Where the card stands now."""
        return self._place

    def reset(self) -> None:
        """Forget the selection, as the card does; a new card of unknown kind is unknown again."""
        self._place = Place.of_kind(self._kind, self._status_fid)

    def explain(self, command: Command, response: Response) -> Explanation:
        """The exchange in words; then moves on to where the card stands after it. Odd bytes raise nothing."""
        before = self._place
        after = before.after(command, response)
        asked = before.asked(command)
        instruction = find(asked.cla, asked.ins)
        status = meaning(response.sw, command.cla, command.ins, self._needs(asked, before))
        title, title_zh = _title(command, instruction)
        explanation = Explanation(
            title,
            title_zh,
            _path(asked, before, after),
            self._fields(asked, command, response, before, after),
            response.sw,
            status.en,
            status.zh,
            status.remedy_en,
            status.remedy_zh,
            redact_command(command, before),
            redact_response(command, response, before),
        )
        self._place = after
        self._learn_version(explanation)
        return explanation

    def _fields(
        self, asked: Command, command: Command, response: Response, before: Place, after: Place
    ) -> tuple[Field, ...]:
        instruction = find(asked.cla, asked.ins)
        known = _DECODERS_IN.get(after.directory.name, _DECODERS) if after.directory else _DECODERS
        decode = known.get(instruction.name) if instruction else None
        if decode is None:
            return ()
        sent = asked if asked is command else replace(asked, data=b"")  # GET RESPONSE repeats no command data
        if decode is decode_file_data:
            return tuple(decode(sent, response, before))
        return tuple(decode(sent, response, after))

    def _needs(self, command: Command, place: Place) -> str | None:
        """The access rule or key the command depends on, where the layout tells."""
        if command.ins in (0xB2, 0xB0, 0xDC, 0xD6) and (file := place.addressed(command).file) is not None:
            return str(file.read if command.ins in (0xB2, 0xB0) else file.update)
        if command.cla == PURSE_CLASS and command.ins in PIN_PROTECTED:
            return "PIN"
        if command.ins == 0x82 and place.directory is not None:
            key = by_reference(place.directory.name, command.p2)
            return key.name if key else None
        return None

    def _learn_version(self, explanation: Explanation) -> None:
        """Take the layout of the version a card of unknown kind announces in SSSE/EF05."""
        if self._kind is not None:
            return
        announced = next((field.value for field in explanation.fields if field.path == "SSSE/EF05/03"), None)
        version = "1.0" if announced == "" else (announced or "")[:3]
        if version not in VERSIONS:
            return
        known = {entry.name: entry for entry in every_file(version, self._status_fid)}
        place = self._place
        self._place = replace(
            place,
            directories=tuple(known.get(entry.name, entry) for entry in place.directories),
            directory=known.get(place.directory.name, place.directory) if place.directory else None,
        )


def _title(command: Command, instruction: Instruction | None) -> tuple[str, str]:
    if instruction is None:
        shown = f"{command.cla:02X}{command.ins:02X}"
        return f"UNKNOWN COMMAND {shown}", f"未知命令 {shown}"
    if instruction.name == "VERIFY" and not command.data:
        return "VERIFY (query)", "查询个人密码状态"
    if command.ins == 0xC0:
        return f"GET RESPONSE ({instruction.name})", f"获取响应（{instruction.name_zh}）"
    return instruction.name, instruction.name_zh


def _path(command: Command, before: Place, after: Place) -> str:
    """The file aimed at: what a SELECT found, else the file or directory the command worked in."""
    if command.ins == 0xA4:
        return after.path
    return before.addressed(command).path
