"""The OpenAPI description's parts that come from the typed requests and not from the web framework."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from terminal.backoffice import wire
from terminal.backoffice.remote import Refused, Trouble
from terminal.serve.failures import Failure

Json = dict[str, Any]
BODIES: tuple[Any, ...] = (Refused, Trouble, Failure)
TITLE = "Card management centre and insurance centre, simulated 卡管中心与医保中心模拟服务"
ABOUT = "Everything here is invented: synthetic holders, test keys, no real money."

_TYPES = tuple(dict.fromkeys([kind for each in wire.OPERATIONS for kind in (each.request, each.answer)]))
_FOUND, COMPONENTS = wire.schemas([*_TYPES, *BODIES])
_SCHEMAS = dict(zip([*_TYPES, *BODIES], _FOUND, strict=True))


def schema_of(kind: Any) -> Json:
    """The schema of a type: a reference into the components, or itself."""
    return _SCHEMAS[kind]


def content(schema: Json, media_type: str = "application/json") -> Json:
    """A body as OpenAPI writes it."""
    return {"content": {media_type: {"schema": schema}}}


def request_body(schema: Json, media_type: str = "application/json", *, required: bool = True) -> Json:
    """What `openapi_extra` takes for a request with a body."""
    return {"requestBody": {"required": required, **content(schema, media_type)}}


def responses(answer: Json, *, refusable: bool = True) -> dict[int | str, Json]:
    """The answers of a JSON operation."""
    troubles = {400: "what came is not what belongs here", 401: "the token is missing or wrong"}
    troubles |= {413: "too long", 422: "a card cannot be brought in so", 503: "the store cannot be used now"}
    found: dict[int | str, Json] = {200: {"description": "done", **content(answer)}}
    if refusable:
        found[409] = {"description": "refused, with the rule", **content(schema_of(Refused))}
    trouble = content(schema_of(Trouble))
    return found | {status: {"description": text, **trouble} for status, text in troubles.items()}


def without(kind: type, fields: Iterable[str], *, optional: Iterable[str] = ()) -> Json:
    """The schema of a request whose `fields` come from elsewhere than the body."""
    name = schema_of(kind)["$ref"].rpartition("/")[2]
    whole: Json = COMPONENTS[name]
    gone = {*fields, *optional}
    return {
        "type": "object",
        "description": whole.get("description", ""),
        "properties": {key: each for key, each in whole["properties"].items() if key not in set(fields)},
        "required": [key for key in whole.get("required", ()) if key not in gone],
    }


def describe(app: FastAPI, *, token: bool) -> None:
    """Let the app's description hold the components, and the token where one is asked for."""
    made = app.openapi

    def openapi() -> Json:
        if app.openapi_schema is None:
            document = made()
            parts = document.setdefault("components", {})
            parts["schemas"] = {**parts.get("schemas", {}), **COMPONENTS}
            if token:
                parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
                document["security"] = [{"bearer": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
