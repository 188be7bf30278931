"""Profiles are switches in YAML: six ship, and a wrong one is refused in words, with line and column."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from terminal.driver.profile import (
    DEFAULT_NAME,
    STRICT,
    SWITCHES,
    AtrField,
    BaseOutput,
    CentreAnswer,
    CodeOrder,
    Environment,
    Profile,
    ProfileError,
    TextEncoding,
    VersionForm,
    load_profile,
    parse_profile,
    profile_names,
)

HISTORICAL = bytes.fromhex("0081544B318660990100A1B2C3")
TOLERANT = replace(
    STRICT, extra_exports=True, ssse_in_addresses=Environment.NAME_OR_FID, centre_answer=CentreAnswer.ANY
)


def _refused(text: str) -> str:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text.encode(), "own.yaml", "own")
    return str(caught.value)


def test_six_profiles_ship() -> None:
    assert profile_names() == ("full-atr", "jiangsu-12", "lenient", "nine-field", "strict-38", "utf8-linux")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("strict-38", STRICT),
        ("lenient", TOLERANT),
        ("nine-field", replace(TOLERANT, step1_ninth_field=True)),
        ("full-atr", replace(TOLERANT, atr_field=AtrField.WHOLE)),
        ("jiangsu-12", replace(TOLERANT, base_output=BaseOutput.TWELVE)),
        ("utf8-linux", replace(TOLERANT, text=TextEncoding.UTF_8)),
    ],
)
def test_a_profile_that_ships_says_its_habit(name: str, expected: Profile) -> None:
    profile = load_profile(name)
    assert profile == replace(expected, name=name, title=profile.title)
    assert profile.title


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_that_ships_sets_every_switch(name: str) -> None:
    path = Path(__file__).parents[3] / "terminal" / "driver" / "profiles" / f"{name}.yaml"
    written = {line.split(":")[0] for line in path.read_text(encoding="utf-8").splitlines() if line[0] != "#"}
    assert written == {"title", *SWITCHES}


def test_unless_named_everything_is_taken_and_the_answer_is_that_of_the_text() -> None:
    assert load_profile() == load_profile(DEFAULT_NAME) == load_profile("lenient")


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_takes_each_of_its_values_and_is_explained_in_both_languages(switch: str) -> None:
    values, about = SWITCHES[switch]
    assert len(values) == 2
    for written, meant in values.items():
        assert getattr(parse_profile(f"{switch}: {written}".encode(), "x", "x"), switch) == meant
    assert getattr(STRICT, switch) == next(iter(values.values()))
    assert about.en.isascii()
    assert not about.zh.isascii()


def test_a_file_of_ones_own_is_the_text_but_for_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("version: 1.0\nexternal_authentication_codes: literal\n", encoding="utf-8")
    assert load_profile(path) == Profile(
        "own", version=VersionForm.THREE, external_authentication_codes=CodeOrder.LITERAL
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: 1.00\ntext:  latin", "own.yaml, line 2, column 8: text is GBK or UTF-8, not latin"),
        ("step1_ninth_field: 9", "own.yaml, line 1, column 20: step1_ninth_field is no or yes, not 9"),
        ("version: [1.0]", "own.yaml, line 1, column 10: version is 1.00 or 1.0, not a list or mapping"),
        ("\nfields: 9", "own.yaml, line 2, column 9: fields is no switch; there are title, extra_exports,"),
        (
            "text: GBK\ntext: GBK",
            "own.yaml, line 2, column 1: this is no YAML (the key 'text' stands there twice)",
        ),
        ("text: !x GBK", "own.yaml, line 1, column 7: this is no YAML (a tag stands there"),
        ("- text", "own.yaml: a profile is a list of `switch: value` lines"),
        ("", "own.yaml: a profile is a list of `switch: value` lines"),
        ("title: [a]", "own.yaml: the title is one line of text"),
        ("[a]: b", "own.yaml"),
    ],
)
def test_a_wrong_profile_is_refused_in_words_and_with_its_place(text: str, words: str) -> None:
    assert words in _refused(text)


def test_a_profile_that_is_not_there_or_no_text_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(
        ProfileError, match="no driver profile 'strict'; known: full-atr, jiangsu-12, lenient"
    ):
        load_profile("strict")
    with pytest.raises(ProfileError, match="No such file or directory; give an existing profile file"):
        load_profile(tmp_path / "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"title: \xff")
    with pytest.raises(ProfileError, match="no text in UTF-8"):
        load_profile(latin)


def test_only_three_characters_of_the_version_count_and_empty_is_the_first() -> None:
    three = replace(STRICT, version=VersionForm.THREE)
    for on_card, full, short in (
        ("2.00", "2.00", "2.0"), ("2.0\0", "2.00", "2.0"), ("3.05", "3.00", "3.0"), ("", "1.00", "1.0"),
    ):  # fmt: skip
        assert (STRICT.version_text(on_card), three.version_text(on_card)) == (full, short)


def test_reset_information_is_the_historical_bytes_or_the_whole_answer() -> None:
    assert STRICT.reset_information(HISTORICAL) == "0081544B318660990100A1B2C3"
    whole = replace(STRICT, atr_field=AtrField.WHOLE).reset_information(HISTORICAL)
    assert whole == "3B6D00000081544B318660990100A1B2C3"
    assert (len(STRICT.reset_information(HISTORICAL)), len(whole)) == (26, 34)
