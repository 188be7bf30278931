"""ACTIVATE FILE and DEACTIVATE FILE (ISO/IEC 7816-9)."""

from __future__ import annotations

from virtual_card import status
from virtual_card.access import granted
from virtual_card.commands.iso_select import enter, resolve
from virtual_card.iso_card import Channel, IsoCard, Request
from virtual_card.iso_filesystem import ACTIVATED, DEACTIVATED, LIFE, IsoDirectory, IsoFile


def activate_file(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """ACTIVATE FILE 44: the current file, or one named as in SELECT, which it makes current."""
    return _change(card, channel, request, ACTIVATED)


def deactivate_file(card: IsoCard, channel: Channel, request: Request) -> bytes:
    """DEACTIVATE FILE 04: as ACTIVATE FILE; what lies in a deactivated file or below answers 6985."""
    return _change(card, channel, request, DEACTIVATED)


def _change(card: IsoCard, channel: Channel, request: Request, life: int) -> bytes:
    node: IsoFile | IsoDirectory | bytes = channel.file or channel.directory
    named = bool(request.p1 or request.p2 or request.data)
    if named:
        node = resolve(card, channel, request)
    if isinstance(node, bytes):
        return node
    if not granted(node.activate if life == ACTIVATED else node.deactivate, channel.granted):
        return status.SECURITY
    if card.life_cycle(node) != life:
        card.memory.write(LIFE, node.life, bytes((life,)))
    if named:
        enter(channel, node)
    return status.OK
