"""Reads the issuer data (SSSE, EF05) of the social security card in the first reader."""

from smartcard.CardConnectionObserver import ConsoleCardConnectionObserver
from smartcard.System import readers
from smartcard.util import toBytes, toHexString

SELECT_SSSE = toBytes("00 A4 04 00 0F 73 78 31 2E 73 68 2E C9 E7 BB E1 B1 A3 D5 CF")

connection = readers()[0].createConnection()
connection.addObserver(ConsoleCardConnectionObserver())
connection.connect()
print("ATR", toHexString(connection.getATR()))

data, sw1, sw2 = connection.transmit(SELECT_SSSE)
if sw1 == 0x61:
    data, sw1, sw2 = connection.transmit([0x00, 0xC0, 0x00, 0x00, sw2])
print("FCI", toHexString(data), f"{sw1:02X}{sw2:02X}")

record = 1
while True:
    data, sw1, sw2 = connection.transmit([0x00, 0xB2, record, 0x05 << 3 | 4, 0x00])
    if sw1 == 0x6C:
        data, sw1, sw2 = connection.transmit([0x00, 0xB2, record, 0x05 << 3 | 4, sw2])
    if (sw1, sw2) != (0x90, 0x00):
        break
    print("EF05", record, toHexString(data))
    record += 1
connection.disconnect()
