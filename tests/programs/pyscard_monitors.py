"""Tells of readers and cards that come and go, until its input ends."""

import sys
import time

from smartcard.CardMonitoring import CardMonitor, CardObserver
from smartcard.ReaderMonitoring import ReaderMonitor, ReaderObserver
from smartcard.util import toHexString


def tell(*words):
    """Write a line in one piece: both monitors have threads of their own."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Cards(CardObserver):
    def update(self, observable, handlers):
        added, removed = handlers
        for card in added:
            connection = card.createConnection()
            connection.connect()
            tell("card in", card.reader, toHexString(connection.getATR()))
            connection.disconnect()
        for card in removed:
            tell("card out of", card.reader)


class Readers(ReaderObserver):
    def update(self, observable, handlers):
        added, removed = handlers
        for reader in added:
            tell("reader came", reader)
        for reader in removed:
            tell("reader went", reader)


cards, readers = Cards(), Readers()
card_monitor, reader_monitor = CardMonitor(), ReaderMonitor(period=0.05)
card_monitor.addObserver(cards)
reader_monitor.addObserver(readers)
tell("watching")
while not sys.stdin.closed:
    time.sleep(0.05)
card_monitor.deleteObserver(cards)
reader_monitor.deleteObserver(readers)
tell("done")
