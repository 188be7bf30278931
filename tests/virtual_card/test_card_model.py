"""The card against a small model of itself: selection, PIN, keys and records, in every order hypothesis thinks of.

The model is written from the standard's sentences, not from the engine: a dictionary of what is selected, verified,
authenticated and stored, and the status word that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from card_samples import RAW, key_value, sample_card, sample_contents
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from apdu.crypto import Algorithm, authentication_data, session_key
from virtual_card.card import ProcessorCard

PIN, WRONG = "123456", "998877"
NAMES = {
    "SSSE": sample_contents().directory("SSSE").df_name,
    "DF03": b"\xd1\x56\0\0\x05\x02",
    "DF04": b"\xd1\x56\0\0\x05\x03",
}
KEYS = {
    "RKSSSE": ("SSSE", 0x0A),
    "UKSSSE": ("SSSE", 0x04),
    "RK1DF03": ("DF03", 0x84),
    "RK1DF04": ("DF04", 0x84),
    "UK1DF04": ("DF04", 0x85),
}
"""Where each key of the sample card lives, and its reference."""

FILES: dict[tuple[str, int], tuple[list[set[str]], list[set[str]]]] = {
    ("SSSE", 0x05): ([set()], [{"UKSSSE"}]),
    ("SSSE", 0x06): ([{"RKSSSE"}], [{"UKSSSE"}]),
    ("SSSE", 0x09): ([set()], [set()]),
    ("DF03", 0x05): ([{"RK1DF03"}], []),
    ("DF04", 0x05): ([{"PIN"}], [{"UK1DF04"}]),
    ("DF04", 0x06): ([{"PIN", "RK1DF04"}], [set()]),
    ("DF04", 0x0A): ([], []),
}
"""What must have been proved to read and to update each record file."""

TRIES, KEY_TRIES = 6, 3


@dataclass
class Model:
    """What the card should know; `records` by directory and SFI."""

    records: dict[tuple[str, int], list[bytes]]
    directory: str = "SSSE"
    met: set[str] = field(default_factory=set)
    pin: str = PIN
    tries: int = TRIES
    key_tries: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KEYS, KEY_TRIES))
    challenge: bool = False

    def enter(self, directory: str) -> None:
        if directory != self.directory:
            self.met = {one for one in self.met if one == "PIN" or KEYS[one][0] in (directory, "SSSE")}
            self.challenge = False
        self.directory = directory

    def compare(self, pin: str) -> str | None:
        """None where the PIN is right, else the status word."""
        if not self.tries:
            return "6983"
        if pin == self.pin:
            self.tries = TRIES
            return None
        self.tries -= 1
        return f"63C{self.tries:X}"

    def access(self, sfi: int, right: int) -> str | None:
        """None where the file of the current directory may be read (0) or updated (1), else the status word."""
        rules = FILES.get((self.directory, sfi))
        if rules is None:
            return "6A82"
        return None if any(terms <= self.met for terms in rules[right]) else "6982"


class CardAgainstModel(RuleBasedStateMachine):
    """One card, powered, and its model."""

    @initialize(algorithm=st.sampled_from([Algorithm.DES, Algorithm.SM4]))
    def power(self, algorithm: Algorithm) -> None:
        self.algorithm = algorithm
        contents = sample_contents(algorithm)
        self.card: ProcessorCard = sample_card(contents)
        self.card.power_on()
        records = {
            (entry.name, file.fid & 0x1F): list(file.records)
            for entry in contents.directories
            for file in entry.files
            if file.structure != "TRANSPARENT"
        }
        self.model = Model(records)

    def send(self, apdu: str) -> tuple[bytes, str]:
        answer = self.card.transmit(bytes.fromhex(apdu))
        return answer[:-2], answer[-2:].hex().upper()

    @rule(directory=st.sampled_from(sorted(NAMES)))
    def select(self, directory: str) -> None:
        name = NAMES[directory]
        _, word = self.send(f"00A40400{len(name):02X}{name.hex()}")
        self.model.enter(directory)
        assert word[:2] == "61"

    @rule()
    def select_what_is_not_there(self) -> None:
        assert self.send("00A4040006D156000005FF")[1] == "6A82"

    @rule(warm=st.booleans())
    def reset(self, warm: bool) -> None:
        if not warm:
            self.card.power_off()
        self.card.power_on()
        self.model.directory, self.model.challenge = "SSSE", False
        self.model.met.clear()

    @rule(right=st.booleans())
    def verify(self, right: bool) -> None:
        pin = self.model.pin if right else WRONG
        word = self.send(f"0020000003{pin}")[1]
        blocked = not self.model.tries
        expected = self.model.compare(pin)
        if not blocked:
            (self.model.met.discard if expected else self.model.met.add)("PIN")
        assert word == (expected or "9000")

    @rule(right=st.booleans(), new=st.sampled_from([PIN, "654321"]))
    def change_pin(self, right: bool, new: str) -> None:
        current = self.model.pin if right else WRONG
        word = self.send(f"805E010007{current}FF{new}")[1]
        expected = self.model.compare(current)
        if expected is None:
            self.model.pin = new
        assert word == (expected or "9000")

    @rule()
    def ask_for_the_tries(self) -> None:
        assert self.send("0020000000")[1] in (f"63C{self.model.tries:X}", "6983")

    @rule(name=st.sampled_from(sorted(KEYS)), right=st.booleans(), fresh=st.booleans())
    def authenticate(self, name: str, right: bool, fresh: bool) -> None:
        challenge = self.send("0084000008")[0] if fresh else b""
        self.model.challenge = fresh or self.model.challenge
        session = session_key(self.algorithm, key_value(name), challenge or bytes(8))
        proof = authentication_data(self.algorithm, session, RAW)
        proof = proof if right and fresh else bytes((proof[0] ^ 1,)) + proof[1:]
        word = self.send(f"008200{KEYS[name][1]:02X}10{(proof + RAW).hex()}")[1]
        assert word == self._authenticated(self._key_at(KEYS[name][1]), name, right and fresh)

    @rule(elsewhere=st.sampled_from(sorted(NAMES)))
    def prove_a_key_leave_and_come_back(self, elsewhere: str) -> None:
        here = self.model.directory
        for name, (owner, _) in KEYS.items():
            if owner == here:
                self.authenticate(name, True, True)
        self.select(elsewhere)
        self.select(here)
        for sfi in (0x05, 0x06):
            self.read_record(sfi, 1)

    def _key_at(self, reference: int) -> str | None:
        here = ("SSSE",) if reference < 0x80 else (self.model.directory,)
        return next(
            (name for name, place in KEYS.items() if place[0] in here and place[1] == reference), None
        )

    def _authenticated(self, found: str | None, proved: str, right: bool) -> str:
        """The status word of EXTERNAL AUTHENTICATION, and what it leaves behind."""
        model = self.model
        if found is not None and not model.key_tries[found]:
            return "6983"
        if not model.challenge:
            return "6984"
        if found is None:
            return "6A88"
        model.challenge = False
        if found == proved and right:
            model.met.add(found)
            model.key_tries[found] = KEY_TRIES
            return "9000"
        model.met.discard(found)
        model.key_tries[found] -= 1
        return f"63C{model.key_tries[found]:X}"

    @rule(sfi=st.sampled_from([0x05, 0x06, 0x09, 0x0A]), number=st.integers(1, 5))
    def read_record(self, sfi: int, number: int) -> None:
        records = self.model.records.get((self.model.directory, sfi), [])
        expected = self.model.access(sfi, 0)
        length = len(records[number - 1]) if number <= len(records) else 0
        data, word = self.send(f"00B2{number:02X}{sfi << 3 | 4:02X}{length:02X}")
        if expected is None and not length:
            expected = "6A83"
        assert word == (expected or "9000")
        assert data == (b"" if expected else records[number - 1])

    @rule(
        sfi=st.sampled_from([0x05, 0x09]), number=st.integers(1, 6), value=st.binary(min_size=1, max_size=4)
    )
    def update_record(self, sfi: int, number: int, value: bytes) -> None:
        record = bytes((0x7A, len(value))) + value
        word = self.send(f"00DC{number:02X}{sfi << 3 | 4:02X}{len(record):02X}{record.hex()}")[1]
        expected = self.model.access(sfi, 1)
        if expected is None:
            records = self.model.records[self.model.directory, sfi]
            if number > len(records) + 1:
                expected = "6A83"
            else:
                records[number - 1 : number] = [record]
        assert word == (expected or "9000")

    @invariant()
    def the_card_holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "card"):
            return
        contents = self.card.contents()
        assert (contents.pin.hex(), contents.pin_tries) == (self.model.pin, self.model.tries)
        for (directory, sfi), records in self.model.records.items():
            assert contents.directory(directory).file(0xEF00 | sfi).records == records
        tries = {key.name: key.tries_left for entry in contents.directories for key in entry.keys}
        assert {name: tries[name] for name in KEYS} == self.model.key_tries


TestCardAgainstModel = CardAgainstModel.TestCase
TestCardAgainstModel.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
