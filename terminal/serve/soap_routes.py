"""Where the two SOAP forms live: `/services/CardService` (Axis2) and `/services/serviceProxy`.

Their callers know no headers: with a token set, it is argument `pass` (密码 in allDsjk) or `licenseKey`; a bearer does
as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terminal.backoffice import wire
from terminal.backoffice.ports import RefusedError
from terminal.serve import soap_card_service, soap_proxy
from terminal.serve.answers import BAD_REQUEST, UNAUTHORISED, Answer, Form, TurnedAwayError
from terminal.serve.description import content, request_body
from terminal.serve.pool import Centre
from terminal.serve.soap import AXIS2, DAREWAY, SoapCall, fault, read_call, reply
from terminal.serve.soap_card_operations import FIXED
from terminal.serve.transactions import Transactions

T = TypeVar("T")
TEXT = {"type": "string"}


def _refused(error: RefusedError) -> Answer:
    return fault(BAD_REQUEST, error.refusal.text.zh)


SOAP = Form(fault, _refused)


def soap_routes(transactions: Transactions) -> APIRouter:
    """The two endpoints."""
    router = APIRouter(tags=["SOAP"])
    answers = {
        status: {"description": text, **content(TEXT, "text/xml")}
        for status, text in (
            (200, "the operation's answer"),
            (400, "a fault: what came is not what belongs here"),
            (401, "a fault: the password is wrong"),
            (413, "a fault: too long"),
            (503, "a fault: the store cannot be used now"),
        )
    }

    @router.post(
        "/services/CardService",
        operation_id="soap-card-service",
        summary=f"{', '.join(FIXED)}, setCard, {soap_card_service.ALL_IN_ONE}.",
        responses=answers,  # type: ignore[arg-type]
        openapi_extra=request_body(TEXT, "text/xml"),
        response_class=Response,
    )
    async def card_service(request: Request) -> Response:
        read = await _read(transactions, request, read_call)
        call = _understood(lambda: soap_card_service.read_card_service_call(read))
        _admit(transactions, request, call.password)
        return await transactions.carry_out(
            request,
            call.served.name,
            SOAP,
            lambda centre: reply(call.operation, soap_card_service.carry_out(centre, call), AXIS2),
        )

    @router.post(
        "/services/serviceProxy",
        operation_id="soap-service-proxy",
        summary=f"{', '.join(soap_proxy.OPERATIONS)}.",
        responses=answers,  # type: ignore[arg-type]
        openapi_extra=request_body(TEXT, "text/xml"),
        response_class=Response,
    )
    async def service_proxy(request: Request) -> Response:
        call = await _read(transactions, request, read_call)
        _admit(transactions, request, call.arguments.get("licenseKey", ""))
        asked = _understood(lambda: soap_proxy.read_proxy_call(call))

        def act(centre: Centre) -> Answer:
            return reply(soap_proxy.NAME, soap_proxy.carry_out(centre, asked), DAREWAY)

        return await transactions.carry_out(request, soap_proxy.names_of(asked), SOAP, act)

    return router


async def _read(transactions: Transactions, request: Request, read: Callable[[bytes], SoapCall]) -> SoapCall:
    body = await transactions.body(request, SOAP, bearer=False)
    return _understood(lambda: read(body))


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except wire.MalformedError as error:
        raise TurnedAwayError(fault(BAD_REQUEST, str(error))) from None


def _admit(transactions: Transactions, request: Request, password: str) -> None:
    if not (transactions.admits(password) or transactions.bears_token(request)):
        raise TurnedAwayError(fault(UNAUTHORISED, "the password is missing or wrong"))
