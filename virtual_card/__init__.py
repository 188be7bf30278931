"""Cards that behave: social security cards, PSAMs and old medical cards that answer command APDUs.

`virtual_card.issuer.issue` makes one, `virtual_card.image` keeps it in a file. Neither `construct` nor
`cryptography` is imported before something needs it.
"""

from virtual_card.card import VirtualCard
from virtual_card.errors import CardMuteError, NoCardError, TornError, VirtualCardError

__all__ = ["CardMuteError", "NoCardError", "TornError", "VirtualCard", "VirtualCardError"]
