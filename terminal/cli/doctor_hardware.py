"""Drivers, readers on the USB, and kernel modules that take readers away, as `ssc doctor` looks at them."""

from __future__ import annotations

from collections.abc import Iterator

from terminal.cli.doctor_findings import Finding, Level
from terminal.cli.machine import Machine
from terminal.cli.usb_readers import known_to_driver, usb_readers
from terminal.text import Text

CCID = Text("CCID driver", "CCID驱动")
VPCD = Text("Virtual reader driver", "虚拟读卡器驱动")
USB = Text("USB readers", "USB读卡器")
MODULES = Text("Kernel modules", "内核模块")
VPCD_DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
GRABBING_MODULES = ("pn533_usb", "pn533", "nfc")


def drivers(machine: Machine) -> Iterator[Finding]:
    """The drivers of real and of virtual readers, and which USB readers have none."""
    known = known_to_driver(machine)
    if known is None:
        fix = "sudo apt-get install libccid"
        yield Finding("ccid", CCID, Level.WARNING, "not installed, or damaged: USB readers are not seen", fix)
    else:
        yield Finding("ccid", CCID, Level.OK, f"serves {len(known)} kinds of reader")
    if machine.at(VPCD_DRIVER).exists():
        yield Finding("vpcd", VPCD, Level.OK, VPCD_DRIVER)
    else:
        fix = "sudo apt-get install vsmartcard-vpcd"
        told = "not installed: virtual cards cannot be shown to other programs"
        yield Finding("vpcd", VPCD, Level.WARNING, told, fix)
    yield from _usb(machine, known or frozenset())


def _usb(machine: Machine, known: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    found = usb_readers(machine)
    if not found:
        yield Finding("usb", USB, Level.OK, "none is plugged in")
    for reader in found:
        if (reader.vendor, reader.product) in known:
            yield Finding("usb", USB, Level.OK, f"{reader} has a driver")
            continue
        fix = "install its maker's PC/SC driver, or a newer libccid that lists it, and restart pcscd"
        yield Finding("usb", USB, Level.PROBLEM, f"{reader} is not in the CCID driver's list", fix)


def kernel_modules(machine: Machine) -> Iterator[Finding]:
    """Modules of the kernel that take contactless readers before the daemon can."""
    loaded = {line.split(" ")[0] for line in machine.text("/proc/modules").splitlines()}
    grabbing = [name for name in GRABBING_MODULES if name in loaded]
    if grabbing:
        value = f"{', '.join(grabbing)}: the kernel may hold a contactless reader that pcscd needs"
        names = " ".join(grabbing)
        fix = f"sudo modprobe -r {names}; to keep them out: a line 'blacklist NAME' each in /etc/modprobe.d/nfc.conf"
        yield Finding("modules", MODULES, Level.WARNING, value, fix)
        return
    yield Finding("modules", MODULES, Level.OK, "none that takes readers")
