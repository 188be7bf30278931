"""What goes back over the line: bodies by form, and errors in the shape each form has for them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminal.backoffice import wire
from terminal.backoffice.database import StoreError
from terminal.backoffice.enrolment import EnrolmentError
from terminal.backoffice.ports import RefusedError
from terminal.backoffice.remote import CONFLICT, DONE, REFUSED, Refused, Trouble

BAD_REQUEST, UNAUTHORISED, TOO_LARGE, BUG, UNAVAILABLE, SILENT = 400, 401, 413, 500, 503, 504
_ROOT = Path(__file__).parents[2]
log = logging.getLogger("terminal.serve")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and media type of an answer."""

    status: int
    body: bytes
    kind: str = "application/json"


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of interface says that something is wrong with a request or with the centre.

    `trouble`: by status and text. `refused`: by a decision against the request.
    """

    trouble: Callable[[int, str], Answer]
    refused: Callable[[RefusedError], Answer]


def json_trouble(status: int, text: str) -> Answer:
    """One message in JSON."""
    return Answer(status, wire.encode(Trouble(text)))


JSON = Form(json_trouble, lambda error: Answer(REFUSED, wire.encode(Refused(error.refusal))))


class TurnedAwayError(Exception):
    """A request that is answered before the centre has seen it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def done(value: Any) -> Answer:
    """A typed answer in JSON."""
    return Answer(DONE, wire.encode(value))


def answered(form: Form, act: Callable[[], Answer]) -> Answer:
    """The answer of an action; whatever it raises becomes an answer, and nothing of what was sent goes to the log."""
    try:
        return act()
    except RefusedError as error:
        return form.refused(error)
    except EnrolmentError as error:
        return form.trouble(CONFLICT, str(error))
    except wire.MalformedError as error:
        return form.trouble(BAD_REQUEST, str(error))
    except StoreError as error:
        log.error("%s", error)
        return form.trouble(UNAVAILABLE, "the centre's store cannot be used now; its operator sees why")
    except Exception as error:
        log.error("this is a bug in ssc-terminal: %s%s", type(error).__name__, _place(error))
        return form.trouble(BUG, f"this is a bug in the centre: {type(error).__name__}{_place(error)}")


def _place(error: Exception) -> str:
    """Where in our own code; not the error's text, which may hold what must not be shown."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT / "terminal")
    ]
    return f" at {Path(frames[-1].filename).relative_to(_ROOT)}:{frames[-1].lineno}" if frames else ""
