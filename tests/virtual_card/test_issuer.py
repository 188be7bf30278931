from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apdu.crypto import Algorithm, authentication_data, diversify, factors, session_key
from apdu.keys import KEYS, root_key
from apdu.layout import card_layout
from apdu.layout.application_status import read_status_records
from apdu.layout.old_cards import OLD_CARDS
from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from virtual_card.applications.memory import MemoryCard
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.card_kinds import CardKind
from virtual_card.issue_record import NoIssueRecordError, OldIssueRecord, SocialIssueRecord, issue_record
from virtual_card.issuer import GENERATIONS, IssueError, PsamOptions, SocialOptions, issue, kinds, states
from virtual_card.persona import Persona
from virtual_card.personalisation import medical_base

SOCIAL_KINDS = tuple(kind.value for kind in GENERATIONS)
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
SELECT_DF04 = "00A4040006D15600000503"
R, RAW = bytes(range(0xB0, 0xB8)), bytes(range(0xA0, 0xA8))


def send(card: ProcessorCard, apdu: str) -> str:
    answer = card.transmit(bytes.fromhex(apdu))
    while answer[-2] == 0x61:
        answer = card.transmit(bytes((0x00, 0xC0, 0, 0, answer[-1])))
    if answer[-2] == 0x6C:
        answer = card.transmit(bytes.fromhex(apdu[:8]) + answer[-1:])
    return answer.hex().upper()


def social(kind: str, seed: int = 1, **options: object) -> ProcessorCard:
    card = issue(kind, seed, **options)
    assert isinstance(card, ProcessorCard)
    card.power_on()
    send(card, SELECT_SSSE)
    return card


def card_key(kind: str, name: str, seed: int, version: int = 1) -> bytes:
    algorithm = GENERATIONS[kind].algorithm
    path = factors("990100", Persona.from_seed(seed).historical_bytes)
    return diversify(algorithm, root_key(name, version), *path)


def authenticate(card: ProcessorCard, kind: str, name: str, reference: int) -> str:
    algorithm = GENERATIONS[kind].algorithm
    challenge = bytes.fromhex(send(card, "0084000008")[:-4])
    session = session_key(algorithm, card_key(kind, name, 1), challenge)
    proof = authentication_data(algorithm, session, RAW) + RAW
    return send(card, f"008200{reference:02X}10{proof.hex()}")


@pytest.mark.parametrize("kind", kinds())
@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_same_seed_gives_the_same_card_byte_for_byte(kind, seed):
    assert issue(kind, seed).state() == issue(kind, seed).state()


@pytest.mark.parametrize("kind", kinds())
def test_another_seed_gives_another_card(kind):
    assert issue(kind, 1).state() != issue(kind, 2).state()


@pytest.mark.parametrize(
    ("kind", "fci"),
    [
        ("ssc-1.0", "6F13840F7378312E73682EC9E7BBE1B1A3D5CFA5009000"),
        ("ssc-2.0", "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601019000"),
        ("ssc-3.0", "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601039000"),
    ],
)
def test_environment_announces_what_its_generation_announces(kind, fci):
    assert send(social(kind), SELECT_SSSE) == fci


@pytest.mark.parametrize(
    ("kind", "version"), [("ssc-1.0", "312E3030"), ("ssc-2.0", "322E3030"), ("ssc-3.0", "332E3030")]
)
def test_card_carries_its_version_and_number(kind, version):
    card = social(kind)
    assert send(card, "00B2032C06") == f"0304{version}9000"
    number = Persona.from_seed(1).card_number.encode("ascii").hex().upper()
    assert send(card, "00B2072C0B") == f"0709{number}9000"


@pytest.mark.parametrize(("kind", "free"), [("ssc-1.0", True), ("ssc-2.0", True), ("ssc-3.0", False)])
def test_holder_data_is_free_except_on_3_0(kind, free):
    card = social(kind)
    holder = "0812" + Persona.from_seed(1).id_number.encode("ascii").hex().upper() + "9000"
    assert send(card, "00B2083014") == (holder if free else "6982")
    if not free:
        assert authenticate(card, kind, "RKSSSE", 0x0A) == "9000"
        assert send(card, "00B2083014") == holder


