from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_samples import SEED, Run, Start

from apdu.crypto import Algorithm
from terminal import readers
from terminal.readers import Scheme, Tell
from terminal.transport.base import Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.faults import Fault, FaultKind, FaultPlan
from virtual_card.image import load, save
from virtual_card.issue_record import issue_record
from virtual_card.issuer import PsamOptions, issue
from virtual_card.slot import Slot

PIN = "123456"
WRONG = "918273"
Given = Callable[..., str]
Sections = dict[str, dict[str, object]]


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Issues a card of a kind and state, and returns the name of its image."""
    monkeypatch.setenv("HOLDER", PIN)
    monkeypatch.setenv("WRONG", WRONG)

    def make(kind: str, **options: object) -> str:
        name = f"{kind}.card"
        save(issue(kind, SEED, **options), tmp_path / name)  # type: ignore[arg-type]
        return name

    return make


def sections(stdout: str) -> Sections:
    """The JSON lines of a reading, by path."""
    return {line["path"]: line for line in map(json.loads, stdout.splitlines())}


def values(section: dict[str, object]) -> dict[str, str]:
    """Facts of a section, by path."""
    return {fact["path"]: fact["value"] for fact in section["facts"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "named", "holds"),
    [
        ("ssc-1.0", "social security card 1.0", "SSSE/EF06"),
        ("ssc-2.0", "social security card 2.0", "SSSE/EF1E"),
        ("ssc-3.0", "social security card 3.0", "bank/A000000333010101"),
        ("sle4442", "old medical card, SLE4442", "SLE4442"),
        ("sle4428", "old medical card, SLE4428", "SLE4428"),
        ("old-cpu", "old medical card, CPU", "DF0003/EF05"),
        ("psam", "PSAM", "sx3/DF01/0019"),
    ],
)
def test_every_kind_of_card_is_named_and_read(
    ssc: Run, given: Given, kind: str, named: str, holds: str
) -> None:
    result = ssc("read", given(kind), "--json")
    assert result.exit_code == 0, result.stderr
    found = sections(result.stdout)
    assert values(found["card"])["card/kind"].startswith(named)
    assert holds in found


def test_without_pin_and_psam_what_is_closed_says_what_would_open_it(ssc: Run, given: Given) -> None:
    found = sections(ssc("read", given("ssc-3.0"), "--json").stdout)
    assert len(values(found["SSSE/EF05"])["SSSE/EF05/07"]) == 9
    for path, options in (
        ("SSSE/EF06", "needs RKSSSE; --psam ADDRESS would help"),
        ("DF04/EF05", "needs PIN or RK1DF04; --pin would help"),
        ("DF04/EF06", "needs PIN and RK1DF04; --pin and --psam ADDRESS would help"),
    ):
        (told,) = values(found[path]).values()
        assert told.startswith("6982 ") and told.endswith(options)


def test_the_pin_opens_its_files_and_the_psam_the_others(ssc: Run, given: Given) -> None:
    card, psam = given("ssc-3.0"), given("psam")
    by_pin = sections(ssc("read", card, "--pin-env", "HOLDER", "--json").stdout)
    assert "DF04/EF05/81" in values(by_pin["DF04/EF05"])
    assert "6982" in values(by_pin["SSSE/EF06"])["SSSE/EF06"]
    by_psam = sections(ssc("read", card, "--psam", psam, "--json").stdout)
    assert values(by_psam["card"])["card/genuine"] == "yes 是"
    assert "DF04/EF05/81" in values(by_psam["DF04/EF05"])
    assert "needs PIN and RK1DF04; --pin would help" in values(by_psam["DF04/EF06"])["DF04/EF06"]
    both = sections(ssc("read", card, "--psam", psam, "--pin-env", "HOLDER", "--json").stdout)
    unread = [path for path, section in both.items() if "Not read" in json.dumps(section)]
    assert unread == []


@pytest.mark.parametrize("kind", ["ssc-1.0", "ssc-2.0"])
def test_earlier_generations_open_whole_as_well(ssc: Run, given: Given, kind: str) -> None:
    result = ssc("read", given(kind), "--psam", given("psam"), "--pin-env", "HOLDER", "--json")
    assert result.exit_code == 0, result.stderr
    assert [
        path for path, section in sections(result.stdout).items() if "Not read" in json.dumps(section)
    ] == []


def test_identity_is_masked_unless_secrets_are_asked_for(ssc: Run, given: Given) -> None:
    card = given("ssc-2.0")
    holder = issue_record(load(card)).holder_id
    assert holder is not None
    assert holder not in ssc("read", card).stdout
    shown = ssc("read", card, "--show-secrets").stdout
    assert f"{holder}" in shown


def test_certificates_of_a_pki_application_are_read_as_well(ssc: Run, tmp_path: Path) -> None:
    assert ssc("card", "new", "--kind", "ssc-3.0", "--seed", "5", "--pki", "-o", "pki.card").exit_code == 0
    found = sections(ssc("read", "pki.card", "--json").stdout)
    assert values(found["PKI/DF01"])["PKI/DF01/files"] == "2 of 2"
    assert "PKI/DF01/0018" in found


def test_the_status_file_is_where_the_profile_says(ssc: Run, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "terminal/backoffice/profiles/default.yaml"
    profile = shipped.read_text(encoding="utf-8").replace("status_file: EF0C", "status_file: EF0B")
    (tmp_path / "region.yaml").write_text(profile, encoding="utf-8")
    made = ssc("card", "new", "--kind", "ssc-2.0", "--seed", "5", "--profile", "region.yaml")
    assert made.exit_code == 0, made.stderr
    found = sections(ssc("read", "ssc-2.0-5.card", "--profile", "region.yaml", "--json").stdout)
    assert values(found["SSSE/EF0B"])["SSSE/EF0B/FA/9A"].startswith("0 (sealed")
    assert "SSSE/EF0B" not in sections(ssc("read", "ssc-2.0-5.card", "--json").stdout)
    assert ssc("read", "ssc-2.0-5.card", "--profile", "atlantis").exit_code == 2


def test_people_read_both_languages_within_eighty_columns(ssc: Run, given: Given) -> None:
    from rich.cells import cell_len

    lines = ssc("read", given("ssc-3.0"), "--psam", given("psam"), "--pin-env", "HOLDER").stdout.splitlines()
    assert any(line.startswith("── SSSE/EF05 Issuer data 发卡机构数据文件") for line in lines)
    assert [line for line in lines if cell_len(line) > 80] == []


def test_reading_writes_nothing_but_the_banks_counter(ssc: Run, given: Given) -> None:
    card = given("ssc-3.0")
    before = load(card)
    ssc("read", card, "--psam", given("psam"), "--pin-env", "HOLDER")
    diff = ssc("card", "diff", card, _saved(before)).stdout
    changed = [line for line in diff.splitlines() if line.startswith(("bank", "SSSE", "DF0", "card"))]
    assert all("counter" in line or "bank" in line for line in changed), diff


def _saved(card: object) -> str:
    save(card, Path("before.card"))  # type: ignore[arg-type]
    return "before.card"


# The PIN -----------------------------------------------------------------------------------------------


def test_source_and_tries_are_said_before_the_pin_is_sent(ssc: Run, given: Given) -> None:
    result = ssc("read", given("ssc-2.0"), "--pin-stdin", stdin=f"{PIN}\n")
    assert result.exit_code == 0
    assert "standard input 标准输入; tries left 剩余次数: 6" in result.stderr
    assert PIN not in result.output.replace("123456789", "")


def test_a_wrong_pin_costs_one_try_is_said_and_the_rest_is_read(ssc: Run, given: Given) -> None:
    card = given("ssc-2.0")
    result = ssc("read", card, "--pin-env", "WRONG")
    assert result.exit_code == 5
    assert "the PIN is wrong; tries left: 5" in result.stderr
    assert "SSSE/EF06" in result.stdout
    assert load(card).pin_tries == 5  # type: ignore[attr-defined]


def test_the_last_try_needs_force(ssc: Run, given: Given) -> None:
    card = given("ssc-2.0")
    for _ in range(5):
        ssc("apdu", "--reader", card, "0020000003918273")
    result = ssc("read", card, "--pin-env", "HOLDER")
    assert result.exit_code == 8
    assert "one try is left" in result.stderr and "--force" in result.stderr
    assert load(card).pin_tries == 1  # type: ignore[attr-defined]
    assert ssc("read", card, "--pin-env", "HOLDER", "--force").exit_code == 0
    assert load(card).pin_tries == 6  # type: ignore[attr-defined]


def test_a_blocked_pin_is_not_sent(ssc: Run, given: Given) -> None:
    from virtual_card.card_kinds import CardState

    result = ssc("read", given("ssc-2.0", state=CardState.PIN_BLOCKED), "--pin-env", "HOLDER")
    assert result.exit_code == 5
    assert "the PIN is blocked" in result.stderr


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--pin-env", "NOWHERE"), "no environment variable NOWHERE"),
        (("--pin-env", "HOLDER", "--pin-stdin"), "a PIN has one source"),
        (("--pin",), "--pin-stdin or --pin-env"),
        (("--pin-stdin",), "the PIN from standard input"),
    ],
)
def test_a_pin_that_cannot_be_had_is_wrong_use(
    ssc: Run, given: Given, options: tuple[str, ...], told: str
) -> None:
    result = ssc("read", given("ssc-2.0"), *options, stdin="")
    assert result.exit_code == 2
    assert told in result.stderr


def test_pin_and_psam_are_not_used_on_other_cards(ssc: Run, given: Given) -> None:
    result = ssc("read", given("sle4442"), "--pin-env", "HOLDER", "--psam", given("psam"))
    assert result.exit_code == 0
    assert "not used" in result.stderr


# States and cards that are none ------------------------------------------------------------------------


def test_a_blocked_application_is_told_and_the_others_are_read(ssc: Run, given: Given) -> None:
    from virtual_card.card_kinds import CardState

    card = given("ssc-2.0", state=CardState.APPLICATION_BLOCKED)
    found = sections(ssc("read", card, "--pin-env", "HOLDER", "--json").stdout)
    assert values(found["DF04"])["DF04"].startswith("9303 ")
    assert "DF04/EF05" not in found
    assert "DF01/EF05/21" in values(found["DF01/EF05"])


def test_a_blocked_card_shows_its_answer_to_reset_and_ends_as_refused(ssc: Run, given: Given) -> None:
    from virtual_card.card_kinds import CardState

    result = ssc("read", given("ssc-2.0", state=CardState.CARD_BLOCKED), "--json")
    assert result.exit_code == 5
    assert values(sections(result.stdout)["card"])["card/blocked"] == "yes 是"
    assert "6A81" in result.stderr


def test_a_blank_card_says_what_it_lacks(ssc: Run, given: Given) -> None:
    from virtual_card.card_kinds import CardState

    result = ssc("read", given("ssc-3.0", state=CardState.BLANK), "--psam", given("psam"), "--json")
    assert result.exit_code == 0
    found = sections(result.stdout)
    assert "SSSE/EF05" in found
    assert (
        "card number" in values(found["card"])["card/unfit"]
        or "version" in values(found["card"])["card/unfit"]
    )


def test_a_psam_of_other_roots_authenticates_nothing(ssc: Run, given: Given, tmp_path: Path) -> None:
    from apdu.keys import KEYS

    roots = "".join(
        f"{key.name}/{version}: '{bytes(range(version, version + 16)).hex()}'\n"
        for key in KEYS
        for version in range(1, key.versions + 1)
    )
    (tmp_path / "keys.yaml").write_text(roots, encoding="utf-8")
    assert ssc("card", "new", "--kind", "psam", "--seed", "9", "--keys", "keys.yaml").exit_code == 0
    card = given("ssc-3.0")
    before = load(card)
    result = ssc("read", card, "--psam", "psam-9.card", "--json")
    assert result.exit_code == 8
    found = sections(result.stdout)
    assert values(found["card"])["card/genuine"] == "no 否"
    assert "6982" in values(found["SSSE/EF06"])["SSSE/EF06"]
    keys = [key for entry in before.contents().directories for key in entry.keys]  # type: ignore[attr-defined]
    after = [key for entry in load(card).contents().directories for key in entry.keys]  # type: ignore[attr-defined]
    assert [key.tries_left for key in after] == [key.tries_left for key in keys]


def test_a_key_the_psam_lacks_is_noted_and_the_others_are_used(ssc: Run, given: Given) -> None:
    psam = given("psam", psam=PsamOptions(without=frozenset({"RK1DF04"})))
    result = ssc("read", given("ssc-3.0"), "--psam", psam, "--json")
    assert result.exit_code == 0, result.stderr
    found = sections(result.stdout)
    (note,) = values(found["notes"]).values()
    assert "PSAM -27272: it does not hold RK1DF04" in note
    assert "6982" in values(found["DF04/EF05"])["DF04/EF05"]
    assert "DF01/EF05/21" in values(found["DF01/EF05"])


def test_a_psam_without_the_cards_algorithm_proves_nothing_and_says_so(ssc: Run, given: Given) -> None:
    psam = given("psam", psam=PsamOptions(environments=(Algorithm.DES,)))
    found = sections(ssc("read", given("ssc-3.0"), "--psam", psam, "--json").stdout)
    assert values(found["card"])["card/genuine"] == "not known 未知"
    (note,) = values(found["notes"]).values()
    assert "PSAM -2202: it has no environment for SM4 cards" in note


def test_another_card_in_the_psams_reader_is_no_psam(ssc: Run, given: Given) -> None:
    found = sections(ssc("read", given("ssc-3.0"), "--psam", given("old-cpu"), "--json").stdout)
    (note,) = values(found["notes"]).values()
    assert "PSAM -2201" in note


def test_a_plain_card_is_unknown_and_every_name_was_tried(ssc: Run, tmp_path: Path) -> None:
    tree = "master_file:\n  files:\n    - {fid: E001, sfi: 1, structure: transparent, contents: 00010203}\n"
    (tmp_path / "tree.yaml").write_text(tree, encoding="utf-8")
    made = ssc("card", "new", "--kind", "iso7816", "--tree", "tree.yaml")
    assert made.exit_code == 0, made.stderr
    found = sections(ssc("read", "iso7816.card", "--json").stdout)
    assert values(found["card"])["card/kind"].startswith("unknown card")
    assert all(value.startswith("6") for value in values(found["tried"]).values())
    assert len(values(found["tried"])) == 6


# Recordings --------------------------------------------------------------------------------------------


def test_a_recorded_reading_is_read_again_from_its_tape(ssc: Run, given: Given) -> None:
    card = given("old-cpu")
    recorded = ssc("tape", "record", "read.tape", "--", "read", card)
    assert recorded.exit_code == 0, recorded.stderr
    kinds = [line for line in recorded.stdout.splitlines() if "Kind 卡种" in line]
    for address in ("tape:read.tape", "tape:read.tape#reader"):
        again = ssc("read", address)
        assert again.exit_code == 0, again.stderr
        assert [line for line in again.stdout.splitlines() if "Kind 卡种" in line] == kinds != []
    wrong = ssc("read", "tape:read.tape#psam")
    assert wrong.exit_code == 3
    assert "tape:read.tape#reader" in wrong.stderr


# Readers that fail -------------------------------------------------------------------------------------


@pytest.fixture
def slot(monkeypatch: pytest.MonkeyPatch) -> Slot:
    """A virtual slot at the address `slot:`, empty at first."""
    slot = Slot("the slot")

    @contextmanager
    def opened(_: str, tell: Tell) -> Iterator[Reader]:
        yield VirtualReader(slot)

    schemes = {**readers.SCHEMES, "slot": Scheme("slot:", "a slot of the test", opened, alone=True)}
    monkeypatch.setattr(readers, "SCHEMES", schemes)
    return slot


@pytest.mark.parametrize(
    ("address", "code", "told"),
    [
        ("usb:0", 2, "is no reader"),
        ("missing.card", 2, "is no reader"),
        ("virtual:missing.card", 2, "missing.card"),
        ("tape:missing.tape", 3, "missing.tape"),
    ],
)
def test_an_address_that_leads_nowhere(ssc: Run, address: str, code: int, told: str) -> None:
    result = ssc("read", address)
    assert result.exit_code == code
    assert told in result.stderr


def test_the_psam_needs_a_reader_of_its_own(ssc: Run, given: Given) -> None:
    card = given("ssc-2.0")
    result = ssc("read", card, "--psam", card)
    assert result.exit_code == 2
    assert "another reader" in result.stderr


def test_no_card_says_how_to_wait(ssc: Run, slot: Slot) -> None:
    result = ssc("read", "slot:")
    assert result.exit_code == 4
    assert "no card in the slot" in result.stderr and "--wait SECONDS" in result.stderr


def test_waiting_ends_with_the_card_or_with_its_time(ssc: Run, slot: Slot) -> None:
    from threading import Thread

    result = ssc("read", "slot:", "--wait", "0.01")
    assert result.exit_code == 4
    assert "within 0.01 s" in result.stderr
    inserter = Thread(target=slot.insert, args=(issue("sle4442", SEED),))
    inserter.start()
    result = ssc("read", "slot:", "--wait", "30")
    inserter.join()
    assert result.exit_code == 0, result.stderr


def test_a_mute_card_is_a_failing_reader(ssc: Run, slot: Slot) -> None:
    slot.insert(issue("ssc-2.0", SEED))
    slot.faults = FaultPlan((Fault(FaultKind.MUTE, at=1),))
    result = ssc("read", "slot:")
    assert result.exit_code == 3
    assert "does not answer" in result.stderr


def test_a_card_pulled_in_the_middle_keeps_what_was_read(ssc: Run, slot: Slot) -> None:
    slot.insert(issue("ssc-2.0", SEED))
    slot.faults = FaultPlan((Fault(FaultKind.PULL_BEFORE, at=40),))
    result = ssc("read", "slot:")
    assert result.exit_code == 4
    assert "pulled out" in result.stderr
    assert "SSSE/EF05" not in result.stderr
    assert "── Card 卡片" in result.stdout


@pytest.mark.parametrize("do", [FaultKind.GARBLE, FaultKind.MUTE, FaultKind.PULL_AFTER])
def test_no_disturbance_of_a_reading_is_a_bug(ssc: Run, slot: Slot, do: FaultKind) -> None:
    for at in (*range(1, 25, 4), *range(25, 180, 50)):
        slot.remove()
        slot.insert(issue("ssc-2.0", SEED))
        slot.faults = FaultPlan((Fault(do, at=slot.exchanges + at),))
        result = ssc("read", "slot:")
        expected = {FaultKind.MUTE: (3,), FaultKind.PULL_AFTER: (4,), FaultKind.GARBLE: (0, 5)}[do]
        assert result.exit_code in expected, f"{do} at {at}: {result.stderr}"


def test_ctrl_c_is_cancelled(ssc: Run, slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(slot, "wait", interrupted)
    result = ssc("read", "slot:", "--wait", "5")
    assert result.exit_code == 9


def test_ctrl_c_ends_a_waiting_process(process: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    waiting = process("read", f"vpcd:127.0.0.1:{port}", "--wait", "60")
    assert waiting.stderr is not None
    assert "Insert the card" in waiting.stderr.readline()
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate(timeout=60)
    assert waiting.returncode == 9
    assert "cancelled" in said and "Traceback" not in said
