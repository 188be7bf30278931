"""iReadCard and iWriteCard by HSM in two steps: the key's authentication comes from the centre (one file a call)."""

from __future__ import annotations

from apdu.keys import KeySpec
from terminal.backoffice.ports import HsmMessage
from terminal.driver.addressing import FileValues, match_values, parse_values, resolve
from terminal.driver.base_read import numbers_of
from terminal.driver.codes import ReturnCode, refuse
from terminal.driver.files import (
    addressed,
    encoded,
    fid_alike,
    layout_of,
    read_target,
    rendered,
    write_target,
)
from terminal.driver.preparation import CARD, Setting, compare_card
from terminal.driver.rights import Rights, way_to_read_by_hsm, way_to_write
from terminal.driver.steps import CallFlow, HandOver
from terminal.driver.strings import Authentication, AuthenticationRequest
from terminal.flow.steps import on
from terminal.procedures import hsm
from terminal.procedures.authentication import external_authentication, two_challenges
from terminal.procedures.social import CardIdentity


def read_file_by_hsm(setting: Setting, card_info: str, address: str) -> CallFlow[str]:
    """iReadCard_HSM_Step1 and _Step2: the first file of the address; PIN first where it is needed beside the key."""
    wanted = addressed(setting, address)
    card = yield from compare_card(card_info)
    (target,) = resolve(wanted[:1], layout_of(card))
    way = way_to_read_by_hsm(target.file)
    needed = way.key
    rights = Rights(card)
    yield from rights.enter(target.directory)
    if way.pin:
        yield from rights.enter_pin()
    (key,) = yield from ask_centre(card, needed)
    yield from show_authentication(needed, key)
    values = yield from on(CARD, read_target(target))
    return rendered(setting, [FileValues(target.address.name, values)])


def write_file_by_hsm(setting: Setting, card_info: str, address: str) -> CallFlow[str]:
    """iWriteCard_HSM_Step1 and _Step2; the data come with step 2 and are looked at before the card is asked."""
    wanted = addressed(setting, address)
    if len(wanted) > 1:
        raise refuse(ReturnCode.BAD_DATA, "一次只能写一个文件", "one file is written in a call by HSM")
    card = yield from compare_card(card_info)
    targets = resolve(wanted, layout_of(card))
    (target,) = targets
    needed = way_to_write(target.file).key
    rights = Rights(card)
    yield from rights.enter(target.directory)
    key, data = yield from ask_centre(card, needed)
    given = parse_values(data, fid_alike=fid_alike(setting))
    (bodies,) = encoded(targets, match_values(targets, given))
    yield from show_authentication(needed, key)
    yield from on(CARD, write_target(target, bodies))
    return ""


def ask_centre(card: CardIdentity, key: KeySpec) -> CallFlow[tuple[str, ...]]:
    """Two challenges and the end of step 1, the key's directory being current; the arguments of step 2."""
    challenges = yield from on(CARD, two_challenges())
    request = AuthenticationRequest(card.algorithm, key.hsm_address or 0, numbers_of(challenges))
    message = HsmMessage(hsm.external_authentication_message(card, key, challenges))
    arguments: tuple[str, ...] = yield HandOver(request.render(), message)
    return arguments


def show_authentication(key: KeySpec, given: str) -> CallFlow[None]:
    """Show the card what the centre computed; raises CallError -23, CardRefusedError."""
    computed = Authentication.parse(given)
    yield from on(CARD, external_authentication(key, computed.data, computed.raw))
