"""`POST /terminal/{request}`: every typed request of the ports, and its answer, in JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terminal.backoffice import wire
from terminal.backoffice.ports import HsmMessage
from terminal.serve.answers import JSON, done
from terminal.serve.description import request_body, responses, schema_of
from terminal.serve.desk import ask
from terminal.serve.hsm_failures import names_of
from terminal.serve.transactions import Transactions


def terminal_routes(transactions: Transactions) -> APIRouter:
    """One route an operation, named and described as it is declared."""
    router = APIRouter(tags=["terminal"])
    for operation in wire.OPERATIONS:
        router.add_api_route(
            f"/terminal/{operation.name}",
            _endpoint(transactions, operation),
            methods=["POST"],
            operation_id=f"terminal-{operation.name}",
            summary=_claim(operation),
            responses=responses(schema_of(operation.answer)),
            openapi_extra=request_body(schema_of(operation.request)),
            response_class=Response,
        )
    return router


def _claim(operation: wire.Operation) -> str:
    return (operation.request.__doc__ or "").partition("\n")[0]


def _endpoint(
    transactions: Transactions, operation: wire.Operation
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await transactions.body(request, JSON)
        return await transactions.carry_out(
            request,
            _names(operation, body),
            JSON,
            lambda centre: done(ask(centre.office, wire.decode(body, operation.request))),
        )

    return endpoint


def _names(operation: wire.Operation, body: bytes) -> tuple[str, ...]:
    """What failures may call this request; a message to the key machine also by its type."""
    if operation.request is HsmMessage:
        with suppress(wire.MalformedError):
            return names_of(wire.decode(body, HsmMessage).wire)
    return (operation.name,)
