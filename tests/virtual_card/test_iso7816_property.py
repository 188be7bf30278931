"""Any byte string gives a status word, never an exception, and changes only what the commands before allow."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from iso_samples import SELECT_FIRST, VERIFY, VERIFY_2, iso_card

from virtual_card.access import granted
from virtual_card.applications.iso7816 import COMMANDS, IsoCard
from virtual_card.iso_filesystem import LIFE, SIZES, TRIES, IsoDirectory, IsoFile
from virtual_card.nonvolatile import Cell
from virtual_card.state import Face

READING = {0x70, 0x84, 0xA4, 0xB0, 0xB1, 0xB2, 0xC0, 0xCA, 0xCB}
INSTRUCTIONS = st.sampled_from(sorted(COMMANDS))
IDENTIFIERS = st.sampled_from(
    ["E001", "E002", "E003", "E004", "E005", "E006", "E007", "5000", "5100", "2F00"]
)
BODIES = st.one_of(
    st.binary(max_size=12),
    IDENTIFIERS.map(bytes.fromhex),
    st.tuples(st.integers(0, 40), st.binary(min_size=1, max_size=6)).map(
        lambda pair: bytes((0x54, 1, pair[0], 0x53, len(pair[1]))) + pair[1]
    ),
)
HEADERS = st.tuples(
    st.sampled_from([0x00, 0x00, 0x00, 0x01, 0x02, 0x10, 0x80]),
    INSTRUCTIONS,
    st.one_of(st.sampled_from([0x00, 0x01, 0x02, 0x04, 0x81, 0x82, 0x83, 0x86, 0xE0]), st.integers(0, 255)),
    st.one_of(st.sampled_from([0x00, 0x01, 0x04, 0x0C, 0x10, 0x14, 0x1C, 0x81]), st.integers(0, 255)),
)


def _plausible(header: tuple[int, int, int, int], body: bytes, le: bytes) -> bytes:
    return bytes(header) + (bytes((len(body),)) + body if body else b"") + le


def _effective(head: str, values: bytes) -> bytes:
    return bytes.fromhex(head) + bytes((len(values),)) + values


EFFECTIVE = st.builds(
    _effective,
    st.sampled_from(["00D68100", "00D68600", "00D08100", "00D08600", "00DC01F4", "00E200F0", "00DC001B"]),
    st.binary(min_size=1, max_size=2),
)
"""Commands that would change a file if nobody refused them."""

TOUCHING = st.sampled_from(
    ["000E8100", "000C01F4", "00040000025000", "0004000002E001", "0044000002E005"]
).map(bytes.fromhex)

COMMAND = st.one_of(
    st.binary(max_size=20),
    EFFECTIVE,
    TOUCHING,
    st.builds(_plausible, HEADERS, BODIES, st.sampled_from([b"", b"\x00", b"\x04"])),
    st.sampled_from([VERIFY, VERIFY_2, SELECT_FIRST, "00A4000C023F00", "00700001"]).map(bytes.fromhex),
)


def nodes(directory: IsoDirectory) -> list[IsoFile | IsoDirectory]:
    """A directory and everything below it."""
    below = [child for child in directory.by_fid.values() if isinstance(child, IsoDirectory)]
    files = [child for child in directory.by_fid.values() if isinstance(child, IsoFile)]
    return [directory, *files, *(node for child in below for node in nodes(child))]


def forbidden(card: IsoCard, before: list[Cell], conditions: int, apdu: bytes) -> list[str]:
    """What changed although no condition held before the command allows it."""
    after = card.memory.cells
    changed = [number for number, cell in enumerate(before) if cell != after[number]]
    if apdu[1:2] and apdu[1] in READING:
        return [card.memory.names[number] for number in changed]
    found = []
    for node in nodes(card.compiled.root):
        life = before[LIFE][node.life] != after[LIFE][node.life]
        if life and not (granted(node.activate, conditions) or granted(node.deactivate, conditions)):
            found.append(f"life cycle of {node.fid:04X}")
        if isinstance(node, IsoDirectory) or node.cell not in changed:
            continue
        if not (granted(node.update, conditions) or granted(node.write, conditions)):
            found.append(card.memory.names[node.cell])
    if TRIES in changed and apdu[1] != 0x20:
        found.append("tries")
    if SIZES in changed and apdu[1] not in (0xD6, 0xD7):
        found.append("sizes")
    return found


@settings(max_examples=200)
@given(face=st.sampled_from(["T=0", "apdu"]), apdus=st.lists(COMMAND, min_size=1, max_size=25))
def test_any_bytes_give_a_status_word_and_change_nothing_forbidden(face: Face, apdus: list[bytes]) -> None:
    card = iso_card(face)
    for apdu in apdus:
        before = [cell[:] for cell in card.memory.cells]
        channel = card.channels[apdu[0] & 0x03] if apdu else None
        conditions = 0 if channel is None else channel.granted
        answer = card.transmit(apdu)
        assert len(answer) >= 2
        assert 0x61 <= answer[-2] <= 0x6E or answer[-2:] == b"\x90\x00"
        assert forbidden(card, before, conditions, apdu) == []
        if 0x64 <= answer[-2] <= 0x6F:
            assert card.memory.cells == before, "a refusal wrote"
        assert not card.memory.pending
    assert card.contents().master_file.files
