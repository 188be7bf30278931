"""Puts virtual readers under pyscard programs in this process, and takes them away again.

pyscard's modules, and programs, say `from smartcard.scard import SCardConnect`: each holds the function itself, and
importing any part of pyscard imports most of it. So the functions are exchanged wherever a loaded module holds one,
in `smartcard.scard` first, which serves what is imported later. Undoing goes the same way.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, cast

from terminal.transport.base import ReaderError
from terminal.transport.pcsc.scard import Scard, system_scard
from terminal.transport.pcsc.virtual_scard import VirtualScard

_KEEPERS = ("smartcard.scard.scard", "smartcard.scard._scard")
"""Where pyscard defines its functions: what is exchanged goes on calling these."""

_STOP_S = 5.0


class VirtualReadersInstalledError(ReaderError):
    """Virtual readers are in place already in this process."""


class _RealScard:
    """pyscard's functions as they were, whatever stands in their place now."""

    def __init__(self, module: object) -> None:
        self.__dict__.update(
            {name: getattr(module, name) for name in dir(module) if not name.startswith("__")}
        )


@contextmanager
def installed() -> Iterator[VirtualScard]:
    """Every pyscard program in this process sees the virtual readers of the object yielded, beside real ones.

    Programs may be imported before or after. On the way out the readers vanish, connections to them are closed, and
    pyscard is as it was. Raises PyscardMissingError, and VirtualReadersInstalledError where this is nested.
    """
    module = system_scard()
    if isinstance(getattr(module.SCardConnect, "__self__", None), VirtualScard):
        raise VirtualReadersInstalledError(
            "virtual readers are installed already; add readers to those 虚拟读卡器已安装"
        )
    multiplexer = VirtualScard(cast(Scard, _RealScard(module)))
    ours = {name: getattr(multiplexer, name) for name in vars(VirtualScard) if name.startswith("SCard")}
    monitor = _CardMonitor()
    monitor.forget_dead()
    _exchange({id(getattr(module, name)): function for name, function in ours.items()})
    try:
        yield multiplexer
    finally:
        monitor.stop_if_started_since(multiplexer)
        multiplexer.close()
        _release_leftovers(multiplexer)
        _exchange({id(function): getattr(multiplexer.real, name) for name, function in ours.items()})


def _exchange(substitutes: Mapping[int, Callable[..., Any]]) -> None:
    for name, module in list(sys.modules.items()):
        if module is None or name in _KEEPERS:
            continue
        # Not getattr: modules with a __getattr__ of their own would import things when asked.
        namespace = getattr(module, "__dict__", None)
        if not isinstance(namespace, dict):
            continue
        for key, value in list(namespace.items()):
            if id(value) in substitutes:
                namespace[key] = substitutes[id(value)]


def _release_leftovers(multiplexer: VirtualScard) -> None:
    """Close what programs left open: pyscard's destructors would complain about handles that nobody knows."""
    from smartcard.pcsc.PCSCCardConnection import PCSCCardConnection
    from smartcard.pcsc.PCSCCardRequest import PCSCCardRequest

    if not multiplexer.has_open():
        return
    for item in gc.get_objects():
        kind = type(item)
        with suppress(Exception):
            if issubclass(kind, PCSCCardConnection) and multiplexer.is_ours(item.hcard):
                item.disconnect()
            if issubclass(kind, PCSCCardConnection | PCSCCardRequest) and multiplexer.is_ours(item.hcontext):
                item.release()


class _CardMonitor:
    """pyscard's card monitoring thread: one for the process, never stopped by pyscard itself."""

    def __init__(self) -> None:
        from smartcard import CardMonitoring

        self._module = CardMonitoring
        self._before = self._thread()

    def _thread(self) -> Any:
        return self._module.CardMonitoringThread.instance

    def forget_dead(self) -> None:
        """A thread that found no PC/SC service has died; let the next monitor start another."""
        if self._before is not None and not self._before.is_alive():
            self._forget()

    def stop_if_started_since(self, multiplexer: VirtualScard) -> None:
        """End a thread that was started on virtual readers; one from before goes on with the real ones."""
        thread = self._thread()
        if thread is None or thread is self._before:
            return
        thread.stop()
        multiplexer.close()
        thread.join(_STOP_S)
        self._forget()

    def _forget(self) -> None:
        self._before = None
        self._module.CardMonitoringThread.instance = None
        self._module.CardMonitor.instance = None
