"""The cards of one call: found by iType, powered, spoken to, and powered off whatever happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apdu import atr as answer_to_reset
from apdu.command import Command
from apdu.response import Response
from terminal.driver.codes import ReturnCode, refuse
from terminal.driver.events import CardPoweredOff, Listener
from terminal.driver.ports import Device
from terminal.errors import PsamUnfitError
from terminal.exchange import exchange
from terminal.flow.steps import Role
from terminal.procedures.psam import NO_PSAM
from terminal.session import CardExchanged, CardPowered
from terminal.transport.base import (
    CardMuteError,
    CardRemovedError,
    Connection,
    NoCardError,
    PowerLostError,
    Reader,
    ReaderError,
    TransportError,
)

CONTACT, CONTACTLESS = "contact", "contactless"
SLOT_ORDER: Mapping[int, tuple[str, ...]] = {
    1: (CONTACT,),
    2: (CONTACTLESS,),
    3: (CONTACT, CONTACTLESS),
    4: (CONTACTLESS, CONTACT),
}
"""Where iType looks for a card, in order."""


class PoweredCards:
    """Connections by role, opened as a flow asks for them; a card that was in the slot first is the one used."""

    def __init__(self, device: Device, slots: Sequence[str], listen: Listener) -> None:
        self._device = device
        self._slots = slots
        self._listen = listen
        self._open: dict[Role, tuple[Reader, Connection]] = {}

    def power_on(self, role: Role) -> bytes:
        """Power a card and return its answer to reset; raises CallError, TransportError, PsamUnfitError."""
        reader = self._sam() if role is Role.PSAM else self._occupied()
        try:
            connection = reader.connect()
        except ReaderError as error:
            raise _unusable(role, reader, error) from error
        except TransportError as error:
            raise _named(role, error) from error
        self._open[role] = reader, connection
        try:
            atr = whole_atr(connection)
        except TransportError as error:
            raise _named(role, error) from error
        self._listen(CardPowered(role, reader.name, atr))
        return atr

    def exchange(self, role: Role, command: Command) -> Response:
        """One command and its whole answer; raises TransportError, PsamUnfitError, CompletionError."""
        if role not in self._open:
            raise NoCardError(f"the {role.text.en} is not powered")
        reader, connection = self._open[role]
        try:
            response = exchange(connection.transmit, command)
        except CardRemovedError as error:
            raise _named(role, _replaced(reader) or error) from error
        except TransportError as error:
            raise _named(role, error) from error
        self._listen(CardExchanged(role, command, response))
        return response

    def close(self) -> None:
        """Power everything off; a reader that is gone is no reason to stop."""
        while self._open:
            role, (_, connection) = self._open.popitem()
            try:
                connection.close()
            except TransportError:
                continue
            finally:
                self._listen(CardPoweredOff(role))

    def _sam(self) -> Reader:
        if self._device.sam is None:
            raise PsamUnfitError(NO_PSAM, "this reader has no SAM slot")
        return self._device.sam

    def _occupied(self) -> Reader:
        readers = {CONTACT: self._device.contact, CONTACTLESS: self._device.contactless}
        fitted = [reader for slot in self._slots if (reader := readers[slot]) is not None]
        if not fitted:
            raise refuse(
                ReturnCode.CONNECTION,
                "读写器无此卡座",
                f"this reader has no {' and no '.join(self._slots)} slot",
            )
        try:
            return next(reader for reader in fitted if reader.card_present())
        except ReaderError as error:
            raise refuse(ReturnCode.CONNECTION, "读写器不可用", str(error)) from error
        except StopIteration:
            raise NoCardError(f"no card in {' or '.join(reader.name for reader in fitted)}") from None


def whole_atr(connection: Connection) -> bytes:
    """The answer to reset; after a malformed one the card is reset once more. Raises CardMuteError."""
    atr = connection.atr
    if _well_formed(atr):
        return atr
    atr = connection.reset()
    if not _well_formed(atr):
        raise CardMuteError("the card's answer to reset is malformed, also after another reset")
    return atr


def _well_formed(atr: bytes) -> bool:
    try:
        answer_to_reset.parse(atr)
    except answer_to_reset.AtrError:
        return False
    return True


def _unusable(role: Role, reader: Reader, error: ReaderError) -> Exception:
    """A reader that cannot be opened is no reader (-11); one that fails later has gone (-12)."""
    if role is Role.PSAM:
        return PsamUnfitError(NO_PSAM, str(error))
    return refuse(ReturnCode.CONNECTION, reader.name, str(error))


def _replaced(reader: Reader) -> PowerLostError | None:
    """A card was pulled and there is one again: whichever it is, it has no power (reader specification, steps)."""
    try:
        if reader.card_present():
            return PowerLostError(f"the card in {reader.name} was taken out and is not powered")
    except TransportError:
        pass
    return None


def _named(role: Role, error: TransportError) -> Exception:
    """What happens to the PSAM leads to the HSM, whatever it was."""
    return PsamUnfitError(NO_PSAM, str(error)) if role is Role.PSAM else error
