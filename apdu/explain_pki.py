"""The exchanges of the PKI application as fields. A proof of a PIN is masked too: who has it and the challenge
finds six digits in a moment.
"""

from __future__ import annotations

from collections.abc import Iterator

from apdu.addressing import Place
from apdu.command import Command
from apdu.explain_fields import Decoder, Field
from apdu.layout.pki import SOURCE
from apdu.pki import KEY_PAIR_FILES, PIN_REFERENCES, PUBLIC_KEY_HEAD, PUBLIC_KEY_LENGTH, Secret
from apdu.response import Response
from apdu.status import tries_left

_MASK = "****"
_NAMES = {
    Secret.USER_PIN: ("User PIN", "用户密码"),
    Secret.ADMINISTRATOR_PIN: ("Administrator PIN", "管理员密码"),
    Secret.MASTER_KEY: ("Master key", "主控密钥"),
}
_CONTENTS = {0xD4: _NAMES[Secret.MASTER_KEY], 0x5E: _NAMES[Secret.ADMINISTRATOR_PIN]}


def _plain(place: Place, names: tuple[str, str], value: str, raw: str) -> Field:
    return Field(place.path, *names, value, raw, SOURCE)


def _verify(command: Command, response: Response, place: Place) -> Iterator[Field]:
    secret = PIN_REFERENCES.get((command.p1, command.p2))
    names = _NAMES[secret] if secret is not None else ("PIN", "密码")
    if command.data:
        yield _plain(place, names, _MASK, "**" * len(command.data))
    yield from _tries(response, place)


def _external(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        yield _plain(place, _NAMES[Secret.MASTER_KEY], "proof", command.data.hex().upper())
    yield from _tries(response, place)


def _tries(response: Response, place: Place) -> Iterator[Field]:
    left = tries_left(response.sw)
    if left is not None:
        yield _plain(place, ("Tries left", "剩余次数"), str(left), f"{response.sw:04X}")


def _loaded(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        yield _plain(place, _CONTENTS[command.ins], _MASK, "**" * len(command.data))


def _envelope(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        yield _plain(place, ("Encrypted key", "加密的密钥"), _MASK, "**" * len(command.data))


def _generate(command: Command, response: Response, place: Place) -> Iterator[Field]:
    if command.data:
        known = "signing pair, files 0012 and 0013" if command.data == KEY_PAIR_FILES else ""
        yield _plain(place, ("Key files", "密钥文件"), known, command.data.hex().upper())


def _public_key(command: Command, response: Response, place: Place) -> Iterator[Field]:
    head, half = len(PUBLIC_KEY_HEAD), PUBLIC_KEY_LENGTH // 2
    if len(response.data) == head + PUBLIC_KEY_LENGTH:
        text = response.data.hex().upper()
        yield _plain(place, ("Key length", "密钥长度"), "", text[: 2 * head])
        yield _plain(place, ("Public key, X", "公钥X"), "", text[2 * head : 2 * (head + half)])
        yield _plain(place, ("Public key, Y", "公钥Y"), "", text[2 * (head + half) :])


PKI_ONLY: dict[str, Decoder] = {
    "GENERATE KEY PAIR": _generate,
    "GET PUBLIC KEY": _public_key,
    "CHANGE ADMINISTRATOR PIN": _loaded,
    "KEY ENVELOPE": _envelope,
}
PKI_DECODERS: dict[str, Decoder] = {
    "VERIFY": _verify,
    "EXTERNAL AUTHENTICATION": _external,
    "CREATE/CHANGE KEY": _loaded,
}
"""Instructions that carry other data while the PKI application is selected."""
