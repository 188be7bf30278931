"""The operator seam: a person at a console, a script, a web page."""

from __future__ import annotations

from typing import Protocol

from terminal.flow.steps import Confirm, EnterPin, InsertCard, PrintReceipt, RemoveCard, Show
from terminal.text import Pin


class OperatorError(Exception):
    """The person did not do what was asked."""


class OperatorTimeoutError(OperatorError):
    """Nobody reacted in time."""


class OperatorCancelledError(OperatorError):
    """The person cancelled."""


class Operator(Protocol):
    """Carries out what a flow asks of a person; raises OperatorTimeoutError or OperatorCancelledError."""

    def insert_card(self, request: InsertCard) -> None:
        """Return once a card is in the slot."""

    def remove_card(self, request: RemoveCard) -> None:
        """Return once the slot is empty."""

    def enter_pin(self, request: EnterPin) -> Pin:
        """The PIN that was typed."""

    def confirm(self, request: Confirm) -> bool:
        """The person's answer."""

    def show(self, request: Show) -> None:
        """Show a text."""

    def print_receipt(self, request: PrintReceipt) -> None:
        """Print the receipt."""
