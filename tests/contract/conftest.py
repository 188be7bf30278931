"""The contract suite's transports."""

from transports import on_transport

__all__ = ["on_transport"]
