"""R3: only designated places take part."""

from __future__ import annotations

import pytest

from terminal.backoffice.ports import (
    CardKey,
    ConfirmActivation,
    NewCardQuery,
    OldCardQuery,
    Place,
    ReleaseReservation,
    Request,
    Reserve,
    SignedIn,
    SignIn,
    VerifyOldPin,
)
from terminal.text import Pin

STRANGER = Place("990100000099")
CARD = CardKey("990100D15600000500A1B2C3D4E5F607", "A00000017")


def test_a_designated_pharmacy_signs_in_with_its_name(world):
    answer = world.call(SignIn(Place("990100000001")))
    assert answer == SignedIn(world.office.profile.pharmacies["990100000001"])


@pytest.mark.parametrize(
    "request_",
    [
        SignIn(STRANGER),
        OldCardQuery(STRANGER, "sle4442", "900001"),
        NewCardQuery(STRANGER, CARD, "900001"),
        VerifyOldPin(STRANGER, CARD, Pin("246813")),
        Reserve(STRANGER, CARD, "900001"),
        ConfirmActivation(STRANGER, "2026020900000001"),
        ReleaseReservation(STRANGER, "2026020900000001"),
    ],
    ids=lambda request: type(request).__name__,
)
def test_any_other_place_is_refused_every_request(world, request_: Request):
    before = world.office.snapshot()
    assert world.refusal(world.call, request_) == ("R3", "not-designated")
    assert world.office.snapshot() == before
