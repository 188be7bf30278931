"""The states of a social security card at the centre (AAZ502) and every move between them, as a table.

`moved` is the one way a card on record changes its state; `docs/card-states.md` is drawn from the same table. A loss
remembers the state before it and a release returns there, so that releasing never activates a sealed card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum

from apdu.layout.states import Channel, SocialState
from terminal.backoffice.records import LOST_STATES, LossReason, SocialCard
from terminal.text import Text

SEALED, NORMAL, LOST = SocialState.SEALED, SocialState.NORMAL, SocialState.FORMALLY_LOST
LOCKED, SUSPENDED = SocialState.APPLICATION_LOCKED, SocialState.TEMPORARILY_LOST
VOID, CANCELLED = SocialState.VOID, SocialState.CANCELLED


class Operation(Enum):
    """What may be done to the state of a card; the value is its name in diagram and audit."""

    ENABLE = "enable"
    SUSPEND = "temporary-loss"
    LOSE = "formal-loss"
    RUN_LATE = "deadline-loss"
    RELEASE = "release"
    REPLACE = "replace"
    LOCK = "lock"
    UNLOCK = "unlock"
    CANCEL = "cancel"

    @property
    def text(self) -> Text:
        """The operation for people."""
        return _TEXTS[self]


_TEXTS = {
    Operation.ENABLE: Text("activate", "启用"),
    Operation.SUSPEND: Text("report temporarily lost", "临时挂失"),
    Operation.LOSE: Text("report formally lost", "正式挂失"),
    Operation.RUN_LATE: Text("report lost past the bank's deadline", "逾期未激活金融应用挂失"),
    Operation.RELEASE: Text("release the loss", "解除挂失"),
    Operation.REPLACE: Text("replace by a new card", "补换卡"),
    Operation.LOCK: Text("lock", "锁定应用"),
    Operation.UNLOCK: Text("unlock", "解除锁定"),
    Operation.CANCEL: Text("cancel", "注销"),
}


class Before(Enum):
    """Where a release leads: the state that the loss remembered."""

    STATE_BEFORE_LOSS = "the state before the loss"


BEFORE = Before.STATE_BEFORE_LOSS
RETURNS = (SEALED, NORMAL)
"""The states that a loss can have remembered."""

MOVES: Mapping[SocialState, Mapping[Operation, SocialState | Before]] = {
    SEALED: {
        Operation.ENABLE: NORMAL,
        Operation.SUSPEND: SUSPENDED,
        Operation.LOSE: LOST,
        Operation.RUN_LATE: LOST,
        Operation.CANCEL: CANCELLED,
    },
    NORMAL: {
        Operation.SUSPEND: SUSPENDED,
        Operation.LOSE: LOST,
        Operation.RUN_LATE: LOST,
        Operation.LOCK: LOCKED,
        Operation.CANCEL: CANCELLED,
    },
    LOST: {Operation.RELEASE: BEFORE, Operation.REPLACE: CANCELLED, Operation.CANCEL: CANCELLED},
    SUSPENDED: {Operation.RELEASE: BEFORE, Operation.LOSE: LOST, Operation.CANCEL: CANCELLED},
    LOCKED: {Operation.UNLOCK: NORMAL, Operation.CANCEL: CANCELLED},
    VOID: {},
    CANCELLED: {},
}
"""What each operation leads to; what is not here is refused, or there already (`REPEATS`)."""

REPEATS: Mapping[Operation, frozenset[SocialState]] = {
    Operation.ENABLE: frozenset({NORMAL}),
    Operation.SUSPEND: frozenset({SUSPENDED}),
    Operation.LOSE: frozenset({LOST}),
    Operation.RUN_LATE: frozenset(),
    Operation.RELEASE: frozenset({SEALED, NORMAL}),
    Operation.REPLACE: frozenset(),
    Operation.LOCK: frozenset({LOCKED}),
    Operation.UNLOCK: frozenset({NORMAL}),
    Operation.CANCEL: frozenset({CANCELLED}),
}
"""The states in which an operation was done before: asked again it is answered and changes nothing (R19)."""

OF_THE_CENTRE = frozenset({Operation.LOCK, Operation.UNLOCK})
"""Operations of the centre's own staff."""


def is_legal(state: SocialState, operation: Operation) -> bool:
    """Whether the operation may be asked for in this state: it moves the card, or repeats what was done."""
    return operation in MOVES[state] or state in REPEATS[operation]


def moved(
    card: SocialCard, operation: Operation, *, at: datetime | None = None, channel: Channel = Channel.NONE
) -> SocialCard:
    """The card after an operation; itself where it was done before. `channel` and `at` say how and when it was enabled.

    Raises ValueError for a move that the table does not have: ask the rules first.
    """
    if card.social in REPEATS[operation]:
        return card
    target = MOVES[card.social].get(operation)
    if target is None:
        raise ValueError(f"card {card.number}: no way to {operation.value} from {card.social.name}")
    if isinstance(target, Before):
        return replace(
            card, social=card.state_before_loss or SEALED, state_before_loss=None, loss_reason=None
        )
    if target in LOST_STATES:
        before = card.state_before_loss if card.social in LOST_STATES else card.social
        reason = LossReason.DEADLINE if operation is Operation.RUN_LATE else LossReason.REPORTED
        return replace(card, social=target, state_before_loss=before, loss_reason=reason)
    after = replace(card, social=target, state_before_loss=None, loss_reason=None)
    return replace(after, enabled_by=channel, enabled_at=at) if operation is Operation.ENABLE else after


def edges() -> frozenset[tuple[SocialState, SocialState]]:
    """Every pair of states that one operation leads from and to."""
    return frozenset(
        (state, target)
        for state, row in MOVES.items()
        for move in row.values()
        for target in (RETURNS if isinstance(move, Before) else (move,))
    )


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {SEALED.name}"]
    for state, row in MOVES.items():
        for operation, move in row.items():
            if isinstance(move, Before):
                lines += [
                    f"    {state.name} --> {target.name}: {operation.value} (was {target.name})"
                    for target in RETURNS
                ]
            else:
                lines.append(f"    {state.name} --> {move.name}: {operation.value}")
    lines += [f"    {VOID.name}", f"    {CANCELLED.name} --> [*]"]
    return "\n".join(lines) + "\n"
