"""The bank's side at run time: what is selected, how far the transaction is, and what it may write."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, cast

from apdu.bank_keys import BankKeys
from apdu.crypto.algorithm import Algorithm
from apdu.crypto.pboc import transaction_key
from apdu.pboc import LAST_COUNTER, Cryptogram
from virtual_card import status
from virtual_card.applications.pboc import memory as places
from virtual_card.applications.pboc.contents import BankContents, Blocked, History
from virtual_card.nonvolatile import NonVolatile

if TYPE_CHECKING:
    from virtual_card.applications.pboc.memory import BankProfile
    from virtual_card.card import Handler, ProcessorCard

CONDITIONS = b"\x69\x85"
DATA_INVALID = b"\x69\x88"
BLOCKED_WARNING = b"\x62\x83"
OBJECT_NOT_FOUND = b"\x6a\x88"


class Stage(IntEnum):
    """How far a transaction is; a SELECT begins anew."""

    SELECTED = 0
    READY = 1
    FIRST = 2
    DONE = 3


class Proof(IntEnum):
    """What became of the issuer's authentication in this transaction."""

    NONE = 0
    RIGHT = 1
    WRONG = 2


class Transaction:
    """One transaction, from GPO on: everything that power-off or the next SELECT forgets."""

    __slots__ = (
        "algorithm",
        "asked_online",
        "counter",
        "dynamic_done",
        "first",
        "history",
        "keys",
        "offered",
        "pin_done",
        "pin_failed",
        "proof",
        "request",
        "script_refused",
        "scripts",
        "values",
    )

    def __init__(self) -> None:
        self.algorithm = Algorithm.DES
        self.keys: BankKeys | None = None
        self.counter = b"\0\0"
        self.offered = b""
        self.values: dict[int, bytes] = {}
        self.history = History.NONE
        self.first = Cryptogram.AAC
        self.asked_online = False
        self.request = bytes(8)
        self.proof = Proof.NONE
        self.script_refused = False
        self.scripts = 0
        self.pin_done = False
        self.pin_failed = False
        self.dynamic_done = False


