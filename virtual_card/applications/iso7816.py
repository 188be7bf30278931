"""A plain ISO/IEC 7816-4 card for generic PC/SC programs and conformance scripts, from a file tree.

`iso7816_card(load_tree("tree.yaml"))` makes one; docs/iso7816-card.md describes the tree and the commands.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from apdu.atr import CONTACT, InterfaceByte, build
from virtual_card.card import Random
from virtual_card.commands import iso_binary as binary
from virtual_card.commands import iso_records as records
from virtual_card.commands.iso_access import Right
from virtual_card.commands.iso_channels import manage_channel
from virtual_card.commands.iso_data import even_get_data, odd_get_data
from virtual_card.commands.iso_life_cycle import activate_file, deactivate_file
from virtual_card.commands.iso_search import search_record
from virtual_card.commands.iso_security import get_challenge, verify
from virtual_card.commands.iso_select import select
from virtual_card.iso_card import GET_RESPONSE, KIND, Field, Instruction, IsoCard, get_response
from virtual_card.iso_filesystem import compile_tree
from virtual_card.iso_tree import Tree, TreeError, TreeState, load_tree, read_state, read_tree
from virtual_card.state import Face

__all__ = [
    "COMMANDS",
    "KIND",
    "IsoCard",
    "Tree",
    "TreeError",
    "iso7816_card",
    "load_tree",
    "read_tree",
    "revived",
]

COMMANDS: Mapping[int, Instruction] = {
    0x04: Instruction(deactivate_file, Field.OPTIONAL),
    0x0C: Instruction(records.erase_records),
    0x0E: Instruction(binary.even_writer(binary.erase, Right.UPDATE), Field.OPTIONAL),
    0x0F: Instruction(binary.odd_erase, Field.OPTIONAL),
    0x20: Instruction(verify, Field.OPTIONAL),
    0x44: Instruction(activate_file, Field.OPTIONAL),
    0x70: Instruction(manage_channel, Field.ABSENT, Field.OPTIONAL),
    0x84: Instruction(get_challenge, Field.ABSENT, Field.REQUIRED),
    0xA4: Instruction(select, Field.OPTIONAL, Field.OPTIONAL),
    0xB0: Instruction(binary.even_read, Field.ABSENT, Field.REQUIRED),
    0xB1: Instruction(binary.odd_read, Field.REQUIRED, Field.REQUIRED),
    0xA2: Instruction(search_record, Field.REQUIRED, Field.OPTIONAL),
    0xB2: Instruction(records.read_record, Field.ABSENT, Field.REQUIRED),
    0xB3: Instruction(records.odd_read_record, Field.REQUIRED, Field.REQUIRED),
    GET_RESPONSE: Instruction(get_response, Field.ABSENT, Field.REQUIRED),
    0xCA: Instruction(even_get_data, Field.ABSENT, Field.REQUIRED),
    0xCB: Instruction(odd_get_data, Field.REQUIRED, Field.REQUIRED),
    0xD0: Instruction(binary.even_writer(binary.write, Right.WRITE), Field.REQUIRED),
    0xD1: Instruction(binary.odd_writer(binary.write, Right.WRITE), Field.REQUIRED),
    0xD2: Instruction(records.write_record, Field.REQUIRED),
    0xD6: Instruction(binary.even_writer(binary.update, Right.UPDATE), Field.REQUIRED),
    0xD7: Instruction(binary.odd_writer(binary.update, Right.UPDATE), Field.REQUIRED),
    0xDC: Instruction(records.update_record, Field.REQUIRED),
    0xDD: Instruction(records.odd_update_record, Field.REQUIRED),
    0xE2: Instruction(records.append_record, Field.REQUIRED),
}

SERVICES = bytes.fromhex("31C0")
"""Card service data: selection by full and by partial name; the card has a master file."""

SELECTION_METHODS = 0xEF
DATA_CODING = 0x41
CHANNELS_BY_BOTH = 0x1B
"""Four channels, numbered by the card or by the reader."""

EXTENDED_LENGTHS = 0x40
INTERFACES: Mapping[Face, tuple[InterfaceByte, ...]] = {"T=0": CONTACT, "apdu": (("TD1", 0x01),)}


def iso7816_card(tree: Tree, *, random: Random = os.urandom, face: Face = "T=0") -> IsoCard:
    """A plain card with this file tree, powered off; `random` gives its challenges.

    Face `T=0`: 61xx, 6Cxx and short lengths. Face `apdu`: as over T=1, extended lengths too. The tree
    comes from `load_tree` or `read_tree`, which refuse one that contradicts itself.
    """
    compiled, memory = compile_tree(tree)
    atr = _answer_to_reset(face) if tree.atr is None else bytes.fromhex(tree.atr)
    return IsoCard(compiled, memory, COMMANDS, atr=atr, random=random, face=face)


def revived(state: Mapping[str, Any], random: Random) -> IsoCard:
    """The card whose `state()` this is; raises DescriptionError naming the wrong entry."""
    found: TreeState = read_state(state)
    tree = Tree(**{name: getattr(found, name) for name in Tree.__struct_fields__})
    return iso7816_card(tree, random=random, face=found.face)


def _answer_to_reset(face: Face) -> bytes:
    """An ATR whose historical bytes announce what the card does (ISO/IEC 7816-4 section 12.1.1)."""
    channels = CHANNELS_BY_BOTH | (EXTENDED_LENGTHS if face == "apdu" else 0)
    capabilities = bytes((0x73, SELECTION_METHODS, DATA_CODING, channels))
    return build(b"\x80" + SERVICES + capabilities, INTERFACES[face]).encode()
