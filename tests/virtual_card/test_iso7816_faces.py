"""How a plain card's answers arrive: T=0 and direct, short and extended (ISO/IEC 7816-3 12, 7816-4 5.6)."""

from __future__ import annotations

import pytest
from iso_samples import SELECT_FIRST, VERIFY, iso_card, send

from apdu import atr
from virtual_card.errors import CardMuteError

E001, E004, E005 = "00A4020C02E001", "00A4020C02E004", "00A4020C02E005"
BODY = bytes(range(16)).hex().upper()
FIRST_FCP = "6212820178830250008406F000000001018A0105"
T0 = [
    ([], "00A4010402500000", "6114"),
    (["00A40104025000"], "00C0000014", FIRST_FCP + "9000"),
    (["00A40104025000"], "00C0000000", "6C14"),
    (["00A40104025000"], "00C0000015", "6C14"),
    (["00A40104025000"], "00C0000004", "621282016110"),
    (["00A40104025000", "00C0000004"], "00C0000010", FIRST_FCP[8:] + "9000"),
    (["00A40104025000", "00C0000014"], "00C0000014", "6985"),
    (["00A40104025000", "0020000100"], "00C0000014", "6985"),
    (["00A40104025000"], "00C00000", "6700"),
    (["00A40104025000"], "00C0010014", "6A86"),
    (["00700001", "00A40104025000"], "01C0000014", "6985"),
    (["00A4020402E005"], "00C0000013", "621180020004820241618302E00588008A01046283"),
    ([], "00A40000", "610C"),
    ([], "00A4000000", "6C0C"),
    ([], "00A4010C025000", "9000"),
    ([E001], "00B0000000", "6C10"),
    ([E001], "00B0000E10", "6C02"),
    ([E001], "00B0000010", BODY + "9000"),
    ([E001], "00B00000", "6700"),
    ([E004], "00B0000000", "00" * 256 + "9000"),
    ([], "00B1E00103540102", "6110"),
    (["00B1E00403540100"], "00C0000000", "5381FD" + "00" * 253 + "9000"),
    ([], "00B2011400", "6C04"),
    ([], "00B2011405", "6C04"),
    ([], "0084000000", "6C08"),
    ([], "0070000000", "6C01"),
    ([], "00CA5F2D00", "6C04"),
    ([], "00CB3FFF045C025F2D", "6107"),
    ([E001], "00B00000000010", "6700"),
    ([VERIFY, E001], "00D600000000021011", "6700"),
]
EXTENDED = [
    ([E004], "00B0000000012C", "00" * 300 + "9000"),
    ([E004], "00B00000000000", "00" * 300 + "9000"),
    ([E004], "00B00000000200", "00" * 300 + "6282"),
    ([E004, "00D60000000101" + "5A" * 257], "00B0010002", "5A009000"),
    ([E004], "00B1E0040000035401000000", "5382012C" + "00" * 300 + "9000"),
    ([E004], "00B1E0040000035401000102", "5381FF" + "00" * 255 + "9000"),
    ([], "00A4000000", "6F0A82017883023F008A01059000"),
    ([], "00A40000000004", "6C0C"),
    ([], "00A401040250000A", "62128201788302500084610A"),
    (["00A401040250000A"], "00C0000000", "06F000000001018A01059000"),
    (["00A401040250000A"], "00C0000004", "06F000006106"),
    (["00A401040250000A"], "00C00000FF", "06F000000001018A01059000"),
    (["00A401040250000A", SELECT_FIRST], "00C0000000", "6985"),
]


@pytest.mark.parametrize(("before", "apdu", "answer"), T0)
def test_t0(before: list[str], apdu: str, answer: str) -> None:
    assert send(iso_card("T=0"), *before, apdu) == answer


@pytest.mark.parametrize(("before", "apdu", "answer"), EXTENDED)
def test_direct_and_extended(before: list[str], apdu: str, answer: str) -> None:
    assert send(iso_card("apdu"), *before, apdu) == answer


def test_answers_to_reset_announce_protocol_channels_and_lengths() -> None:
    for face, protocol, channels in (("T=0", 0, 0x1B), ("apdu", 1, 0x5B)):
        card = iso_card(face)
        found = atr.parse(card.atr)
        assert found.protocols == (protocol,)
        assert card.protocol == f"T={protocol}"
        assert found.historical_bytes == bytes.fromhex("8031C073EF41") + bytes((channels,))


def test_reset_closes_channels_and_forgets_selection_and_passwords() -> None:
    card = iso_card()
    send(card, "00700001", VERIFY, E001)
    card.reset()
    assert send(card, "01B0810001") == "6881"
    assert send(card, "00B0000001") == "6986"
    assert send(card, "00200001") == "63C3"


def test_card_without_power_is_mute() -> None:
    card = iso_card()
    card.power_off()
    with pytest.raises(CardMuteError):
        send(card, "00A4000C")
