"""Card management in plain paths: `GET /cards/{number}`, `POST /cards/{number}/enable` and the like.

Each is one of the typed requests, with the card's number in the path; `place` may be left out where the centre's own
staff asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from terminal.backoffice import card_life_ports, card_ports, wire
from terminal.backoffice.bank_ports import BankNotice
from terminal.backoffice.card_ports import CardView, QueryCard
from terminal.backoffice.channel_ports import CENTRE, Service
from terminal.serve.answers import JSON, Answer, done
from terminal.serve.description import request_body, responses, schema_of, without
from terminal.serve.desk import ask
from terminal.serve.pool import Centre
from terminal.serve.transactions import Transactions

Number = Annotated[str, Path(description="card number 卡号", max_length=64)]
PLACE = {"pharmacy": CENTRE.pharmacy}


@dataclass(frozen=True, slots=True)
class Action:
    """What a path does: the request it is, and the fields that it stands for."""

    request: type
    given: Mapping[str, Any] = field(default_factory=dict)


ACTIONS: Mapping[str, Action] = {
    "enable": Action(card_ports.Enable),
    "temp-loss": Action(card_life_ports.ReportLoss, {"formal": False}),
    "formal-loss": Action(card_life_ports.ReportLoss, {"formal": True}),
    "release": Action(card_life_ports.ReleaseLoss),
    "replace": Action(card_life_ports.ReplaceCard),
    "cancel": Action(card_life_ports.CancelCard),
    "lock": Action(card_life_ports.LockCard),
    "unlock": Action(card_life_ports.UnlockCard),
    "hand-over": Action(card_life_ports.HandOver),
    "electronic-card": Action(card_ports.SignElectronicCard),
    "present": Action(card_ports.PresentCard),
    "authorise": Action(card_ports.Authorise),
    "pin-reset": Action(card_ports.Authorise, {"service": Service.PIN_RESET.value}),
}
"""Last part of the path, under `/cards/{number}/`."""

PLAIN: Mapping[str, Action] = {
    "/bank-notices": Action(BankNotice),
    "/hand-overs": Action(card_life_ports.HandOverToEmployer),
    "/tick": Action(card_life_ports.Tick),
}
"""Paths that name no single card."""


def card_routes(transactions: Transactions) -> APIRouter:
    """The routes of card management."""
    router = APIRouter(tags=["card management"])

    @router.get(
        "/cards/{number}",
        operation_id="card-query",
        summary="State and balance of a card, as its holder at this place may see them.",
        responses=responses(schema_of(CardView)),
        response_class=Response,
    )
    async def query(
        request: Request,
        number: Number,
        place: Annotated[str, Query(description="code of the place", max_length=64)] = CENTRE.pharmacy,
    ) -> Response:
        await transactions.body(request, JSON)
        values = {"number": number, "place": {"pharmacy": place}}
        return await transactions.carry_out(
            request, wire.BY_REQUEST[QueryCard].name, JSON, lambda centre: _asked(centre, QueryCard, values)
        )

    for name, action in ACTIONS.items():
        router.add_api_route(
            f"/cards/{{number}}/{name}",
            _on_card(transactions, action),
            **_described(f"card-{name}", action, {"number", *action.given}),
        )
    for path, action in PLAIN.items():
        router.add_api_route(
            path, _plain(transactions, action), **_described(path.strip("/"), action, set(action.given))
        )
    return router


def _described(name: str, action: Action, elsewhere: set[str]) -> dict[str, Any]:
    operation = wire.BY_REQUEST[action.request]
    return {
        "methods": ["POST"],
        "operation_id": name,
        "summary": (action.request.__doc__ or "").partition("\n")[0],
        "responses": responses(schema_of(operation.answer)),
        "openapi_extra": request_body(
            without(action.request, elsewhere, optional=("place",)), required=False
        ),
        "response_class": Response,
    }


def _on_card(transactions: Transactions, action: Action) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request, number: Number) -> Response:
        return await _posted(transactions, request, action, {"number": number})

    return endpoint


def _plain(transactions: Transactions, action: Action) -> Callable[..., Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await _posted(transactions, request, action, {})

    return endpoint


async def _posted(
    transactions: Transactions, request: Request, action: Action, named: Mapping[str, str]
) -> Response:
    body = await transactions.body(request, JSON)

    def act(centre: Centre) -> Answer:
        given = wire.parse(body) if body else {}
        if not isinstance(given, dict):
            raise wire.MalformedError("an object is expected")
        return _asked(centre, action.request, {"place": PLACE, **given, **action.given, **named})

    return await transactions.carry_out(request, wire.BY_REQUEST[action.request].name, JSON, act)


def _asked(centre: Centre, request: type, values: Mapping[str, Any]) -> Answer:
    wire.check_storable(dict(values))
    return done(ask(centre.office, wire.convert(dict(values), request)))
