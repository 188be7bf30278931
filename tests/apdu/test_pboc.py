"""File locator, flags and issuer data of the bank's application (EMV Book 3 section 10, JR/T 0025.5)."""

from __future__ import annotations

import pytest

from apdu.pboc import (
    ADA,
    AIP,
    CVR,
    TVR,
    Bit,
    Cryptogram,
    IssuerData,
    LocatorError,
    described,
    encode_locator,
    first_cryptogram,
    parse_locator,
    second_cryptogram,
)

LOCATOR = bytes.fromhex("080101001001010118010100")


def test_locator_of_the_known_card_is_read_and_written_back() -> None:
    entries = parse_locator(LOCATOR)
    assert [(entry.sfi, list(entry.records), entry.authenticated) for entry in entries] == [
        (1, [1], 0),
        (2, [1], 1),
        (3, [1], 0),
    ]
    assert encode_locator(entries) == LOCATOR


@pytest.mark.parametrize(
    "raw", ["", "080101", "08000100", "08020100", "00010100", "0C010100", "08010102", "F8010100"]
)
def test_locators_that_name_no_records_are_refused(raw: str) -> None:
    with pytest.raises(LocatorError):
        parse_locator(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("cvr", "first", "second"),
    [
        ("03A00000", Cryptogram.ARQC, None),
        ("03600000", Cryptogram.ARQC, Cryptogram.TC),
        ("03200000", Cryptogram.ARQC, Cryptogram.AAC),
        ("03940000", Cryptogram.TC, None),
        ("03864200", Cryptogram.AAC, None),
    ],
)
def test_results_tell_both_cryptograms(cvr: str, first: int, second: int | None) -> None:
    raw = bytes.fromhex(cvr)
    assert (first_cryptogram(raw), second_cryptogram(raw)) == (first, second)


@pytest.mark.parametrize(
    ("cvr", "words"),
    [
        ("03A40000", ["offline PIN verification performed"]),
        ("032C0000", ["issuer authentication performed and failed", "offline PIN verification performed"]),
        (
            "03A48800",
            [
                "offline PIN verification performed",
                "last online transaction not completed",
                "issuer authentication failed on the last online transaction",
            ],
        ),
    ],
)
def test_results_are_told_flag_by_flag(cvr: str, words: list[str]) -> None:
    told = [bit.en for bit in described(CVR, bytes.fromhex(cvr))]
    assert told == [word.replace("performed and failed", "failed") for word in words]


@pytest.mark.parametrize("table", [AIP, TVR, CVR, ADA])
def test_no_two_flags_share_a_bit(table: tuple[Bit, ...]) -> None:
    places = [(bit.byte, bit.mask) for bit in table]
    assert len(places) == len(set(places))
    assert all(bit.mask & (bit.mask - 1) == 0 and bit.en and bit.zh for bit in table)


def test_issuer_data_are_taken_apart() -> None:
    told = IssuerData.parse(bytes.fromhex("07000103A04002010A010000001000D1F61152"))
    assert (told.key_index, told.version, told.cvr.hex(), told.algorithm) == (0, 1, "03a04002", 1)
    assert told.discretionary.hex() == "010000001000d1f61152"
    assert IssuerData.parse(bytes.fromhex("07010103A0000001")).discretionary == b""


@pytest.mark.parametrize("raw", ["", "06010103A0000001", "07010104A0000001", "07010103A00000"])
def test_other_issuer_data_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="begins with 07"):
        IssuerData.parse(bytes.fromhex(raw))


def test_cryptograms_have_words() -> None:
    assert {kind.en for kind in Cryptogram} == {"declined", "approved offline", "online authorisation asked"}
    assert all(kind.zh for kind in Cryptogram)
