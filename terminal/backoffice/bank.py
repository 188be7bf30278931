"""The issuing bank's host: verifies a card's cryptogram, proves itself, and sends scripts (JR/T 0025.5).

An account exists from the day of issue and sleeps until an outlet activates it; a card that asks before is
declined with 62 and gets no script. What an outlet activated the bank reports to the card management centre (R14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from apdu.bank_keys import TEST_MASTER_KEYS, BankKeys
from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm
from apdu.pboc import ALGORITHM_CODES, CVR_PIN_EXCEEDED, SIGNED_TAGS, IssuerData
from terminal.backoffice.bank_ports import (
    BankNotice,
    CardManagement,
    OnlineAnswer,
    OnlineRequest,
    Purpose,
    Script,
)
from terminal.backoffice.ports import Refusal, RefusedError, UnreachableError

APPROVED, DECLINED, UNKNOWN_CARD, RESTRICTED = b"00", b"05", b"14", b"62"
UNBLOCK_APPLICATION = bytes.fromhex("84180000")
UNBLOCK_PIN = bytes.fromhex("84240000")
CHANGE_PIN = bytes.fromhex("84240002")


class AccountState(Enum):
    """State of the account in the bank's books."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    CLOSED = "closed"


class ScriptPlan(Enum):
    """What the host's scripts look like: what the chip needs, or more, for terminals to be tried with.

    TWO_TEMPLATES: one script before the second cryptogram too. UNKNOWN_COMMAND: that one holds a command no card
    knows, between two others. TOO_LONG: the script after the second cryptogram has more than 128 bytes.
    """

    NEEDED = "needed"
    TWO_TEMPLATES = "two-templates"
    UNKNOWN_COMMAND = "unknown-command"
    TOO_LONG = "too-long"


_LOWER_LIMIT = (bytes.fromhex("04DA9F58"), b"\x03")
_UPPER_LIMIT = (bytes.fromhex("04DA9F59"), b"\x05")
_UNKNOWN = (bytes.fromhex("84FA0000"), b"")
_Commands = tuple[tuple[bytes, bytes], ...]
_ADDED: Mapping[ScriptPlan, tuple[_Commands, _Commands]] = {
    ScriptPlan.NEEDED: ((), ()),
    ScriptPlan.TWO_TEMPLATES: ((_LOWER_LIMIT,), (_UPPER_LIMIT,)),
    ScriptPlan.UNKNOWN_COMMAND: ((_LOWER_LIMIT, _UNKNOWN, _UPPER_LIMIT), ()),
    ScriptPlan.TOO_LONG: ((), (_LOWER_LIMIT,) * 11),
}
"""Headers and data that a plan adds before and after the second cryptogram."""


@dataclass(slots=True)
class BankAccount:
    """One account: its state, and the last transaction counter its card was heard with.

    `notice` is what the centre is told of its activation; None for a card without a social application.
    """

    state: AccountState = AccountState.INACTIVE
    counter: int = 0
    notice: BankNotice | None = None


class BankHost:
    """The issuer of every virtual card; `accounts` by card number. Knows the cards' keys from its own.

    `plan` says what its scripts look like. Notices go to `centre`; `waiting` are those it has not heard yet,
    `refused` those it would not have.
    """

    def __init__(
        self,
        accounts: Mapping[str, BankAccount],
        keys: BankKeys = TEST_MASTER_KEYS,
        centre: CardManagement | None = None,
        plan: ScriptPlan = ScriptPlan.NEEDED,
    ) -> None:
        self.accounts = accounts
        self.waiting: list[BankNotice] = []
        self.refused: list[tuple[BankNotice, Refusal]] = []
        self._keys = keys
        self._centre = centre
        self._plan = plan

    def authorise(self, request: OnlineRequest) -> OnlineAnswer:
        """Decide about a transaction: 14 unknown card, 05 forged or repeated cryptogram, 62 not active.

        An activation wakes the account and carries the scripts the chip needs.
        """
        account = self.accounts.get(request.number)
        if account is None:
            return OnlineAnswer(UNKNOWN_CARD)
        try:
            card = _Card.of(request, self._keys)
        except ValueError:
            return OnlineAnswer(DECLINED)
        counter = int.from_bytes(request.counter, "big")
        if not card.genuine(request) or counter <= account.counter:
            return OnlineAnswer(DECLINED)
        account.counter = counter
        if account.state is AccountState.CLOSED:
            return OnlineAnswer(DECLINED)
        if request.purpose is Purpose.ACTIVATION:
            account.state = AccountState.ACTIVE
            if account.notice is not None:
                self.waiting.append(account.notice)
                self.send_notices()
        elif account.state is AccountState.INACTIVE:
            return OnlineAnswer(RESTRICTED)
        before, after = card.scripts(request, self._plan)
        return OnlineAnswer(APPROVED, card.proof(request, APPROVED), before, after)

    def send_notices(self) -> None:
        """Tell the centre what it has not heard; one that cannot be reached is told the next time.

        A notice whose answer was lost goes again: hearing it twice is harmless (R19).
        """
        while self.waiting and self._centre is not None:
            notice = self.waiting[0]
            try:
                self._centre.bank_activated(notice)
            except UnreachableError:
                return
            except RefusedError as error:
                self.refused.append((notice, error.refusal))
            del self.waiting[0]


