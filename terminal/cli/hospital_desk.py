"""`ssc hospital register`, `admit`, `settle`, `refund`, `give-up`, `reconcile`: a patient's visit from a shell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from terminal.cli.channel_options import centre_options, reader_options, require
from terminal.cli.options import DAY
from terminal.exit_codes import ExitCode

if TYPE_CHECKING:
    from terminal.cli.payment import TillOrder
    from terminal.cli.presenter import View


class Yuan(click.ParamType[int]):
    """An amount in yuan, as fen."""

    name = "yuan"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Not below zero, at most two decimals."""
        if isinstance(value, int):
            return value
        try:
            fen = Decimal(value).scaleb(2)
        except ArithmeticError:
            fen = Decimal("NaN")
        if not fen.is_finite() or fen < 0 or fen != fen.to_integral_value() or fen >= LIMIT_FEN:
            self.fail(f"{value!r} is no amount in yuan, such as 120.50", param, ctx)
        return int(fen)


YUAN = Yuan()
LIMIT_FEN = 10**11
"""What the interface and a purse can hold is less than that."""

VISIT_OPTION = click.option(
    "--visit", required=True, metavar="NUMBER", help="The centre's number, as on the ticket."
)


def _texts(*options: tuple[str, str, str | None, str]) -> Callable[..., Any]:
    """Text options: name, metavar, default (None: required), help."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for name, metavar, default, told in reversed(options):
            given: dict[str, Any] = (
                {"required": True} if default is None else {"default": default, "show_default": bool(default)}
            )
            command = click.option(name, metavar=metavar, help=told, **given)(command)
        return command

    return decorate


_staff_options = _texts(
    ("--department", "NAME", "全科", "The department."),
    ("--department-code", "CODE", "A02", "Its code at the hospital."),
    ("--doctor", "NAME", "值班医师", "The doctor."),
    ("--doctor-code", "CODE", "D0001", "The doctor's code at the hospital."),
    ("--number", "NUMBER", "", "The hospital's own number of the visit.  [default: made of the message's]"),
)


def desk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every command at the hospital's desk has."""
    for option in (
        click.option("--html", metavar="FILE", help="Write what is printed as a page of HTML as well."),
        click.option("--yes", is_flag=True, help="Agree to what is asked, PINs excepted."),
        click.option(
            "--book",
            default="hospital.book",
            show_default=True,
            metavar="FILE",
            help="The hospital's book, made on first use: every message is in it before it is sent.",
        ),
    ):
        command = option(command)
    return centre_options(command)


@click.command()
@_staff_options
@reader_options
@desk_options
def register(
    *, department: str, department_code: str, doctor: str, doctor_code: str, number: str, **given: Any
) -> ExitCode:
    """Register an out-patient by card (2201); the first registration activates the card (R11)."""
    from terminal.cli import payment
    from terminal.flow.clinic import OutPatient, Staff

    staff = Staff(department_code, department, doctor_code, doctor)
    return _carried_out(given, lambda order, view: payment.register(order, OutPatient(staff, number), view))


@click.command()
@_texts(
    ("--diagnosis", "TEXT", None, "The diagnosis on admission."),
    ("--diagnosis-code", "CODE", None, "Its code, such as J18.9."),
    ("--bed", "TEXT", None, "The bed."),
)
@_staff_options
@reader_options
@desk_options
def admit(
    *,
    diagnosis: str,
    diagnosis_code: str,
    bed: str,
    department: str,
    department_code: str,
    doctor: str,
    doctor_code: str,
    number: str,
    **given: Any,
) -> ExitCode:
    """Admit an in-patient by card (2401); the first registration activates the card (R11)."""
    from terminal.cli import payment
    from terminal.flow.clinic import InPatient, Staff

    staff = Staff(department_code, department, doctor_code, doctor)
    form = InPatient(staff, diagnosis_code, diagnosis, bed, number)
    return _carried_out(given, lambda order, view: payment.register(order, form, view))


@click.command()
@VISIT_OPTION
@click.option("--total", type=YUAN, required=True, metavar="YUAN", help="What the visit comes to.")
@click.option("--own-cost", type=YUAN, default=0, metavar="YUAN", help="Of it: items outside the insurance.")
@click.option("--over-limit", type=YUAN, default=0, metavar="YUAN", help="Of it: above the price limits.")
@click.option(
    "--paid-first", type=YUAN, default=0, metavar="YUAN", help="Of it: shares the patient pays first."
)
@click.option("--keep-account", is_flag=True, help="The personal account pays nothing.")
@reader_options
@desk_options
def settle(
    *,
    visit: str,
    total: int,
    own_cost: int,
    over_limit: int,
    paid_first: int,
    keep_account: bool,
    **given: Any,
) -> ExitCode:
    """Settle a visit with the patient's card (2206, 2207): the fund pays its share, the account what it may.

    Of an out-patient's visit as of an in-patient's, and again for every further bill.
    """
    from terminal.cli import payment
    from terminal.flow.clinic import ClinicBill

    bill = ClinicBill(total, own_cost, over_limit, paid_first, from_account=not keep_account)
    if bill.covered_fen < 0:
        raise click.ClickException(
            "--own-cost, --over-limit and --paid-first are parts of --total; together they exceed it"
        )
    return _carried_out(given, lambda order, view: payment.settle_visit(order, visit, bill, view))


@click.command()
@click.option("--settlement", required=True, metavar="NUMBER", help="The centre's number, as on the slip.")
@desk_options
def refund(settlement: str, **given: Any) -> ExitCode:
    """Cancel a settlement of this hospital, once (2208); no card is needed."""
    from terminal.cli import payment

    return _carried_out(given, lambda order, view: payment.refund(order, settlement, view))


@click.command("give-up")
@VISIT_OPTION
@desk_options
def give_up(visit: str, **given: Any) -> ExitCode:
    """Give a visit up that has no settlement: it does not take place (2202, 2601); no card is needed."""
    from terminal.cli import payment

    return _carried_out(given, lambda order, view: payment.give_visit_up(order, visit, view))


@click.command()
@click.option("--day", type=DAY, metavar="DATE", help="The day, like 2030-01-31.  [default: today]")
@desk_options
def reconcile(day: date | None, **given: Any) -> ExitCode:
    """Compare a day's totals with the centre's; exit code 1 where they differ."""
    from terminal.cli import payment

    return _carried_out(given, lambda order, view: payment.reconcile(order, day, view))


def _carried_out(given: dict[str, Any], act: Callable[[TillOrder, View], ExitCode]) -> ExitCode:
    from terminal.backoffice.channel_ports import PlaceKind
    from terminal.cli.payment import TillOrder
    from terminal.cli.presenter import View, choose

    if "reader" in given:
        require(reader=given["reader"])
    else:
        given["keys"] = None
    verbose = View.FULL if given.pop("verbose") else View.SPOKEN
    view = choose(given.pop("as_json"), given.pop("quiet"), verbose)
    return act(TillOrder(kind=PlaceKind.HOSPITAL, **given), view)
