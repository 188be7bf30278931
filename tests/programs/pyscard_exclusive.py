"""Takes a reader for itself, and shows that nobody else gets in."""

from smartcard.Exceptions import CardConnectionException
from smartcard.ExclusiveConnectCardConnection import ExclusiveConnectCardConnection
from smartcard.ExclusiveTransmitCardConnection import ExclusiveTransmitCardConnection
from smartcard.System import readers

reader = readers()[0]
mine = ExclusiveConnectCardConnection(reader.createConnection())
mine.connect()
print("mine", mine.transmit([0x00, 0x84, 0x00, 0x00, 0x08])[1:])

other = reader.createConnection()
try:
    other.connect()
except CardConnectionException as error:
    print("other:", error)
mine.disconnect()

other = ExclusiveTransmitCardConnection(reader.createConnection())
other.connect()
other.lock()
print("other", other.transmit([0x00, 0x84, 0x00, 0x00, 0x08])[1:])
other.unlock()
other.disconnect()
