"""Text in columns of display cells: a Chinese character takes two, so that 80 columns stay 80 columns."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

WIDTH = 80

_PIECES = re.compile(r"\s+|[\u2e80-\uffef][，。、；：！？）」)]*|[^\s\u2e80-\uffef]+")


def pad(text: str, width: int) -> str:
    """The text filled with spaces to `width` cells; a longer one as it is."""
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces and between Chinese characters; never none."""
    lines = [""]
    for piece in _PIECES.findall(text):
        room = width - cell_len(lines[-1])
        if piece.isspace():
            if lines[-1] and room:
                lines[-1] += " "
        elif cell_len(piece) <= room:
            lines[-1] += piece
        else:
            if lines[-1]:
                lines.append("")
            *full, lines[-1] = cut(piece, width)
            lines[-1:] = [*full, lines[-1]]
    return [line.rstrip() for line in lines]


def cut(word: str, width: int) -> list[str]:
    """One word in pieces of at most `width` cells; hex stays in whole bytes where `width` is even."""
    pieces = []
    while cell_len(word) > width:
        head = set_cell_size(word, width).rstrip()
        pieces.append(head)
        word = word[len(head) :]
    return [*pieces, word]
