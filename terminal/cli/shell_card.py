"""The card in the shell's hand: its connection, where it stands, what it has granted, what kind it is.

Everything that is sent goes through `exchange`, so that place and rights are what the card made of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apdu.addressing import BLOCKED_APPLICATION
from apdu.command import Command
from apdu.explain import Explainer, Explanation
from apdu.keys import BY_NAME, by_reference
from apdu.layout import DirectorySpec
from apdu.layout.old_cards import OLD_CPU
from apdu.layout.pboc import BANK_DIRECTORIES
from apdu.layout.pki import PKI_DIRECTORIES
from apdu.response import Response
from terminal.desk import Desk
from terminal.errors import CardError
from terminal.exchange import exchange
from terminal.flow.steps import Exchange, PowerOn, Procedure, Role
from terminal.procedures.files import select_directory
from terminal.procedures.identify import CardKind, identify, memory_card_of
from terminal.procedures.social import SocialCard, read_issuer_data
from terminal.procedures.survey import enter
from terminal.procedures.survey_psam import is_psam
from terminal.transport.base import Connection, NoCardError, Reader, ReaderError

PIN = "PIN"
SOCIAL_ENVIRONMENT = "SSSE"
NEIGHBOURS = {entry.name: "bank" for entry in BANK_DIRECTORIES} | {
    entry.name: "PKI" for entry in PKI_DIRECTORIES
}
"""Directories of the chip's other applications, whose PIN is another one."""

