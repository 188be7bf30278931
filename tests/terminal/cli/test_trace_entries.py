from __future__ import annotations

import json
from datetime import datetime
from typing import Any, get_args

import pytest
from rich.cells import cell_len

from apdu.command import Command
from apdu.explain import Explainer
from apdu.layout.states import FinancialState, SocialState
from apdu.response import Response
from terminal.backoffice import bank_ports, card_ports, debit_ports, national_ports, ports
from terminal.backoffice.national_ports import Transact, Transacted
from terminal.cli.options import ALL_KINDS
from terminal.flow import purchase
from terminal.flow.dual_insert import State
from terminal.flow.operator import OperatorCancelledError, OperatorError, OperatorTimeoutError
from terminal.flow.steps import InsertCard, Role
from terminal.session import CardExchanged, CardPowered, CentreAnswered, Event, OperatorActed
from terminal.text import Pin, Text
from terminal.trace.as_json import entry_line
from terminal.trace.as_text import answered_lines, entry_lines, spoken_lines
from terminal.trace.centre import REQUEST_NAMES, centre_entry
from terminal.trace.entries import ExchangeEntry
from terminal.trace.names import CARD_NAMES, STATE_NAMES
from terminal.trace.recorder import Recorder

ID_NUMBER = "990100199003070019"
PLACE = ports.Place("990100000001", "990100000001")
HOLDER = ports.Holder(ID_NUMBER, "测试甲")
KEY = ports.CardKey("99" * 16, "A00000011")
RESERVATION = ports.ReservationView("2030010800000001", committed=True)
HSM_REQUEST = "01|990100|00814E|03|99|1111111111111111|2222222222222222|||"
SEALING = "03|990100|00814E|03|0173|1111111111111111|8424000114|"
SEALED = "8424000114" + "C1" * 16 + "01020304"
EXCHANGES = [
    (ports.SignIn(PLACE), ports.SignedIn("测试第一药店")),
    (ports.OldCardQuery(PLACE, "sle4442", "99010000000001"), ports.OldCardAnswer(HOLDER, "A00000011", 12345)),
    (
        ports.NewCardQuery(PLACE, KEY, None, "2030010800000001"),
        ports.NewCardAnswer(
            HOLDER, SocialState.SEALED, FinancialState.INACTIVE, reservation=RESERVATION, pin_tries=6
        ),
    ),
    (ports.VerifyOldPin(PLACE, KEY, Pin("918273"), "99010000000001"), ports.PinAnswer(False, 5)),
    (
        ports.Reserve(PLACE, KEY, "99010000000001"),
        ports.Reserved(RESERVATION, ports.MedicalBase({0x81: "31000000"}), FinancialState.ACTIVE),
    ),
    (
        ports.ConfirmActivation(PLACE, "2030010800000001"),
        ports.Confirmed("2030010800000001", datetime.fromisoformat("2030-01-08T10:00:00+08:00"), 12345),
    ),
    (ports.ReleaseReservation(PLACE, "2030010800000001"), ports.ReservationView("1", released=True)),
    (ports.HsmMessage(HSM_REQUEST), "11111111111111112222222222222222||"),
    (ports.HsmMessage(f"{SEALING}|", Pin("918273")), f"{SEALED}|"),
    (ports.HsmMessage(f"{SEALING}918273|"), f"{SEALED}|"),
    (
        Transact(
            "1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": ID_NUMBER, "certno": ID_NUMBER}}
        ),
        Transacted(
            "1101", {"baseinfo": {"psn_no": "9", "certno": ID_NUMBER}, "insuinfo": [{"balc": "12.34"}]}
        ),
    ),
    (
        Transact("2601", {"data": {"psn_no": "9", "omsgid": "1" * 30, "oinfno": "2102"}}, "2" * 30),
        Transacted("2101", {"setlinfo": {"acct_pay": 12.34}}),
    ),
]


def test_every_state_of_a_flow_has_a_name() -> None:
    assert set(STATE_NAMES) == {state.name for state in (*State, *purchase.State)}


def test_every_kind_of_card_has_a_name() -> None:
    assert set(ALL_KINDS) <= set(CARD_NAMES)


def test_every_request_to_the_back_office_has_a_name() -> None:
    modules = (ports, bank_ports, card_ports, debit_ports, national_ports)
    names = {name: value for module in modules for name, value in vars(module).items()}
    asked = set(get_args(eval(ports.Request, names)))
    assert set(REQUEST_NAMES) == asked - {Transact}, "a transaction of the interface has its own name"


