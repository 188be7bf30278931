"""The medical purse, LD/T 32.5 section 7 and LD/T 32.7 sections 11 to 14, with its vectors."""

from __future__ import annotations

from dataclasses import replace

import pytest
from card_samples import send
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_cards import DES, SELECT_DF04, SM4, TERMINAL, VERIFY, draws, one_key_card, proves, roots_card

from apdu import purse as cryptogram
from apdu.crypto import Algorithm
from apdu.purse import Amounts
from virtual_card import image
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.description import read_contents
from virtual_card.errors import TornError
from virtual_card.state import Purse

BOTH = pytest.mark.parametrize("algorithm", [DES, SM4])
INIT_LOAD = f"B02800010B01000009C4{TERMINAL}"
CREDIT = "B02A00000B203001150930003DE57502"
INIT_PURCHASE = f"B02801011301000004D2000001F400001F40{TERMINAL}"
DEBIT = "B02C01000F00000102" + "20300115093000" + "57254396"
TIME = bytes.fromhex("20300115093000")
BALANCES = ["B026000104", "B026000206", "B026000306"]
MUCH = Purse(balance=10_000, load_number=3, purchase_number=5)


def opened(card: ProcessorCard) -> ProcessorCard:
    """DF04 selected, PIN verified, the random of the vectors."""
    assert send(card, VERIFY) == "9000"
    assert send(card, SELECT_DF04)[:2] == "61"
    draws(card, "DEADBEEF")
    return card


def held(card: ProcessorCard) -> Purse:
    found = card.contents().directory("DF04").purse
    assert found is not None
    return found


def log(card: ProcessorCard) -> list[str]:
    return [record.hex().upper() for record in card.contents().directory("DF04").file(0xEF08).records]


def fetched(card: ProcessorCard, apdu: str) -> str:
    """The answer of a command with data and answer."""
    first = send(card, apdu)
    return send(card, f"00C00000{first[2:]}") if first.startswith("61") else first


def credited(card: ProcessorCard, fen: int, time: bytes = TIME) -> str:
    """A load with the host's MAC2; the status word of CREDIT."""
    offer = bytes.fromhex(fetched(card, f"B02800010B01{fen:08X}{TERMINAL}"))
    if len(offer) < 18:
        return offer.hex().upper()
    key = card.directory.named["DLK"]
    number = int.from_bytes(offer[4:6], "big")
    session = cryptogram.load_session(key.algorithm, key.versions[1], offer[8:12], number)
    mac2 = cryptogram.load_mac2(key.algorithm, session, fen, bytes.fromhex(TERMINAL), time)
    return fetched(card, f"B02A00000B{time.hex()}{mac2.hex()}")[-4:]


def debited(card: ProcessorCard, amounts: Amounts, time: str = "20300115093000", version: int = 1) -> str:
    """A purchase with the PSAM's MAC1; the status word of DEBIT or of the refused INITIALIZE."""
    offer = bytes.fromhex(fetched(card, f"B028010113{version:02X}{amounts.encode().hex()}{TERMINAL}"))
    if len(offer) < 24:
        return offer.hex().upper()
    return fetched(card, debit_command(card, offer, amounts, time, version))[-4:]


def debit_command(
    card: ProcessorCard, offer: bytes, amounts: Amounts, time: str = "20300115093000", version: int = 1
) -> str:
    key = card.directory.named["DPK"]
    number = int.from_bytes(offer[14:16], "big")
    session = cryptogram.purchase_session(
        key.algorithm, key.versions[version], offer[18:22], number, bytes(4)
    )
    mac1 = cryptogram.purchase_mac1(
        key.algorithm, session, amounts, bytes.fromhex(TERMINAL), bytes.fromhex(time)
    )
    return f"B02C01000F00000000{time}{mac1.hex()}"


def test_load_vector() -> None:
    card = opened(one_key_card(DES, MUCH))
    assert fetched(card, INIT_LOAD) == "00002710" + "0003" + "0100" + "DEADBEEF" + "EFC87969" + "9000"
    assert fetched(card, CREDIT) == "3DDF17929000"
    assert send(card, "B026000104") == "000030D49000"
    assert log(card)[0] == "000331" + TERMINAL + "20300115093000" + "000009C4" + "00" * 8
    assert fetched(card, "B02E0031020003") == "00000000" + "3DDF1792" + "9000"
    assert held(card).load_number == 4


