"""A driver over virtual slots, and the centre's key machine where a test's caller would ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from apdu.command import Command
from apdu.layout.states import SocialState
from terminal.backoffice.office import Office
from terminal.backoffice.ports import BackOffice, HsmMessage
from terminal.backoffice.profile import load_profile as load_region
from terminal.driver.driver import SSCardDriver
from terminal.driver.events import Event
from terminal.driver.keypad import Entry, ScriptedKeypad
from terminal.driver.ports import Answer, Argument, Device
from terminal.driver.profile import Profile, load_profile
from terminal.enrol import Standing, enrol_card
from terminal.flow.steps import Role
from terminal.session import CardExchanged
from terminal.transport.base import Reader
from terminal.transport.virtual import VirtualReader
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.issuer import PsamOptions, SocialOptions, issue
from virtual_card.slot import Slot
from virtual_card.state import Purse

NOW = datetime.fromisoformat("2030-01-08T10:00:00+08:00")
PIN, OTHER_PIN, WRONG_PIN = "123456", "246810", "000000"
VERSIONS = ("1.0", "2.0", "3.0")
DEVICE = "READER-0001"
PSAM = PsamOptions()


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def card_of(version: str = "3.0", seed: int = 1, **options: Any) -> VirtualCard:
    """A social security card with a medical purse."""
    social = SocialOptions(**{"purse": Purse(balance=10_000), **options.pop("social", {})})
    return issue(f"ssc-{version}", seed, social=social, random=Random(seed).randbytes, **options)


@dataclass
class DriverBench:
    """One driver with three slots; `psam` None leaves the PSAM's slot empty, `sam_slot` False leaves it out."""

    card: VirtualCard | None = None
    psam: PsamOptions | None = PSAM
    sam_slot: bool = True
    entries: Iterable[Entry] = ()
    profile: Profile = field(default_factory=load_profile)
    hsm: BackOffice | None = None
    idle_limit_s: float = 120.0
    clock: Callable[[], float] = field(default_factory=Clock)
    wrap: Callable[[str, Reader], Reader] = lambda role, reader: reader

    def __post_init__(self) -> None:
        self.contact, self.contactless, self.sam = Slot("contact"), Slot("contactless"), Slot("sam")
        if self.card is not None:
            self.contact.insert(self.card)
        if self.psam is not None:
            self.sam.insert(issue("psam", 1, psam=self.psam, random=Random(7).randbytes))
        self.keypad = ScriptedKeypad(self.entries)
        self.events: list[Event] = []
        sam = self.wrap("psam", VirtualReader(self.sam)) if self.sam_slot else None
        device = Device(
            self.wrap("contact", VirtualReader(self.contact)),
            self.wrap("contactless", VirtualReader(self.contactless)),
            sam,
            DEVICE,
        )
        self.driver = SSCardDriver(
            device,
            self.keypad,
            self.profile,
            random=Random(3).randbytes,
            now=lambda: NOW,
            hsm=self.hsm,
            listener=self.events.append,
            idle_limit_s=self.idle_limit_s,
            clock=self.clock,
        )

    def call(self, name: str, *arguments: Argument, caller: object = None) -> Answer:
        """Call a function; what every answer has to keep is judged here."""
        answer = self.driver.call(name, arguments, caller)
        assert answer.code <= 0
        assert answer.text or answer.code == 0
        if self.driver.pending is None:
            assert not self.powered
        return answer

    def done(self, name: str, *arguments: Argument) -> str:
        """The output of a function that has to succeed."""
        answer = self.call(name, *arguments)
        assert answer.code == 0, answer.text
        return answer.text

    def code(self, name: str, *arguments: Argument) -> int:
        """The code of a function that has to fail."""
        answer = self.call(name, *arguments)
        assert answer.code < 0, answer.text
        return answer.code

    @property
    def powered(self) -> bool:
        """Whether any slot has a live connection."""
        return any(slot._connection is not None for slot in (self.contact, self.contactless, self.sam))

    @property
    def info(self) -> str:
        """The pCardInfo of the card, as a caller caches it."""
        fields = self.done("iReadCardBas_HSM_Step1", 3).split("|")
        self.driver.hang_up(None)
        return f"{fields[3]}|A00000011|"

    def sent(self, role: Role = Role.NEW) -> list[Command]:
        """The commands to a card since the last call of this."""
        commands = [
            event.command for event in self.events if isinstance(event, CardExchanged) and event.role is role
        ]
        self.events.clear()
        return commands


class Centre:
    """A centre that knows cards as normal ones; computes what a caller sends it between two steps."""

    def __init__(self, *cards: VirtualCard) -> None:
        self.office = Office.open(":memory:", load_region("default"), lambda: NOW, random=Random(5).randbytes)
        for card in cards:
            enrol_card(self.office, card, standing=Standing(state=SocialState.NORMAL))

    def base(self, step1: str) -> str:
        """pKey of base read step 2 from the output of step 1."""
        return self.ask(f"01|{step1}")

    def authentication(self, base: str, step1: str) -> str:
        """pKey of step 2 from the base data and the output of step 1."""
        return self.ask(f"02|{self._chip(base)}|{step1}")

    def secure_message(self, base: str, step2: str) -> str:
        """pKey of step 3 from the base data and the output of step 2."""
        return self.ask(f"03|{self._chip(base)}|{step2}")

    def debit(self, base: str, step1: str, sequence: str = "00000001") -> str:
        """The centre's five fields from the base data and the output of debit step 1."""
        return self.ask(f"04|{self._chip(base)}|{sequence}|{step1}")

    def ask(self, message: str) -> str:
        """The key machine's answer."""
        answer = self.office.call(HsmMessage(message))
        assert isinstance(answer, str)
        return answer

    @staticmethod
    def _chip(base: str) -> str:
        fields = base.split("|")
        return f"{fields[0]}|{fields[5]}"


def tries_of(card: VirtualCard | None) -> int:
    """The tries left for the PIN, as the card keeps them."""
    assert isinstance(card, ProcessorCard)
    return card.pin_tries
