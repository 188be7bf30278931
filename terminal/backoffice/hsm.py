"""The centre's key machine: answers text messages 01 (base read), 02 (external authentication), 03 (PIN), 04 (debit).

Fields are joined by `|`; the last may be missing; hex in either case, answered in capitals. No key leaves it.
Sources: interface circular of the reader specification, HSM mode; key addresses from the table `apdu.keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Protocol

from apdu.crypto import (
    Algorithm,
    authentication_data,
    diversify,
    factors,
    mac,
    message_encrypt,
    session_key,
)
from apdu.keys import BY_NAME, KEYS, KeySpec, RootKeys, root_key
from apdu.layout.states import SocialState
from apdu.secure_messaging import MAC_LENGTH
from terminal.backoffice.hsm_debit import Debit
from terminal.backoffice.ports import HsmMessage, RefusedError
from terminal.backoffice.records import ReservationStatus, SocialCard
from terminal.backoffice.refusals import hsm_refusal
from terminal.text import Pin

STKSSSE = BY_NAME["STKSSSE"]
DPK = BY_NAME["DPK"]
UNBLOCK, RELOAD = bytes.fromhex("84240000"), bytes.fromhex("84240001")
MESSAGE_LIMIT = 512
LEVELS = {1: "city", 2: "province", 3: "national"}
READABLE_STATES = frozenset(SocialState) - {SocialState.CANCELLED, SocialState.VOID}
"""States 0-4: the card must be readable, or nobody could be told that it is lost."""

GRANTED_TO_SEALED: Mapping[ReservationStatus, frozenset[str]] = {
    ReservationStatus.OPEN: frozenset({"UKSSSE", "UK1DF04"}),
    ReservationStatus.RELEASED: frozenset({"UKSSSE"}),
}
"""Keys a sealed card may be written with: an open activation writes status and medical data, one that was given up may
still have to be undone in the status file."""


class CardDirectory(Protocol):
    """Where the HSM learns a card's state: the card management centre."""

    def card_by_id(self, card_id: str) -> SocialCard | None:
        """The card with this identification code."""

    def cards_by_atr(
        self, region: str, historical_bytes: bytes
    ) -> Sequence[tuple[SocialCard, ReservationStatus | None]]:
        """The cards with these historical bytes, each with how its latest activation stands, if there was any."""


@dataclass(frozen=True, slots=True)
class _Chip:
    """What a message says about the card: enough to diversify its keys."""

    region: str
    historical_bytes: bytes
    algorithm: Algorithm


