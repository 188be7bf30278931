"""SELECT of a plain card: by identifier, path and name, and what it answers (ISO/IEC 7816-4 section 11.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from virtual_card import status
from virtual_card.iso_card import Channel, IsoCard, Reply, Request
from virtual_card.iso_control import control_information
from virtual_card.iso_filesystem import IsoDirectory, IsoFile
from virtual_card.iso_tree_check import DF_NAME_MAX, MASTER_FILE

BY_NAME = 0x04
FIRST, LAST, NEXT, PREVIOUS = range(4)
OCCURRENCE = 0x03
CONTENT = 0x0C

Node = IsoFile | IsoDirectory
Found = Node | bytes
"""A file or directory, or the status word that refuses."""


def select(card: IsoCard, channel: Channel, request: Request) -> Reply | bytes:
    """Select a file, and give FCI, FCP, FMD or nothing (P2); 6283 where the file is deactivated."""
    if request.p2 & ~(CONTENT | OCCURRENCE):
        return status.PARAMETERS
    node = resolve(card, channel, request)
    if isinstance(node, bytes):
        return node
    enter(channel, node)
    data = control_information(card, node, request.p2 & CONTENT)
    return Reply(data, status.OK if card.active(node) else status.DEACTIVATED)


def enter(channel: Channel, node: Node) -> None:
    """Make a directory current, or a file and the directory it lies in."""
    directory = node if isinstance(node, IsoDirectory) else node.parent
    if directory is not channel.directory or node is directory:
        channel.enter(directory)
    if isinstance(node, IsoFile):
        channel.use(node, record=0)


def resolve(card: IsoCard, channel: Channel, request: Request) -> Found:
    """What P1, the occurrence in P2 and the data name; 6A82 not there, 6A86 no such P1, 6A87 wrong length."""
    occurrence = request.p2 & OCCURRENCE
    if request.p1 == BY_NAME:
        return _by_name(card, channel, request.data, occurrence)
    find = _BY_IDENTIFIER.get(request.p1)
    if find is None or occurrence != FIRST:
        return status.PARAMETERS
    return find(card, channel, request.data)


def _by_name(card: IsoCard, channel: Channel, name: bytes, occurrence: int) -> Found:
    """A directory whose name begins with these bytes; next and previous count from the current directory."""
    if len(name) > DF_NAME_MAX:
        return status.LENGTH_FOR_PARAMETERS
    matches = [directory for directory in card.compiled.named if directory.name.startswith(name)]
    current = channel.directory
    here = matches.index(current) if current in matches else None
    if here is None:
        index = {FIRST: 0, NEXT: 0}.get(occurrence, len(matches) - 1)
    else:
        index = {FIRST: 0, LAST: len(matches) - 1, NEXT: here + 1, PREVIOUS: here - 1}[occurrence]
    return matches[index] if 0 <= index < len(matches) else status.FILE_NOT_FOUND


def _anywhere(card: IsoCard, channel: Channel, data: bytes) -> Found:
    """P1 00: the master file (also without data), a child, the directory itself, its parent, its siblings."""
    root, current = card.compiled.root, channel.directory
    if not data:
        return root
    if len(data) != 2:
        return status.LENGTH_FOR_PARAMETERS
    fid = int.from_bytes(data, "big")
    if fid == MASTER_FILE:
        return root
    parent = current.parent or root
    for node in (current.by_fid.get(fid), current, parent):
        if node is not None and node.fid == fid:
            return node
    sibling = parent.by_fid.get(fid)
    return sibling if isinstance(sibling, IsoDirectory) else status.FILE_NOT_FOUND


def _child(kind: type[Node]) -> Callable[[IsoCard, Channel, bytes], Found]:
    """P1 01 and 02: a directory, or a file, right under the current directory."""

    def find(card: IsoCard, channel: Channel, data: bytes) -> Found:
        if len(data) != 2:
            return status.LENGTH_FOR_PARAMETERS
        node = channel.directory.by_fid.get(int.from_bytes(data, "big"))
        return node if isinstance(node, kind) else status.FILE_NOT_FOUND

    return find


def _parent(card: IsoCard, channel: Channel, data: bytes) -> Found:
    if data:
        return status.LENGTH_FOR_PARAMETERS
    return channel.directory.parent or status.FILE_NOT_FOUND


def _path_from_root(card: IsoCard, channel: Channel, data: bytes) -> Found:
    return _follow(card.compiled.root, data)


def _path_from_here(card: IsoCard, channel: Channel, data: bytes) -> Found:
    return _follow(channel.directory, data)


def _follow(start: IsoDirectory, path: bytes) -> Found:
    """The node at the end of a path of identifiers, which leaves out that of `start`."""
    if not path or len(path) % 2:
        return status.LENGTH_FOR_PARAMETERS
    node: Node = start
    for at in range(0, len(path), 2):
        below = (
            node.by_fid.get(int.from_bytes(path[at : at + 2], "big"))
            if isinstance(node, IsoDirectory)
            else None
        )
        if below is None:
            return status.FILE_NOT_FOUND
        node = below
    return node


_BY_IDENTIFIER: Mapping[int, Callable[[IsoCard, Channel, bytes], Found]] = {
    0x00: _anywhere,
    0x01: _child(IsoDirectory),
    0x02: _child(IsoFile),
    0x03: _parent,
    0x08: _path_from_root,
    0x09: _path_from_here,
}
