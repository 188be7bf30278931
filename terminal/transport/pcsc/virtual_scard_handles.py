"""What the functions of PC/SC do with a handle of a virtual reader's card: connect, transact, transmit, tell.

Each waits for as long as another handle has a transaction, and answers with a code first, as pyscard's functions do.
"""

from __future__ import annotations

from collections.abc import Callable

from terminal.transport.pcsc import errors as code
from terminal.transport.pcsc import virtual_scard_codes as more
from terminal.transport.pcsc.scard import Disposition, Share
from terminal.transport.pcsc.virtual_scard_codes import CardState
from terminal.transport.pcsc.virtual_scard_reader import CardHandle, VirtualSlot


def connect(handle: CardHandle, protocols: int) -> int:
    """Code: open a new handle."""
    return _refusal(handle.share, protocols) or _once_free(
        handle.reader, None, lambda: _open(handle, protocols)
    )


def reconnect(handle: CardHandle, share: int, protocols: int, initialisation: int) -> int:
    """Code: agree anew; what the handle had to be told is settled by it."""
    refusal = _refusal(share, protocols)
    if not refusal and initialisation not in (Disposition.LEAVE, Disposition.RESET, Disposition.UNPOWER):
        refusal = more.INVALID_VALUE
    return refusal or _once_free(
        handle.reader, handle, lambda: _reopen(handle, share, protocols, initialisation), told=True
    )


def disconnect(handle: CardHandle, disposition: int, forget: Callable[[], object]) -> int:
    """Code: close the handle, and `forget` it as soon as nobody else has the card."""
    if disposition not in set(Disposition):
        return more.INVALID_VALUE

    def close() -> int:
        forget()
        if handle.event != code.REMOVED_CARD:
            handle.reader.dispose(disposition, spare=handle)
        handle.reader.close(handle)
        return code.SUCCESS

    return _once_free(handle.reader, handle, close, told=True)


def begin(handle: CardHandle) -> int:
    """Code: begin a transaction."""

    def act() -> int:
        handle.reader.begin(handle)
        return code.SUCCESS

    return _once_free(handle.reader, handle, act)


def end(handle: CardHandle, disposition: int) -> int:
    """Code: end a transaction."""
    if disposition not in set(Disposition):
        return more.INVALID_VALUE
    return _once_free(handle.reader, handle, lambda: handle.reader.end(handle, disposition))


def transmit(handle: CardHandle, protocol: int, apdu: list[int]) -> tuple[int, list[int]]:
    """Code and answer."""
    command = _bytes(apdu)
    if not command:
        return more.INVALID_PARAMETER, []
    slot = handle.reader
    while True:
        with slot.exchange:
            result = slot.ready(handle)
            if not result:
                return slot.transmit(protocol, command)
        if result != code.SHARING_VIOLATION:
            return result, []
        slot.wait_for_end(handle)


def told(handle: CardHandle) -> int:
    """Code: what the handle must be told before anything else, or success."""
    return _once_free(handle.reader, handle, lambda: code.SUCCESS)


def card_state(slot: VirtualSlot) -> CardState:
    """The card's presence and power, as SCardStatus answers them."""
    if not slot.present:
        return CardState.ABSENT
    if slot.mute:
        return CardState.PRESENT | CardState.SWALLOWED
    return CardState.PRESENT | (CardState.POWERED | CardState.NEGOTIABLE if slot.powered else CardState(0))


def attribute(slot: VirtualSlot, number: int) -> bytes:
    """The answer to reset, the vendor or the reader's name; empty for what a virtual reader does not know."""
    known = {
        more.ATTR_ATR_STRING: slot.atr,
        more.ATTR_VENDOR_NAME: more.VENDOR,
        more.ATTR_DEVICE_FRIENDLY_NAME: slot.name.encode() + b"\0",
    }
    return known.get(number, b"")


def _once_free(
    slot: VirtualSlot, handle: CardHandle | None, act: Callable[[], int], *, told: bool = False
) -> int:
    """Do something as soon as no other handle has a transaction; `told`: also where the handle's card changed."""
    while True:
        with slot.exchange:
            slot.look()
            if slot.owner is None or slot.owner is handle:
                event = handle.event if handle is not None and not told else code.SUCCESS
                return event or act()
        slot.wait_for_end(handle)
        if handle is not None and handle.event and not told:
            return handle.event


def _open(handle: CardHandle, protocols: int) -> int:
    slot = handle.reader
    if slot.gone:
        return code.UNKNOWN_READER
    if slot.exclusive:
        return code.SHARING_VIOLATION
    if handle.share != Share.DIRECT and (result := slot.negotiate(protocols)) != code.SUCCESS:
        return result
    if handle.share == Share.EXCLUSIVE and slot.handles:
        return code.SHARING_VIOLATION
    slot.open(handle)
    return code.SUCCESS


def _reopen(handle: CardHandle, share: int, protocols: int, initialisation: int) -> int:
    slot = handle.reader
    if slot.gone:
        return code.READER_UNAVAILABLE
    if share == Share.EXCLUSIVE and len(slot.handles) > 1:
        return code.SHARING_VIOLATION
    if share != Share.DIRECT and not slot.present:
        return code.NO_SMARTCARD
    if (result := slot.dispose(initialisation, spare=handle)) != code.SUCCESS:
        return result
    if share != Share.DIRECT and (result := slot.negotiate(protocols)) != code.SUCCESS:
        return result
    handle.share, handle.event = share, code.SUCCESS
    return code.SUCCESS


def _refusal(share: int, protocols: int) -> int:
    if share not in set(Share):
        return more.INVALID_VALUE
    if share != Share.DIRECT and not protocols & more.EVERY_PROTOCOL:
        return code.PROTO_MISMATCH
    return code.SUCCESS


def _bytes(apdu: list[int]) -> bytes:
    if not isinstance(apdu, list):
        raise TypeError("Expected a list object.")
    try:
        return bytes(apdu)
    except ValueError:  # pyscard takes the lower eight bits
        return bytes(number & 0xFF for number in apdu)
