"""The web application of the centre, made by a factory: no global state, as many in one process as a test likes."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from terminal.backoffice.signing import Gate
from terminal.serve.answers import TurnedAwayError, json_trouble
from terminal.serve.card_routes import card_routes
from terminal.serve.control_routes import control_routes, health_routes
from terminal.serve.description import ABOUT, TITLE, describe
from terminal.serve.failures import FailureSwitch
from terminal.serve.hsm_routes import hsm_routes
from terminal.serve.national_routes import national_routes
from terminal.serve.pool import CentrePool
from terminal.serve.soap_routes import soap_routes
from terminal.serve.terminal_routes import terminal_routes
from terminal.serve.transactions import BODY_LIMIT, Transactions


def create_app(
    pool: CentrePool,
    *,
    token: str | None = None,
    gate: Gate | None = None,
    failures: FailureSwitch | None = None,
    control: bool = True,
    body_limit: int = BODY_LIMIT,
) -> FastAPI:
    """The application over a pool of centres, which stays the caller's to close.

    `token`: what every caller must present. `gate`: checks the signatures of the national interface, None checks none.
    `failures`: the switch to be used from here; `control` off: it cannot be reached over HTTP.
    """
    transactions = Transactions(pool, failures or FailureSwitch(), token, body_limit)
    app = FastAPI(title=TITLE, description=ABOUT, version="1")
    routers = [
        national_routes(
            transactions, gate
        ),  # first: routes are tried in order, and this is what a day consists of
        health_routes(transactions),
        terminal_routes(transactions),
        card_routes(transactions),
        soap_routes(transactions),
        hsm_routes(transactions),
    ]
    for router in [*routers, control_routes(transactions)] if control else routers:
        app.include_router(router)
    describe(app, token=token is not None)

    @app.exception_handler(TurnedAwayError)
    async def turned_away(request: Request, error: TurnedAwayError) -> Response:
        return Response(error.answer.body, error.answer.status, media_type=error.answer.kind)

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> Response:
        answer = json_trouble(error.status_code, str(error.detail))
        return Response(answer.body, answer.status, error.headers, media_type=answer.kind)

    return app