def test_purchase_vector() -> None:
    card = opened(one_key_card(DES, MUCH))
    offer = "00002710" + "00000000" * 2 + "0000" + "0005" + "0100" + "DEADBEEF"
    assert fetched(card, INIT_PURCHASE) == offer + "9000"
    assert fetched(card, DEBIT) == "3BFE5CB3" + "742A55BE" + "9000"
    assert [send(card, apdu) for apdu in BALANCES] == [
        "0000223E9000",
        "000001F420309000",
        "00001F4020309000",
    ]
    assert log(card)[0] == "000532" + TERMINAL + "20300115093000" + "000004D2000001F400001F40"
    assert fetched(card, "B02E0032020005") == "742A55BE" + "3BFE5CB3" + "9000"
    assert held(card).purchase_number == 6


@pytest.mark.parametrize(
    ("algorithm", "code", "mac1", "tac", "mac2"),
    [(DES, "00", "FCF356B4", "0BE1EA8D", "398377EA"), (SM4, "03", "B1B60D81", "5EDF85E9", "66E49249")],
)
def test_debit_vectors_from_the_test_roots(
    algorithm: Algorithm, code: str, mac1: str, tac: str, mac2: str
) -> None:
    card = opened(roots_card(algorithm, Purse(purchase_number=7)))
    draws(card, "5A6B7C8D")
    offer = fetched(card, f"B02801011301000000000000271000001F40{TERMINAL}")
    assert offer[-20:] == f"000701{code}5A6B7C8D9000"
    debit = f"B02C01000F0000000520250102103000{mac1}"
    assert fetched(card, debit) == f"{tac}{mac2}9000"


@pytest.mark.parametrize(
    ("algorithm", "mac1", "mac2", "tac"),
    [(DES, "D1448445", "6A7FEF93", "76898B76"), (SM4, "37B401E4", "92B2DA0F", "42AF494C")],
)
def test_load_vectors_from_the_test_roots(algorithm: Algorithm, mac1: str, mac2: str, tac: str) -> None:
    card = opened(roots_card(algorithm, Purse(load_number=1)))
    draws(card, "5A6B7C8D")
    offer = fetched(card, f"B02800010B01000186A0{TERMINAL}")
    assert offer[-12:] == f"{mac1}9000"
    assert fetched(card, f"B02A00000B20250102103000{mac2}") == f"{tac}9000"
    assert held(card).balance == 100_000


@pytest.mark.parametrize("apdu", [INIT_LOAD, CREDIT, INIT_PURCHASE, DEBIT, *BALANCES, "B056010002"])
def test_without_a_purse_every_command_is_6a81(apdu: str) -> None:
    assert send(opened(one_key_card(DES)), apdu) == "6A81"
    with_purse = one_key_card(DES, MUCH)
    assert send(with_purse, VERIFY, apdu) == "6A81"


@pytest.mark.parametrize("apdu", [INIT_LOAD, INIT_PURCHASE, *BALANCES])
def test_pin_is_needed_if_there_is_one(apdu: str) -> None:
    card = one_key_card(DES, MUCH)
    send(card, SELECT_DF04)
    assert send(card, apdu) == "6982"
    assert send(card, "805E010004123456FF", apdu)[:2] != "69"


@pytest.mark.parametrize(
    ("purse", "apdu", "status"),
    [
        (Purse(load_number=0xFFFF), INIT_LOAD, "9402"),
        (Purse(balance=9999, purchase_number=0xFFFF), INIT_PURCHASE, "9402"),
        (Purse(load_number=0xFFFE), INIT_LOAD, "6110"),
        (Purse(balance=1233), INIT_PURCHASE, "9401"),
        (Purse(balance=1234), INIT_PURCHASE, "6116"),
        (MUCH, INIT_LOAD.replace("0B01", "0B02"), "9403"),
        (MUCH, INIT_PURCHASE.replace("1301", "1300"), "9403"),
        (MUCH, "B02800020B" + "00" * 11, "6A86"),
        (MUCH, "B02800010A" + "00" * 10, "6700"),
        (MUCH, "B026000405", "6A86"),
        (MUCH, "B026000105", "6700"),
        (MUCH, "B026000100", "6C04"),
        (MUCH, "B026000300", "6C06"),
        (MUCH, "B02E0033020001", "6A86"),
        (MUCH, "B02E0032020001", "9406"),
        (MUCH, "B02E00320100", "6700"),
        (MUCH, "B056010003", "6C02"),
        (MUCH, "B056000002" + "0401", "6982"),
        (MUCH, "B056000001" + "04", "6700"),
    ],
)
def test_refusals(purse: Purse, apdu: str, status: str) -> None:
    card = opened(one_key_card(DES, purse))
    assert send(card, apdu) == status
    assert held(card) == purse