def test_first_generation_has_no_name_extension():
    records = {
        kind: issue(kind, 1).contents().directory("SSSE").file(0xEF06).records for kind in SOCIAL_KINDS
    }
    assert [record[0] for record in records["ssc-1.0"]] == [0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
    assert [record[0] for record in records["ssc-2.0"]] == [0x08, 0x09, 0x4E, 0x0A, 0x0B, 0x0C, 0x0D]


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_internal_authentication_proves_the_diversified_root(kind):
    algorithm = GENERATIONS[kind].algorithm
    expected = authentication_data(algorithm, session_key(algorithm, card_key(kind, "IRK", 1), R), RAW)
    assert send(social(kind), f"0088000010{R.hex()}{RAW.hex()}08") == expected.hex().upper() + "9000"


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_every_version_of_the_update_key_is_on_the_card(kind, version):
    contents = issue(kind, 1).contents()
    assert contents.directory("SSSE").key("UKSSSE").versions[version] == card_key(kind, "UKSSSE", 1, version)


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_keys_have_the_versions_and_lengths_of_the_key_table(kind):
    algorithm = GENERATIONS[kind].algorithm
    contents = issue(kind, 1).contents()
    found = {key.name: key for directory in contents.directories for key in directory.keys}
    absent = {"UKEF0D", "RK3DF03", "RK4DF03", "RK5DF03", "UK3DF04"}
    assert set(found) == {
        key.name
        for key in KEYS
        if key.owner in {directory.name for directory in contents.directories}
        and key.since <= GENERATIONS[kind].version
        and key.name not in absent
    }
    for key in KEYS:
        if key.name in found:
            assert sorted(found[key.name].versions) == list(range(1, key.versions + 1))
            assert {len(value) for value in found[key.name].versions.values()} == {key.length(algorithm)}


def test_root_keys_given_replace_the_test_roots():
    replaced = issue("ssc-3.0", 1, root_keys={"IRK/1": bytes(16)}).contents().directory("SSSE").key("IRK")
    normal = issue("ssc-3.0", 1).contents().directory("SSSE").key("IRK")
    assert replaced.versions[1] != normal.versions[1]
    assert replaced.versions[2] == normal.versions[2]


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_new_card_is_sealed_received_and_without_journal(kind):
    status = read_status_records(issue(kind, 1).contents().directory("SSSE").file(0xEF0C).records)
    assert status.status is not None and status.receipt is not None
    assert (status.status.social, status.status.financial) == (SocialState.SEALED, FinancialState.INACTIVE)
    assert status.receipt.time == Persona.from_seed(1).received_at
    assert status.journal is None and not status.foreign


def test_status_file_follows_its_options():
    options = SocialOptions(
        status_fid=0xEF0D,
        financial=FinancialState.ACTIVE,
        receipt_mode=ReceiptMode.EMPLOYER,
        received_at=datetime(2029, 5, 4, 3, 2, 1),
    )
    card = issue("ssc-2.0", 1, social=options)
    assert [file.fid for file in card.contents().directory("SSSE").files].count(0xEF0C) == 0
    record = issue_record(card)
    assert isinstance(record, SocialIssueRecord)
    assert record.financial is FinancialState.ACTIVE
    assert (record.received_at, record.receipt_mode) == (datetime(2029, 5, 4, 3, 2, 1), ReceiptMode.EMPLOYER)


def test_card_without_status_file_reports_no_states():
    record = issue_record(issue("ssc-3.0", 1, social=SocialOptions(status_fid=None)))
    assert isinstance(record, SocialIssueRecord)
    assert (record.social, record.financial, record.received_at) == (None, None, None)


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_medical_files_are_blank(kind):
    version = GENERATIONS[kind].version
    spec = card_layout(version)[1].files[0]
    assert tuple(issue(kind, 1).contents().directory("DF04").file(0xEF05).records) == spec.blank_records()


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_initial_pin_opens_the_medical_data(kind):
    card = social(kind)
    send(card, SELECT_DF04)
    assert send(card, "00B28C2803") == "6982"
    assert send(card, "0020000003123456") == "9000"
    assert send(card, "00B28C2803") == "8C01FF9000"


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_pin_given_replaces_the_initial_pin(kind):
    card = social(kind, pin="12345")
    assert send(card, "0020000003123456") == "63C5"
    assert send(card, "002000000312345F") == "9000"


def test_pin_blocked_card_answers_6983():
    assert send(social("ssc-3.0", state="pin-blocked"), "0020000003123456") == "6983"


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
def test_expired_card_ran_out_a_whole_validity_ago(kind):
    record = issue_record(issue(kind, 1, state="expired", today=date(2031, 3, 1)))
    assert isinstance(record, SocialIssueRecord)
    assert record.valid_until == date(2021, 2, 28)


@pytest.mark.parametrize("kind", SOCIAL_KINDS)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_record_of_a_new_card_is_what_its_files_say(kind, seed):
    persona = Persona.from_seed(seed)
    assert issue_record(issue(kind, seed)) == SocialIssueRecord(
        kind=kind,
        number=persona.card_number,
        card_id=persona.card_id.hex().upper(),
        historical_bytes=GENERATIONS[CardKind(kind)].historical_bytes(persona.historical_bytes),
        holder_id=persona.id_number,
        holder_name=persona.name,
        valid_until=persona.valid_until,
        social=SocialState.SEALED,
        financial=FinancialState.INACTIVE,
        received_at=persona.received_at,
        receipt_mode=ReceiptMode.IN_PERSON,
        medical=medical_base(persona),
    )


def test_generations_of_one_seed_are_told_apart_by_their_answer_to_reset():
    assert len({issue(kind, 1).atr for kind in SOCIAL_KINDS}) == len(SOCIAL_KINDS)


@pytest.mark.parametrize("kind", sorted(OLD_CARDS))
def test_old_and_new_card_of_a_seed_belong_to_the_same_holder(kind):
    old, new = issue_record(issue(kind, 5)), issue_record(issue("ssc-3.0", 5))
    assert isinstance(old, OldIssueRecord) and isinstance(new, SocialIssueRecord)
    assert (old.holder_id, old.holder_name) == (new.holder_id, new.holder_name)
    assert old.number != new.number
    assert old.old_pin == "246810"
    assert old.balance_fen == Persona.from_seed(5).opening_balance_fen
    assert set(old.medical) == {0x81, 0x84, 0x8C, 0x80, 0x8B, 0x8A, 0x83, 0x86, 0x89, 0x8F}


@pytest.mark.parametrize("version", ["1.0", "2.0", "3.0"])
def test_medical_base_fits_the_files_of_every_generation(version):
    spec = card_layout(version)[1].files[0]
    record = issue_record(issue("sle4442", 2**32 - 1))
    assert isinstance(record, OldIssueRecord)
    for tag, text in record.medical.items():
        assert len(text.encode("gbk")) <= spec.item(tag).length * (2 if spec.item(tag).type == "cn" else 1)


@pytest.mark.parametrize("kind", ["sle4442", "sle4428"])
def test_memory_card_holds_no_pin_and_only_what_its_layout_has(kind):
    card = issue(kind, 1, pin="975310")
    assert isinstance(card, MemoryCard)
    assert b"975310" not in card.contents()
    assert (Persona.from_seed(1).id_number.encode("ascii") in card.contents()) == (kind == "sle4428")
    record = issue_record(card)
    assert isinstance(record, OldIssueRecord) and record.old_pin == "975310"


def test_old_cpu_card_verifies_its_pin_under_its_own_directory():
    card = issue("old-cpu", 1)
    assert isinstance(card, ProcessorCard)
    card.power_on()
    assert send(card, SELECT_SSSE) == "6A82"
    assert send(card, "00A40000020003") == "9000"
    assert send(card, "0020000003246810") == "9000"


def psam(options: PsamOptions = PsamOptions(), seed: int = 1) -> ProcessorCard:  # noqa: B008  # frozen
    card = issue("psam", seed, psam=options)
    assert isinstance(card, ProcessorCard)
    card.power_on()
    return card


def enter(card: ProcessorCard, algorithm: Algorithm) -> str:
    name = b"sx%d" % algorithm + bytes.fromhex("2E73682EC9E7BBE1B1A3D5CF")
    answer = send(card, f"00A404000F{name.hex()}")
    return answer if not answer.endswith("9000") else send(card, "00A4040006D15600000590")


def derive(card: ProcessorCard, algorithm: Algorithm, usage: int, key_id: int, levels: int) -> str:
    path = factors("990100", Persona.from_seed(1).historical_bytes)
    data = b"".join(reversed(path[3 - levels :])) + R.ljust(algorithm.block, b"\0")
    return send(card, f"BFDE{usage:02X}{key_id:02X}{len(data):02X}{data.hex()}")


@pytest.mark.parametrize("algorithm", [Algorithm.DES, Algorithm.SM4])
@pytest.mark.parametrize(
    ("usage", "key_id", "levels"), [(0x67, 0x08, 3), (0x67, 0x0A, 3), (0x48, 0x12, 2), (0x48, 0x49, 2)]
)
def test_psam_holds_national_read_keys_and_provincial_others(algorithm, usage, key_id, levels):
    card = psam()
    assert enter(card, algorithm).endswith("9000")
    assert derive(card, algorithm, usage, key_id, levels) == "9000"


@pytest.mark.parametrize("kind", ["ssc-2.0", "ssc-3.0"])
@pytest.mark.parametrize("levels", [1, 2, 3])
def test_any_psam_computes_what_any_card_proves(kind, levels):
    algorithm = GENERATIONS[kind].algorithm
    card = psam(PsamOptions(levels={"IRK": levels}), seed=99)
    enter(card, algorithm)
    assert derive(card, algorithm, levels << 5 | 7, 0x08, levels) == "9000"
    raw = RAW.ljust(algorithm.block, b"\0")
    cipher = bytes.fromhex(send(card, f"80FA0000{len(raw):02X}{raw.hex()}")[:-4])
    folded = (
        cipher
        if algorithm is Algorithm.DES
        else bytes(a ^ b for a, b in zip(cipher[:8], cipher[8:], strict=True))
    )
    assert send(social(kind), f"0088000010{R.hex()}{RAW.hex()}08") == folded.hex().upper() + "9000"


def test_psam_without_a_key_answers_6a88():
    card = psam(PsamOptions(without=frozenset({"RKSSSE"})))
    enter(card, Algorithm.SM4)
    assert derive(card, Algorithm.SM4, 0x67, 0x0A, 3) == "6A88"


def test_psam_key_below_every_level_answers_6a80_to_each():
    card = psam(PsamOptions(levels={"IRK": 0}))
    enter(card, Algorithm.SM4)
    assert {derive(card, Algorithm.SM4, levels << 5 | 7, 0x08, levels) for levels in (1, 2, 3)} == {"6A80"}


def test_psam_without_an_environment_answers_6a82():
    card = psam(PsamOptions(environments=(Algorithm.DES,)))
    assert enter(card, Algorithm.SM4) == "6A82"
    assert enter(card, Algorithm.DES).endswith("9000")


def test_psam_tells_its_terminal_number():
    assert send(psam(PsamOptions(terminal_number="990100000042")), "00B0960006") == "9901000000429000"


def test_psam_is_no_card_of_a_holder():
    with pytest.raises(NoIssueRecordError, match="belongs to a terminal"):
        issue_record(issue("psam", 1))


@pytest.mark.parametrize("tag", [0x07, 0x08])
def test_card_without_number_or_holder_has_no_record(tag):
    contents = issue("ssc-2.0", 1).contents()
    for file in contents.directory("SSSE").files:
        file.records = [record for record in file.records if record[0] != tag]
    with pytest.raises(NoIssueRecordError, match=f"record {tag:02X} is empty"):
        issue_record(social_card("ssc-2.0", contents))


def test_issue_record_shows_no_personal_data():
    persona = Persona.from_seed(1)
    for kind in ("ssc-3.0", "sle4428"):
        shown = repr(issue_record(issue(kind, 1)))
        assert persona.id_number not in shown and persona.name not in shown and persona.old_pin not in shown


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("ssc-4.0", {}, "no kind of card; choose one of ssc-1.0"),
        ("sle4442", {"state": "expired"}, "its states: none"),
        ("ssc-3.0", {"state": "lost"}, "its states: expired, pin-blocked"),
        ("ssc-3.0", {"pin": "12"}, "a PIN has 4 to 16 digits"),
        ("sle4442", {"pin": "secret"}, "a PIN has 4 to 16 digits"),
        ("psam", {"psam": PsamOptions(without=frozenset({"XRK"}))}, "'XRK' is no key"),
        ("psam", {"psam": PsamOptions(levels={"IRK": 4})}, "0 to 3 levels"),
    ],
)
def test_impossible_order_is_refused_by_name(kind, options, message):
    with pytest.raises(IssueError, match=message):
        issue(kind, 1, **options)


def test_seed_out_of_range_is_refused():
    with pytest.raises(IssueError, match="a seed lies between"):
        issue("ssc-3.0", -1)


def test_only_social_security_cards_have_states():
    assert {kind for kind in kinds() if states(kind)} == set(SOCIAL_KINDS)
    assert {"expired", "pin-blocked"} <= set(states("ssc-3.0"))
