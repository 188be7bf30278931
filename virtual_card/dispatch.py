"""Which command runs under which CLA and INS; everything else is 6E00 or 6D00 (LD/T 32.5 section 5.3).

The order of checks is card blocked, class, instruction, application blocked, P1 P2, length, file, structure,
access, counter, content: the first four are the card's (`ProcessorCard`), P1 P2 to file the commands',
structure and access those of `access.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from virtual_card.card import Handler
from virtual_card.commands import authentication, binary, block, pin, pin_unblock, purse, records
from virtual_card.commands.select import select
from virtual_card.half_duplex import get_response


def table(commands: Mapping[str, Handler]) -> Mapping[bytes, Handler]:
    """A command table from CLA and INS in hex."""
    return {bytes.fromhex(head): handler for head, handler in commands.items()}


READING: Mapping[str, Handler] = {
    "00A4": select,
    "00B0": binary.read_binary,
    "00B2": records.read_record,
    "00C0": get_response,
}

SOCIAL = table(
    {
        **READING,
        "00D6": binary.update_binary,
        "00DC": records.update_record,
        "0020": pin.verify,
        "805E": pin.change_pin,
        "0084": authentication.get_challenge,
        "0082": authentication.external_authenticate,
        "0088": authentication.internal_authenticate,
        "04D6": binary.update_binary_secured,
        "04DC": records.update_record_secured,
        "841E": block.application_block,
        "8416": block.card_block,
        "8424": pin_unblock.pin_change_unblock,
        "B026": purse.get_balance,
        "B028": purse.initialize,
        "B02A": purse.credit_for_load,
        "B02C": purse.debit_for_purchase,
        "B02E": purse.get_transaction_proof,
        "B056": purse.starting_day,
    }
)