VERIFY_INS, EXTERNAL_AUTHENTICATE_INS, SELECT_INS = 0x20, 0x82, 0xA4


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One exchange for whoever watches: with the `card` or the `psam`."""

    slot: str
    told: Explanation


class CardInHand(Desk):
    """One card in one reader, and a PSAM beside it if there is one.

    `present` are the directories that answered to SELECT when the card got power; asking later would cost rights.
    `kind` is None for a card nobody has a layout for; `social` what a social security card says of itself;
    `granted` PIN and keys shown since the card got power and still worth something.
    """

    def __init__(
        self, reader: Reader, psam: Reader | None = None, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        super().__init__({}, random)
        self.reader = reader
        self.has_psam = psam is not None
        self.kind: str | None = None
        self.social: SocialCard | None = None
        self.granted: set[str] = set()
        self.present: tuple[DirectorySpec, ...] = ()
        self._told: Explanation | None = None
        self._psam_reader = psam
        self.watch: Callable[[Exchanged], None] = lambda exchanged: None
        self._explainers = {Role.NEW: Explainer(), Role.PSAM: Explainer("psam")}
        self._connections: dict[Role, Connection] = {}
        self.connections = self._connections

    # Power --------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Power the card on and find out what it is; raises TransportError."""
        self.close()
        self._connections[Role.NEW] = self.reader.connect()
        self._find_out()

    def reset(self) -> bytes:
        """Reset the card: it is back at the beginning and has forgotten everything. Returns its answer to reset."""
        atr = self.connection.reset()
        self._forget(Explainer(self.kind))
        return atr

    def close(self) -> None:
        """Power card and PSAM off."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    @property
    def connection(self) -> Connection:
        """The powered card; raises NoCardError where there is none."""
        connection = self._connections.get(Role.NEW)
        if connection is None:
            raise NoCardError(f"no card is powered in {self.reader.name}; put one in, then: connect")
        return connection

    @property
    def connected(self) -> bool:
        """Whether a card is powered."""
        return Role.NEW in self._connections

    def _forget(self, explainer: Explainer) -> None:
        self._explainers[Role.NEW] = explainer
        self.granted.clear()

    def _find_out(self) -> None:
        """Tell the kind, then stand where a person begins: in the environment, or where the card is after reset."""
        atr = self.connection.atr
        self.kind, self.social = memory_card_of(atr), None
        self._forget(Explainer(self.kind))
        self.present = self.directories if self.kind else ()
        if self.kind is not None:
            return
        found = self.ask(identify(atr))
        if found.kind is CardKind.SOCIAL:
            self._find_generation(atr, found.fci)
        elif found.kind is CardKind.OLD_CPU:
            self.kind = found.kind.value
            self.reset()
            self.ask(enter(OLD_CPU))
            self.present = self.directories
        else:
            self.kind = "psam" if self.ask(is_psam()) else None
            self.reset()
            self.present = self.ask(_answering(self.directories)) if self.kind else ()
            self.reset()

    def _find_generation(self, atr: bytes, fci: bytes) -> None:
        try:
            self.social = self.ask(read_issuer_data(atr, fci))
            self.kind = f"ssc-{self.social.generation}"
        except (CardError, ValueError):  # blank, or of a version nobody knows: read as the newest
            self.kind = "ssc-3.0"
        self._forget(Explainer(self.kind))
        self.present = self.ask(_answering(self.directories))
        self.ask(select_directory(self.directories[0]))

    # Where it stands ----------------------------------------------------------------------------------

    @property
    def explainer(self) -> Explainer:
        """Follows the card; its `place` is where the card stands."""
        return self._explainers[Role.NEW]

    @property
    def directories(self) -> tuple[DirectorySpec, ...]:
        """Every directory a card of this kind may have."""
        return self.explainer.place.directories

    @property
    def directory(self) -> DirectorySpec | None:
        """The current directory, None where it is not declared."""
        return self.explainer.place.directory

    def copy_of_place(self) -> Explainer:
        """An explainer that stands where the card stands and may be moved on without it."""
        explainer = Explainer(self.kind)
        explainer.explain(*self._arrival)
        return explainer

    @property
    def _arrival(self) -> tuple[Command, Response]:
        """A selection that leads to the current directory."""
        directory = self.directory
        name = directory.df_name if directory else b""
        fid = (directory.fid if directory else None) or 0x3F00
        data = name or fid.to_bytes(2, "big")
        return Command(0x00, SELECT_INS, 0x04 if name else 0x00, 0x00, data), Response(b"", 0x9000)

    # Talking to it ------------------------------------------------------------------------------------

    def exchange(self, command: Command) -> Response:
        """Send one command to the card, completed as T=0 wants; raises TransportError, CompletionError."""
        return self._exchange(Role.NEW, command)

    def explained(self, command: Command) -> tuple[Response, Explanation]:
        """Send one command; its answer, and the exchange in words."""
        response = self.exchange(command)
        assert self._told is not None
        return response, self._told

    def _perform(self, step: Any) -> Any:
        if isinstance(step, Exchange):
            return self._exchange(step.role, step.command)
        if isinstance(step, PowerOn):
            return self._power_psam()
        return super()._perform(step)

    def _power_psam(self) -> bytes:
        if self._psam_reader is None:
            raise ReaderError("this shell has no PSAM; start it with --psam ADDRESS")
        self._explainers[Role.PSAM].reset()
        powered = self._connections.get(Role.PSAM)
        if powered is not None:
            return powered.reset()
        powered = self._connections[Role.PSAM] = self._psam_reader.connect()
        return powered.atr

    def _exchange(self, role: Role, command: Command) -> Response:
        connection = self.connection if role is Role.NEW else self._connections[role]
        try:
            response = exchange(connection.transmit, command)
        except NoCardError:
            if role is Role.NEW:
                self.close()
            raise
        told = self._told = self._explainers[role].explain(command, response)
        if role is Role.NEW:
            self._remember(command, response)
        self.watch(Exchanged("card" if role is Role.NEW else "psam", told))
        return response

    def verified(self, *, right: bool) -> None:
        """A PIN was sent, by a command or by a keypad: that of the application that is current."""
        other = NEIGHBOURS.get(self.directory.name) if self.directory else None
        pin = f"{other} {PIN}" if other else PIN
        self.granted = self.granted | {pin} if right else self.granted - {pin}

    def _remember(self, command: Command, response: Response) -> None:
        """What a command granted, or took away."""
        directory = self.directory
        if command.ins == VERIFY_INS and command.cla == 0x00 and command.data:
            self.verified(right=response.ok)
        elif not response.ok:
            return
        elif command.ins == EXTERNAL_AUTHENTICATE_INS and directory is not None:
            key = by_reference(directory.name, command.p2)
            self.granted |= {key.name} if key else set()
        elif command.ins == SELECT_INS and command.cla == 0x00:
            here = directory.name if directory else ""
            self.granted = {term for term in self.granted if _outlives(term, here)}


def _outlives(term: str, directory: str) -> bool:
    """Keys of a directory are worth something only in it; the PIN and the keys of the environment stay."""
    key = BY_NAME.get(term)
    return key is None or key.owner in (SOCIAL_ENVIRONMENT, directory)


def _answering(directories: tuple[DirectorySpec, ...]) -> Procedure[tuple[DirectorySpec, ...]]:
    """The directories that answer to SELECT, also with the warning that they are blocked."""
    found = []
    for entry in directories:
        refused = yield from enter(entry)
        if refused is None or refused.sw == BLOCKED_APPLICATION:
            found.append(entry)
    return tuple(found)
