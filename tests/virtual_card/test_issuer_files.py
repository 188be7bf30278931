"""What a new card carries beside SSSE and DF04: every directory of its version, blank where nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from apdu.keys import KEYS
from apdu.layout import EVERYTHING, CardOptions, Structure, card_layout
from virtual_card import image
from virtual_card.card import ProcessorCard
from virtual_card.issuer import GENERATIONS, SocialOptions, issue
from virtual_card.persona import Persona

SOCIAL_KINDS = tuple(kind.value for kind in GENERATIONS)
FULL = SocialOptions(layout=EVERYTHING)


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
@pytest.mark.parametrize("options", [CardOptions(), EVERYTHING])
def test_every_file_of_the_layout_is_on_the_card_with_every_record(kind: str, options: CardOptions) -> None:
    contents = issue(kind, 1, social=SocialOptions(layout=options)).contents()
    for entry in card_layout(GENERATIONS[kind].version, options=options):
        for spec in entry.files:
            file = contents.directory(entry.name).file(spec.fid)
            if spec.structure is Structure.TRANSPARENT:
                assert len(file.body) == spec.size
            else:
                assert len(file.records) == (spec.max_records or 0), spec.path
                spec.parse(b"".join(file.records))


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_full_card_of_one_seed_is_always_the_same(kind: str) -> None:
    assert issue(kind, 3, social=FULL).state() == issue(kind, 3, social=FULL).state()


def test_issuer_knows_region_employer_work_and_nationality() -> None:
    persona = Persona.from_seed(1)
    contents = issue("ssc-3.0", 1).contents()
    layout = {entry.name: entry for entry in card_layout("3.0")}["DF01"]

    def held(fid: int, tag: int) -> object:
        spec = layout.file(fid)
        assert spec is not None
        found = spec.parse(b"".join(contents.directory("DF01").file(fid).records)).get(tag)
        assert found is not None
        return found.value

    assert held(0xEF05, 0x0E) == held(0xEF06, 0x24) == "990100"
    assert held(0xEF09, 0x2E) == persona.employer
    assert held(0xEF07, 0x29) == {"11": "1", "21": "3"}.get(persona.person_class, "")
    assert held(0xEF0A, 0x37) == "CHN"
    assert held(0xEF08, 0x2B) == ""


def test_only_later_cards_write_the_nationality_of_nationals() -> None:
    records = {
        kind: issue(kind, 1).contents().directory("DF01").file(0xEF0A).records[0] for kind in SOCIAL_KINDS
    }
    assert records["ssc-1.0"] == bytes.fromhex("3704FFFFFFFF")
    assert records["ssc-2.0"] == bytes.fromhex("3703000000")


def test_directory_file_lists_the_applications_of_the_card() -> None:
    card = issue("ssc-2.0", 1)
    records = card.contents().directory("SSSE").file(0xEF1E).records
    assert [record[4:10].hex().upper() for record in records] == [
        f"D1560000050{number}" for number in range(5)
    ]
    assert isinstance(card, ProcessorCard)
    card.power_on()
    announced = card.contents().directory("SSSE").directory_sfi
    assert announced is not None
    answer = card.transmit(bytes((0x00, 0xB2, 0x01, announced << 3 | 4, 0x1C)))
    assert answer == records[0] + b"\x90\x00"


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_keys_that_serve_one_local_file_come_with_it(kind: str) -> None:
    local = {key.name for key in KEYS if key.where_named}

    def keys(options: SocialOptions) -> set[str]:
        contents = issue(kind, 1, social=options).contents()
        return {key.name for entry in contents.directories for key in entry.keys}

    first = {"RK3DF03", "RK4DF03", "RK5DF03", "UK3DF04"} if kind == "ssc-1.0" else set()
    assert not keys(SocialOptions()) & local
    assert keys(FULL) & local == {"UKEF0D"} | first


def test_psam_holds_the_counterpart_of_every_key_that_has_one() -> None:
    contents = issue("psam", 1).contents()
    held = {key.id for key in contents.directory("sx3/DF01").sam_keys}
    assert held == {number for key in KEYS for number in key.psam_ids().values()}


def test_full_card_survives_its_image(tmp_path: Path) -> None:
    card = issue("ssc-1.0", 1, social=FULL)
    image.save(card, tmp_path / "full.card")
    assert image.load(tmp_path / "full.card").state() == card.state()