@BOTH
def test_every_version_of_the_purchase_key_serves(algorithm: Algorithm) -> None:
    card = opened(roots_card(algorithm, MUCH))
    assert [debited(card, Amounts(1), version=version) for version in (1, 2, 3)] == ["9000"] * 3
    assert debited(card, Amounts(1), version=4) == "9403"
    assert held(card).balance == 9_997


PURSE_STATES = {"idle": "", "load": INIT_LOAD, "purchase": INIT_PURCHASE}


@pytest.mark.parametrize(
    ("state", "apdu", "status"),
    [
        ("idle", CREDIT, "6901"),
        ("purchase", CREDIT, "6901"),
        ("load", CREDIT, "6104"),
        ("idle", DEBIT, "6901"),
        ("load", DEBIT, "6901"),
        ("purchase", DEBIT, "6108"),
    ],
)
def test_credit_and_debit_need_their_state_and_leave_it_idle(state: str, apdu: str, status: str) -> None:
    card = opened(one_key_card(DES, MUCH))
    if PURSE_STATES[state]:
        assert send(card, PURSE_STATES[state])[:2] == "61"
    assert send(card, apdu) == status
    assert send(card, CREDIT) == "6901"
    assert send(card, DEBIT) == "6901"


@pytest.mark.parametrize("kept", [*BALANCES, "B026000100", "00C0000010"])
def test_balances_and_get_response_keep_the_transaction(kept: str) -> None:
    card = opened(one_key_card(DES, MUCH))
    send(card, INIT_LOAD, kept)
    assert fetched(card, CREDIT) == "3DDF17929000"


def test_transaction_proof_keeps_the_transaction() -> None:
    card = opened(one_key_card(DES, replace(MUCH, load_number=2)))
    assert credited(card, 0) == "9000"
    send(card, INIT_LOAD)
    assert fetched(card, "B02E0001020002")[-4:] == "9000"
    assert send(card, CREDIT) == "6104"


@pytest.mark.parametrize(
    "other",
    [
        "00B2012800",
        SELECT_DF04,
        "0084000008",
        VERIFY,
        "B026000105",
        "B02E0032020009",
        "B056010002",
        "00FE000000",
        "C0B2012C00",
        "B02A0000",
        "B02A00000B11",
        "",
    ],
)
def test_any_other_or_failing_command_ends_the_transaction(other: str) -> None:
    card = opened(one_key_card(DES, MUCH))
    send(card, INIT_LOAD, other)
    assert send(card, CREDIT) == "6901"
    assert held(card) == MUCH


@pytest.mark.parametrize("initialize", [INIT_LOAD, INIT_PURCHASE])
def test_a_refused_initialize_ends_the_open_transaction(initialize: str) -> None:
    card = opened(one_key_card(DES, MUCH))
    send(card, INIT_LOAD)
    send(card, initialize[:10] + "09" + initialize[12:])
    assert send(card, CREDIT) == "6901"


@pytest.mark.parametrize("initialize", [(INIT_LOAD, CREDIT), (INIT_PURCHASE, DEBIT)])
def test_wrong_mac_is_9302_books_nothing_and_ends_the_transaction(initialize: tuple[str, str]) -> None:
    begin, finish = initialize
    card = opened(one_key_card(DES, MUCH))
    assert send(card, begin, finish[:-2] + "00") == "9302"
    assert (held(card), log(card)) == (MUCH, [])
    assert send(card, finish) == "6901"


