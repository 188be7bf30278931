"""A bank card as the specification prints one, and a desk that sends it commands and knows its issuer's keys."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from card_samples import SELECT_SSSE, sample_contents

from apdu.bank_keys import TEST_MASTER_KEYS, BankKeys
from apdu.crypto import pboc
from apdu.crypto.algorithm import Algorithm
from virtual_card.applications.pboc.contents import BankBehaviour, BankContents
from virtual_card.applications.pboc.options import Activation, BankOptions
from virtual_card.applications.pboc.personalisation import Account, bank_contents
from virtual_card.applications.social import social_card
from virtual_card.card import ProcessorCard
from virtual_card.nonvolatile import Cell
from virtual_card.state import Face

__all__ = ["ACCOUNT", "DEBIT", "PPSE", "PSE", "SELECT_SSSE", "Desk", "bank", "bank_card", "desk"]

NUMBER = "6212345678900000003"
ACCOUNT = Account(NUMBER, date(2025, 1, 1), date(2030, 12, 31))
PSE = "00A404000E315041592E5359532E4444463031"
PPSE = "00A404000E325041592E5359532E4444463031"
DEBIT = "00A4040008A000000333010101"
TERMINAL = bytes.fromhex("000000001234000000000000015600000080000156261121001A2B3C4D")
"""Amount, other amount, country, TVR, currency, date, type, unpredictable number."""

TIME, MERCHANT = bytes.fromhex("120000"), b"TEST SHOP".ljust(20)
TVR_AT = 14


def bank(
    activation: Activation = Activation.HOST_INACTIVE,
    *,
    behaviour: BankBehaviour | None = None,
    **options: object,
) -> BankContents:
    """The bank's side of the specification's card."""
    chosen = replace(BankOptions(behaviour=behaviour or BankBehaviour()), **options)  # type: ignore[arg-type]
    return bank_contents(ACCOUNT, chosen, activation)


def bank_card(contents: BankContents | None = None, face: Face = "T=0") -> ProcessorCard:
    """A chip with the sample social side and this bank's side, powered."""
    whole = sample_contents()
    whole.bank = contents or bank()
    card = social_card("ssc-3.0", whole, random=random.Random(7).randbytes, face=face)
    card.strict = True
    card.power_on()
    return card


