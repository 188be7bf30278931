"""Issue a virtual card: holder and serial from a seed, keys from the roots, contents from the layout.

The same kind, seed and options give the same card, byte for byte. Social security cards come personalised
and sealed, as they lie in the holder's envelope; all cards of one seed belong to the same holder, and every
PSAM fits every card.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from apdu import atr
from apdu.crypto.algorithm import Algorithm
from apdu.crypto.diversification import factors
from apdu.crypto.sm2 import Sm2MissingError
from apdu.keys import BY_NAME, RootKeys
from apdu.layout import DEFAULT_OPTIONS, CardOptions, card_layout
from apdu.layout.application_status import DEFAULT_FID, ApplicationStatus, Receipt
from apdu.layout.old_cards import OLD_CARDS, OLD_CPU
from apdu.layout.psam import psam_layout
from apdu.layout.states import FinancialState, ReceiptMode, SocialState
from apdu.purse import ACCOUNT_RECORD
from virtual_card.applications.memory import CHIPS, MemoryCard
from virtual_card.applications.old_cpu import old_cpu_card, old_cpu_contents
from virtual_card.applications.pboc.contents import BankContents
from virtual_card.applications.pboc.options import DEFAULT_BANK, Activation, BankOptions
from virtual_card.applications.pki import sm2
from virtual_card.applications.pki.contents import PkiContents
from virtual_card.applications.psam import (
    ENVIRONMENTS,
    NATIONAL,
    PROVINCIAL,
    psam_card,
    psam_contents,
    sam_own_keys,
    working_keys,
)
from virtual_card.applications.social import social_card, social_contents
from virtual_card.card import VirtualCard
from virtual_card.card_kinds import GENERATIONS, CardKind, CardState, kinds, states
from virtual_card.holder import Holder
from virtual_card.issue_record import issuer_notes, medical_notes
from virtual_card.persona import DEFAULT_TODAY, REGION, VALIDITY_YEARS, Persona, years_later
from virtual_card.personalisation import (
    OLD_CARD_VALUES,
    blank_files,
    card_keys,
    file_contents,
    psam_files,
    social_files,
)
from virtual_card.purse_memory import PURSE_LOG
from virtual_card.state import PIN_TRIES, Face, Purse

__all__ = [
    "GENERATIONS",
    "Activation",
    "BankOptions",
    "CardKind",
    "CardState",
    "IssueError",
    "PsamOptions",
    "SocialOptions",
    "issue",
    "kinds",
    "states",
]


@dataclass(frozen=True, slots=True)
class SocialOptions:
    """How a social security card is personalised.

    `status_fid` None leaves the application status file out. `received_at` (naive local time) None takes a
    time a week before the day of issue. `activation` and `bank` say what the bank's side of the chip is like
    (a blank card has none); `financial` is what the status file tells of it. `layout` says which optional
    files and directories there are. `purse` is the medical purse of DF04 (6A81 without one); one that keeps
    the personal account only has records of 20 bytes in EF08. `pki` gives a card of the third generation the PKI
    application; it needs the extra `sm2`. `contactless` lays a card of the third generation on a contactless reader:
    PC/SC shows its historical bytes in another answer to reset, and answers come at once.
    """

    status_fid: int | None = DEFAULT_FID
    financial: FinancialState = FinancialState.INACTIVE
    receipt_mode: ReceiptMode = ReceiptMode.IN_PERSON
    received_at: datetime | None = None
    layout: CardOptions = DEFAULT_OPTIONS
    activation: Activation = Activation.HOST_INACTIVE
    bank: BankOptions = DEFAULT_BANK
    purse: Purse | None = None
    purse_keeps_account_only: bool = False
    pki: bool = False
    contactless: bool = False


@dataclass(frozen=True, slots=True)
class PsamOptions:
    """Which keys a PSAM holds, and where.

    `levels` maps key names to the factors still to come (3 national, 2 provincial, 1 city, 0: fits no level,
    so that deriving always answers 6A80); `without` names keys it lacks (6A88); `environments` the
    algorithms it has (6A82 for others). `sm4_face` "apdu": its SM4 side answers with data and 9000 at once,
    as some do. The last four are the switches of `CardContents`.
    """

    terminal_number: str = "990100000001"
    levels: Mapping[str, int] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    environments: tuple[Algorithm, ...] = (Algorithm.DES, Algorithm.SM4)
    sm4_face: Face | None = None
    level_by_lc: bool = False
    accepts_801a: bool = False
    refuses_purchase: bool = False
    wrong_mac2_is_63cf: bool = False


class IssueError(ValueError):
    """A card that cannot be issued as asked; says what can be asked for."""


_SOCIAL_DEFAULTS = SocialOptions()
_PSAM_DEFAULTS = PsamOptions()


def issue(
    kind: str,
    seed: int,
    *,
    state: str | None = None,
    today: date = DEFAULT_TODAY,
    root_keys: RootKeys | None = None,
    pin: str | None = None,
    holder: Holder | None = None,
    social: SocialOptions = _SOCIAL_DEFAULTS,
    psam: PsamOptions = _PSAM_DEFAULTS,
    random: Callable[[int], bytes] = os.urandom,
    face: Face = "T=0",
) -> VirtualCard:
    """Issue a card of `kind` to the holder of `seed`, or to `holder` as far as that says who it is.

    `pin` is the initial PIN of a social security card, or the PIN that belongs to an old card (which a
    memory card does not hold: it stands in the issuer's notes). `root_keys` replace the test roots. `random`
    gives the card's challenges. Raises HolderError for a holder who cannot be, IssueError for an unknown kind,
    a state the kind does not have, a PIN that is none, a seed out of range, or PSAM options that name no key.
    """
    chosen = _kind(kind)
    order = _Order(
        chosen,
        _state(chosen, state),
        _persona(seed, today, holder),
        today,
        root_keys,
        pin,
        social,
        psam,
        random,
        face,
    )
    return _ISSUERS[chosen](order)


@dataclass(frozen=True, slots=True, repr=False)
class _Order:
    """What was asked for, checked."""

    kind: CardKind
    state: CardState | None
    persona: Persona
    today: date
    root_keys: RootKeys | None
    pin: str | None
    social: SocialOptions
    psam: PsamOptions
    random: Callable[[int], bytes]
    face: Face


def _kind(kind: str) -> CardKind:
    try:
        return CardKind(kind)
    except ValueError:
        raise IssueError(f"{kind!r} is no kind of card; choose one of {', '.join(kinds())}") from None


def _state(kind: CardKind, state: str | None) -> CardState | None:
    if state is None:
        return None
    if state not in states(kind):
        known = ", ".join(states(kind)) or "none; leave it out"
        raise IssueError(f"a {kind} card cannot be issued as {state!r}; its states: {known}")
    return CardState(state)


def _persona(seed: int, today: date, holder: Holder | None) -> Persona:
    try:
        persona = Persona.from_seed(seed, today)
    except ValueError as error:
        raise IssueError(str(error)) from None
    return persona if holder is None else holder.applied_to(persona)


def _packed_pin(pin: str) -> bytes:
    """A PIN as the card holds it: packed BCD, an odd count filled with nibble F (LD/T 32.5 section 6.14)."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 16):
        raise IssueError("a PIN has 4 to 16 digits")
    return bytes.fromhex(pin + "F" * (len(pin) % 2))


def _issue_social(order: _Order) -> VirtualCard:
    generation = GENERATIONS[order.kind]
    expired = order.state is CardState.EXPIRED
    persona = _expired(order.persona, order.today) if expired else order.persona
    historical_bytes = generation.historical_bytes(persona.historical_bytes)
    layout = card_layout(generation.version, order.social.status_fid, order.social.layout)
    status = ApplicationStatus(SocialState.SEALED, order.social.financial)
    receipt = Receipt(order.social.received_at or persona.received_at, order.social.receipt_mode)
    if order.state is CardState.BLANK:
        files = blank_files(layout, persona, generation.version_item)
    else:
        files = social_files(
            layout,
            persona,
            version_item=generation.version_item,
            status_fid=order.social.status_fid,
            status=status,
            receipt=receipt,
        )
    contents = social_contents(
        generation.version,
        algorithm=generation.algorithm,
        atr=_answer_to_reset(order, historical_bytes),
        layout=layout,
        keys=card_keys(generation.algorithm, historical_bytes, layout, generation.version, order.root_keys),
        files=files,
        pin=_packed_pin(persona.initial_pin if order.pin is None else order.pin),
        pin_tries=0 if order.state is CardState.PIN_BLOCKED else PIN_TRIES,
    )
    contents.blocked = order.state is CardState.CARD_BLOCKED
    medical = contents.directory("DF04")
    medical.blocked = order.state is CardState.APPLICATION_BLOCKED
    medical.purse = order.social.purse
    if order.social.purse_keeps_account_only:
        medical.file(PURSE_LOG).record_length = ACCOUNT_RECORD
    contents.notes.update(medical_notes(persona))
    if order.state is not CardState.BLANK and order.social.activation is not Activation.NONE:
        contents.bank = _bank(persona, order)
    contents.pki = _pki(order)
    face = "apdu" if order.social.contactless else order.face
    return social_card(order.kind.value, contents, random=order.random, face=face)


def _answer_to_reset(order: _Order, historical_bytes: bytes) -> bytes:
    """The contact form, or what PC/SC makes of the card's ATS (PC/SC part 3 section 3.1.3.2.3)."""
    if not order.social.contactless:
        return atr.build(historical_bytes).encode()
    if order.kind is not CardKind.SSC_3:
        raise IssueError(f"a {order.kind} card has contacts only; issue a {CardKind.SSC_3} card")
    return atr.build(historical_bytes, atr.CONTACTLESS).encode()


def _bank(persona: Persona, order: _Order) -> BankContents:
    """The bank's side of the holder's card."""
    from virtual_card.applications.pboc.personalisation import Account, bank_contents, card_number

    options = order.social.bank
    try:
        account = Account(
            card_number(persona.seed, options.number_length),
            effective=persona.issued_on,
            expires=persona.valid_until,
            holder=persona.name,
            document=persona.id_number,
        )
        return bank_contents(account, options, order.social.activation)
    except (ValueError, Sm2MissingError) as error:
        raise IssueError(str(error)) from None


def _pki(order: _Order) -> PkiContents | None:
    """The PKI application with the published test PINs and master key, before a kiosk was at it."""
    if not order.social.pki:
        return None
    if order.kind is not CardKind.SSC_3:
        raise IssueError(f"a {order.kind} card has no PKI application; issue a {CardKind.SSC_3} card")
    if not sm2.available():
        raise IssueError(f"the PKI application needs SM2, which is not installed: {sm2.INSTALL}")
    return None if order.state is CardState.BLANK else PkiContents()


def _expired(persona: Persona, today: date) -> Persona:
    """The holder with a card that ran out a whole validity ago: expired by the clock on the wall as well."""
    last_day = years_later(today - timedelta(days=1), -VALIDITY_YEARS)
    return replace(persona, issued_on=years_later(last_day, -VALIDITY_YEARS), valid_until=last_day)


def _issue_memory(order: _Order) -> VirtualCard:
    (spec,) = OLD_CARDS[order.kind.value].files
    contents = spec.build(OLD_CARD_VALUES[order.kind.value](order.persona))
    pin = order.persona.old_pin if order.pin is None else order.pin
    _packed_pin(pin)
    user_size = CHIPS[order.kind.value].user_size
    return MemoryCard(order.kind.value, contents[:user_size], notes=issuer_notes(order.persona, pin))


def _issue_old_cpu(order: _Order) -> VirtualCard:
    pin = order.persona.old_pin if order.pin is None else order.pin
    values = OLD_CARD_VALUES[order.kind.value](order.persona)
    contents = old_cpu_contents(
        atr=atr.build(order.persona.old_historical_bytes).encode(),
        layout=OLD_CPU,
        files={spec.path: file_contents(spec, values) for spec in OLD_CPU.files},
        pin=_packed_pin(pin),
    )
    contents.notes = issuer_notes(order.persona, pin)
    return old_cpu_card(contents, random=order.random, face=order.face)


def _issue_psam(order: _Order) -> VirtualCard:
    options, persona = order.psam, order.persona
    for name in (*options.levels, *options.without):
        if name not in BY_NAME:
            raise IssueError(f"{name!r} is no key; a PSAM has {', '.join(BY_NAME)}")
    if not set(options.levels.values()) <= set(range(NATIONAL + 1)):
        raise IssueError(f"a PSAM key has 0 to {NATIONAL} levels left to diversify")
    levels = {name: NATIONAL if name == "IRK" or name.startswith("RK") else PROVINCIAL for name in BY_NAME}
    path = factors(REGION, persona.historical_bytes)
    keys = {
        environment: [
            key
            for key in working_keys(
                algorithm, levels={**levels, **options.levels}, path=path, replaced=order.root_keys
            )
            if key.name not in options.without
        ]
        for environment, algorithm in ENVIRONMENTS.items()
        if algorithm in options.environments
    }
    layout = psam_layout()
    contents = psam_contents(
        atr=atr.build(persona.historical_bytes).encode(),
        layout=layout,
        keys=keys,
        files=psam_files(layout, persona, options.terminal_number),
        own_keys=sam_own_keys(order.root_keys),
        sm4_face=options.sm4_face,
        level_by_lc=options.level_by_lc,
        accepts_801a=options.accepts_801a,
        refuses_purchase=options.refuses_purchase,
        wrong_mac2_is_63cf=options.wrong_mac2_is_63cf,
    )
    return psam_card(contents, random=order.random, face=order.face)


_ISSUERS: Mapping[CardKind, Callable[[_Order], VirtualCard]] = {
    **dict.fromkeys(GENERATIONS, _issue_social),
    CardKind.SLE4442: _issue_memory,
    CardKind.SLE4428: _issue_memory,
    CardKind.OLD_CPU: _issue_old_cpu,
    CardKind.PSAM: _issue_psam,
}