class Hsm:
    """An HSM that holds keys of level 3 (national roots), 2 (of the home province) or 1 (of the home city).

    `root_keys` replace the test roots (national, `NAME/VERSION`). `levels` changes which cards it can serve,
    never a result.
    """

    def __init__(
        self,
        cards: CardDirectory,
        levels: int = 3,
        home_region: str = "990100",
        root_keys: RootKeys | None = None,
    ) -> None:
        if levels not in LEVELS:
            raise ValueError(f"an HSM holds keys of 1, 2 or 3 levels, not {levels}")
        self._cards = cards
        self._levels = levels
        self._home = home_region
        self._root_keys = root_keys
        self._held: dict[tuple[str, int, Algorithm], bytes] = {}

    def answer(self, message: HsmMessage) -> str:
        """The answer to one message; raises RefusedError with the reason."""
        fields = message.wire.split("|")
        if len(message.wire) >= MESSAGE_LIMIT:
            raise _malformed(f"the message exceeds {MESSAGE_LIMIT - 1} characters", "报文过长")
        handler = _HANDLERS.get(fields[0])
        if handler is None:
            known = ", ".join(_HANDLERS)
            raise _malformed(
                f"message type {fields[0][:4]!r} is not served ({known} are)", "不支持的报文类型"
            )
        return handler(self, fields[1:])

    def base_read(self, fields: list[str]) -> str:
        """Message 01: internal authentication, and external authentication for RKSSSE where asked for."""
        region, atr, algorithm, card_id, *randoms = _exactly(fields, 8)
        chip = _chip(region, atr, algorithm)
        internal_pair = _random(randoms[0]), _random(randoms[1])
        external_pair = (_random(randoms[2]), _random(randoms[3])) if any(randoms[2:]) else None
        self._check_base_read(chip, card_id.upper())
        internal = self._authenticate(chip, BY_NAME["IRK"], 1, *internal_pair)
        external = self._authenticate(chip, BY_NAME["RKSSSE"], 1, *external_pair) if external_pair else ""
        return f"{internal}|{external}|"

    def external_authentication(self, fields: list[str]) -> str:
        """Message 02: external authentication for the key at an address, as the state of the card allows."""
        region, atr, algorithm, address, process, raw = _exactly(fields, 6)
        chip = _chip(region, atr, algorithm)
        key, version = _key_at(address)
        pair = _random(process), _random(raw)
        self._check_external(chip, key)
        return f"{self._authenticate(chip, key, version, *pair)}|"

    def secure_message(self, fields: list[str]) -> str:
        """Message 03: a PIN unblock or reload completed with encrypted PIN and MAC, as the state of the card allows."""
        region, atr, algorithm, address, challenge, header, pin = _exactly(fields, 7)
        chip = _chip(region, atr, algorithm)
        number = int.from_bytes(_hex(address, "key address"), "big")
        if number != STKSSSE.hsm_address:
            raise _malformed(f"there is no message key at address {address[:8]}", "密钥地址错误")
        random = _random(challenge)
        begun = _hex(header, "header")
        if begun[:4] != (RELOAD if pin else UNBLOCK):
            raise _malformed("only PIN unblock and PIN reload are completed", "仅支持个人密码解锁与重装")
        plain = _bcd(pin)
        self._check_external(chip, STKSSSE)
        session = session_key(chip.algorithm, self._card_key(chip, STKSSSE, 1), random)
        cipher = message_encrypt(chip.algorithm, session, plain) if plain else b""
        message = begun + cipher
        if begun[4:] != bytes((len(cipher) + MAC_LENGTH,)):
            raise _malformed("the header's length is not that of the command", "命令头长度错误")
        return f"{(message + mac(chip.algorithm, session, message)).hex().upper()}|"

    def debit(self, fields: list[str]) -> str:
        """Message 04: MAC1, MAC2 and TAC of a purchase, as the state of the card allows."""
        region, atr, sequence, algorithm, address, *asked = _exactly(fields, 11)
        chip = _chip(region, atr, algorithm)
        version = DPK.version_at(int.from_bytes(_hex(address, "key address"), "big"))
        if version is None:
            raise _malformed(f"there is no purchase key at address {address[:8]}", "密钥地址错误")
        try:
            debit = Debit.read([sequence, *asked])
        except ValueError as error:
            raise _malformed(str(error), "消费报文格式错误") from None
        self._check_external(chip, DPK)
        dpk, dtk = self._card_key(chip, DPK, version), self._card_key(chip, BY_NAME["DTK"], 1)
        return debit.certified(chip.algorithm, dpk, dtk)

    def certifies(self, card: SocialCard, algorithm: Algorithm, debit: Debit, tac: bytes) -> bool:
        """Whether `tac` is the card's for a debit, in whatever state the card is now; raises RefusedError."""
        chip = _Chip(card.key.card_id[:6], card.historical_bytes, algorithm)
        return compare_digest(debit.certificate(algorithm, self._card_key(chip, BY_NAME["DTK"], 1)), tac)

    def _check_base_read(self, chip: _Chip, card_id: str) -> None:
        if not card_id.startswith(chip.region):
            raise _malformed("region and identification code do not agree", "区划与卡识别码不符")
        card = self._cards.card_by_id(card_id)
        if card is None:
            raise _refused("R1", "the centre does not know this card", "卡管中心没有此卡记录")
        if card.social not in READABLE_STATES:
            raise _refused("R1", "the card is cancelled or void", "此卡已注销或作废")

    def _check_external(self, chip: _Chip, key: KeySpec) -> None:
        found = self._cards.cards_by_atr(chip.region, chip.historical_bytes)
        if not found:
            raise _refused("R1", "the centre knows no card with this answer to reset", "卡管中心没有此卡记录")
        for card, activation in found:
            granted = GRANTED_TO_SEALED.get(activation, frozenset()) if activation else frozenset()
            activating = card.social is SocialState.SEALED and key.name in granted
            if card.social is not SocialState.NORMAL and not activating:
                raise _refused(
                    "R1",
                    f"the card is in state {card.social.value} ({card.social.name.lower()}) "
                    f"and {key.name} is not open to it",
                    f"卡状态为{card.social.zh}，不允许使用该密钥",
                )

    def _authenticate(self, chip: _Chip, key: KeySpec, version: int, process: bytes, raw: bytes) -> str:
        """Authentication data and the random it covers, 32 hex digits."""
        session = session_key(chip.algorithm, self._card_key(chip, key, version), process)
        return (authentication_data(chip.algorithm, session, raw) + raw).hex().upper()

    def _card_key(self, chip: _Chip, key: KeySpec, version: int) -> bytes:
        path = factors(chip.region, chip.historical_bytes)
        held = self._held_key(chip, key, version, path)
        return diversify(chip.algorithm, held, *path[3 - self._levels :])

    def _held_key(self, chip: _Chip, key: KeySpec, version: int, path: tuple[bytes, bytes, bytes]) -> bytes:
        """The key of this HSM's own level; refused for cards of another province or city than its own."""
        home = factors(self._home, chip.historical_bytes)[: 3 - self._levels]
        if path[: 3 - self._levels] != home:
            reach = LEVELS[self._levels]
            raise _refused(
                "HSM", f"key not held: this HSM serves its own {reach} only", "本加密机无该地区密钥"
            )
        label = (key.name, version, chip.algorithm)
        if label not in self._held:
            root = root_key(key.name, version, self._root_keys)[: key.length(chip.algorithm)]
            self._held[label] = diversify(chip.algorithm, root, *home)
        return self._held[label]


