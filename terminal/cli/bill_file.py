"""A bill as a YAML file: what is sold, in which number, at which price."""

from __future__ import annotations

from terminal.cli.input_files import read_shape
from terminal.flow.bill import Bill
from terminal.scenario.payments import PurchaseSpec

HINT = (
    'a bill is a list `items:` of entries such as `{code: XA01, name: 阿莫西林, count: "2", price: "12.50"}`'
)


def read_bill(path: str) -> Bill:
    """The bill in a file; raises InputFileError, MalformedFileError."""
    form: PurchaseSpec = read_shape(path, PurchaseSpec, HINT)
    return form.bill()
