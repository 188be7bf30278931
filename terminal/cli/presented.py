"""How a card that is presented to a PC/SC reader is named, watched and told of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from apdu.vpcd import DEFAULT_PORT
from terminal.cli.output import say
from terminal.text import Text
from terminal.trace.as_json import both, json_line
from virtual_card.vpcd import LOCALHOST, Presence, PresentedSlot

if TYPE_CHECKING:
    from virtual_card.slot import Slot

LAST_PORT = 0xFFFF


class Address(NamedTuple):
    """Where a reader of vpcd waits for its card."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class AddressType(click.ParamType[Address]):
    """An address as HOST:PORT."""

    name = "host:port"

    def convert(
        self, value: str | Address, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        """The host and the port."""
        if isinstance(value, Address):
            return value
        host, _, port = value.rpartition(":")
        if not host or not (port.isascii() and port.isdigit() and 0 < int(port) <= LAST_PORT):
            self.fail(f"{value!r} is no address; write it like {DEFAULT_ADDRESS}", param, ctx)
        return Address(host.strip("[]"), int(port))


DEFAULT_ADDRESS = Address(LOCALHOST, DEFAULT_PORT)
ADDRESS = AddressType()

TEXTS = {
    Presence.WAITING: Text(
        "nobody listens there; waiting for a PC/SC daemon (`ssc pcscd` starts one, and says its ports)",
        "等待PC/SC服务",
    ),
    Presence.SILENT: Text(
        "connected, but the reader does not take it: another card is in it, or it is no reader of vpcd; waiting",
        "读卡器中已有其他卡，或不是虚拟读卡器",
    ),
    Presence.CONNECTED: Text("the card is in the reader", "卡已插入"),
    Presence.POWERED_ON: Text("powered on", "上电"),
    Presence.RESET: Text("reset", "复位"),
    Presence.POWERED_OFF: Text("powered off", "下电"),
    Presence.DISCONNECTED: Text("the reader has let go of the card", "读卡器断开"),
    Presence.REMOVED: Text("the card is out of the reader", "卡已取出"),
}


@contextmanager
def slot_with(image: str) -> Iterator[Slot]:
    """A slot with the card of an image in it, which keeps up until the block ends; raises what opening it raises."""
    from virtual_card.image import open_journalled
    from virtual_card.slot import Slot

    with open_journalled(image) as card:
        slot = Slot(image)
        slot.insert(card)
        yield slot


@contextmanager
def presented(slot: Slot, address: Address, as_json: bool) -> Iterator[PresentedSlot]:
    """Put the card of a slot into the reader at an address, and tell what happens to it; raises VpcdError."""

    def tell(presence: Presence) -> None:
        text = TEXTS[presence]
        if as_json:
            values = {"image": slot.name, "vpcd": str(address), "presence": presence.value, **both(text)}
            say(json_line("presented", values))
        else:
            say(f"{slot.name} {address}: {text}")

    with PresentedSlot(slot, address.host, address.port, listener=tell) as there:
        yield there
