"""What cards and centre look like after a visit, and whether that is as expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from apdu.commands import select_name, verify
from apdu.instructions import find
from apdu.layout.application_status import StatusFile, read_status_records
from apdu.layout.ssse import DF_NAME
from apdu.layout.states import JournalPhase, SocialState
from terminal.backoffice.ports import HsmMessage
from terminal.backoffice.records import SocialCard
from terminal.backoffice.rules_cards import may_be_used
from terminal.flow.authentication import Means
from terminal.flow.steps import Role
from terminal.scenario.model import Expectation, HeldCard
from terminal.scenario.stage import Stage
from terminal.session import CardExchanged, CentreAnswered, Event
from terminal.text import Pin
from virtual_card.card import ProcessorCard, VirtualCard
from virtual_card.issue_record import OldIssueRecord

NONE = "none"


@dataclass(slots=True)
class MeansSeen:
    """What really authenticated the terminal in a visit: the HSM where it was asked once, else the PSAM."""

    means: Means | None = None

    def listen(self, event: Event) -> None:
        """Note authentication data computed by a PSAM and messages to the HSM."""
        if isinstance(event, CentreAnswered) and isinstance(event.request, HsmMessage):
            self.means = Means.HSM
        elif isinstance(event, CardExchanged) and event.role is Role.PSAM and self.means is None:
            known = find(event.command.cla, event.command.ins)
            if known is not None and known.name == "CIPHER DATA" and event.response.ok:
                self.means = Means.PSAM


@dataclass(frozen=True, slots=True)
class CentreSide:
    """What the centre holds of one card."""

    state: SocialState
    usable: bool
    balance_fen: int
    reservation: str


def centre_side(stage: Stage, name: str) -> CentreSide | None:
    """What the centre holds of the card of this name; None where it does not know it."""
    return centre_sides(stage).get(name)


def centre_sides(stage: Stage) -> dict[str, CentreSide]:
    """What the centre holds of each card that it knows, by the card's name."""
    with stage.alone():
        held = {(status.role, status.number): status for status in stage.office.cards()}
    sides = {}
    for name, record in stage.records.items():
        status = held.get(("old" if isinstance(record, OldIssueRecord) else "new", record.number))
        if status is not None:
            reservation = status.reservation.value if status.reservation else NONE
            sides[name] = CentreSide(status.state, status.usable, status.balance_fen, reservation)
    return sides


def money_faults(stage: Stage) -> list[str]:
    """What does not add up in the centre's ledger, or between it and the settlements."""
    store = stage.office.store
    with stage.alone(), store.transaction():
        return store.ledger_faults() + store.settlement_faults()


def held_card(stage: Stage, name: str) -> SocialCard | None:
    """A social security card as it stands at the centre, nothing done that is due by the clock."""
    store = stage.office.store
    with stage.alone(), store.transaction():
        return store.social_card(stage.records[name].number)


def ledger_balance(stage: Stage, account: str) -> int:
    """What is on an account of the ledger; `new:NAME` is the card of this name."""
    kind, _, name = account.partition(":")
    if name in stage.records:
        account = f"{kind}:{stage.records[name].number}"
    store = stage.office.store
    with stage.alone(), store.transaction():
        return store.balance(account)


def status_on_card(card: VirtualCard) -> StatusFile | None:
    """The application status file as it is in the card's memory; None on a card without one of ours."""
    if not isinstance(card, ProcessorCard):
        return None
    for directory in card.contents().directories:
        for file in directory.files:
            found = (
                read_status_records(file.records)
                if file.structure == "VARIABLE"
                else StatusFile(foreign=True)
            )
            if found.status is not None and not found.foreign:
                return found
    return None


def journal_is_open(card: VirtualCard) -> bool:
    """Whether the card's own journal names an activation that was begun and not closed."""
    status = status_on_card(card)
    return bool(status and status.journal and status.journal.phase is JournalPhase.BEGUN)


def pin_works(card: VirtualCard, digits: str) -> bool:
    """Whether VERIFY accepts this PIN, tried on a copy of the card."""
    twin = card.fork()
    twin.power_on()
    twin.transmit(select_name(DF_NAME).encode())
    return twin.transmit(verify(Pin(digits).bcd()).encode()) == b"\x90\x00"


