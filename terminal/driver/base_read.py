"""iReadCardBas and its two steps: prove card and terminal, then read who the holder is (terminal flows, HSM mode)."""

from __future__ import annotations

from apdu.keys import BY_NAME
from apdu.layout import ssse
from terminal.backoffice.ports import HsmMessage
from terminal.driver.base_strings import BaseData, BaseKey, BaseRequest
from terminal.driver.codes import ReturnCode, refuse
from terminal.driver.preparation import (
    CARD,
    Setting,
    enter_environment,
    identify_card,
    power_card,
    psam_access,
    terminal_number,
)
from terminal.driver.steps import CallFlow, HandOver
from terminal.driver.strings import Numbers
from terminal.flow.authentication import prove_genuine
from terminal.flow.steps import Procedure, on
from terminal.procedures import hsm
from terminal.procedures.authentication import (
    external_authentication,
    internal_authentication,
    require_genuine,
    two_challenges,
)
from terminal.procedures.files import read_item, read_item_bytes, select_ef
from terminal.procedures.social import ISSUER_DATA, PERSONAL_DATA, CardIdentity, read_identity

RKSSSE = BY_NAME["RKSSSE"]


def read_base(setting: Setting) -> CallFlow[str]:
    """iReadCardBas: card and PSAM prove each other, a 3.0 card is opened with RKSSSE."""
    atr = yield from power_card()
    access = yield from psam_access()
    yield from enter_environment()
    card = yield from on(CARD, read_identity(atr))
    yield from prove_genuine(access, CARD, card)
    return (yield from _answer(setting, card, access.terminal_number))


def read_base_by_hsm(setting: Setting) -> CallFlow[str]:
    """iReadCardBas_HSM_Step1 and _Step2: what the PSAM would compute comes from the centre."""
    card = yield from identify_card()
    inner = yield from on(CARD, two_challenges())
    proof = yield from on(CARD, internal_authentication(inner.process, inner.raw))
    outer = (yield from on(CARD, two_challenges())) if card.protects_holder_data else None
    request = BaseRequest(
        card.card_id,
        setting.profile.reset_information(card.historical_bytes),
        card.algorithm,
        numbers_of(inner),
        numbers_of(outer) if outer else None,
    )
    (key,) = yield HandOver(
        request.render(setting.profile, setting.device_number),
        HsmMessage(hsm.base_read_message(card, inner, outer)),
    )
    computed = BaseKey.parse(key)
    require_genuine(proof, computed.internal.data)
    if outer is not None:
        if computed.external is None:
            raise refuse(
                ReturnCode.BAD_DATA,
                "缺少外部认证数据",
                "pKey has no external authentication, which a 3.0 card needs",
            )
        yield from on(CARD, external_authentication(RKSSSE, computed.external.data, computed.external.raw))
    return (yield from _answer(setting, card, (yield from terminal_number())))


def numbers_of(challenges: hsm.Challenges) -> Numbers:
    """The two numbers as the strings carry them."""
    return Numbers(challenges.process, challenges.raw)


def _answer(setting: Setting, card: CardIdentity, terminal: str) -> CallFlow[str]:
    base = yield from on(CARD, _read_base_data(setting, card, terminal))
    return base.render(setting.profile)


def _read_base_data(setting: Setting, card: CardIdentity, terminal: str) -> Procedure[BaseData]:
    """The rest of EF05, then EF06; the name goes on in 4E on cards that have it."""
    profile = setting.profile
    yield from select_ef(ISSUER_DATA)
    version = yield from read_item(ISSUER_DATA, 0x03)
    issued = yield from read_item(ISSUER_DATA, 0x05)
    valid_until = yield from read_item(ISSUER_DATA, 0x06)
    yield from select_ef(PERSONAL_DATA)
    social_number = yield from read_item(PERSONAL_DATA, 0x08)
    name = yield from read_item_bytes(PERSONAL_DATA, 0x09)
    extension = None if card.generation == "1.0" else (yield from read_item_bytes(PERSONAL_DATA, 0x4E))
    return BaseData(
        social_number=social_number or "",
        number=card.number,
        card_id=card.card_id,
        name=ssse.join_name(name or b"", extension or b""),
        reset_information=profile.reset_information(card.historical_bytes),
        version=profile.version_text(version or ""),
        issued=f"{issued:%Y%m%d}" if issued else "",
        valid_until=f"{valid_until:%Y%m%d}" if valid_until else "",
        terminal_number=terminal,
        device_number=setting.device_number,
    )
