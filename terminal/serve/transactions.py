"""One request from the door to the answer: who may, how much, carried out in a thread, failures around it."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import Response

from terminal.serve.answers import (
    SILENT,
    TOO_LARGE,
    UNAUTHORISED,
    UNAVAILABLE,
    Answer,
    Form,
    TurnedAwayError,
    answered,
)
from terminal.serve.failures import OF_HSM, Failure, FailureKind, FailureSwitch
from terminal.serve.hsm_failures import spoiled
from terminal.serve.pool import Centre, CentrePool

BODY_LIMIT = 256 * 1024
DRAINED = 16 * BODY_LIMIT
"""How much of a body that is too long is read all the same, so that its sender gets to read the answer."""

Act = Callable[[Centre], Answer]
Alter = Callable[[Centre], Centre]


@dataclass(slots=True)
class Transactions:
    """What every endpoint goes through. `token`: what a bearer must present, None where nobody need."""

    pool: CentrePool
    failures: FailureSwitch
    token: str | None = None
    body_limit: int = BODY_LIMIT
    _held: list[asyncio.Event] = field(default_factory=list)

    async def body(self, request: Request, form: Form, *, bearer: bool = True) -> bytes:
        """The body of a request whose sender may ask; raises TurnedAwayError.

        `bearer` off: the form itself says who asks, see `admits`.
        """
        body, length = bytearray(), 0
        async for part in request.stream():
            length += len(part)
            if length <= self.body_limit:
                body += part
            elif length > DRAINED:
                break
        if bearer and not self.bears_token(request):
            raise TurnedAwayError(form.trouble(UNAUTHORISED, "the token is missing or wrong"))
        if length > self.body_limit:
            text = f"the request is longer than {self.body_limit} bytes"
            raise TurnedAwayError(form.trouble(TOO_LARGE, text))
        return bytes(body)

    def bears_token(self, request: Request) -> bool:
        """Whether the request carries the token as bearer, where one is asked for."""
        kind, _, presented = request.headers.get("authorization", "").partition(" ")
        return self.admits(presented.strip() if kind.lower() == "bearer" else "")

    def admits(self, presented: str) -> bool:
        """Whether this is the token; takes the same time either way."""
        return self.token is None or hmac.compare_digest(self.token.encode(), presented.encode())

    async def carry_out(
        self, request: Request, names: str | tuple[str, ...], form: Form, act: Act
    ) -> Response:
        """Answer a request, with the failure that is due at this call of the transaction, which may have two names."""
        failure = self.failures.due(*((names,) if isinstance(names, str) else names))

        async def work(alter: Alter = lambda centre: centre) -> Answer:
            answer = await run_sync(self._in_thread, form, lambda centre: act(alter(centre)))
            held, self._held = self._held, []
            for event in held:
                event.set()
            return answer

        if failure is None:
            return response(await work())
        return response(await _FAILING[failure.do](_Call(self, request, form, failure, work)))

    def _in_thread(self, form: Form, act: Act) -> Answer:
        def with_centre() -> Answer:
            with self.pool.centre() as centre:
                return act(centre)

        return answered(form, with_centre)

    async def hold(self, seconds: float) -> None:
        """Wait until another request was carried out, or for some seconds."""
        event = asyncio.Event()
        self._held.append(event)
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            self._held = [each for each in self._held if each is not event]


def response(answer: Answer) -> Response:
    """An answer as the server sends it."""
    return Response(answer.body, answer.status, media_type=answer.kind)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that a failure strikes."""

    transactions: Transactions
    request: Request
    form: Form
    failure: Failure
    done: Callable[..., Awaitable[Answer]]

    async def silence(self) -> Answer:
        """No answer until the sender hangs up, or the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.request.receive(), self.failure.duration_s)
        return self.form.trouble(SILENT, "no answer in time")


async def _slow(call: _Call) -> Answer:
    await asyncio.sleep(call.failure.duration_s)
    return await call.done()


async def _down(call: _Call) -> Answer:
    return call.form.trouble(UNAVAILABLE, "the centre is out of order")


async def _timeout_before_commit(call: _Call) -> Answer:
    return await call.silence()


async def _timeout_after_commit(call: _Call) -> Answer:
    await call.done()
    return await call.silence()


async def _duplicate(call: _Call) -> Answer:
    await call.done()
    return await call.done()


async def _garbled(call: _Call) -> Answer:
    answer = await call.done()
    return Answer(answer.status, bytes(byte ^ 0xFF for byte in answer.body), answer.kind)


async def _wrong_signature(call: _Call) -> Answer:
    return call.form.trouble(UNAUTHORISED, "the signature is wrong")


async def _out_of_order(call: _Call) -> Answer:
    await call.transactions.hold(call.failure.duration_s)
    return await call.done()


async def _spoiled(call: _Call) -> Answer:
    return await call.done(lambda centre: spoiled(centre, call.failure.do))


_FAILING = {
    FailureKind.SLOW: _slow,
    FailureKind.DOWN: _down,
    FailureKind.TIMEOUT_BEFORE_COMMIT: _timeout_before_commit,
    FailureKind.TIMEOUT_AFTER_COMMIT: _timeout_after_commit,
    FailureKind.DUPLICATE: _duplicate,
    FailureKind.GARBLED: _garbled,
    FailureKind.WRONG_SIGNATURE: _wrong_signature,
    FailureKind.OUT_OF_ORDER: _out_of_order,
    **dict.fromkeys(OF_HSM, _spoiled),
}
