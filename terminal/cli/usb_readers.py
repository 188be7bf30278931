"""USB readers of a machine, from what the kernel says of its devices, and which of them the CCID driver knows."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from terminal.cli.machine import Machine

DEVICES = "/sys/bus/usb/devices"
CHIP_CARD_CLASS = "0b"
DRIVER_LISTS = (
    "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist",
    "/usr/local/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist",
    "/etc/libccid_Info.plist",
)


@dataclass(frozen=True, slots=True)
class UsbReader:
    """One device with a chip-card interface: vendor and product in hex (`072f`, `2200`), and its own name."""

    vendor: str
    product: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.vendor}:{self.product})"


def usb_readers(machine: Machine) -> tuple[UsbReader, ...]:
    """Every USB device with an interface of class 0B (USB ICC/CCID)."""
    return tuple(dict.fromkeys(_found(machine)))


def _found(machine: Machine) -> Iterator[UsbReader]:
    for interface in sorted(machine.at(DEVICES).glob("*:*")):
        place = f"{DEVICES}/{interface.name}"
        if machine.text(f"{place}/bInterfaceClass").lower() != CHIP_CARD_CLASS:
            continue
        device = f"{DEVICES}/{interface.name.partition(':')[0]}"
        name = " ".join(
            filter(None, (machine.text(f"{device}/manufacturer"), machine.text(f"{device}/product")))
        )
        yield UsbReader(
            machine.text(f"{device}/idVendor").lower(),
            machine.text(f"{device}/idProduct").lower(),
            name or "a reader without a name",
        )


def known_to_driver(machine: Machine) -> frozenset[tuple[str, str]] | None:
    """The (vendor, product) pairs that the CCID driver serves; None where it is not installed or its list is broken."""
    for path in DRIVER_LISTS:
        if not machine.at(path).is_file():
            continue
        try:
            listed = plistlib.loads(machine.at(path).read_bytes())
            pairs = zip(listed["ifdVendorID"], listed["ifdProductID"], strict=True)
            return frozenset((_digits(vendor), _digits(product)) for vendor, product in pairs)
        except (OSError, ValueError, KeyError, TypeError, ExpatError):
            return None
    return None


def _digits(number: str) -> str:
    return f"{int(number, 16):04x}"
