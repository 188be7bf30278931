"""A card's own status beside what the centre holds: who is right, what is to be done, and why, as a table.

The centre counts. What changed there without the card (phone, online, the bank's notice, the clock, a loss) the card
says at its next insertion; what cannot or must not be written is explained all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from apdu.layout.application_status import Receipt, StatusFile
from apdu.layout.states import JournalPhase, SocialState
from terminal.backoffice.ports import CardStanding
from terminal.text import Text

SEALED, NORMAL = SocialState.SEALED, SocialState.NORMAL
IN_USE = (SEALED, NORMAL)


class Action(Enum):
    """What the terminal does about a card and the centre that say different things, or the same."""

    AGREE = "agree"
    CATCH_UP = "catch-up"
    UNFINISHED = "unfinished"
    LEAVE = "leave"
    NO_STATUS = "no-status"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and the explanation for people."""

    action: Action
    text: Text


AGREE = Verdict(Action.AGREE, Text("The card says what the centre says.", "卡内状态与中心一致。"))
NO_STATUS = Verdict(
    Action.NO_STATUS,
    Text(
        "The card keeps no application status of ours; the centre alone knows.",
        "卡内没有应用状态文件，以中心记录为准。",
    ),
)
ACTIVATED_ELSEWHERE = Verdict(
    Action.CATCH_UP,
    Text(
        "The card was activated without being in a reader; it is brought up to date now.",
        "卡已在中心启用，卡内状态尚未更新，现予更新。",
    ),
)
DETAILS_DIFFER = Verdict(
    Action.CATCH_UP,
    Text(
        "The bank's application or the receipt is on record otherwise than the card says; the card is brought up to "
        "date now.",
        "金融应用状态或领卡记录与中心不一致，现予更新。",
    ),
)
OUT_OF_DATE = Verdict(
    Action.CATCH_UP,
    Text(
        "The card is in use again; what it says of itself is out of date and is brought up to date now.",
        "卡已恢复正常，卡内状态已过时，现予更新。",
    ),
)
NOT_FINISHED = Verdict(
    Action.UNFINISHED,
    Text(
        "The card says active, the centre does not: an activation was begun and not carried out. The next activation "
        "finishes it.",
        "卡内显示已启用但中心未确认：启用未完成，再次办理启用即可补办。",
    ),
)
SEALED_AGAIN = Verdict(
    Action.LEAVE,
    Text(
        "The card is sealed at the centre; what it says of itself is written when it is activated.",
        "卡在中心为封存状态，启用时再更新卡内状态。",
    ),
)
_REFUSED = {
    SocialState.FORMALLY_LOST: Text(
        "The card is formally reported lost: refused everywhere, and left as it is, until the loss is released.",
        "卡已正式挂失，解除前不受理，卡内不作更改。",
    ),
    SocialState.TEMPORARILY_LOST: Text(
        "The card is reported lost for the time being: refused everywhere, and left as it is, until it is released.",
        "卡已临时挂失，解除前不受理，卡内不作更改。",
    ),
    SocialState.APPLICATION_LOCKED: Text(
        "The centre has locked the card; it is left as it is. Go to the card service centre.",
        "社保应用已被中心锁定，卡内不作更改，请到社保卡服务中心办理。",
    ),
    SocialState.VOID: Text(
        "The card's data are void at the centre; it is left as it is. Go to the card service centre.",
        "中心记录此卡数据已作废，卡内不作更改，请到社保卡服务中心办理。",
    ),
    SocialState.CANCELLED: Text(
        "The card is cancelled and cannot be used again; it is left as it is.",
        "卡已注销，不能再使用，卡内不作更改。",
    ),
}

VERDICTS: Mapping[tuple[SocialState, SocialState], Verdict] = {
    **{
        (card, centre): Verdict(Action.LEAVE, text)
        for card in SocialState
        for centre, text in _REFUSED.items()
    },
    **{(card, NORMAL): OUT_OF_DATE for card in SocialState},
    **{(card, SEALED): SEALED_AGAIN for card in SocialState},
    (SEALED, NORMAL): ACTIVATED_ELSEWHERE,
    (NORMAL, SEALED): NOT_FINISHED,
    (NORMAL, NORMAL): AGREE,
    (SEALED, SEALED): AGREE,
}
"""By what the card says and what the centre holds."""


def reconcile(on_card: StatusFile | None, centre: CardStanding) -> Verdict:
    """What is to be done about a card whose status file was read; None where it has none.

    Where the states agree, an open journal of an activation that was carried out, the bank's side and the receipt are
    compared too.
    """
    if on_card is None or on_card.foreign:
        return NO_STATUS
    said = on_card.status.social if on_card.status else SEALED
    verdict = VERDICTS[said, centre.social]
    if verdict is not AGREE or centre.social is not NORMAL:
        return verdict
    journal = on_card.journal
    if journal is not None and journal.phase is JournalPhase.BEGUN:
        return ACTIVATED_ELSEWHERE
    same = on_card.status is not None and on_card.status.financial is centre.financial
    return AGREE if same and receipt_agrees(on_card.receipt, centre) else DETAILS_DIFFER


def receipt_agrees(receipt: Receipt | None, centre: CardStanding) -> bool:
    """Whether the card knows that it was received; of when, the centre's record counts."""
    return centre.received_at is None or receipt is not None