class Bank:
    """The bank's environment of one running card, behind the firewall: see `virtual_card.card.Neighbour`."""

    __slots__ = (
        "challenge",
        "memory",
        "name",
        "profile",
        "spent",
        "stage",
        "transaction",
        "warning",
    )

    def __init__(self, profile: BankProfile, memory: NonVolatile) -> None:
        self.profile = profile
        self.memory = memory
        self.reset()

    @property
    def contents(self) -> BankContents:
        """What the card was made with; what changes is in the memory."""
        return self.profile.contents

    def reset(self) -> None:
        """Forget selection, transaction and session, as a reset does."""
        self.name = b""
        self.challenge = b""
        self.warning = False
        self.spent = False
        self.begin()

    def begin(self) -> None:
        """Start before GPO."""
        self.stage = Stage.SELECTED
        self.transaction = Transaction()

    def select(self, card: ProcessorCard, p2: int, name: bytes) -> bytes | None:
        """Select by whole or partial name; None where no name of the bank's side begins so."""
        from virtual_card.applications.pboc.selection import select_bank

        return select_bank(self, card, p2, name)

    def refuse(self, head: bytes) -> bytes:
        """Why a command is not in the table: unknown class or instruction."""
        from virtual_card.applications.pboc.selection import refusal

        return refusal(self, head)

    @property
    def outlives_card_block(self) -> bool:
        """Whether a CARD BLOCK of the social side leaves this side alive."""
        return self.contents.behaviour.outlives_card_block

    # What survives power ------------------------------------------------------------------------------

    @property
    def _numbers(self) -> bytearray:
        return cast(bytearray, self.memory.cells[self.profile.numbers])

    @property
    def counter(self) -> int:
        """The application transaction counter."""
        return int.from_bytes(self._numbers[places.COUNTER : places.ONLINE], "big")

    @property
    def online_counter(self) -> int:
        """The counter of the last online transaction, 0 on a new card."""
        return int.from_bytes(self._numbers[places.ONLINE : places.TRIES], "big")

    @property
    def tries(self) -> int:
        """Tries left for the offline PIN."""
        return self._numbers[places.TRIES]

    @property
    def offline_count(self) -> int:
        """Transactions approved offline since the last one that was online."""
        return self._numbers[places.OFFLINE]

    @property
    def offline_amount(self) -> int:
        """Their amounts together, in fen."""
        return int.from_bytes(self._numbers[places.AMOUNT :], "big")

    @property
    def scripts(self) -> int:
        """Script commands processed after the second cryptogram of the last transaction."""
        return self._numbers[places.SCRIPTS]

    @property
    def blocked(self) -> Blocked:
        """What of the bank's side is blocked."""
        return Blocked(self._numbers[places.BLOCKED])

    @property
    def application_blocked(self) -> bool:
        """Whether the application is blocked, for good where the counter is used up."""
        return Blocked.APPLICATION in self.blocked

    @property
    def used_up(self) -> bool:
        """Whether the transaction counter has no value left: the application is blocked for good."""
        return self.counter == LAST_COUNTER

    @property
    def history(self) -> History:
        """What earlier transactions left behind."""
        return History(self._numbers[places.HISTORY])

    @property
    def pin(self) -> str:
        """The offline PIN, "" where the card has none."""
        return cast("list[bytes]", self.memory.cells[self.profile.pin])[0].decode("ascii")

    @property
    def pin_exhausted(self) -> bool:
        """Whether there is an offline PIN without tries left."""
        return bool(self.pin) and not self.tries

    def object(self, tag: int) -> bytes | None:
        """A data object GET DATA knows, beside the counters."""
        place = self.profile.places.get(tag)
        return None if place is None else cast("list[bytes]", self.memory.cells[self.profile.objects])[place]

    def records(self, sfi: int) -> list[bytes] | None:
        """The records of a file of the application."""
        cell = self.profile.files.get(sfi)
        return None if cell is None else cast("list[bytes]", self.memory.cells[cell])

    def write(self, place: int, value: int, length: int = 1) -> None:
        """Write a number; an unchanged one is left alone."""
        raw = value.to_bytes(length, "big")
        if self._numbers[place : place + length] != raw:
            self.memory.write(self.profile.numbers, place, raw)

    def remember(self, marks: History, forget: History = History.NONE) -> None:
        """Change what the next transactions are told."""
        self.write(places.HISTORY, (self.history & ~forget) | marks)

    def block(self, what: Blocked) -> None:
        """Block the application, the directory or the bank's side of the card."""
        self.write(places.BLOCKED, self.blocked | what)

    # The transaction ----------------------------------------------------------------------------------

    @property
    def keys(self) -> BankKeys:
        """The session keys of this transaction, made when first needed."""
        transaction = self.transaction
        if transaction.keys is None:
            algorithm, counter = transaction.algorithm, transaction.counter
            card = self.contents.keys[algorithm]
            transaction.keys = BankKeys(
                transaction_key(algorithm, card.cryptogram, counter),
                transaction_key(algorithm, card.encryption, counter),
                transaction_key(algorithm, card.mac, counter),
            )
        return transaction.keys

    def deliver(self, card: ProcessorCard, data: bytes, *, warning: bool = False) -> bytes:
        """The answer to a command with data: under T=0 it waits for GET RESPONSE.

        A warning (6283) reaches the client in the way the card's behaviour says.
        """
        if card.directory.direct:
            return data + (BLOCKED_WARNING if warning else status.OK)
        behaviour = self.contents.behaviour
        card.waiting = data
        card.unfinished = True
        self.warning = warning and not behaviour.warning_first
        if warning and behaviour.warning_first:
            return BLOCKED_WARNING
        return status.waiting(min(len(data), behaviour.piece))


def current(card: ProcessorCard) -> Bank:
    """The bank's side of the card a handler was called for."""
    bank = card.neighbour
    assert isinstance(bank, Bank)
    return bank


Commands = Mapping[bytes, "Handler"]
