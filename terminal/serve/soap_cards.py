"""What both SOAP forms need of the store: whose card it is, and what its form does not say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apdu.layout.states import SocialState
from terminal.backoffice.card_life_ports import CancelCard, CardChanged, ReleaseLoss, ReportLoss
from terminal.backoffice.card_ports import Enable, Enabled, QueryCard
from terminal.backoffice.channel_ports import CENTRE, Papers
from terminal.backoffice.office import Office
from terminal.backoffice.ports import Holder, Place, RefusedError
from terminal.backoffice.profile import Profile
from terminal.backoffice.records import SocialCard
from terminal.backoffice.store import Store
from terminal.backoffice.wire import BY_REQUEST
from terminal.serve.desk import ask
from terminal.serve.pool import Centre

DONE, ALREADY = "00", "01"
QUERY = BY_REQUEST[QueryCard].name
"""What failures call a question about a card or its holder."""

NO_CARD = "没有此卡记录"
NO_PERSON = "没有此人信息"
OTHER_NUMBER = "社会保障号码与持卡人不符"
OTHER_NAME = "姓名与持卡人不符"


class DeclinedError(Exception):
    """A call that ends with a reason instead of a result."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


def place_of(profile: Profile) -> Place:
    """Where these interfaces stand: the region's first service counter, as their forms name no place."""
    return next((Place(code) for code in profile.counters), CENTRE)


def card_of(store: Store, number: str, holder_id: str, name: str) -> SocialCard:
    """The card, if it is this person's; raises DeclinedError. An empty name is not compared."""
    with store.transaction():
        card = store.social_card(number)
    if card is None:
        raise DeclinedError(NO_CARD, "1")
    return checked(card, holder_id, name)


def checked(card: SocialCard, holder_id: str, name: str) -> SocialCard:
    """The card, if it is this person's; raises DeclinedError."""
    if card.holder.id_number != holder_id.upper():
        raise DeclinedError(OTHER_NUMBER, "1")
    if name and card.holder.name != name:
        raise DeclinedError(OTHER_NAME, "2")
    return card


def person_of(store: Store, holder_id: str, name: str = "") -> Holder:
    """A person on record, with or without a card; raises DeclinedError. An empty name is not compared."""
    with store.transaction():
        person = store.person_by_id(holder_id.upper())
    if person is None:
        raise DeclinedError(NO_PERSON, "1")
    if name and person.holder.name != name:
        raise DeclinedError(OTHER_NAME, "2")
    return person.holder


def cards_of(store: Store, holder_id: str, name: str = "") -> list[SocialCard]:
    """Every card of a person; raises DeclinedError where there is none."""
    with store.transaction():
        found = store.social_cards_of(holder_id.upper())
    if not found:
        raise DeclinedError(NO_PERSON, "1")
    return [checked(card, holder_id, name) for card in found]


Request = Enable | ReportLoss | ReleaseLoss | CancelCard
Make = Callable[[Place, SocialCard, Papers], Request]


@dataclass(frozen=True, slots=True)
class CardOperation:
    """An operation on a card: the request it is, and how that is made from a card and who asks."""

    request: type
    make: Make

    @property
    def name(self) -> str:
        """What failures call it."""
        return BY_REQUEST[self.request].name

    def carry_out(self, centre: Centre, card: SocialCard) -> str:
        """`00` done, `01` it was so before; raises DeclinedError with the reason."""
        office: Office = centre.office
        papers = Papers(holder_id=card.holder.id_number)
        try:
            answer = ask(office, self.make(place_of(office.profile), card, papers))
        except RefusedError as error:
            raise DeclinedError(error.refusal.text.zh, "4") from None
        assert isinstance(answer, Enabled | CardChanged)
        changed = answer.activated if isinstance(answer, Enabled) else answer.changed
        return DONE if changed else ALREADY


ENABLE = CardOperation(
    Enable, lambda place, card, papers: Enable(place, card.number, card.key.card_id, papers)
)
TEMPORARY_LOSS = CardOperation(
    ReportLoss, lambda place, card, papers: ReportLoss(place, card.number, formal=False, papers=papers)
)
FORMAL_LOSS = CardOperation(
    ReportLoss, lambda place, card, papers: ReportLoss(place, card.number, formal=True, papers=papers)
)
RELEASE = CardOperation(ReleaseLoss, lambda place, card, papers: ReleaseLoss(place, card.number, papers))
CANCEL = CardOperation(CancelCard, lambda place, card, papers: CancelCard(place, card.number, papers))


def state_text(state: SocialState) -> str:
    """`OK` for a card that may be used, else its state."""
    return "OK" if state is SocialState.NORMAL else state.zh