@pytest.mark.parametrize(("request_", "answer"), EXCHANGES, ids=lambda value: type(value).__name__)
def test_centre_messages_are_told_without_secrets(request_: Any, answer: Any) -> None:
    entry = centre_entry(request_, answer)
    told = entry_line(entry) + "".join(line.plain for line in entry_lines(entry))
    assert entry.sent
    assert entry.answer
    assert ID_NUMBER not in told
    assert "918273" not in told and "C1C1" not in told


def test_the_medical_base_data_are_named_by_their_items() -> None:
    entry = centre_entry(*EXCHANGES[4])
    (value,) = [value for value in entry.answer if value.key == "medical_81"]
    assert value.text.en == "Medical insurance kind and flags"
    assert value.value.startswith("31000000 (Basic medical insurance of employees")


def test_a_refusal_carries_code_rule_and_both_languages() -> None:
    refusal = ports.Refusal(ports.RefusalCode.LOST, "R41", Text("The card is lost.", "卡已挂失。"))
    told = json.loads(entry_line(centre_entry(EXCHANGES[2][0], ports.RefusedError(refusal))))
    assert told["answer"] is None
    assert told["refusal"] == {
        "code": "card-lost",
        "rule": "R41",
        "en": "The card is lost.",
        "zh": "卡已挂失。",
    }


def test_a_silent_centre_is_told_as_a_failure() -> None:
    entry = centre_entry(EXCHANGES[0][0], ports.UnreachableError("the request was lost"))
    assert json.loads(entry_line(entry))["failure"] == "the back office does not answer: the request was lost"
    assert any("does not answer" in line.plain for line in entry_lines(entry))


def recorded(*events: Event, slots: dict[str, str | None] | None = None) -> list[Any]:
    entries = []
    recorder = Recorder(
        entries.append, lambda: slots or {"old": None, "new": "ssc-3.0", "psam": None}, 0xEF0C
    )
    for event in events:
        recorder(event)
    return entries


def test_each_card_is_explained_from_its_own_power_on() -> None:
    powered = CardPowered(Role.NEW, "reader", bytes.fromhex("3B00"))
    select = CardExchanged(Role.NEW, Command(0, 0xA4, 2, 0, b"\xef\x05"), Response(b"", 0x9000))
    entries = recorded(powered, select, powered, select)
    assert [entry.number for entry in entries if isinstance(entry, ExchangeEntry)] == [1, 2]
    assert entries[0].kind == "ssc-3.0"


def test_one_reader_for_both_cards_is_followed_as_well() -> None:
    powered = CardPowered(Role.OLD, "reader", bytes.fromhex("3B00"))
    assert recorded(powered, slots={"reader": "sle4442", "psam": None})[0].kind == "sle4442"


@pytest.mark.parametrize(
    ("failure", "result", "words"),
    [
        (None, "done", "inserts the card"),
        (OperatorCancelledError("x"), "cancelled", "cancels"),
        (OperatorTimeoutError("x"), "timed-out", "does nothing"),
    ],
)
def test_what_the_operator_did_is_told(failure: OperatorError | None, result: str, words: str) -> None:
    (entry,) = recorded(OperatorActed(InsertCard(Role.OLD, Text("Insert.", "请插卡。")), failure))
    assert entry.result == result
    assert any(words in line.plain for line in spoken_lines(entry))
    assert not any("Insert." in line.plain for line in answered_lines(entry))


def test_a_centre_exchange_is_recorded_as_it_happened() -> None:
    (entry,) = recorded(CentreAnswered(*EXCHANGES[0]))
    assert entry.request == "SignIn"


@pytest.mark.parametrize(
    "command",
    [
        Command(0, 0xA4, 4, 0, bytes(range(16)), 256),
        Command(0, 0xDC, 1, 0, bytes(200)),
        Command(0x99, 0x99, 0, 0, bytes(100), 256),
    ],
)
def test_any_exchange_fits_80_columns(command: Command) -> None:
    for response in (Response(bytes(range(250)), 0x9000), Response(b"", 0x6982), Response(b"", 0x6FFF)):
        entry = ExchangeEntry(1, "new", Explainer("ssc-3.0").explain(command, response))
        assert max(cell_len(line.plain) for line in entry_lines(entry)) <= 80
