"""iDoDebit with a PSAM and by HSM, and the records it leaves: strings, sequence numbers, proofs, refusals."""

from __future__ import annotations

import pytest
from driver_bench import PIN, VERSIONS, WRONG_PIN, Centre, DriverBench, card_of

from terminal.driver.strings import NO_TERMINAL
from terminal.flow.steps import Role
from virtual_card.faults import FaultPlan
from virtual_card.issuer import PsamOptions

PAY = "100.00|80.00|20250102103000|"
AMOUNTS = "0000271000001F40"
TERMINAL = "990100000001"


@pytest.mark.parametrize(("version", "algorithm"), [("1.0", "01"), ("2.0", "01"), ("3.0", "03")])
def test_a_debit_with_psam_has_eight_fields_and_leaves_a_record(version: str, algorithm: str) -> None:
    bench = DriverBench(card_of(version), entries=[PIN] * 3)
    fields = bench.done("iDoDebit", 1, bench.info, PAY).split("|")
    assert fields[:5] == [algorithm, "017F", AMOUNTS, "32", TERMINAL]
    assert len(fields[5]) == 8 and fields[6] == "20250102103000" and len(fields[7]) == 8
    again = bench.done("iDoDebit", 1, bench.info, "0.01|0.00|20250103103000|").split("|")
    assert int(again[5], 16) == int(fields[5], 16) + 1
    assert bench.done("iReadDebitRecord", 1) == (
        f"0001^{TERMINAL}^20250103103000^0.01^0.00^|0000^{TERMINAL}^20250102103000^100.00^80.00^|"
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("sam_slot", "terminal"), [(True, TERMINAL), (False, NO_TERMINAL)])
def test_a_debit_by_hsm_gives_the_centre_its_own_mac2_and_tac(
    version: str, sam_slot: bool, terminal: str
) -> None:
    card = card_of(version)
    bench, centre = DriverBench(card, sam_slot=sam_slot, entries=[PIN] * 2), Centre(card)
    base = bench.done("iReadCardBas_HSM_Step2", centre.base(bench.done("iReadCardBas_HSM_Step1", 1)))
    step1 = bench.done("iDoDebit_HSM_Step1", 1, bench.info, PAY)
    alg, address, random, number, *rest = step1.split("|")
    assert (address, len(random), len(number)) == ("017F", 8, 4)
    assert rest == [AMOUNTS, "32", terminal, "20250102103000", ""]
    sequence, time, mac1, mac2, tac, _ = centre.debit(base, step1, "0000002A").split("|")
    answer = bench.done("iDoDebit_HSM_Step2", f"{sequence}|{time}|{mac1}|")
    assert answer == f"{mac2}|{alg}|{address}|{AMOUNTS}|32|{terminal}|0000002A|{time}|{tac}|"
    assert bench.done("iReadDebitRecord", 1).startswith(f"{number}^{terminal}^{time}^100.00^80.00^|")


def test_all_five_fields_of_the_centre_are_not_what_step_2_takes() -> None:
    card = card_of()
    bench, centre = DriverBench(card, entries=[PIN]), Centre(card)
    base = bench.done("iReadCardBas_HSM_Step2", centre.base(bench.done("iReadCardBas_HSM_Step1", 1)))
    five = centre.debit(base, bench.done("iDoDebit_HSM_Step1", 1, bench.info, PAY))
    assert bench.code("iDoDebit_HSM_Step2", five) == -23


def test_a_wrong_mac1_debits_nothing() -> None:
    bench = DriverBench(card_of(), entries=[PIN] * 2)
    bench.done("iDoDebit_HSM_Step1", 1, bench.info, PAY)
    assert bench.code("iDoDebit_HSM_Step2", "00000001|20250102103000|DEADBEEF|") == -37634
    assert bench.done("iReadDebitRecord", 1) == ""


@pytest.mark.parametrize(
    "pay",
    [
        "100|80.00|20250102103000|",
        "100.00|80.00|20251302103000|",
        "42949672.95|0.00|20250102103000|",
        "100.00|80.00|",
        "-1.00|80.00|20250102103000|",
    ],
)
@pytest.mark.parametrize("name", ["iDoDebit", "iDoDebit_HSM_Step1"])
def test_a_payment_that_cannot_be_is_refused_without_a_pin(name: str, pay: str) -> None:
    bench = DriverBench(card_of())
    assert bench.code(name, 1, bench.info, pay) == -23


@pytest.mark.parametrize(
    ("psam", "code"),
    [
        (None, -2201),
        (PsamOptions(without=frozenset({"DPK"})), -27272),
        (PsamOptions(levels={"DPK": 0}), -24),
        (PsamOptions(without=frozenset({"DPK"}), refuses_purchase=True), -37891),
    ],
)
def test_a_psam_that_cannot_debit_has_the_codes_of_the_text(psam: PsamOptions | None, code: int) -> None:
    bench = DriverBench(card_of(), psam=psam, entries=[PIN] * 2)
    assert bench.code("iDoDebit", 1, bench.info, PAY) == code


def test_a_wrong_pin_debits_nothing() -> None:
    bench = DriverBench(card_of(), entries=[WRONG_PIN])
    assert bench.code("iDoDebit", 1, bench.info, PAY) == -51
    assert all(command.ins not in (0x28, 0x2C) for command in bench.sent())


def test_a_card_without_a_purse_says_so() -> None:
    bench = DriverBench(card_of(social={"purse": None}), entries=[PIN])
    answer = bench.call("iDoDebit", 1, bench.info, PAY)
    assert answer.code == -27265 and "电子钱包" in answer.text


@pytest.mark.parametrize("spoil", ["63CF", "9302"])
def test_a_wrong_mac2_is_told_and_the_debit_stands(spoil: str) -> None:
    bench = DriverBench(card_of(), entries=[PIN] * 2)
    bench.sam.faults = FaultPlan.from_data(
        [{"do": "status", "sw": spoil, "instruction": "CREDIT SAM FOR PURCHASE"}]
    )
    answer = bench.call("iDoDebit", 1, bench.info, PAY)
    assert answer.code == -37634 and AMOUNTS in answer.text and "do not debit again" in answer.text
    assert bench.done("iReadDebitRecord", 1) != ""


def test_a_psam_lost_after_the_debit_does_not_lead_to_a_second_one_by_hsm() -> None:
    bench = DriverBench(card_of(), entries=[PIN] * 2)
    bench.sam.faults = FaultPlan.from_data([{"do": "pull-before", "instruction": "CREDIT SAM FOR PURCHASE"}])
    answer = bench.call("iDoDebit", 1, bench.info, PAY)
    assert answer.code == -12 and "debited" in answer.text


def test_a_card_pulled_at_the_debit_leaves_it_open_and_says_where_to_look() -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    bench.contact.faults = FaultPlan.from_data([{"do": "pull-after", "instruction": "DEBIT FOR PURCHASE"}])
    answer = bench.call("iDoDebit", 1, bench.info, PAY)
    assert answer.code == -2 and "iReadDebitRecord" in answer.text


def test_a_card_that_keeps_the_account_alone_has_records_without_the_other_amounts() -> None:
    bench = DriverBench(card_of(social={"purse_keeps_account_only": True}), entries=[PIN] * 2)
    bench.done("iDoDebit", 1, bench.info, PAY)
    assert bench.done("iReadDebitRecord", 1) == f"0000^{TERMINAL}^20250102103000^0.00^0.00^|"


def test_records_are_read_by_their_older_name_too() -> None:
    bench = DriverBench(card_of(), entries=[PIN])
    assert bench.done("iReadDebit", 1) == ""
    assert bench.sent(Role.PSAM) == []
