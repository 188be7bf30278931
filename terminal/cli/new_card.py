"""From what `ssc card new` was asked for to a card: holder file, region profile, key file, bank's side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from apdu.layout import DEFAULT_OPTIONS, EVERYTHING, LayoutError
from apdu.layout.states import FinancialState
from terminal.cli.files import region_profile, root_keys
from terminal.cli.holder_file import load_holder, place_of
from terminal.cli.input_files import InputFileError
from terminal.cli.options import SOCIAL_KINDS
from terminal.flow.texts import yuan
from virtual_card.applications.pboc.options import DEFAULT_BANK, Activation, OfflineData
from virtual_card.card import VirtualCard
from virtual_card.holder import HolderError
from virtual_card.issuer import SocialOptions, issue
from virtual_card.persona import DEFAULT_TODAY
from virtual_card.state import Purse


@dataclass(frozen=True, slots=True, repr=False)
class NewCard:
    """The options of `ssc card new`; files by their names."""

    kind: str
    seed: int
    holder: str | None
    state: str | None
    financial: str | None
    offline_data: str | None
    pki: bool
    contactless: bool
    purse: int | None
    all_files: bool
    profile: str
    today: date | None
    pin: str | None
    keys: str | None

    @property
    def extras(self) -> list[str]:
        """In words, what the card has beyond others of its kind."""
        purse = None if self.purse is None else f"purse of {yuan(self.purse)}"
        found = (
            ("PKI application", self.pki),
            ("contactless", self.contactless),
            (purse, purse),
            ("every file", self.all_files),
        )
        return [text for text, there in found if text and there]


def made(order: NewCard) -> VirtualCard:
    """Issue the card; raises InputFileError naming the holder file and field, and what its other files raise."""
    profile = region_profile(order.profile)
    social = order.kind in SOCIAL_KINDS
    activation = Activation(order.financial or Activation.HOST_INACTIVE)
    active = activation is Activation.ACTIVE
    try:
        return issue(
            order.kind,
            order.seed,
            state=order.state,
            today=order.today or DEFAULT_TODAY,
            root_keys=root_keys(order.keys),
            pin=profile.initial_pin.reveal() if social and order.pin is None else order.pin,
            holder=None if order.holder is None else load_holder(order.holder),
            social=SocialOptions(
                status_fid=profile.status_fid,
                activation=activation,
                bank=OfflineData(order.offline_data or OfflineData.DYNAMIC).of(DEFAULT_BANK),
                financial=FinancialState.ACTIVE if active else FinancialState.INACTIVE,
                pki=order.pki,
                contactless=order.contactless,
                purse=None if order.purse is None else Purse(order.purse),
                layout=EVERYTHING if order.all_files else DEFAULT_OPTIONS,
            ),
        )
    except HolderError as error:
        raise InputFileError(f"{order.holder}: {place_of(error.field)}: {error.reason}") from None
    except LayoutError as error:
        raise InputFileError(f"{order.holder}: this does not fit on the card: {error}; shorten it") from None


def planted(path: str) -> VirtualCard:
    """A plain card with the file tree of a YAML file; raises TreeError naming file and place."""
    from virtual_card.applications.iso7816 import iso7816_card, load_tree

    return iso7816_card(load_tree(path))
