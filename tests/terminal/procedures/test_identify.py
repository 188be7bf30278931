"""Which card is in the slot?"""

from __future__ import annotations

import pytest
from scripted import play

from apdu.atr import CONTACT, CONTACTLESS, build
from terminal.errors import CardBlockedError
from terminal.procedures.identify import CardKind, identify

CPU_ATR = bytes.fromhex("3B6D0000") + bytes(13)
FCI = "6F1184" + "0F" + "7378312E73682EC9E7BBE1B1A3D5CF"


@pytest.mark.parametrize(
    ("atr", "kind"), [("3B04A2131091", CardKind.SLE4442), ("3B0492231091", CardKind.SLE4428)]
)
def test_memory_card_is_known_by_its_reset_without_a_command(atr: str, kind: CardKind) -> None:
    played = play(identify(bytes.fromhex(atr)))
    assert played.result.kind is kind
    assert played.sent == []


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((FCI + "9000", "6A82", "9000"), CardKind.SOCIAL),
        ((FCI + "9000", "9000"), CardKind.OLD_CPU),
        ((FCI + "9000", "6A82", "6A82"), CardKind.UNKNOWN),
        (("6A82", "9000"), CardKind.OLD_CPU),
        (("6A82", "6A82"), CardKind.UNKNOWN),
        (("6E00", "6E00"), CardKind.UNKNOWN),
    ],
    ids=["social", "newer old CPU", "PSAM", "oldest CPU", "unknown CPU", "other class"],
)
def test_processor_card_is_known_by_what_it_lets_be_selected(
    answers: tuple[str, ...], kind: CardKind
) -> None:
    assert play(identify(CPU_ATR), *answers).result.kind is kind


def test_historical_bytes_that_end_like_a_memory_cards_are_still_a_processor_cards() -> None:
    serial = bytes.fromhex("0081544B3186609901A2131091")
    for interface in (CONTACT, CONTACTLESS):
        atr = build(serial, interface).encode()
        assert play(identify(atr), FCI + "9000", "6A82", "9000").result.kind is CardKind.SOCIAL
    assert play(identify(b"A2131091"), "6A82", "6A82").result.kind is CardKind.UNKNOWN


def test_environment_is_asked_for_first_then_7f01() -> None:
    sent = play(identify(CPU_ATR), FCI + "9000", "6A82", "9000").sent
    assert sent[0].startswith("00A404000F7378312E7368")
    assert sent[1].startswith("00A40000027F01")
    assert sent[2].startswith("00A4020002EF05")


def test_fci_of_a_social_card_is_kept() -> None:
    assert play(identify(CPU_ATR), FCI + "9000", "6A82", "9000").result.fci.hex().upper() == FCI


def test_6a81_means_blocked_for_good() -> None:
    with pytest.raises(CardBlockedError, match="6A81"):
        play(identify(CPU_ATR), "6A81")


def test_old_kinds_are_old_and_others_are_not() -> None:
    assert {kind for kind in CardKind if kind.is_old} == {
        CardKind.SLE4442,
        CardKind.SLE4428,
        CardKind.OLD_CPU,
    }
