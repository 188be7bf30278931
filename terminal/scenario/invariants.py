"""What must hold whatever happened: never both cards usable, never neither, money to the fen, one PIN that works."""

from __future__ import annotations

from collections.abc import Mapping

from apdu.layout.states import SocialState
from terminal.scenario.findings import (
    CentreSide,
    centre_sides,
    journal_is_open,
    money_faults,
    pin_works,
    status_on_card,
)
from terminal.scenario.script import INITIAL_PIN, OLD_PIN
from terminal.scenario.stage import Stage


def always(stage: Stage, balance_fen: int) -> list[str]:
    """Violations of what must be true at every moment, a dual insert torn in the middle included."""
    sides = centre_sides(stage)
    active = "new" in sides and sides["new"].usable
    return _custody(sides, balance_fen) + money_faults(stage) + one_pin(stage, active)


def always_elsewhere(stage: Stage, balance_fen: int) -> list[str]:
    """The same of a visit that is no dual insert: nobody is to change the PIN that the card was issued with."""
    violations = _custody(centre_sides(stage), balance_fen) + money_faults(stage)
    if not pin_works(stage.cards["new"], stage.pins[INITIAL_PIN]):
        violations.append("the new card has lost its own PIN")
    return violations


def _custody(sides: Mapping[str, CentreSide], balance_fen: int) -> list[str]:
    """One usable card, which has all of the money."""
    old, new = sides.get("old"), sides.get("new")
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
    return _settled(stage, centre_sides(stage).get("new"))


def _settled(stage: Stage, new: CentreSide | None) -> list[str]:
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
    sides = centre_sides(stage)
    old, new = sides.get("old"), sides.get("new")
    violations = _settled(stage, new)
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