class Desk:
    """A bank's terminal with the issuer behind it."""

    def __init__(self, card: ProcessorCard, *, algorithm: Algorithm = Algorithm.DES) -> None:
        self.card = card
        self.algorithm = algorithm
        self.keys = TEST_MASTER_KEYS.of_card(algorithm, NUMBER, "01")
        self.counter = b"\0\0"
        self.request = bytes(8)
        self.answer = b""

    def __call__(self, command: str) -> str:
        """Send one command, finish it over T=0; returns data and status word in hex."""
        return self.send(bytes.fromhex(command)).hex().upper()

    def send(self, raw: bytes) -> bytes:
        """The same in bytes; a warning without data is followed by GET RESPONSE, its word comes last."""
        answer, data = self.card.transmit(raw), b""
        warning = b""
        while True:
            if answer[-2] == 0x6C:
                raw = raw[:4] + answer[-1:] if len(raw) == 5 else raw[:-1] + answer[-1:]
                answer = self.card.transmit(raw)
                continue
            data += answer[:-2]
            if answer == b"\x62\x83":
                warning, raw = answer, b"\x00\xc0\0\0\0"
            elif answer[-2] == 0x61:
                raw = b"\x00\xc0\0\0" + answer[-1:]
            else:
                return data + (warning or answer[-2:])
            answer = self.card.transmit(raw)

    def word(self, command: str) -> str:
        """The status word alone."""
        return self(command)[-4:]

    def begin(self) -> str:
        """SELECT and GPO; the status word of GPO."""
        self(DEBIT)
        return self.options()

    def options(self) -> str:
        """GPO with the data the card asks for."""
        supported = "01" if self.algorithm is Algorithm.SM4 else "00"
        answer = self("80A800000C830A" + "00" + TERMINAL[:6].hex() + "0156" + supported + "00")
        self.counter = (int.from_bytes(self.counter_now(), "big")).to_bytes(2, "big")
        return answer[-4:]

    def counter_now(self) -> bytes:
        """What GET DATA says of the ATC."""
        return self.send(bytes.fromhex("80CA9F3600"))[3:5]

    def first(self, kind: int = 0x80, terminal: bytes = TERMINAL) -> str:
        """The first GENERATE AC; CVR or, where it was refused, the status word."""
        self.answer = self.send(bytes((0x80, 0xAE, kind, 0, 52)) + terminal + TIME + MERCHANT + b"\0")
        if len(self.answer) == 2:
            return self.answer.hex().upper()
        self.request = self.answer[5:13]
        return self.results

    def second(self, kind: int = 0x40, code: bytes = b"00", terminal: bytes = TERMINAL) -> str:
        """The second GENERATE AC; CVR or status word."""
        self.answer = self.send(bytes((0x80, 0xAE, kind, 0, 34)) + code + terminal + TIME + b"\0")
        return self.results if len(self.answer) > 2 else self.answer.hex().upper()

    @property
    def kind(self) -> int:
        """The cryptogram the card gave last: 00, 40 or 80."""
        return self.answer[2]

    @property
    def results(self) -> str:
        """The card verification results in the last cryptogram's answer."""
        return self.answer[16:20].hex().upper()

    @property
    def session(self) -> BankKeys:
        """The session keys of this transaction."""
        return BankKeys(
            *(
                pboc.transaction_key(self.algorithm, key, self.counter)
                for key in (self.keys.cryptogram, self.keys.encryption, self.keys.mac)
            )
        )

    def authenticate(self, code: bytes = b"00", *, right: bool = True) -> str:
        """EXTERNAL AUTHENTICATE with the issuer's proof; its status word."""
        proof = pboc.response_cryptogram(self.algorithm, self.session.cryptogram, self.request, code)
        return self.word("008200000A" + (proof if right else bytes(8)).hex() + code.hex())

    def script(self, header: str, data: bytes = b"", *, mac_length: int = 4, wrong: bool = False) -> str:
        """One script command under its MAC; its status word."""
        head = bytes.fromhex(header)
        length = len(data) + mac_length
        mac = pboc.script_mac(
            self.algorithm,
            self.session.mac,
            header=head,
            length=length,
            counter=self.counter,
            request=self.request,
            data=data,
        )
        mac = (mac + b"\0" * 8)[:mac_length]
        if wrong:
            mac = bytes((mac[0] ^ 1,)) + mac[1:]
        return self.send(head + bytes((length,)) + data + mac).hex().upper()

    def change_pin(self, new: str, current: str | None = None, *, mask: bytes | None = None) -> str:
        """PIN CHANGE, knowing the current PIN or not."""
        block = pboc.change_block(mask or self.keys.encryption, new, current)
        data = pboc.encrypt_script(self.algorithm, self.session.encryption, block)
        return self.script("84240002" if current is None else "84240001", data)

    def online(self) -> str:
        """A whole transaction approved online; the second CVR."""
        self.begin()
        self.first()
        assert self.authenticate() == "9000"
        return self.second()


def desk(
    contents: BankContents | None = None, face: Face = "T=0", algorithm: Algorithm = Algorithm.DES
) -> Desk:
    """A desk with a powered card."""
    return Desk(bank_card(contents, face), algorithm=algorithm)


def cells(card: ProcessorCard, *, of_bank: bool) -> dict[str, Cell]:
    """What one side of the card keeps."""
    pairs = zip(card.memory.names, card.memory.cells, strict=True)
    return {name: cell[:] for name, cell in pairs if name.startswith("bank/") is of_bank}
