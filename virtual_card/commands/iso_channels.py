"""MANAGE CHANNEL: open and close the logical channels 1 to 3 (ISO/IEC 7816-4 section 11.2.3)."""

from __future__ import annotations

from virtual_card import status
from virtual_card.iso_card import BASIC, CHANNELS, Channel, IsoCard, Reply, Request

OPEN, CLOSE = 0x00, 0x80
CARD_CHOOSES = 0x00
HIGHEST_NUMBER = 19


def manage_channel(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """P1 00 opens: P2 the number, or 00 for one that the card answers. P1 80 closes P2, or 00: this one.

    6A86 for other parameters and for closing the basic channel, 6881 where the channel is not to be had.
    """
    if request.p1 not in (OPEN, CLOSE) or request.p2 > HIGHEST_NUMBER:
        return status.PARAMETERS
    return (_open if request.p1 == OPEN else _close)(card, channel, request)


def _open(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """A new channel begins at the master file, or where a channel other than the basic one opened it."""
    if request.p2 == CARD_CHOOSES and not request.ne:
        return status.LENGTH
    free = [number for number in range(1, CHANNELS) if card.channels[number] is None]
    wanted = [number for number in free if request.p2 in (CARD_CHOOSES, number)]
    if not wanted:
        return status.NO_CHANNEL
    directory = card.compiled.root if channel.number == BASIC else channel.directory
    card.channels[wanted[0]] = Channel(wanted[0], directory)
    return Reply(bytes(wanted[:1]) if request.p2 == CARD_CHOOSES else b"")


def _close(card: IsoCard, channel: Channel, request: Request) -> bytes:
    number = request.p2 or channel.number
    if number == BASIC:
        return status.PARAMETERS
    if number >= CHANNELS or card.channels[number] is None:
        return status.NO_CHANNEL
    card.channels[number] = None
    return status.OK
