"""T=0 carries data one way at a time: answers that wait for GET RESPONSE, and the cure for a wrong Le.

LD/T 32.2 section 9.3 and LD/T 32.5 section 6.6. A directory with the direct face gives data and 9000 at
once, as a reader would show it that follows 61xx and 6Cxx itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtual_card import status

if TYPE_CHECKING:
    from virtual_card.card import ProcessorCard

ANSWER_MAX = 256


def answer(card: ProcessorCard, data: bytes) -> bytes:
    """The answer to a command that also carried data (case 4): 61xx, the data waits; direct: data, 9000."""
    if card.directory.direct:
        return data + status.OK
    card.waiting = data
    card.unfinished = True
    return status.waiting(len(data))


def exact(card: ProcessorCard, data: bytes, le: int) -> bytes:
    """The answer to a command without data: complete where Le is its length, else 6Cxx (case 2).

    With the direct face Le 00 and a larger Le are served too: the client sees what a reader that resends
    would show.
    """
    length = len(data)
    if length & 0xFF == le or (card.directory.direct and (le == 0 or le > length)):
        return data + status.OK
    return status.right_length(length)


def get_response(card: ProcessorCard, p1: int, p2: int, data: bytes, le: int) -> bytes:
    """Fetch what waits. Le 00 or too large: 6Cxx; smaller: that much and 61xx; nothing waiting: 6F00."""
    if p1 or p2:
        return status.PARAMETERS
    if data:
        return status.LENGTH
    waiting = card.waiting
    length = len(waiting)
    if not length:
        return status.NO_DATA
    wanted = le or (ANSWER_MAX if length == ANSWER_MAX else 0)
    if not 0 < wanted <= length:
        return status.right_length(length)
    card.waiting = waiting[wanted:]
    if wanted == length:
        card.unfinished = card.transaction is not None
    return waiting[:wanted] + (status.OK if wanted == length else status.waiting(length - wanted))
