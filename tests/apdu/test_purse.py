"""The purse's bytes: answers there and back, records, the year rule."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apdu.command import Command
from apdu.commands import (
    application_block,
    card_block,
    credit_for_load,
    debit_for_purchase,
    get_balance,
    get_transaction_proof,
    init_sam_for_purchase,
    initialize_for_load,
    initialize_for_purchase,
    pin_reload,
    pin_unblock,
    protected,
    update_record,
    update_starting_day,
)
from apdu.purse import (
    Amounts,
    Balance,
    LoadOffer,
    PurchaseOffer,
    TransactionKind,
    settlement_year,
    transaction_record,
)
from apdu.secure_messaging import mac_input, sealed

TERMINAL = bytes.fromhex("990100000001")
TIME = bytes.fromhex("20300115093000")
FEN = st.integers(0, 0xFFFFFFFF)
NUMBER = st.integers(0, 0xFFFF)
FOUR = st.binary(min_size=4, max_size=4)


@given(balance=FEN, number=NUMBER, random=FOUR, mac1=FOUR)
def test_load_offer_comes_back(balance: int, number: int, random: bytes, mac1: bytes) -> None:
    offer = LoadOffer(balance, number, 1, 3, random, mac1)
    assert LoadOffer.decode(offer.encode()) == offer


@given(amounts=st.builds(Amounts, FEN, FEN, FEN), year=st.integers(0, 9999), number=NUMBER, random=FOUR)
def test_purchase_offer_comes_back(amounts: Amounts, year: int, number: int, random: bytes) -> None:
    totals = amounts.account, amounts.self_paid, amounts.pool
    offer = PurchaseOffer(*totals, f"{year:04}", number, 1, 0, random)
    assert PurchaseOffer.decode(offer.encode()) == offer


@pytest.mark.parametrize("kind", [LoadOffer, PurchaseOffer])
def test_answers_of_another_length_are_refused(kind: type[LoadOffer] | type[PurchaseOffer]) -> None:
    with pytest.raises(ValueError, match="bytes, not 3"):
        kind.decode(bytes(3))


@pytest.mark.parametrize("bad", [{"account": -1}, {"pool": 2**32}])
def test_amounts_fit_four_bytes(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Amounts(**bad)
    with pytest.raises(ValueError, match="12 bytes"):
        Amounts.decode(b"")


def test_record_in_both_lengths() -> None:
    write = partial(
        transaction_record,
        TransactionKind.PURCHASE,
        5,
        Amounts(1, 2, 3),
        terminal=TERMINAL,
        time=TIME,
    )
    record = write(length=28)
    assert record.hex().upper() == ("000532990100000001" + "20300115093000" + "000000010000000200000003")
    assert write(length=20) == record[:20]


@pytest.mark.parametrize(("date", "year"), [("20300401", "2030"), ("20300331", "2029"), ("00000101", "0000")])
def test_settlement_year_begins_on_the_starting_day(date: str, year: str) -> None:
    assert settlement_year(bytes.fromhex(date), bytes.fromhex("0401")).hex() == year


OFFER = PurchaseOffer(0, 0, 0, "0000", 7, 1, 0, bytes.fromhex("5A6B7C8D"))


@pytest.mark.parametrize(
    ("command", "apdu"),
    [
        (application_block(), "841E0001"),
        (card_block(), "84160000"),
        (pin_unblock(), "84240000"),
        (pin_reload(), "84240001"),
        (pin_reload(bytes(8)), "8424000108" + "00" * 8),
        (protected(update_record(2, b"\x02\x01\x33", 5)), "04DC022C03020133"),
        (initialize_for_load(1, 2500, TERMINAL), "B02800010B01000009C4990100000001" + "10"),
        (credit_for_load(TIME, bytes(4)), "B02A00000B" + TIME.hex() + "00000000" + "04"),
        (
            initialize_for_purchase(1, Amounts(1234, 500, 8000), TERMINAL),
            "B02801011301000004D2000001F400001F40990100000001" + "16",
        ),
        (debit_for_purchase(bytes(4), TIME, bytes(4)), "B02C01000F00000000" + TIME.hex() + "0000000008"),
        (get_balance(), "B026000104"),
        (get_balance(Balance.POOL), "B026000306"),
        (get_transaction_proof(TransactionKind.LOAD, 3), "B02E003102000308"),
        (update_starting_day(bytes.fromhex("0401")), "B0560000020401"),
        (
            init_sam_for_purchase(OFFER, Amounts(0, 10_000, 8000), TIME, bytes(8)),
            "80700100245A6B7C8D0007000000000000271000001F4032" + TIME.hex() + "0100" + "00" * 8 + "08",
        ),
    ],
)
def test_commands_on_the_wire(command: Command, apdu: str) -> None:
    assert command.encode().hex().upper() == apdu.upper()


def test_mac_covers_the_header_with_its_own_length() -> None:
    assert mac_input(pin_unblock()).hex() == "8424000004"
    assert sealed(pin_unblock(), bytes.fromhex("06212D02")).encode().hex().upper() == "842400000406212D02"
    with pytest.raises(ValueError, match="4 bytes"):
        sealed(pin_unblock(), bytes(8))
