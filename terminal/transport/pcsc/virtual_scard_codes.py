"""What virtual readers say to PC/SC programs beyond what the driver's own side of PC/SC needs to know.

Source: pcsclite.h, winscard.h and reader.h of pcsc-lite; PC/SC part 10 section 2.2 for the feature request.
"""

from __future__ import annotations

from enum import IntFlag

from terminal.transport.pcsc.scard import CardProtocol

INVALID_PARAMETER = 0x80100004
INVALID_VALUE = 0x80100011
UNSUPPORTED_FEATURE = 0x8010001F
UNPOWERED_CARD = 0x80100067

SCOPES = range(3)
DEFAULT_GROUP = "SCard$DefaultReaders"
WAITS_FOR_EVER_MS = 0x7FFFFFFF
"""pyscard's INFINITE; pcsc-lite's own is larger still."""

EVERY_PROTOCOL = 0x0F
"""T=0, T=1, raw and T=15: what a program may ask for."""

PROTOCOLS = {"T=0": CardProtocol.T0, "T=1": CardProtocol.T1, "raw": CardProtocol.T0}
"""A connection's protocol as PC/SC has it; readers show memory cards behind storage-card commands as T=0."""

VENDOR = b"ssc-terminal"
ATTR_VENDOR_NAME = 0x00010100
ATTR_ATR_STRING = 0x00090303
ATTR_DEVICE_FRIENDLY_NAME = 0x7FFF0003
GET_FEATURE_REQUEST = 0x42000D48


class CardState(IntFlag):
    """The lower half of the state that SCardStatus answers."""

    ABSENT = 0x0002
    PRESENT = 0x0004
    SWALLOWED = 0x0008
    POWERED = 0x0010
    NEGOTIABLE = 0x0020