def test_power_off_ends_the_transaction() -> None:
    card = opened(one_key_card(DES, MUCH))
    send(card, INIT_LOAD)
    card.power_on()
    assert send(opened(card), CREDIT) == "6901"


def test_balance_cannot_overflow() -> None:
    card = opened(one_key_card(DES, Purse(balance=0xFFFFFFFF)))
    assert credited(card, 1) == "6985"
    assert credited(card, 0) == "9000"


def test_time_must_be_decimal() -> None:
    card = opened(one_key_card(DES, MUCH))
    assert credited(card, 1, bytes.fromhex("2030AB15093000")) == "6985"


@pytest.mark.parametrize(
    ("year", "start", "date", "after"),
    [
        ("2030", "0101", "20301231", (150, 260, "2030")),
        ("2030", "0101", "20310101", (50, 60, "2031")),
        ("2029", "0401", "20300331", (150, 260, "2029")),
        ("2029", "0401", "20300401", (50, 60, "2030")),
        ("2029", "0401", "20310115", (50, 60, "2030")),
        ("2030", "0101", "20290101", (150, 260, "2030")),
        ("0000", "0101", "20300115", (50, 60, "2030")),
    ],
)
def test_yearly_totals_roll_over_on_the_starting_day(
    year: str, start: str, date: str, after: tuple[int, int, str]
) -> None:
    purse = Purse(self_paid=100, pool=200, year=year, starting_day=start)
    card = opened(one_key_card(DES, purse))
    assert debited(card, Amounts(0, 50, 60), f"{date}120000") == "9000"
    now = held(card)
    assert (now.self_paid, now.pool, now.year) == after


def test_yearly_totals_cannot_overflow() -> None:
    card = opened(one_key_card(DES, Purse(pool=0xFFFFFFFF, year="2030")))
    assert debited(card, Amounts(0, 0, 1)) == "6985"
    assert log(card) == []


def test_starting_day_needs_its_key_and_is_read_freely() -> None:
    card = one_key_card(DES, MUCH)
    assert send(card, SELECT_DF04, "B056010002") == "01019000"
    assert send(card, "B0560000020401") == "6982"
    assert proves(card, "DSK") == "9000"
    assert send(card, "B0560000020401") == "9000"
    assert send(card, "B0560000021301") == "6985"
    assert send(card, "B056010002") == "04019000"


def test_cards_with_short_records_keep_the_personal_account_only() -> None:
    contents = one_key_card(DES, replace(MUCH, self_paid=7, pool=8, year="2030")).contents()
    contents.directory("DF04").file(0xEF08).record_length = 20
    card = social_card("ssc-2.0", contents)
    card.strict = True
    card.power_on()
    opened(card)
    assert fetched(card, INIT_PURCHASE)[:28] == "00002710" + "00" * 10
    assert fetched(card, DEBIT)[-4:] == "9000"
    assert log(card) == ["000532" + TERMINAL + "20300115093000" + "000004D2"]
    assert (held(card).self_paid, held(card).pool, held(card).year) == (7, 8, "2030")


def test_a_purse_without_its_log_is_refused_when_the_card_is_made() -> None:
    contents = one_key_card(DES, MUCH).contents()
    directory = contents.directory("DF04")
    directory.files = [file for file in directory.files if file.fid != 0xEF08]
    with pytest.raises(ValueError, match="cyclic EF08"):
        social_card("ssc-2.0", contents)


def test_log_is_written_by_the_card_alone_and_keeps_the_newest_first() -> None:
    card = opened(one_key_card(DES, MUCH))
    assert send(card, "00DC01431C" + "00" * 28) == "6982"
    for fen in range(31):
        assert debited(card, Amounts(fen)) == "9000"
    assert len(log(card)) == 30
    assert send(card, "00B201441C")[32:40] == f"{30:08X}"
    assert send(card, "00B21E441C")[32:40] == f"{1:08X}"


def test_proof_survives_power_and_is_replaced_by_the_next_transaction() -> None:
    card = opened(one_key_card(DES, MUCH))
    send(card, INIT_PURCHASE)
    send(card, DEBIT)
    card.power_on()
    send(card, SELECT_DF04)
    assert fetched(card, "B02E0002020005") == "742A55BE3BFE5CB39000"
    opened(card)
    assert credited(card, 1) == "9000"
    assert send(card, "B02E0032020005") == "9406"


