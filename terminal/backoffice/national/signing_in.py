"""9001 and 9002: an operator's session at a place; its number goes into every other envelope."""

from __future__ import annotations

from datetime import datetime

from terminal.backoffice.national.centre import Call, Centre
from terminal.backoffice.national.faults import Fault, InterfaceError
from terminal.backoffice.national.person_queries import Output
from terminal.backoffice.stored.messages import SignedOn

LONGEST = 18
"""Digits of a sign-in number that the databases hold."""


def sign_in(centre: Centre, call: Call) -> Output:
    """9001: a session begins; it is good until it is ended, or the day is over."""
    operator = call.input["signIn"]["opter_no"]
    entry = centre.store.add_sign_in(call.place, operator, call.at)
    return {"signinoutb": {"sign_time": _local(centre, call.at), "sign_no": f"{entry:06d}"}}


def sign_out(centre: Centre, call: Call) -> Output:
    """9002: the session named, or else the envelope's own, is over."""
    number = call.input["signOut"]["sign_no"] or call.envelope["sign_no"]
    session = _session(centre, call, number)
    if session is None:
        raise InterfaceError(Fault.SIGN_NO)
    centre.store.end_sign_in(session.entry, call.at)
    return {"signoutoutb": {"sign_time": _local(centre, call.at)}}


def check_sign_in(centre: Centre, call: Call) -> None:
    """Everything but signing in is said within a session, where the region asks for one; raises InterfaceError."""
    number = call.envelope["sign_no"]
    if call.transaction.infno == "9001" or (number is None and not centre.profile.insurance.sign_in):
        return
    if _session(centre, call, number) is None:
        raise InterfaceError(Fault.SIGN_NO)


def _session(centre: Centre, call: Call, number: str | None) -> SignedOn | None:
    """The session with this number, if it is this place's, of today and not ended."""
    if number is None or not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
        return None
    session = centre.store.sign_in_by(int(number))
    if session is None or session.place != call.place or session.ended_at is not None:
        return None
    return session if centre.day(session.at) == centre.day(call.at) else None


def _local(centre: Centre, moment: datetime) -> datetime:
    return moment.astimezone(centre.profile.zone)