Handler = Callable[[Hsm, list[str]], str]
_HANDLERS: Mapping[str, Handler] = {
    "01": Hsm.base_read,
    "02": Hsm.external_authentication,
    "03": Hsm.secure_message,
    "04": Hsm.debit,
}


def _exactly(fields: list[str], count: int) -> list[str]:
    """The fields without what follows the last separator, which some centres' clients leave out."""
    if len(fields) == count + 1 and fields[-1] == "":
        fields = fields[:-1]
    if len(fields) != count:
        raise _malformed(f"{count} fields belong after the type, {len(fields)} came", "报文字段数不符")
    return fields


def _chip(region: str, atr: str, algorithm: str) -> _Chip:
    if len(region) != 6 or not (region.isascii() and region.isdigit()):
        raise _malformed("the region is not six digits", "区划格式错误")
    if len(atr) not in (26, 34):
        raise _malformed("the answer to reset has 26 digits, or 34 with its header", "ATR长度错误")
    known = {"01": Algorithm.DES, "03": Algorithm.SM4}.get(algorithm)
    if known is None:
        raise _malformed("only algorithms 01 (DES) and 03 (SM4) can be computed", "不支持的算法标识")
    return _Chip(region, _hex(atr[-26:], "answer to reset"), known)


def _key_at(address: str) -> tuple[KeySpec, int]:
    """Key and version at an HSM address: versions follow each other from the first address."""
    number = int.from_bytes(_hex(address, "key address"), "big")
    for key in KEYS:
        version = key.version_at(number)
        if version is not None and key.reference is not None:
            return key, version
    raise _malformed(f"there is no authentication key at address {address[:8]}", "密钥地址错误")


def _random(text: str) -> bytes:
    value = _hex(text, "random")
    if len(value) != 8:
        raise _malformed("a random or process factor has 16 digits", "随机数长度错误")
    return value


def _bcd(pin: str) -> bytes:
    """A PIN as the card takes it, b"" for none."""
    try:
        return Pin(pin).bcd() if pin else b""
    except ValueError:
        raise _malformed("a PIN has 4 to 16 digits", "密码格式错误") from None


def _hex(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise _malformed(f"the {what} is not hexadecimal", "报文含非十六进制字符") from None


def _malformed(en: str, zh: str) -> RefusedError:
    return _refused("HSM", en, zh)


def _refused(rule: str, en: str, zh: str) -> RefusedError:
    return RefusedError(hsm_refusal(rule, en, zh))