@dataclass(frozen=True, slots=True, repr=False)
class _Card:
    """A card as its issuer sees it in one transaction: algorithm, card keys, session keys, results."""

    algorithm: Algorithm
    keys: BankKeys
    session: BankKeys
    results: bytes

    @classmethod
    def of(cls, request: OnlineRequest, masters: BankKeys) -> _Card:
        """Raises ValueError where the issuer data name no algorithm or are none."""
        told = IssuerData.parse(request.issuer_data)
        algorithm = ALGORITHM_CODES.get(told.algorithm)
        if algorithm is None:
            raise ValueError(f"algorithm {told.algorithm:02X} is not known")
        keys = masters.of_card(algorithm, request.number, request.sequence)
        session = BankKeys(
            *(
                pboc.transaction_key(algorithm, key, request.counter)
                for key in (keys.cryptogram, keys.encryption, keys.mac)
            )
        )
        return cls(algorithm, keys, session, told.cvr)

    def genuine(self, request: OnlineRequest) -> bool:
        """Whether the cryptogram is this card's over what the terminal says."""
        terminal = b"".join(request.terminal.get(tag, b"") for tag in SIGNED_TAGS)
        message = terminal + request.profile + request.counter + self.results
        return pboc.cryptogram(self.algorithm, self.session.cryptogram, message) == request.cryptogram

    def proof(self, request: OnlineRequest, code: bytes) -> bytes:
        """Tag 91: the response cryptogram and the response code."""
        made = pboc.response_cryptogram(self.algorithm, self.session.cryptogram, request.cryptogram, code)
        return made + code

    def scripts(
        self, request: OnlineRequest, plan: ScriptPlan
    ) -> tuple[tuple[Script, ...], tuple[Script, ...]]:
        """The scripts of an activation before and after the second cryptogram; none of any other transaction."""
        if request.purpose is not Purpose.ACTIVATION:
            return (), ()
        before, after = (
            tuple(self._sealed(request, header, data) for header, data in added) for added in _ADDED[plan]
        )
        return (
            _script(b"\0\1" + request.counter, before),
            _script(b"\0\0" + request.counter, self._needed(request) + after),
        )

    def _needed(self, request: OnlineRequest) -> tuple[bytes, ...]:
        """What an activation has to do on the chip: release the application, give the PIN its tries."""
        commands = []
        if request.blocked:
            commands.append(self._sealed(request, UNBLOCK_APPLICATION))
        if CVR_PIN_EXCEEDED.in_(self.results):
            commands.append(self._pin_script(request))
        return tuple(commands)

    def _pin_script(self, request: OnlineRequest) -> bytes:
        if request.new_pin is None:
            return self._sealed(request, UNBLOCK_PIN)
        block = pboc.change_block(self.keys.encryption, request.new_pin.reveal())
        return self._sealed(
            request, CHANGE_PIN, pboc.encrypt_script(self.algorithm, self.session.encryption, block)
        )

    def _sealed(self, request: OnlineRequest, header: bytes, data: bytes = b"") -> bytes:
        length = len(data) + pboc.MAC_LENGTH
        mac = pboc.script_mac(
            self.algorithm,
            self.session.mac,
            header=header,
            length=length,
            counter=request.counter,
            request=request.cryptogram,
            data=data,
        )
        return header + bytes((length,)) + data + mac[: pboc.MAC_LENGTH]


def _script(identifier: bytes, commands: tuple[bytes, ...]) -> tuple[Script, ...]:
    return (Script(identifier, commands),) if commands else ()
