"""What a card holds, as plain descriptions: the issuer fills, an image stores, the engine compiles them.

How to make a card (exact names)::

    from virtual_card.state import CardContents, CardFile, Directory, KeyState, SamKey
    from virtual_card.applications.social import social_card, social_contents
    from virtual_card.applications.psam import psam_card, psam_contents
    from virtual_card.applications.old_cpu import old_cpu_card, old_cpu_contents

    contents = social_contents(
        "3.0", algorithm=Algorithm.SM4, atr=atr, layout=card_layout("3.0"),
        keys={"UKSSSE": {1: key, 2: key, 3: key}, "IRK": {...}, ...},         # card keys, diversified already
        files={"SSSE/EF05": [record, record], "DF04/EF05": [...], ...},       # bytes for a transparent file
        pin=bytes.fromhex("123456"), pin_tries=6, pin_limit=6)
    card = social_card("ssc-3.0", contents, random=os.urandom, face="T=0")

Descriptions are mutable and may be adjusted before the card is made (`contents.pin_tries = 0` is a
PIN-blocked card, `contents.directory("DF04").blocked = True` a blocked application). A running card keeps
its own copy. Nothing here needs construct or cryptography.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

from apdu.crypto.algorithm import Algorithm

if TYPE_CHECKING:
    from apdu.layout.spec import FileSpec
    from virtual_card.applications.pboc.contents import BankContents
    from virtual_card.applications.pki.contents import PkiContents

Face = Literal["T=0", "apdu"]
"""`T=0`: 61xx and 6Cxx reach the client, who sends GET RESPONSE. `apdu`: data and 9000 at once."""

StructureName = Literal["TRANSPARENT", "VARIABLE", "FIXED", "CYCLIC"]
"""The names of `apdu.layout.declaration.Structure`."""

AccessRule = tuple[frozenset[str], ...]
"""Alternatives, each a set of conditions that must hold together: `PIN` or key names; see
`apdu.layout.access.Access`.
"""

FREE: AccessRule = (frozenset(),)
NEVER: AccessRule = ()
MAX_RECORDS = 254
KEY_TRIES = 3
NATIONAL_FILE = 0x11
PSAM_MASTER_KEY = "ADFMK"
PIN_TRIES = 6


@dataclass(slots=True, repr=False)
class KeyState:
    """One key of a directory, by version; `reference` is P2 of EXTERNAL AUTHENTICATION.

    `limit` 0 means that wrong authentications never lock it (maintenance keys BK and LK).
    """

    name: str
    reference: int | None
    versions: dict[int, bytes]
    tries_left: int = KEY_TRIES
    limit: int = KEY_TRIES

    def __repr__(self) -> str:
        return f"KeyState({self.name}, {len(self.versions)} versions, {self.tries_left}/{self.limit} tries)"


@dataclass(frozen=True, slots=True)
class Purse:
    """The medical purse: what the amount file and the last transaction's proof hold (LD/T 32.5 section 7).

    Amounts in fen; `year` is the payment year as four digits, `starting_day` its first day, mmdd. `proof`: kind 1,
    number 2, MAC 4, TAC 4 of the last CREDIT or DEBIT, b"" before the first.
    """

    balance: int = 0
    self_paid: int = 0
    pool: int = 0
    load_number: int = 0
    purchase_number: int = 0
    year: str = "0000"
    starting_day: str = "0101"
    proof: bytes = b""


@dataclass(slots=True, repr=False)
class SamKey:
    """One working key of a PSAM: `type` (2 purchase, 6 MAC, 7 encryption, 8 both), `levels` (0 to 3) to diversify.

    A purchase key has its version for `id`; `file` is the low byte of its key file, 11 national, 12 provincial,
    13 city (LD/T 32.9 section 6).
    """

    name: str
    type: int
    levels: int
    id: int
    value: bytes
    file: int = NATIONAL_FILE

    def __repr__(self) -> str:
        return f"SamKey({self.name}, type {self.type}, id {self.id:02X}, {self.levels} levels)"


@dataclass(slots=True, repr=False)
class CardFile:
    """One elementary file. `read` and `update` are the `alternatives` of the layout's access rights.

    A transparent file has its bytes in `body`; the others have `records`, in a cyclic file newest first.
    `record_length` is set for FIXED and CYCLIC files; `max_records` is where an append answers 6A84 (a
    cyclic file drops its oldest record instead).
    """

    fid: int
    structure: StructureName
    read: AccessRule = FREE
    update: AccessRule = NEVER
    body: bytes = b""
    records: list[bytes] = field(default_factory=list)
    record_length: int | None = None
    max_records: int = MAX_RECORDS

    @classmethod
    def from_spec(cls, spec: FileSpec, contents: bytes | Sequence[bytes]) -> CardFile:
        """The file that `spec` declares; its contents are bytes (transparent) or records."""
        transparent = spec.structure.name == "TRANSPARENT"
        if transparent != isinstance(contents, bytes):
            wanted = "bytes" if transparent else "a list of records"
            raise TypeError(f"{spec.path} is {spec.structure.name}: its contents are {wanted}")
        cyclic = spec.structure.name == "CYCLIC"
        return cls(
            fid=spec.fid,
            structure=cast(StructureName, spec.structure.name),
            read=spec.read.alternatives,
            update=spec.update.alternatives,
            body=contents if isinstance(contents, bytes) else b"",
            records=[] if isinstance(contents, bytes) else [bytes(record) for record in contents],
            record_length=spec.record_length,
            max_records=(spec.min_records or MAX_RECORDS) if cyclic else MAX_RECORDS,
        )

    def __repr__(self) -> str:
        return (
            f"CardFile({self.fid:04X} {self.structure}, {len(self.records)} records, {len(self.body)} bytes)"
        )


@dataclass(slots=True)
class Directory:
    """A DDF or ADF: `df_name` is its name or AID, `fid` its file identifier where it has one.

    An environment (DDF) has `parent` None and says which `algorithm` its tree computes with, whether its FCI
    announces it (tag 9F0C), and the short identifier of its directory file (tag 88). An application names
    its environment in `parent`; `purse` is its medical purse, where it has one. `face` overrides the card's face
    for this tree (some SM4 PSAMs answer at once).
    """

    name: str
    df_name: bytes
    fid: int | None = None
    parent: str | None = None
    files: list[CardFile] = field(default_factory=list)
    keys: list[KeyState] = field(default_factory=list)
    sam_keys: list[SamKey] = field(default_factory=list)
    purse: Purse | None = None
    blocked: bool = False
    algorithm: Algorithm | None = None
    announces_algorithm: bool = False
    directory_sfi: int | None = None
    face: Face | None = None

    @property
    def takes_sam_keys(self) -> bool:
        """Whether this is the key application of a PSAM: it holds working keys, or the key to load them under."""
        return bool(self.sam_keys) or any(key.name == PSAM_MASTER_KEY for key in self.keys)

    def file(self, fid: int) -> CardFile:
        """The file with this identifier; raises KeyError where there is none."""
        for file in self.files:
            if file.fid == fid:
                return file
        raise KeyError(f"{self.name} has no file {fid:04X}")

    def key(self, name: str) -> KeyState:
        """The key of this name; raises KeyError where there is none."""
        for key in self.keys:
            if key.name == name:
                return key
        raise KeyError(f"{self.name} has no key {name}")


@dataclass(slots=True, repr=False)
class CardContents:
    """A whole card; `directories[0]` is current after a reset. `pin` is packed BCD, b"" where none is set.

    `notes` are the issuer's own and no part of the card: no APDU reaches them, the image keeps them. `bank` is the
    bank's side of the chip and `pki` its PKI application, None where there is none.
    The rest are a PSAM's switches. `lenient_type`: a key asked for under another type is used, within what its own
    type allows. `level_by_lc`: the number of factors counts, whatever level bits P1 has. `accepts_801a`: INS 1A of
    generic bank PSAMs delivers session keys too. `refuses_purchase`: a missing purchase key answers 9403 instead
    of 6A88, as a PSAM without purchase function does. `wrong_mac2_is_63cf`: the other of the two status words that the
    standard names for a wrong MAC2 (LD/T 32.9 section 9), in place of 9302.
    """

    version: str
    atr: bytes
    directories: list[Directory]
    pin: bytes = b""
    pin_tries: int = PIN_TRIES
    pin_limit: int = PIN_TRIES
    blocked: bool = False
    lenient_type: bool = True
    level_by_lc: bool = False
    accepts_801a: bool = False
    refuses_purchase: bool = False
    wrong_mac2_is_63cf: bool = False
    notes: dict[str, str] = field(default_factory=dict)
    bank: BankContents | None = None
    pki: PkiContents | None = None

    def directory(self, name: str) -> Directory:
        """The directory of this name; raises KeyError where there is none."""
        for directory in self.directories:
            if directory.name == name:
                return directory
        raise KeyError(f"the card has no directory {name}")

    def __repr__(self) -> str:
        return f"CardContents({self.version}, {len(self.directories)} directories)"
