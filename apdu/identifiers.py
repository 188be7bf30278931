"""Check characters of the numbers a card carries, for issuing and for hints: reading never rejects by them.

Cards in use hold numbers whose check character fails, so a terminal shows a doubt and goes on.
"""

from __future__ import annotations

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_CHECK = "0X987654321"
_CITIZEN_CHECK = "10X98765432"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def card_check_character(body: str) -> str:
    """Check character of a card number or organisation code from its eight digits and capital letters.

    Raises ValueError on any other body. Sources: LD/T 32.6 annex A; GB 11714.
    """
    if len(body) != 8 or any(character not in _ALPHABET for character in body):
        raise ValueError("the body of a card number has eight digits or capital letters")
    total = sum(
        _ALPHABET.index(character) * weight
        for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return _CARD_CHECK[total % 11]


def luhn_check_digit(body: str) -> str:
    """Check digit of a bank card number from its other digits, else ValueError. Source: ISO/IEC 7812-1 annex B."""
    if not body.isdecimal():
        raise ValueError("the body of a bank card number has digits only")
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def citizen_check_character(body: str) -> str:
    """Check character of a citizen number from its 17 digits, else ValueError. Source: GB 11643."""
    if len(body) != 17 or not (body.isascii() and body.isdigit()):
        raise ValueError("the body of a citizen number has 17 digits")
    return _CITIZEN_CHECK[
        sum(int(digit) * weight for digit, weight in zip(body, _CITIZEN_WEIGHTS, strict=True)) % 11
    ]


def plausible_card_number(number: str) -> bool:
    """Whether a card number has nine characters and its check character fits."""
    try:
        return len(number) == 9 and card_check_character(number[:8]) == number[8]
    except ValueError:
        return False


def plausible_social_number(number: str) -> bool:
    """Whether a social security number may be one: 18 characters, the check applied to citizen numbers only.

    Numbers assigned to holders without a citizen number may hold letters among the first 17 (LD/T 32.6
    8.1.2.1).
    """
    if len(number) != 18:
        return False
    try:
        return citizen_check_character(number[:17]) == number[17]
    except ValueError:
        return True
