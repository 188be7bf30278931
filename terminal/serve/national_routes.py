"""The national insurance interface: one envelope in, one out; errors in the interface's own shape, infcode -1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from terminal.backoffice import wire
from terminal.backoffice.national import interface
from terminal.backoffice.national import wire as national_wire
from terminal.backoffice.national.faults import ERR_MSG_LIMIT
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.remote import DONE
from terminal.backoffice.signing import Gate, SignatureError
from terminal.serve.answers import (
    BAD_REQUEST,
    BUG,
    SILENT,
    UNAUTHORISED,
    UNAVAILABLE,
    Answer,
    Form,
    TurnedAwayError,
)
from terminal.serve.description import content, request_body
from terminal.serve.pool import Centre
from terminal.serve.transactions import Transactions

PATHS = ("/fsi/api/rsfComIfsService/callService", "/mbs/fmi/fsi/api/callFsiService/callService")
UNKNOWN = "national"
"""The transaction of an envelope that names none."""

ENVELOPE = {
    "type": "object",
    "description": "the envelope of the national interface; `input` by transaction",
    "properties": {
        "infno": {"type": "string", "description": "transaction 交易编号"},
        "msgid": {"type": "string", "maxLength": 30},
        "input": {"type": "object"},
    },
    "required": ["infno", "msgid", "input"],
}
REPLY = {
    "type": "object",
    "properties": {"infcode": {"type": ["integer", "string"]}, "err_msg": {"type": ["string", "null"]}},
    "required": ["infcode"],
}


def failure(status: int, text: str) -> Answer:
    """The interface's answer to what cannot be carried out; HTTP 200 but where nobody was let in."""
    return Answer(
        status if status in _PLAIN_STATUS else DONE,
        national_wire.encode(interface.failure(text[:ERR_MSG_LIMIT])),
    )


_PLAIN_STATUS = frozenset({BAD_REQUEST, UNAUTHORISED, BUG, UNAVAILABLE, SILENT})


def _refused(error: RefusedError) -> Answer:
    return failure(DONE, f"{error.refusal.text.zh}{error.refusal.text.en}")


NATIONAL = Form(failure, _refused)


def national_routes(transactions: Transactions, gate: Gate | None) -> APIRouter:
    """The paths that are in use, each also with the transaction behind it; `gate` None checks no signature."""
    router = APIRouter(tags=["national insurance interface 国家医保接口"])
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "answered; infcode 0 done, -1 not", **content(REPLY)},
        400: {"description": "a header of the signature is missing", **content(REPLY)},
        401: {"description": "time, user, signature or token are not accepted", **content(REPLY)},
        503: {"description": "the store cannot be used now", **content(REPLY)},
    }
    for number, path in enumerate(PATHS, 1):
        described = {
            "responses": answers,
            "openapi_extra": request_body(ENVELOPE),
            "response_class": Response,
            "methods": ["POST"],
        }

        async def plain(request: Request) -> Response:
            return await _called(transactions, gate, request, None)

        async def numbered(
            request: Request, infno: Annotated[str, Path(description="transaction", max_length=16)]
        ) -> Response:
            return await _called(transactions, gate, request, infno)

        router.add_api_route(path, plain, operation_id=f"national-{number}", **described)  # type: ignore[arg-type]
        router.add_api_route(
            f"{path}/{{infno}}",
            numbered,
            operation_id=f"national-{number}-infno",
            **described,  # type: ignore[arg-type]
        )
    return router


async def _called(
    transactions: Transactions, gate: Gate | None, request: Request, infno: str | None
) -> Response:
    body = await transactions.body(request, NATIONAL, bearer=gate is None)
    if gate is not None:
        try:
            gate.check(dict(request.headers))
        except SignatureError as error:
            raise TurnedAwayError(failure(error.status, str(error))) from None
    envelope = _envelope(body, infno)

    def act(centre: Centre) -> Answer:
        if isinstance(envelope, str):
            return failure(DONE, envelope)
        return Answer(DONE, national_wire.encode(centre.national.handle(envelope)))

    return await transactions.carry_out(request, _name(envelope), NATIONAL, act)


def _envelope(body: bytes, infno: str | None) -> Mapping[str, Any] | str:
    """The envelope, or what is wrong with it."""
    try:
        envelope = national_wire.decode(body)
        wire.check_storable(envelope)
    except (ValueError, RecursionError):
        return "报文不是有效的JSON The body is not JSON in UTF-8"
    if not isinstance(envelope, dict):
        return "报文格式错误 The body is not a JSON object"
    if infno is not None and str(envelope.get("infno")) != infno:
        return "交易编号与路径不一致 infno differs from the transaction in the path"
    return envelope


def _name(envelope: Mapping[str, Any] | str) -> str:
    return UNKNOWN if isinstance(envelope, str) else str(envelope.get("infno", UNKNOWN))
