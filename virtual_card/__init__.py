"""Cards that behave: social security cards, PSAMs and old medical cards that answer command APDUs.

`virtual_card.issuer.issue` makes one; `load` and `save` keep it in a file. Neither `construct` nor
`cryptography` is imported before something needs it.
"""

from virtual_card.card import VirtualCard
from virtual_card.errors import CardMuteError, NoCardError, TornError, VirtualCardError
from virtual_card.image import DamagedImageError, diff, dumps, load, open_journalled, save

__all__ = [
    "CardMuteError",
    "DamagedImageError",
    "NoCardError",
    "TornError",
    "VirtualCard",
    "VirtualCardError",
    "diff",
    "dumps",
    "load",
    "open_journalled",
    "save",
]
