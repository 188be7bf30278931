"""What a transaction of the national interface is, and the fields that many of them begin with."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.backoffice.national.fields import Field, Node, fields

INSURANCE_KINDS = "310/320/330/390/510"

CERTIFICATE = f"""
psn_no             C30*    人员编号
insutype           C6*={INSURANCE_KINDS}  险种类型
mdtrt_cert_type    C3*=01/02/03  就诊凭证类型
mdtrt_cert_no      C1024   就诊凭证编号
"""
"""Who buys, and by which certificate: what pharmacies and hospitals ask for first."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. `books`: it changes something, so that its message counts once by msgid.

    `at`: where it may come from ("pharmacy", "hospital", or "any" designated place).
    """

    infno: str
    zh: str
    en: str
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...] = ()
    books: bool = False
    at: str = "any"

    @property
    def of_a_person(self) -> bool:
        """Whether the input has a person number, so that the envelope must name the region of insurance."""
        return any(field.name == "psn_no" for node in self.inputs for field in node.fields if field.required)


def data(table: str | tuple[Field, ...]) -> tuple[Node, ...]:
    """The one node that most transactions have."""
    return (Node("data", fields(table)),)
