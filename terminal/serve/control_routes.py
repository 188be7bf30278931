"""`/failures`: what goes wrong on purpose, switched while the centre runs; and `/health`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terminal.backoffice import wire
from terminal.backoffice.national.messages import TRANSACTIONS
from terminal.serve.answers import JSON, Answer, answered, done
from terminal.serve.description import content, request_body, responses, schema_of
from terminal.serve.failures import ANY, HSM_TYPES, Failure
from terminal.serve.pool import Centre
from terminal.serve.soap_orders import APPLY, BATCH, ISSUE, MADE, ORDERS, PHOTOGRAPH
from terminal.serve.transactions import Transactions, response

_LISTED = {
    "type": "object",
    "properties": {
        "armed": {"type": "array", "items": schema_of(Failure)},
        "struck": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"failure": schema_of(Failure), "transaction": {"type": "string"}},
            },
        },
    },
}
HINT = "name one such as 2102, confirm-activation or hsm-01, or none for any"
_HEALTHY = {"type": "object", "properties": {"status": {"type": "string"}}}


CALLED = frozenset(
    {ANY, *wire.BY_NAME, *TRANSACTIONS, *HSM_TYPES, APPLY, BATCH, ORDERS, ISSUE, MADE, PHOTOGRAPH}
)
"""Everything that a failure can be of: what is no transaction would never strike."""


def control_routes(transactions: Transactions) -> APIRouter:
    """List, switch on, switch off."""
    router = APIRouter(prefix="/failures", tags=["failures on purpose"])
    switch = transactions.failures

    def listed() -> Answer:
        struck = [{"failure": failure, "transaction": name} for failure, name in switch.struck]
        return done({"armed": switch.armed(), "struck": struck})

    @router.get(
        "",
        operation_id="failures",
        summary="The failures that may still strike, and those that did.",
        responses=responses(_LISTED, refusable=False),
        response_class=Response,
    )
    async def show(request: Request) -> Response:
        await transactions.body(request, JSON)
        return response(listed())

    @router.post(
        "",
        operation_id="failure-on",
        summary="Switch one more failure on; it counts calls from now.",
        responses=responses(_LISTED, refusable=False),
        openapi_extra=request_body(schema_of(Failure)),
        response_class=Response,
    )
    async def switch_on(request: Request) -> Response:
        body = await transactions.body(request, JSON)

        def act() -> Answer:
            failure = wire.decode(body, Failure)
            if failure.transaction not in CALLED:
                raise wire.MalformedError(f"transaction: there is no {failure.transaction!r}; {HINT}")
            switch.on(failure)
            return listed()

        return response(answered(JSON, act))

    @router.delete(
        "",
        operation_id="failures-off",
        summary="Switch all failures off, and forget what struck.",
        responses=responses(_LISTED, refusable=False),
        response_class=Response,
    )
    async def switch_off(request: Request) -> Response:
        await transactions.body(request, JSON)
        switch.off()
        return response(listed())

    return router


def health_routes(transactions: Transactions) -> APIRouter:
    """Whether the store answers; the one endpoint that asks for no token."""
    router = APIRouter(tags=["health"])

    @router.get(
        "/health",
        operation_id="health",
        summary="Whether the service and its store answer.",
        responses={
            200: {"description": "both do", **content(_HEALTHY)},
            503: {"description": "the store does not"},
        },
        response_class=Response,
    )
    def health() -> Response:
        def act() -> Answer:
            with transactions.pool.centre() as centre:
                return _looked(centre)

        return response(answered(JSON, act))

    return router


def _looked(centre: Centre) -> Answer:
    with centre.store.transaction():
        centre.store.social_card("")
    return done({"status": "ok"})
