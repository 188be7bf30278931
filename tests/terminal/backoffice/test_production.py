"""Cards are applied for once, made once, and a replacement takes the lost card's place and money."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from centre_samples import BALANCE_FEN, HISTORY, HOLDER, KEY, RECEIVED

from apdu.identifiers import plausible_card_number
from apdu.layout import every_file
from apdu.layout.states import SocialState
from terminal.backoffice.office import Office
from terminal.backoffice.ports import CardKey, Holder
from terminal.backoffice.production import (
    PHOTOGRAPH_LIMIT,
    Application,
    Made,
    OrderError,
    OrderFault,
)
from terminal.backoffice.profile import load_profile
from terminal.backoffice.store import Store
from terminal.backoffice.stored.orders import Order, OrderKind, OrderStatus
from terminal.serve.desk import repeated

SOMEBODY = Holder("990100199003030036", "测试丙")
BANK = "95588"
WANTED = Application(SOMEBODY, BANK)
REPLACEMENT = Application(HOLDER, BANK, KEY.number, "遗失")
PHOTOGRAPH, OTHER_PHOTOGRAPH = (bytes.fromhex(f"FFD8FF{n:02X}FFD9") for n in (1, 2))
CHIP = "990100D15600000500A1B2C5D4E5F6"


def made(order: Order, whose: Holder, last: int = 9) -> Made:
    assert order.number is not None
    return Made(
        CardKey(f"{CHIP}{last:02X}", order.number),
        HISTORY[:-1] + bytes((last,)),
        whose,
        "6200000000000000005",
        "6200000000000000013",
    )


def fault(act: object, *given: object) -> OrderFault:
    with pytest.raises(OrderError) as caught:
        act(*given)  # type: ignore[operator]
    return caught.value.fault


@pytest.fixture
def lost(world: Any) -> Any:
    """A card in use with money on it, formally lost."""
    world.activate()
    world.lose()
    return world


def test_the_same_application_is_the_same_order(world: Any) -> None:
    first, new = world.office.production.apply(WANTED)
    assert new and (first.kind, first.status) == (OrderKind.NEW, OrderStatus.APPLIED)
    assert world.office.production.apply(WANTED) == (first, False)
    assert world.office.production.orders_of(SOMEBODY.id_number) == [(first, None)]


def test_what_the_same_application_says_besides_is_kept_and_another_one_is_refused(world: Any) -> None:
    orders = world.office.production
    orders.apply(WANTED)
    more = Application(SOMEBODY, BANK, branch="102990100011", photograph=PHOTOGRAPH)
    order = orders.issue(more)
    assert (order.bank_branch, orders.photograph_of(SOMEBODY)) == ("102990100011", PHOTOGRAPH)
    assert orders.apply(more) == orders.apply(WANTED) == (order, False)
    for other in (Application(SOMEBODY, "95533"), Application(SOMEBODY, BANK, branch="102990100022")):
        assert fault(orders.apply, other) is fault(orders.check, other) is OrderFault.ORDERED
    assert orders.apply(Application(SOMEBODY, BANK, photograph=OTHER_PHOTOGRAPH)) == (order, True)
    assert orders.orders_of(SOMEBODY.id_number) == [(order, None)]


def test_checking_an_application_records_nothing(world: Any) -> None:
    world.office.production.check(WANTED)
    assert world.office.production.orders_of(SOMEBODY.id_number) == []
    assert world.office.production.totals() == {}


def test_who_has_a_card_applies_for_no_other(world: Any) -> None:
    assert fault(world.office.production.apply, Application(HOLDER, BANK)) is OrderFault.HAS_CARD
    other_name = Application(Holder(HOLDER.id_number, "测试丁"), BANK)
    assert fault(world.office.production.check, other_name) is OrderFault.OTHER_NAME


def test_a_card_is_replaced_after_its_formal_loss_only(world: Any) -> None:
    world.activate()
    assert fault(world.office.production.apply, REPLACEMENT) is OrderFault.NOT_LOST
    world.lose(formal=False)
    assert fault(world.office.production.apply, REPLACEMENT) is OrderFault.NOT_LOST
    assert fault(world.office.production.apply, Application(HOLDER, BANK, "X")) is OrderFault.NO_CARD
    world.lose()
    assert world.office.production.apply(REPLACEMENT)[0].kind is OrderKind.LOST
    assert fault(world.office.production.apply, Application(HOLDER, BANK)) is OrderFault.ORDERED


def test_a_photograph_is_the_person_s_and_goes_to_whoever_makes_the_card(world: Any) -> None:
    orders = world.office.production
    orders.apply(Application(SOMEBODY, BANK, branch="102990100011", photograph=PHOTOGRAPH))
    begun = orders.begin_batch()
    assert begun is not None
    ((order, _, image),) = orders.orders_of_batch(begun[0])
    assert (order.bank_branch, image) == ("102990100011", PHOTOGRAPH)
    assert orders.set_photograph(SOMEBODY, PHOTOGRAPH) is False
    assert orders.set_photograph(SOMEBODY, OTHER_PHOTOGRAPH) is True
    assert orders.photograph_of(SOMEBODY) == OTHER_PHOTOGRAPH
    assert orders.photograph_of(HOLDER) is None


def test_a_photograph_needs_its_person_on_record_by_this_name(world: Any) -> None:
    set_photograph = world.office.production.set_photograph
    assert fault(set_photograph, SOMEBODY, PHOTOGRAPH) is OrderFault.NO_PERSON
    other_name = Holder(HOLDER.id_number, "测试丁")
    assert fault(set_photograph, other_name, PHOTOGRAPH) is OrderFault.OTHER_NAME
    assert world.office.production.photograph_of(HOLDER) is None


def test_a_photograph_is_as_large_as_the_card_s_own_file() -> None:
    files = (file for directory in every_file("3.0") for file in directory.files)
    assert next(file.size for file in files if file.path == "SSSE/EF08") == PHOTOGRAPH_LIMIT


def test_a_batch_gives_every_application_a_number(world: Any) -> None:
    orders = world.office.production
    assert orders.begin_batch() is None
    orders.apply(WANTED)
    begun = orders.begin_batch()
    assert begun == ("990100202602090001", 1)
    ((order, whose, _),) = orders.orders_of_batch(begun[0])
    assert order.number is not None and plausible_card_number(order.number)
    assert (order.status, whose) == (OrderStatus.IN_PRODUCTION, SOMEBODY)
    assert orders.begin_batch() == begun, "a lost answer can be asked for again"
    assert orders.totals() == {OrderStatus.IN_PRODUCTION: 1}


def test_a_card_that_was_made_lies_sealed(world: Any) -> None:
    orders = world.office.production
    order = orders.issue(WANTED)
    assert orders.issue(WANTED) == order
    done = orders.complete(made(order, SOMEBODY))
    assert done.status is OrderStatus.MADE
    assert world.card(done.number or "").social is SocialState.SEALED
    assert orders.complete(made(order, SOMEBODY)) == done
    assert fault(orders.apply, WANTED) is OrderFault.HAS_CARD


def test_a_card_that_nobody_ordered_is_not_made(world: Any) -> None:
    order = world.office.production.issue(WANTED)
    assert fault(world.office.production.complete, made(order, HOLDER)) is OrderFault.NOT_ORDERED
    other_name = Holder(SOMEBODY.id_number, "测试丁")
    assert fault(world.office.production.complete, made(order, other_name)) is OrderFault.OTHER_NAME
    assert {card.number for card in world.office.cards()} == {"900001", KEY.number}


def test_the_replacement_takes_the_lost_card_s_place_and_money(lost: Any) -> None:
    orders = lost.office.production
    order = orders.issue(REPLACEMENT)
    for _ in range(2):
        orders.complete(made(order, HOLDER))
    assert lost.card().social is SocialState.CANCELLED
    assert lost.card().replaced_by == order.number
    with lost.store.transaction():
        assert lost.store.balance(f"new:{order.number}") == BALANCE_FEN
        assert lost.store.ledger_faults() == []


def test_a_card_that_was_found_again_is_not_replaced(lost: Any) -> None:
    order = lost.office.production.issue(REPLACEMENT)
    lost.release_loss()
    assert fault(lost.office.production.complete, made(order, HOLDER)) is OrderFault.NOT_LOST
    assert [card.number for card in lost.office.cards() if card.role == "new"] == [KEY.number]


def test_many_desks_order_one_card(where: str) -> None:
    begin, profile = Barrier(4), load_profile("default")

    def desk(_: int) -> Order:
        store = Store(where)
        try:
            office = Office(store, profile, lambda: RECEIVED)
            begin.wait()
            return repeated(lambda: office.production.issue(WANTED))
        finally:
            store.close()

    Store(where).close()
    with ThreadPoolExecutor(4) as desks:
        numbers = {order.number for order in desks.map(desk, range(4))}
    assert len(numbers) == 1
