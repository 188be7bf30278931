"""What cards and centre look like after a visit, and whether that is as expected."""

from __future__ import annotations

from dataclasses import dataclass

from apdu.commands import select_name, verify
from apdu.instructions import find
from apdu.layout.application_status import StatusFile, read_status_records
from apdu.layout.ssse import DF_NAME
from apdu.layout.states import JournalPhase, SocialState
from terminal.backoffice.ports import HsmMessage
from terminal.flow.authentication import Means
from terminal.flow.steps import Role
from terminal.scenario.model import Expectation
from terminal.scenario.stage import Stage
from terminal.session import CardExchanged, CentreAnswered, Event
from terminal.text import Pin
from virtual_card.card import ProcessorCard, VirtualCard

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
    """What the centre holds of the card called `old` or `new`; None where it does not know it."""
    if name not in stage.records:
        return None
    number = stage.records[name].number
    role = "old" if name == "old" else "new"
    for status in stage.office.cards():
        if (status.role, status.number) == (role, number):
            reservation = status.reservation.value if status.reservation else NONE
            return CentreSide(status.state, status.usable, status.balance_fen, reservation)
    return None


def money_faults(stage: Stage) -> list[str]:
    """What does not add up in the centre's ledger, or between it and the settlements."""
    store = stage.office.store
    with store.transaction():
        return store.ledger_faults() + store.settlement_faults()


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
    card = stage.cards["new"]
    findings: list[tuple[str, object, object]] = []
    if expect.card.social is not None:
        status = status_on_card(card)
        found = status.status.social.name if status and status.status else None
        findings.append(("social state on the card", found, expect.card.social))
    if expect.card.journal is not None:
        findings.append(
            ("journal on the card", "open" if journal_is_open(card) else "closed", expect.card.journal)
        )
    if expect.card.pin is not None:
        wanted = expect.card.pin
        works = pin_works(card, stage.pins.get(wanted, wanted))
        findings.append((f"PIN {wanted!r} on the card", "working" if works else "refused", "working"))
    return findings


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
    return findings
