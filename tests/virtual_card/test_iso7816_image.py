"""A plain card survives as an image, journal line by line, and a torn command leaves old or new."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso_samples import SELECT_FIRST, VERIFY, VERIFY_2, iso_card, send

from virtual_card import image
from virtual_card.applications.iso7816 import IsoCard
from virtual_card.errors import TornError

WRITES = [
    "002000010431323335",
    "00D68100021011",
    "00D6810E0455667788",
    "00D7E0040A5402010053040A0B0C0D",
    "00D0810002F0F0",
    "000E8102",
    "00DC021404AAAAAAAA",
    "00D2011404F0F0F0F0",
    "00E200100404040404",
    "00E20018020404",
    "00DC001B020505",
    "000C0115",
    "0004000002E001",
    "0044000002E005",
]


def ready() -> IsoCard:
    card = iso_card()
    send(card, VERIFY)
    return card


def after_all_writes() -> IsoCard:
    card = ready()
    for apdu in [*WRITES[1:], SELECT_FIRST, VERIFY_2, "00D0860001AA", WRITES[0]]:
        assert send(card, apdu)[-4:] in ("9000", "63C2", "6283"), apdu
    return card


def test_image_brings_the_card_back(tmp_path: Path) -> None:
    card = after_all_writes()
    image.save(card, tmp_path / "card.image")
    twin = image.load(tmp_path / "card.image")
    assert isinstance(twin, IsoCard)
    assert twin.state() == card.state() != iso_card().state()
    assert image.dumps(twin) == image.dumps(card)
    assert (twin.face, twin.atr) == ("apdu", card.atr)
    twin.power_on()
    assert send(twin, "00B2011D00") == "0505040403039000"


def test_journal_holds_every_commit(tmp_path: Path) -> None:
    path = tmp_path / "card.image"
    image.save(ready(), path)
    opened = image.open_journalled(path)
    assert isinstance(opened.card, IsoCard)
    opened.card.power_on()
    send(opened.card, VERIFY, *WRITES[1:])
    assert image.load(path).state() == opened.card.state() != ready().state()
    opened.close()
    assert image.load(path).state() == opened.card.state()


def test_difference_names_file_and_field_and_hides_passwords() -> None:
    card = ready()
    send(card, "00E20018020404", "00D68110" + "0111", "0004000002E001")
    paths = {difference.path: difference for difference in image.diff(ready(), card)}
    assert {"master_file/E003/records/1", "master_file/E001/contents", "master_file/E001/state"} <= set(paths)
    assert not any(difference.secret for difference in paths.values())
    other = iso_card().state()
    other["master_file"]["passwords"][0]["value"] = "39393939"
    (secret,) = image.diff(iso_card(), _Fixed(other))
    assert secret.secret and "3939" not in repr(secret)


class _Fixed(IsoCard):
    """A card that shows a given state."""

    def __init__(self, shown: dict[str, object]) -> None:
        self.shown = shown

    def state(self) -> dict[str, object]:
        return self.shown


def test_damaged_state_names_its_place(tmp_path: Path) -> None:
    state = iso_card().state()
    state["master_file"]["files"][1]["sfi"] = 31
    path = tmp_path / "card.image"
    image.save(_Fixed(state), path)
    with pytest.raises(image.DamagedImageError, match=r"master_file\.files\[1\]\.sfi"):
        image.load(path)


def test_fork_is_independent_and_powered_off() -> None:
    card = ready()
    twin = card.fork()
    twin.power_on()
    send(twin, VERIFY, "00D681000155")
    assert card.state() == ready().state() != twin.state()
    assert send(twin, "0084000008") != ""


@given(apdu=st.sampled_from(WRITES), after_bytes=st.integers(0, 20))
def test_torn_command_leaves_old_or_new(apdu: str, after_bytes: int) -> None:
    whole = ready()
    send(whole, apdu)
    card = ready()
    card.arm_tear(after_bytes)
    try:
        send(card, apdu)
    except TornError:
        assert card.fork().state() in (ready().state(), whole.state())
        card.power_on()
        assert card.state() in (ready().state(), whole.state())
    else:
        assert card.state() == whole.state()


def test_armed_tear_strikes_inside_a_write() -> None:
    card = ready()
    card.arm_tear(1)
    with pytest.raises(TornError):
        send(card, "00D68100021011")
    card.power_on()
    assert card.state() == ready().state()


def test_memory_failure_is_6581_and_undoes_the_command() -> None:
    card = ready()
    card.arm_failure()
    assert send(card, "00D68100021011") == "6581"
    assert card.state() == ready().state()
    assert send(card, "00D68100021011") == "9000"
