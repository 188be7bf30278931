"""File control information: FCP (62), FMD (64) and FCI (6F) of a file (ISO/IEC 7816-4 section 7.4)."""

from __future__ import annotations

from collections.abc import Mapping

from apdu.tlv import Tlv
from virtual_card.access import Masks
from virtual_card.iso_card import IsoCard
from virtual_card.iso_filesystem import IsoDirectory, IsoFile, size_of
from virtual_card.iso_tree import Structure, WriteBehaviour

FCI, FCP, FMD, NOTHING = 0x00, 0x04, 0x08, 0x0C
"""Bits 4 and 3 of SELECT's P2."""

SHAREABLE = 0x40
DIRECTORY_DESCRIPTOR = 0x38
DESCRIPTORS: Mapping[Structure, int] = {
    "transparent": 0x01,
    "linear-fixed": 0x02,
    "linear-variable": 0x04,
    "cyclic": 0x06,
}
DATA_UNIT_BYTE = 0x01
DATA_CODING: Mapping[WriteBehaviour, int] = {"once": 0x00, "or": 0x40, "and": 0x60}
"""Bits 7 and 6 of the data coding byte: what WRITE does."""
FILE_MODES, DIRECTORY_MODES = 0x1F, 0x18
"""Access modes with a condition: activate, deactivate, and of a file write, update, read."""
ALWAYS, NEVER, ALL_OF_THEM, USER_AUTHENTICATION = 0x00, 0xFF, 0x80, 0x10


def control_information(card: IsoCard, node: IsoFile | IsoDirectory, wanted: int) -> bytes:
    """The template that SELECT answers: FCI holds the data objects of both others."""
    if wanted == NOTHING:
        return b""
    parameters, management = _parameters(card, node), _management(node)
    objects = {
        FCP: (0x62, parameters),
        FMD: (0x64, management),
        FCI: (0x6F, (*parameters, *management)),
    }
    tag, children = objects[wanted]
    return Tlv.of(tag, *children).encode()


def _parameters(card: IsoCard, node: IsoFile | IsoDirectory) -> tuple[Tlv, ...]:
    life = Tlv(0x8A, bytes((card.life_cycle(node),)))
    identifier = Tlv(0x83, node.fid.to_bytes(2, "big"))
    security = (_security(node),) if card.compiled.tree.security_attributes else ()
    if isinstance(node, IsoDirectory):
        name = (Tlv(0x84, node.name),) if node.name else ()
        return (Tlv(0x82, bytes((SHAREABLE | DIRECTORY_DESCRIPTOR,))), identifier, *name, life, *security)
    size = (Tlv(0x80, size_of(card.memory, node).to_bytes(2, "big")),) if node.transparent else ()
    short = b"" if node.sfi is None else bytes((node.sfi << 3,))
    return (*size, Tlv(0x82, _descriptor(card, node)), identifier, Tlv(0x88, short), life, *security)


def _security(node: IsoFile | IsoDirectory) -> Tlv:
    """Security attributes in compact format (section 9.3.3): access mode byte, then a condition for each mode."""
    modes, rules = DIRECTORY_MODES, [node.activate, node.deactivate]
    if isinstance(node, IsoFile):
        modes, rules = FILE_MODES, [*rules, node.write, node.update, node.read]
    return Tlv(0x8C, bytes((modes, *(_condition(masks) for masks in rules))))


def _condition(masks: Masks) -> int:
    """What one access takes; the format tells that passwords are needed, not which."""
    if not masks:
        return NEVER
    if 0 in masks:
        return ALWAYS
    return (
        ALL_OF_THEM | USER_AUTHENTICATION
        if all(mask.bit_count() > 1 for mask in masks)
        else USER_AUTHENTICATION
    )


def _descriptor(card: IsoCard, file: IsoFile) -> bytes:
    """File descriptor byte, data coding byte; of records also the longest length and their number."""
    descriptor = bytes((SHAREABLE | DESCRIPTORS[file.structure], DATA_CODING[file.writing] | DATA_UNIT_BYTE))
    if file.transparent:
        return descriptor
    return descriptor + file.record_length.to_bytes(2, "big") + bytes((len(card.memory.cells[file.cell]),))


def _management(node: IsoFile | IsoDirectory) -> tuple[Tlv, ...]:
    label = (Tlv(0x50, node.label.encode()),) if node.label else ()
    if isinstance(node, IsoDirectory) and node.proprietary:
        return (*label, Tlv(0xA5, node.proprietary))
    return label
