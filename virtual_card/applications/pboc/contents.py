"""What the bank's side of a card holds, as plain descriptions: the issuer fills, the engine compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Literal

from apdu.crypto.algorithm import Algorithm
from apdu.pboc import Cryptogram

if TYPE_CHECKING:
    from apdu.bank_keys import BankKeys
    from apdu.crypto.rsa import RsaKey
    from apdu.crypto.sm2 import Sm2Key

PIN_LIMIT = 3
PinMask = Literal["encryption", "cryptogram"]


class Blocked(IntFlag):
    """What of the bank's side is blocked."""

    NONE = 0
    APPLICATION = 1
    CARD = 2
    DIRECTORY = 4


class History(IntFlag):
    """What earlier transactions left behind, for the next card verification results."""

    NONE = 0
    ONLINE_OPEN = 1
    ISSUER_FAILED = 2
    ISSUER_MISSING = 4
    BLOCKED_BY_PIN = 8
    SDA_FAILED = 16
    SCRIPT_FAILED = 32
    DDA_FAILED = 64


@dataclass(frozen=True, slots=True)
class BankBehaviour:
    """Where real cards differ, and how a card misbehaves on purpose; no command changes it.

    `tagged`: answers in template 77. `warning_first`: under T=0 a blocked application says 6283 at once and
    gives its FCI to GET RESPONSE as 9000 (else 61xx first, 6283 at the end). `pin_blocked_word` answers the
    first VERIFY of a session with no tries left. `length_word` answers GPO data of a wrong length. `refuse`:
    GPO 6985. `first`, `second`: the cryptogram given whatever was asked. `foreign_key`, `wrong_signature`:
    cryptograms and dynamic signatures that nobody can verify. `pin_mask`: the card key that masks a changed
    PIN. `piece`: answers come in pieces of so many bytes. `blocks_chip`: the bank's CARD BLOCK ends the
    social side too. `outlives_card_block`: a CARD BLOCK of the social side leaves the bank's alone.
    `discretionary`: the electronic cash balance in tag 9F10.
    """

    tagged: bool = False
    warning_first: bool = False
    pin_blocked_word: int = 0x6984
    length_word: int = 0x6700
    refuse: bool = False
    first: Cryptogram | None = None
    second: Cryptogram | None = None
    foreign_key: bool = False
    wrong_signature: bool = False
    pin_mask: PinMask = "encryption"
    piece: int = 256
    blocks_chip: bool = True
    outlives_card_block: bool = False
    discretionary: bool = True


@dataclass(frozen=True, slots=True)
class Processing:
    """What GPO answers when the card works with one algorithm: AIP and file locator."""

    profile: bytes
    locator: bytes


@dataclass(frozen=True, slots=True)
class Lists:
    """The data object lists the card works with: of GPO, both cryptograms, INTERNAL AUTHENTICATE."""

    processing: bytes
    first: bytes
    second: bytes
    dynamic: bytes


@dataclass(slots=True, repr=False)
class BankContents:
    """The bank's side of a card. `names` maps names to FCI, in the order SELECT tries them: PSE, PPSE, ADF.

    `directory` are the records of the PSE, `files` those of the application by SFI, `objects` what GET DATA
    answers beside the counters. `pin` "" is a card without offline PIN. `processing` and `keys` say which
    algorithms the card has. `key` signs dynamic data and opens enciphered PINs, `sm2_key` signs dynamic data in SM
    transactions.
    """

    names: dict[bytes, bytes]
    directory: list[bytes]
    files: dict[int, list[bytes]]
    objects: dict[int, bytes]
    lists: Lists
    processing: Mapping[Algorithm, Processing]
    keys: Mapping[Algorithm, BankKeys]
    key: RsaKey | None = None
    sm2_key: Sm2Key | None = None
    pin: str = ""
    pin_tries: int = PIN_LIMIT
    pin_limit: int = PIN_LIMIT
    counter: int = 0
    online_counter: int = 0
    offline_count: int = 0
    offline_amount: int = 0
    scripts: int = 0
    blocked: Blocked = Blocked.NONE
    history: History = History.NONE
    behaviour: BankBehaviour = field(default_factory=BankBehaviour)

    def __repr__(self) -> str:
        return f"BankContents({len(self.files)} files, counter {self.counter}, {self.blocked!r})"
