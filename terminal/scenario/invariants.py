"""What must hold whatever happened: never both cards usable, never neither, money to the fen, one PIN that works."""

from __future__ import annotations

from apdu.layout.states import SocialState
from terminal.scenario.findings import centre_side, journal_is_open, pin_works, status_on_card
from terminal.scenario.script import INITIAL_PIN, OLD_PIN
from terminal.scenario.stage import Stage


def always(stage: Stage, balance_fen: int) -> list[str]:
    """Violations of what must be true at every moment, a visit torn in the middle included."""
    old, new = centre_side(stage, "old"), centre_side(stage, "new")
    if old is None or new is None:
        return ["the centre has lost a card"]
    violations = []
    if old.usable and new.usable:
        violations.append("both cards are usable")
    if not old.usable and not new.usable:
        violations.append("neither card is usable")
    if old.balance_fen + new.balance_fen != balance_fen:
        violations.append(f"the accounts hold {old.balance_fen + new.balance_fen} fen, not {balance_fen}")
    if (old.balance_fen and new.balance_fen) or (new.usable and old.balance_fen):
        violations.append("the account is not with the card that is usable")
    violations += one_pin(stage, new.usable)
    return violations


def one_pin(stage: Stage, active: bool) -> list[str]:
    """Exactly one of the holder's PINs works on the new card, and on an active one it is the old card's."""
    works = [name for name in (OLD_PIN, INITIAL_PIN) if pin_works(stage.cards["new"], stage.pins[name])]
    if len({stage.pins[name] for name in works}) != 1:
        return [f"{len(works)} PINs work on the new card"]
    if active and OLD_PIN not in works:
        return ["the new card is active but does not have the old card's PIN"]
    return []


def settled(stage: Stage) -> list[str]:
    """Violations of what must be true once a card was inserted again and the visit came to its end."""
    new = centre_side(stage, "new")
    card = stage.cards["new"]
    violations = []
    if journal_is_open(card):
        violations.append("the journal on the card is still open")
    if new is not None and new.reservation == "open":
        violations.append("the reservation at the centre is still open")
    status = status_on_card(card)
    if (
        new is not None
        and status is not None
        and status.status is not None
        and status.status.social != new.state
    ):
        violations.append(f"the card says {status.status.social.name}, the centre {new.state.name}")
    return violations


def activated(stage: Stage) -> list[str]:
    """Violations of a finished activation."""
    old, new = centre_side(stage, "old"), centre_side(stage, "new")
    violations = settled(stage)
    if new is None or new.state is not SocialState.NORMAL:
        violations.append("the new card is not active")
    if old is None or old.state is not SocialState.CANCELLED:
        violations.append("the old card is not cancelled")
    return violations + medical_data(stage)


def medical_data(stage: Stage) -> list[str]:
    """An active card carries the medical base data that the centre gave out."""
    expected = stage.medical_records()
    written = stage.records_on_card("DF04", 0xEF05)
    missing = [f"{record[0]:02X}" for record in expected if record not in written]
    return [f"medical items {', '.join(missing)} are not on the card"] if missing else []
