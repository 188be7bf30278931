"""`POST /hsm`: one text message in, one out; `-1` and the reason where the HSM refuses."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from terminal.backoffice import wire
from terminal.backoffice.ports import HsmMessage
from terminal.backoffice.remote import DONE, REFUSED
from terminal.serve.answers import BAD_REQUEST, Answer, Form
from terminal.serve.description import content, request_body
from terminal.serve.desk import ask
from terminal.serve.hsm_failures import names_of
from terminal.serve.pool import Centre
from terminal.serve.transactions import Transactions

PLAIN = "text/plain; charset=utf-8"
TEXT = {"type": "string"}


def _trouble(status: int, text: str) -> Answer:
    return Answer(status, f"-1|{text}".encode(), PLAIN)


TEXT_FORM = Form(_trouble, lambda error: _trouble(REFUSED, f"{error.refusal.rule} {error.refusal.text}"))


def hsm_routes(transactions: Transactions) -> APIRouter:
    """The one endpoint."""
    router = APIRouter(tags=["HSM 加密机"])
    told = (
        (DONE, "the answer"),
        (BAD_REQUEST, "not a text message"),
        (401, "no token"),
        (REFUSED, "refused"),
        (413, "too long"),
        (503, "the store cannot be used now"),
    )

    @router.post(
        "/hsm",
        operation_id="hsm",
        summary="Messages 01 base read, 02 external authentication, 03 secure message, 04 debit.",
        responses={status: {"description": text, **content(TEXT, "text/plain")} for status, text in told},
        openapi_extra=request_body(TEXT, "text/plain"),
        response_class=Response,
    )
    async def hsm(request: Request) -> Response:
        body = await transactions.body(request, TEXT_FORM)
        return await transactions.carry_out(
            request, names_of(body[:2].decode("latin-1")), TEXT_FORM, lambda centre: _answered(centre, body)
        )

    return router


def _answered(centre: Centre, body: bytes) -> Answer:
    try:
        text = body.decode("ascii").strip()
    except UnicodeDecodeError:
        raise wire.MalformedError("a message of the HSM is ASCII text") from None
    if "\0" in text:
        raise wire.MalformedError("a text contains the character NUL")
    return Answer(DONE, str(ask(centre.office, HsmMessage(text))).encode(), PLAIN)
