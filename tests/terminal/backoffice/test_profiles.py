"""Region profiles: the seven that ship, and errors that say what to correct."""

from __future__ import annotations

from datetime import date, datetime
from importlib import resources

import pytest

from terminal.backoffice.profile import ProfileError, load_profile, parse_profile, profile_names

DEFAULT = (resources.files("terminal.backoffice") / "profiles" / "default.yaml").read_text("utf-8")


def test_seven_profiles_ship_and_are_named_as_their_files():
    shipped = (
        "bank-first",
        "default",
        "first-purchase",
        "id-card",
        "old-pin",
        "purse-account",
        "purse-record",
    )
    assert profile_names() == shipped
    assert [load_profile(name).name for name in profile_names()] == list(profile_names())


def test_the_shipped_profiles_differ_in_one_rule_each():
    default, bank_first, old_pin = (load_profile(name) for name in ("default", "bank-first", "old-pin"))
    assert (default.financial_first, default.old_card_required) == (False, True)
    assert (bank_first.financial_first, bank_first.old_card_required) == (True, True)
    assert (old_pin.financial_first, old_pin.old_card_required) == (False, False)


def test_the_default_profile_holds_the_documented_figures():
    profile = load_profile("default")
    assert (profile.status_fid, profile.pin_tries, profile.deadline_days) == (0xEF0C, 6, 300)
    assert (profile.region, profile.initial_pin.reveal()) == ("990100", "123456")


def test_a_profile_loads_from_a_file_too(tmp_path):
    path = tmp_path / "city.yaml"
    path.write_text(DEFAULT.replace("status_file: EF0C", "status_file: EF10"), "utf-8")
    assert load_profile(path).status_fid == 0xEF10


@pytest.mark.parametrize(
    ("found", "written", "message"),
    [
        ("pin_tries: 6", "pin_tries: six", r"city\.yaml: .*`\$\.pin_tries`"),
        ("pin_tries: 6", "pin_tries: 1", r"`\$\.pin_tries`"),
        ('initial_pin: "123456"', "initial_pin: 123456", r"digits in quotes, got int - at `\$\.initial_pin`"),
        ('initial_pin: "123456"', 'initial_pin: "12"', r"4 to 16 digits - at `\$\.initial_pin`"),
        ("status_file: EF0C", "status_file: ef0", r"`\$\.status_file`"),
        ("name: default", "nome: default", "unknown field `nome`"),
        ("deadline_days: 300\n", "", "missing required field `deadline_days`"),
        ("purse: none", "purse: often", r"`\$\.purse`"),
        ("region:", "region: [", "line .*not YAML"),
    ],
)
def test_a_faulty_profile_is_refused_with_file_path_and_next_step(found, written, message):
    assert found in DEFAULT
    with pytest.raises(ProfileError, match=message) as caught:
        parse_profile(DEFAULT.replace(found, written).encode(), "city.yaml")
    assert "correct" in str(caught.value)


def test_a_purse_without_the_pin_that_opens_it_is_refused():
    text = DEFAULT.replace("purse: none", "purse: record").replace(
        "pin_at_purchase: true", "pin_at_purchase: false"
    )
    with pytest.raises(ProfileError, match=r"`purse` needs `insurance\.pin_at_purchase: true`"):
        parse_profile(text.encode(), "city.yaml")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        ProfileError, match="bank-first, default, first-purchase, id-card, old-pin, purse-account"
    ):
        load_profile("nowhere")


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(ProfileError, match="cannot be read"):
        load_profile(tmp_path / "none.yaml")


def test_days_begin_at_midnight_of_the_regions_offset():
    western = parse_profile(DEFAULT.replace("+08:00", "-03:30").encode(), "west.yaml")
    moment = datetime.fromisoformat("2026-03-01T02:00:00+00:00")
    assert load_profile("default").local_date(moment) == date(2026, 3, 1)
    assert western.local_date(moment) == date(2026, 2, 28)
