"""Waits for a social security card, known by its ATR, and asks it for a challenge."""

from smartcard.CardRequest import CardRequest
from smartcard.CardType import ATRCardType
from smartcard.Exceptions import CardRequestTimeoutException
from smartcard.sw.ErrorCheckingChain import ErrorCheckingChain
from smartcard.sw.ISO7816_4ErrorChecker import ISO7816_4ErrorChecker
from smartcard.sw.SWExceptions import SWException
from smartcard.util import toBytes, toHexString

MASK = "FF FF 00 00 00 FF" + " 00" * 11
request = CardRequest(
    timeout=60,
    cardType=ATRCardType(toBytes("3B 6D 00 00 00 81 00 00 00 86 00 00 00 00 00 00 00"), toBytes(MASK)),
)
print("waiting", flush=True)
try:
    service = request.waitforcard()
except CardRequestTimeoutException:
    print("no card came")
    raise SystemExit(1) from None

service.connection.connect()
print("ATR", toHexString(service.connection.getATR()), "in", service.connection.getReader())
service.connection.setErrorCheckingChain([ErrorCheckingChain([], ISO7816_4ErrorChecker())])
try:
    service.connection.transmit([0x00, 0xA4, 0x00, 0x00, 0x02, 0xDE, 0xAD])
except SWException as error:
    print("refused:", error)
data, sw1, sw2 = service.connection.transmit([0x00, 0x84, 0x00, 0x00, 0x08])
print("challenge of", len(data), "bytes", f"{sw1:02X}{sw2:02X}")
service.connection.disconnect()