def test_purse_is_part_of_the_image() -> None:
    card = opened(one_key_card(DES, MUCH))
    assert debited(card, Amounts(100, 1, 2)) == "9000"
    text = image.dumps(card)
    assert '"purchase_number"' in text
    again = social_card("ssc-2.0", read_contents(card.state()))
    assert again.state() == card.state()
    assert held(again) == held(card)


def agreement(card: ProcessorCard) -> tuple[Purse, list[str]]:
    return held(card), log(card)


def prepared(load: bool) -> tuple[ProcessorCard, str]:
    """A card with one transaction behind it, and the command that settles the next one."""
    card = opened(one_key_card(DES, MUCH))
    assert debited(card, Amounts(1)) == "9000"
    if not load:
        amounts = Amounts(2, 3, 4)
        offer = bytes.fromhex(fetched(card, f"B02801011301{amounts.encode().hex()}{TERMINAL}"))
        return card, debit_command(card, offer, amounts)
    send(card, INIT_LOAD)
    key = card.directory.named["DLK"]
    session = cryptogram.load_session(DES, key.versions[1], bytes.fromhex("DEADBEEF"), 3)
    mac2 = cryptogram.load_mac2(DES, session, 2500, bytes.fromhex(TERMINAL), TIME)
    return card, f"B02A00000B{TIME.hex()}{mac2.hex()}"


@settings(max_examples=150, deadline=None)
@given(load=st.booleans(), after_bytes=st.integers(0, 62))
def test_torn_settlement_is_whole_or_did_not_happen(load: bool, after_bytes: int) -> None:
    card, settle = prepared(load)
    before = agreement(card)
    twin, same = prepared(load)
    assert send(twin, same)[:2] == "61"
    after = agreement(twin)
    assert before[0].balance != after[0].balance
    card.arm_tear(after_bytes)
    try:
        send(card, settle)
    except TornError:
        assert after_bytes <= 60
    else:
        assert after_bytes > 60
        assert agreement(card) == after
    assert agreement(card) in (before, after)
    card.power_on()
    found = agreement(card)
    assert found in (before, after)
    send(card, SELECT_DF04)
    kind, number = ("31", "0003") if load else ("32", "0006")
    proved = fetched(card, f"B02E00{kind}02{number}")
    assert (proved != "9406") is (found == after)


def test_tear_at_every_byte_of_a_debit() -> None:
    card, _ = prepared(load=False)
    before = agreement(card)
    outcomes = []
    for after_bytes in range(62):
        torn = card.fork()
        torn.strict = True
        torn.power_on()
        opened(torn)
        amounts = Amounts(2, 3, 4)
        offer = bytes.fromhex(fetched(torn, f"B02801011301{amounts.encode().hex()}{TERMINAL}"))
        torn.arm_tear(after_bytes)
        try:
            send(torn, debit_command(torn, offer, amounts))
        except TornError:
            torn.power_on()
        outcomes.append(agreement(torn) == before)
    assert outcomes == [True] * 60 + [False] * 2


@pytest.mark.parametrize("load", [False, True])
def test_memory_failure_in_a_purse_command_is_6581_books_nothing_and_locks_the_card(load: bool) -> None:
    card, settle = prepared(load)
    before = agreement(card)
    card.arm_failure()
    assert send(card, settle) == "6581"
    assert agreement(card) == before
    for _ in range(2):
        assert [send(card, apdu) for apdu in (SELECT_DF04, "00A40000023F00", "0084000008")] == ["6A81"] * 3
        card.power_on()
    assert card.contents().blocked


def test_memory_failure_elsewhere_is_6581_and_locks_nothing() -> None:
    card = one_key_card(DES, MUCH)
    send(card, SELECT_DF04)
    before = card.state()
    card.arm_failure()
    assert send(card, "805E010007123456FF654321") == "6581"
    assert card.state() == before
    assert send(card, "805E010007123456FF654321") == "9000"


def test_memory_failure_leaves_a_command_that_writes_nothing_alone() -> None:
    card = opened(one_key_card(DES, MUCH))
    card.arm_failure()
    assert send(card, BALANCES[0]) == "000027109000"
    assert debited(card, Amounts(1)) == "9000"