def final_problems(stage: Stage, expect: Expectation) -> list[str]:
    """Every way in which cards and centre differ from what was expected."""
    found = _card_findings(stage, expect) + _centre_findings(stage, expect)
    return [f"{what} is {is_}, expected {wanted}" for what, is_, wanted in found if is_ != wanted]


def _card_findings(stage: Stage, expect: Expectation) -> list[tuple[str, object, object]]:
    card = stage.cards[expect.card.name]
    findings: list[tuple[str, object, object]] = []
    said = _said_by(card)
    for key, what in _SAID.items():
        wanted = getattr(expect.card, key)
        if wanted is not None:
            findings.append((f"{what} on the card", said[key], wanted))
    if expect.card.medical is not None:
        written = not stage.medical_records_missing(expect.card.name)
        findings.append(("medical base data on the card", written, expect.card.medical))
    if expect.card.journal is not None:
        findings.append(
            ("journal on the card", "open" if journal_is_open(card) else "closed", expect.card.journal)
        )
    if expect.card.pin is not None:
        wanted = expect.card.pin
        works = pin_works(card, stage.pins.get(wanted, wanted))
        findings.append((f"PIN {wanted!r} on the card", "working" if works else "refused", "working"))
    held = purse_on_card(card)
    wanted_purse = msgspec.structs.asdict(expect.card.purse)
    findings += [
        (f"{key} of the purse", held.get(key), fen) for key, fen in wanted_purse.items() if fen is not None
    ]
    return findings


_SAID = {
    "social": "social state",
    "financial": "state of the bank's application",
    "channel": "channel",
    "received": "time of receipt",
}


def _said_by(card: VirtualCard) -> dict[str, object]:
    """What a card's own status file says, by the words of an expectation; None where it says nothing."""
    found = status_on_card(card) or StatusFile()
    status, receipt = found.status, found.receipt
    return {
        "social": status.social.name if status else None,
        "financial": status.financial.name if status else None,
        "channel": status.channel.name if status else None,
        "received": receipt.time if receipt else None,
    }


def _held_findings(stage: Stage, name: str, wanted: HeldCard) -> Iterator[tuple[str, object, object]]:
    card = held_card(stage, name)
    holds: dict[str, object] = {}
    if card is not None:
        holds = {
            "state": card.social.name,
            "financial": card.financial.name,
            "usable": may_be_used(card.social),
            "balance_fen": ledger_balance(stage, f"new:{name}"),
            "enabled_by": card.enabled_by.name,
            "enabled_at": card.enabled_at,
            "received": card.received_at,
        }
    for key, value in msgspec.structs.asdict(wanted).items():
        if value is not None:
            yield f"{key} of {name} at the centre", holds.get(key), value


def _centre_findings(stage: Stage, expect: Expectation) -> list[tuple[str, object, object]]:
    findings: list[tuple[str, object, object]] = []
    centre = expect.centre
    for name, state, balance in (
        ("old", centre.old_state, centre.old_balance_fen),
        ("new", centre.new_state, centre.new_balance_fen),
    ):
        side = centre_side(stage, name)
        if state is not None:
            findings.append((f"state of the {name} card at the centre", side and side.state.name, state))
        if balance is not None:
            findings.append((f"balance of the {name} card", side and side.balance_fen, balance))
    if centre.reservation is not None:
        side = centre_side(stage, "new")
        findings.append(("reservation at the centre", side and side.reservation, centre.reservation))
    for name, wanted in centre.cards.items():
        findings += _held_findings(stage, name, wanted)
    for account, fen in centre.ledger.items():
        findings.append((f"account {account}", ledger_balance(stage, account), fen))
    return findings


def purse_on_card(card: VirtualCard) -> dict[str, int]:
    """What the medical purse holds, by the names of `PurseExpectation`; nothing where there is none."""
    purse = card.contents().directory("DF04").purse if isinstance(card, ProcessorCard) else None
    if purse is None:
        return {}
    return {
        "balance_fen": purse.balance,
        "self_paid_fen": purse.self_paid,
        "pool_fen": purse.pool,
        "debits": purse.purchase_number,
    }
