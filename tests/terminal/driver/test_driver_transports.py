"""The driver does on a tape and over PC/SC what it does in a virtual slot."""

from __future__ import annotations

from contextlib import ExitStack, nullcontext
from itertools import count
from pathlib import Path
from random import Random

from driver_bench import NOW, PIN, Centre, card_of

from terminal.driver.driver import SSCardDriver
from terminal.driver.keypad import ScriptedKeypad
from terminal.driver.ports import Answer, Device
from terminal.driver.profile import load_profile
from terminal.readers import open_reader
from terminal.testing.pcsc_daemon import PcscDaemon
from terminal.trace.tape import read_tape
from terminal.trace.tape_deck import Deck
from terminal.trace.tape_decks import record_tape, replay_tape
from terminal.transport.base import CardResetError, Connection, Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.issuer import issue
from virtual_card.slot import Slot


def session(contact: Reader, sam: Reader, centre: Centre) -> list[Answer]:
    """What a shop does in a morning."""
    driver = SSCardDriver(
        Device(contact, None, sam),
        ScriptedKeypad([PIN, PIN]),
        load_profile(),
        random=Random(1).randbytes,
        now=lambda: NOW,
        hsm=centre.office,
    )
    base = driver.call("iReadCardBas", [1])
    fields = base.text.split("|")
    info = f"{fields[3]}|{fields[2]}|"
    return [
        base,
        driver.call("iReadCard", [1, 2, info, "DF04EF05|81|84|$DF04EF06|90|$"]),
        driver.call("iVerifyPIN", [1]),
        driver.call("iReadCardBas_HSM_Step1To2", [1]),
        driver.call("iReadCardBas", [9]),
    ]


def test_a_replayed_tape_gives_the_answers_that_were_recorded(tmp_path: Path) -> None:
    card = card_of("2.0")
    contact, sam = Slot("contact"), Slot("sam")
    contact.insert(card)
    sam.insert(issue("psam", 1))

    def on(deck: Deck) -> list[Answer]:
        with ExitStack() as stack:
            readers = [
                stack.enter_context(
                    deck.reader(role, "", lambda slot=slot: nullcontext(VirtualReader(slot)))  # type: ignore[misc]
                )
                for role, slot in (("new", contact), ("psam", sam))
            ]
            return session(*readers, Centre(card))

    path = tmp_path / "driver.tape"
    with record_tape(path, NOW, elapsed_s=lambda: 0.0) as recording:
        recorded = on(recording)
    assert [answer.code for answer in recorded] == [0, 0, 0, 0, -14]
    assert PIN not in path.read_text(encoding="utf-8")
    with replay_tape(read_tape(path)) as replaying:
        replayed = on(replaying)
    shapes = [
        [(answer.code, answer.text.count("|")) for answer in answers] for answers in (recorded, replayed)
    ]
    assert shapes[0] == shapes[1]


class ResetElsewhere:
    """A reader whose card another program resets before its third command."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = reader.name
        self.card_present, self.wait = reader.card_present, reader.wait

    def connect(self) -> Connection:
        connection = self._reader.connect()
        transmit, sent = connection.transmit, count(1)

        def broken(apdu: bytes) -> bytes:
            if next(sent) == 3:
                raise CardResetError("another program reset the card")
            return transmit(apdu)

        connection.transmit = broken  # type: ignore[method-assign]
        return connection


def test_a_card_that_another_program_reset_is_so_on_the_tape_too(tmp_path: Path) -> None:
    slot = Slot("contact")
    slot.insert(card_of("2.0"))

    def on(deck: Deck) -> Answer:
        with deck.reader("new", "", lambda: nullcontext(ResetElsewhere(VirtualReader(slot)))) as reader:
            driver = SSCardDriver(Device(reader, None, None), ScriptedKeypad([PIN]), load_profile())
            return driver.call("iVerifyPIN", [1])

    path = tmp_path / "driver.tape"
    with record_tape(path, NOW, elapsed_s=lambda: 0.0) as recording:
        live = on(recording)
    with replay_tape(read_tape(path)) as replaying:
        assert on(replaying) == live
    assert (live.code, "reset the card" in live.text) == (-3, True)


def test_pcsc_readers_serve_the_same_session(ssc_pcscd: PcscDaemon) -> None:
    card = card_of("3.0")
    ssc_pcscd.insert("new card", card)
    ssc_pcscd.insert("PSAM", issue("psam", 1))
    with ExitStack() as stack:
        contact, sam = (
            stack.enter_context(open_reader(f"pcsc:{ssc_pcscd.readers[name]}"))
            for name in ("new card", "PSAM")
        )
        answers = session(contact, sam, Centre(card))
    assert [answer.code for answer in answers] == [0, 0, 0, 0, -14]
    assert answers[3].text == answers[0].text
