"""Purse, bank and PKI application against small models of themselves, in every order hypothesis thinks of.

Each model is written from the standard's sentences: what is selected, proved and begun, what is held, and the status
word that follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from unittest.mock import patch

from bank_samples import DEBIT as SELECT_DEBIT
from bank_samples import SELECT_SSSE, Desk, bank, desk
from card_samples import send
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from pki_samples import (
    ADMINISTRATOR_PIN,
    ASK,
    BY_NAME,
    ENVIRONMENT,
    GENERATE,
    PAIR,
    USER_PIN,
    Kiosk,
    kiosk,
    pin_key,
)
from vector_cards import DES, SELECT_DF03, SELECT_DF04, TERMINAL, VERIFY, draws, one_key_card

from apdu import purse
from apdu.purse import Amounts
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import TEST_MASTER_KEY
from virtual_card.state import Purse

RANDOM = "DEADBEEF"
TIME = "20300115093000"
YEAR = "2030"
OFTEN = settings(max_examples=40, stateful_step_count=30, deadline=None)


@dataclass
class PurseModel:
    """What the purse should hold, the records of EF08, and the transaction that is open."""

    held: Purse = field(default_factory=lambda: Purse(balance=1_000))
    log: list[tuple[int, int, int]] = field(default_factory=list)
    begun: tuple[int, Amounts] | None = None
    here: bool = False
    verified: bool = False

    def refusal(self) -> str | None:
        """Why no transaction can be begun now."""
        if not self.here:
            return "6A81"
        return None if self.verified else "6982"

    def load(self, fen: int) -> None:
        number = self.held.load_number
        self.held = purse_after(self.held, balance=self.held.balance + fen, load_number=number + 1)
        self.log.insert(0, (number, 0x31, fen))

    def pay(self, amounts: Amounts) -> None:
        held, same = self.held, self.held.year == YEAR
        self.log.insert(0, (held.purchase_number, 0x32, amounts.account))
        self.held = purse_after(
            held,
            balance=held.balance - amounts.account,
            self_paid=amounts.self_paid + (held.self_paid if same else 0),
            pool=amounts.pool + (held.pool if same else 0),
            purchase_number=held.purchase_number + 1,
            year=YEAR,
        )


def purse_after(held: Purse, **changes: object) -> Purse:
    """The purse with these fields changed; its proof is compared nowhere."""
    values = {name: getattr(held, name) for name in Purse.__slots__}
    return Purse(**(values | changes | {"proof": b""}))  # type: ignore[arg-type]


class PurseAgainstModel(RuleBasedStateMachine):
    """Loads and purchases, begun, spoiled, interrupted and finished."""

    @initialize()
    def power(self) -> None:
        self.model = PurseModel()
        self.card = one_key_card(DES, self.model.held)
        draws(self.card, RANDOM)

    def settle(self, kind: int, command: str, spoiled: bool) -> str:
        """Send CREDIT or DEBIT; the status word after its answer was fetched."""
        body = command[:-2] + f"{int(command[-2:], 16) ^ spoiled:02X}"
        answer = send(self.card, body)
        return send(self.card, f"00C00000{answer[2:]}")[-4:] if answer[:2] == "61" else answer

    def expected(self, kind: int, spoiled: bool) -> str:
        begun, self.model.begun = self.model.begun, None
        if not self.model.here:
            return "6A81"
        if begun is None or begun[0] != kind:
            return "6901"
        if spoiled:
            return "9302"
        if kind == 0x31:
            self.model.load(begun[1].account)
        else:
            self.model.pay(begun[1])
        return "9000"

    @rule(there=st.booleans())
    def select(self, there: bool) -> None:
        assert send(self.card, SELECT_DF04 if there else SELECT_DF03)[:2] == "61"
        self.model.here, self.model.begun = there, None

    @rule()
    def verify(self) -> None:
        assert send(self.card, VERIFY) == "9000"
        self.model.verified, self.model.begun = True, None

    @rule()
    def reset(self) -> None:
        self.card.power_on()
        self.model.here = self.model.verified = False
        self.model.begun = None

    @rule()
    def interrupt(self) -> None:
        assert send(self.card, "0084000004").endswith("9000")
        self.model.begun = None

    @rule(fen=st.sampled_from([0, 1, 700]))
    def begin_load(self, fen: int) -> None:
        word = send(self.card, f"B02800010B01{fen:08X}{TERMINAL}")
        refusal = self.model.refusal()
        self.model.begun = None if refusal else (0x31, Amounts(fen))
        assert word == (refusal or "6110")

    @rule(fen=st.sampled_from([0, 1, 600, 5_000]), own=st.integers(0, 3), pool=st.integers(0, 3))
    def begin_purchase(self, fen: int, own: int, pool: int) -> None:
        amounts = Amounts(fen, own, pool)
        word = send(self.card, f"B02801011301{amounts.encode().hex()}{TERMINAL}")
        refusal = self.model.refusal() or ("9401" if fen > self.model.held.balance else None)
        self.model.begun = None if refusal else (0x32, amounts)
        assert word == (refusal or "6116")

    @rule(spoiled=st.booleans())
    def credit(self, spoiled: bool) -> None:
        fen = self.model.begun[1].account if self.model.begun else 0
        session = purse.load_session(
            DES, self._key("DLK"), bytes.fromhex(RANDOM), self.model.held.load_number
        )
        mac2 = purse.load_mac2(DES, session, fen, bytes.fromhex(TERMINAL), bytes.fromhex(TIME))
        word = self.settle(0x31, f"B02A00000B{TIME}{mac2.hex()}", spoiled)
        assert word == self.expected(0x31, spoiled)

    @rule(spoiled=st.booleans())
    def debit(self, spoiled: bool) -> None:
        amounts = self.model.begun[1] if self.model.begun else Amounts(0)
        number = self.model.held.purchase_number
        session = purse.purchase_session(DES, self._key("DPK"), bytes.fromhex(RANDOM), number, bytes(4))
        mac1 = purse.purchase_mac1(DES, session, amounts, bytes.fromhex(TERMINAL), bytes.fromhex(TIME))
        word = self.settle(0x32, f"B02C01000F00000000{TIME}{mac1.hex()}", spoiled)
        assert word == self.expected(0x32, spoiled)

    @rule(
        fen=st.sampled_from([0, 1, 400]), spoiled=st.booleans(), interrupted=st.booleans(), load=st.booleans()
    )
    def go_through_with_one(self, fen: int, spoiled: bool, interrupted: bool, load: bool) -> None:
        self.verify()
        self.select(True)
        if load:
            self.begin_load(fen)
        else:
            self.begin_purchase(fen, own=fen, pool=2)
        self.read_the_balance()
        if interrupted:
            self.interrupt()
        if load:
            self.credit(spoiled)
        else:
            self.debit(spoiled)

    @rule()
    def read_the_balance(self) -> None:
        expected = self.model.refusal() or f"{self.model.held.balance:08X}9000"
        assert send(self.card, "B026000104") == expected

    def _key(self, name: str) -> bytes:
        return self.card.profile.directories["DF04"].named[name].versions[1]

    @invariant()
    def the_card_holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "card"):
            return
        directory = self.card.contents().directory("DF04")
        assert directory.purse is not None
        assert purse_after(directory.purse) == purse_after(self.model.held)
        records = [
            (int.from_bytes(r[:2], "big"), r[2], int.from_bytes(r[16:20], "big")) for r in self.records()
        ]
        assert records == self.model.log[: len(records)]
        assert len(records) == min(
            len(self.model.log), self.card.profile.directories["DF04"].by_fid[0xEF08].max_records
        )

    def records(self) -> list[bytes]:
        """The records of EF08 that a transaction has written."""
        return [
            record for record in self.card.contents().directory("DF04").file(0xEF08).records if any(record)
        ]


class BankAgainstModel(RuleBasedStateMachine):
    """Transactions of the bank's side: what may follow what, the PIN's tries, the transaction counter."""

    @initialize()
    def power(self) -> None:
        contents = bank(offline_pin="1234")
        contents.online_counter = 1
        self.desk: Desk = desk(contents)
        self.step = "away"
        self.tries, self.counter, self.proved = 3, 0, False

    def inside(self) -> bool:
        """Whether the debit application is selected."""
        return self.step != "away"

    @rule()
    def select(self) -> None:
        assert self.desk.word(SELECT_DEBIT) == "9000"
        self.step, self.proved = "selected", False

    @rule(reset=st.booleans())
    def leave(self, reset: bool) -> None:
        if reset:
            self.desk.card.power_on()
        else:
            assert self.desk.word(SELECT_SSSE) == "9000"
        self.step = "away"

    @precondition(inside)
    @rule()
    def options(self) -> None:
        allowed = self.step == "selected"
        assert self.desk.options() == ("9000" if allowed else "6985")
        if allowed:
            self.step, self.counter = "processing", self.counter + 1

    @precondition(inside)
    @rule()
    def first_cryptogram(self) -> None:
        if self.step == "online":
            return
        said = self.desk.first()
        if self.step == "processing":
            assert self.desk.kind == 0x80
            self.step = "online"
        else:
            assert said == "6985"

    @precondition(lambda self: self.step == "online")
    @rule(right=st.booleans())
    def issuer_proves_itself(self, right: bool) -> None:
        said = self.desk.authenticate(right=right)
        assert said == ("6985" if self.proved else "9000" if right else "6300")
        self.proved = True

    @precondition(lambda self: self.step in ("selected", "processing", "done"))
    @rule()
    def proof_out_of_turn(self) -> None:
        assert self.desk.word("008200000A" + "00" * 8 + "3030") == "6985"

    @precondition(lambda self: self.step == "online")
    @rule()
    def second_cryptogram(self) -> None:
        assert len(self.desk.second()) == 8
        self.step = "done"

    @rule(right=st.booleans(), repeated=st.booleans())
    def go_through_with_one(self, right: bool, repeated: bool) -> None:
        self.select()
        self.options()
        self.first_cryptogram()
        self.issuer_proves_itself(right)
        if repeated:
            self.issuer_proves_itself(right)
        self.second_cryptogram()
        self.first_cryptogram()
        self.options()

    @precondition(inside)
    @rule(right=st.booleans())
    def verify(self, right: bool) -> None:
        if self.tries == 1 and not right:
            return  # the last wrong one blocks the application, which other tests follow
        word = self.desk.word("0020008008" + ("241234FFFFFFFFFF" if right else "249999FFFFFFFFFF"))
        self.tries = 3 if right else self.tries - 1
        assert word == ("9000" if right else f"63C{self.tries}")

    @invariant()
    def counters_are_the_models(self) -> None:
        if hasattr(self, "desk") and self.inside():
            assert self.desk("80CA9F1700") == f"9F1701{self.tries:02X}9000"
            assert self.desk("80CA9F3600") == f"9F3602{self.counter:04X}9000"


SECRETS = {
    "user": ("00200181", pin_key(USER_PIN)),
    "administrator": ("00200100", pin_key(ADMINISTRATOR_PIN)),
    "master": ("00820000", TEST_MASTER_KEY),
}


class PkiAgainstModel(RuleBasedStateMachine):
    """The PKI application: what is proved, tries, key pair."""

    @initialize()
    def power(self) -> None:
        self.desk: Kiosk = kiosk()
        self.met: set[str] = set()
        self.tries = dict.fromkeys(SECRETS, 6)
        self.pair = False

    @rule()
    def reset(self) -> None:
        self.desk.card.power_on()
        self.desk.enter()
        self.met.clear()

    @rule(name=st.sampled_from(sorted(SECRETS)), right=st.booleans(), fresh=st.booleans())
    def prove(self, name: str, right: bool, fresh: bool) -> None:
        header, key = SECRETS[name]
        if fresh:
            word = self.desk.prove(header, key if right else bytes(16))
        else:
            self.desk(BY_NAME)
            word = self.desk(f"{header}10{bytes(16).hex()}")
        if not self.tries[name]:
            expected = "6983"
        elif not fresh:
            expected = "6984"
        elif right:
            expected, self.tries[name] = "9000", 6
            self.met.add(name)
        else:
            self.tries[name] -= 1
            expected = f"63C{self.tries[name]:X}"
            self.met.discard(name)
        assert word == expected

    @rule()
    def generate(self) -> None:
        with patch.object(sm2, "new_key_pair", lambda random: PAIR):
            word = self.desk(GENERATE)
        self.pair = self.pair or "user" in self.met
        assert word == ("9000" if "user" in self.met else "6982")

    @rule(spent=st.integers(0, 6))
    def spend_tries_then_prove_and_generate(self, spent: int) -> None:
        for _ in range(spent):
            self.prove("user", right=False, fresh=True)
        self.prove("user", right=True, fresh=True)
        self.generate()
        self.ask_for_the_public_key()

    @rule()
    def ask_for_the_public_key(self) -> None:
        assert self.desk(ASK) == ("9000" if self.pair else "6A88")

    @rule()
    def enter_the_environment_anew(self) -> None:
        assert self.desk(ENVIRONMENT)[-4:] == "9000"
        self.desk.enter()
        self.met.clear()

    @invariant()
    def the_card_holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "desk"):
            return
        pki = self.desk.card.contents().pki
        assert pki is not None
        assert list(pki.tries.values()) == list(self.tries.values())
        assert (pki.key_pair == PAIR) is self.pair


TestPurseAgainstModel = PurseAgainstModel.TestCase
TestPurseAgainstModel.settings = OFTEN
TestBankAgainstModel = BankAgainstModel.TestCase
TestBankAgainstModel.settings = OFTEN
TestPkiAgainstModel = PkiAgainstModel.TestCase
TestPkiAgainstModel.settings = OFTEN
