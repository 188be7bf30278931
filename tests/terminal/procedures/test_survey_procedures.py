from __future__ import annotations

from scripted import play

from apdu.keys import BY_NAME
from apdu.layout import card_layout, every_file, ssse
from apdu.layout.spec import DirectorySpec
from apdu.purse import Balance
from terminal.procedures.identify import CardKind
from terminal.procedures.survey import code_tries, read_directory, read_files, read_memory, try_names
from terminal.procedures.survey_bank import read_bank
from terminal.procedures.survey_social import read_purse, wanted_keys

ISSUER = next(file for file in ssse.directory("3.0").files if file.fid == 0xEF05)
FINGERPRINTS = next(file for file in ssse.directory("3.0").files if file.fid == 0xEF07)
PSE, PPSE = "00A404000E315041592E5359532E444446303100", "00A404000E325041592E5359532E444446303100"
AID = "A000000333010101"


def directory(version: str, name: str) -> DirectorySpec:
    return next(entry for entry in every_file(version) if entry.name == name)


def test_records_are_read_by_number_until_there_are_no_more() -> None:
    played = play(read_files((ISSUER,)), "9000", "0201339000", "0304322E30309000", "6A83")
    (file,) = played.result
    assert played.sent == ["00A4020002EF05", "00B2010400", "00B2020400", "00B2030400"]
    assert [record.hex() for record in file.records] == ["020133", "0304322e3030"]
    assert file.refused is None


def test_what_was_read_before_a_refusal_is_kept_with_it() -> None:
    (file,) = play(read_files((ISSUER,)), "9000", "0201339000", "6982").result
    assert len(file.records) == 1
    assert file.refused is not None and file.refused.sw == 0x6982


def test_a_file_the_card_has_not_is_left_out() -> None:
    assert play(read_files((ISSUER,)), "6A82").result == ()


def test_a_transparent_file_is_read_in_parts_to_its_end() -> None:
    part, rest = "AB" * 0xF0, "CD" * 48
    played = play(
        read_files((FINGERPRINTS,)), "9000", part + "9000", part + "9000", part + "9000", rest + "9000"
    )
    (file,) = played.result
    assert len(file.body) == FINGERPRINTS.size
    assert played.sent[1:] == ["00B00000F0", "00B000F0F0", "00B001E0F0", "00B002D030"]


def test_a_transparent_file_that_ends_early_is_no_endless_loop() -> None:
    (file,) = play(read_files((FINGERPRINTS,)), "9000", "AB9000", "9000").result
    assert file.body == b"\xab"
    assert file.refused is not None


def test_a_directory_that_is_not_there_is_absent_and_a_blocked_one_is_not() -> None:
    df06 = directory("2.0", "DF06")
    assert play(read_directory(df06), "6A82").result.absent
    blocked = play(read_directory(df06), "9303").result
    assert blocked.refused is not None and not blocked.absent


def test_as_few_keys_as_possible_are_authenticated_with() -> None:
    def names(version: str, name: str, *held: str) -> list[str]:
        return [key.name for key in wanted_keys(directory(version, name), frozenset(held))]

    assert names("3.0", "SSSE") == ["RKSSSE"]
    assert names("3.0", "SSSE", "RKSSSE") == []
    assert names("3.0", "DF04") == ["RK1DF04"]
    assert names("3.0", "DF01", "PIN") == []
    assert names("3.0", "DF03") == ["RK2DF03", "RK1DF03"]
    assert names("3.0", "DF07", "PIN") == ["RK1DF07", "RK2DF07", "RK3DF07"]


def test_an_update_key_is_used_only_where_no_reading_key_opens_the_file() -> None:
    first = wanted_keys(directory("1.0", "DF02"), frozenset())
    assert [key.name for key in first] == ["UK1DF02", "UK2DF02", "UK3DF02"]
    assert wanted_keys(directory("1.0", "DF02"), frozenset({"PIN"})) == ()


def test_every_key_that_may_be_wanted_can_be_shown_to_the_card() -> None:
    for version in ("1.0", "2.0", "3.0"):
        for spec in card_layout(version):
            for key in wanted_keys(spec, frozenset({"PIN"})):
                assert BY_NAME[key.name].reference is not None


def test_a_memory_is_read_whole_after_its_type_was_said() -> None:
    played = play(read_memory(CardKind.SLE4442), "9000", "A2131091" + "FF" * 236 + "9000", "FF" * 16 + "9000")
    assert played.sent == ["FFA400000106", "FFB00000F0", "FFB000F010"]
    assert len(played.result.body) == 256
    assert play(code_tries(CardKind.SLE4442), "07FFFFFF9000").result == 3
    assert play(code_tries(CardKind.SLE4428), "6D00").result is None


def test_a_balance_the_card_does_not_have_is_left_out() -> None:
    purse = play(read_purse(), "000004D29000", "6A81", "0000000020309000", "01019000").result
    assert purse is not None
    assert purse.balances == ((Balance.ACCOUNT, 1234, ""), (Balance.POOL, 0, "2030"))
    assert purse.starting_day == "0101"
    assert play(read_purse(), "6A81", "6A81", "6A81", "6A81").result is None


def test_names_are_tried_in_order_and_answers_kept() -> None:
    tried = play(try_names((("one", b"12345"), ("two", b"67890"))), "6A82", "6F009000").result
    assert [(entry.label, entry.response.sw) for entry in tried] == [("one", 0x6A82), ("two", 0x9000)]


def test_a_card_without_payment_directories_is_asked_for_the_known_applications() -> None:
    played = play(read_bank(), *["6A82"] * 5)
    assert played.sent[:2] == [PSE, PPSE]
    assert not played.result.present


def test_a_bank_application_with_damaged_answers_is_read_as_far_as_it_goes() -> None:
    listing = f"700C610A4F08{AID}"
    played = play(
        read_bank(),
        "6F03A501FF9000",  # the PSE's control information is no TLV inside
        f"{listing}9000",
        "6A83",
        "6A82",
        "6283",  # blocked, without control information
        "80037C00FF9000",  # a locator of one byte
        *["6A88"] * 9,
    )
    (application,) = played.result.applications
    assert application.blocked
    assert application.damaged == ["a file locator is whole entries of 4 bytes, not 1 bytes"]
    assert (application.records, application.log) == ([], [])


def test_a_record_that_is_refused_does_not_end_the_reading() -> None:
    played = play(
        read_bank(),
        "6A82",
        f"6F0FBF0C0C610A4F08{AID}9000",
        "6F009000",
        "80061000080102009000",
        "6A83",
        "70009000",
        *["6A88"] * 9,
    )
    (application,) = played.result.applications
    assert [refused.sw for refused in application.refused] == [0x6A83]
    assert [(record.sfi, record.number) for record in application.records] == [(1, 2)]
