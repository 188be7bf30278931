# ruff: noqa: F403, F405 - written as the tutorials write it
"""The winscard functions by hand, as pyscard's own low-level examples call them."""

from smartcard.scard import *
from smartcard.util import toHexString


def must(hresult, what):
    if hresult != SCARD_S_SUCCESS:
        raise error(f"{what}: {SCardGetErrorMessage(hresult)}")


hresult, context = SCardEstablishContext(SCARD_SCOPE_USER)
must(hresult, "establish")
must(SCardIsValidContext(context), "valid")
hresult, groups = SCardListReaderGroups(context)
print("groups", groups)
hresult, names = SCardListReaders(context, [])
must(hresult, "list")
print("readers", names)
hresult, states = SCardGetStatusChange(context, 0, [(names[0], SCARD_STATE_UNAWARE)])
must(hresult, "status")
name, event, atr = states[0]
print("state", name, f"{event & 0xFFFF:04X}", toHexString(atr))

hresult, card, protocol = SCardConnect(context, names[0], SCARD_SHARE_SHARED, SCARD_PROTOCOL_ANY)
must(hresult, "connect")
print("protocol", protocol)
must(SCardBeginTransaction(card), "begin")
hresult, answer = SCardTransmit(card, SCARD_PCI_T0, [0x00, 0x84, 0x00, 0x00, 0x04])
must(hresult, "transmit")
print("answer of", len(answer), "bytes", toHexString(answer[-2:]))
must(SCardEndTransaction(card, SCARD_LEAVE_CARD), "end")
hresult, reader, state, protocol, atr = SCardStatus(card)
must(hresult, "card status")
print("card", reader, f"{state & 0xFFFF:04X}", protocol, toHexString(atr))
hresult, features = SCardControl(card, SCARD_CTL_CODE(3400), [])
must(hresult, "control")
print("features", features)
hresult, attribute = SCardGetAttrib(card, SCARD_ATTR_ATR_STRING)
must(hresult, "attribute")
print("attribute", toHexString(attribute))
hresult, protocol = SCardReconnect(card, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_ANY, SCARD_RESET_CARD)
must(hresult, "reconnect")
print("again", protocol)
must(SCardDisconnect(card, SCARD_UNPOWER_CARD), "disconnect")
must(SCardReleaseContext(context), "release")
print("released", SCardGetErrorMessage(SCardIsValidContext(context)))
