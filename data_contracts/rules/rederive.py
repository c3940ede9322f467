"""GL-06: how each item of an account month comes about, and the computed ones derived once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from data_contracts.errors import ContractsError
from data_contracts.finance.credit_month import CreditMonth

Origin = Literal["DIRECT", "CONVERT", "COMPUTE"]

_COMPUTED = (
    "status_24", "overdue_count", "max_overdue_periods", "overdue_periods", "months_left",
)  # fmt: skip
_CONVERTED = (
    "business", "account_type", "business_detail", "area_code", "currency", "guarantee_kind", "frequency",
    "months_total", "five_class", "account_status", "owner_flag", "subject_id", "format_generation",
)  # fmt: skip

ORIGINS: dict[str, Origin] = {
    name: "COMPUTE" if name in _COMPUTED else "CONVERT" if name in _CONVERTED else "DIRECT"
    for name in CreditMonth.model_fields
}
"""Computed as the paper lists them; converted: what carries a code table or is put together (ours)."""


@dataclass(frozen=True)
class Counts:
    """What follows from a payment history of monthly bills."""

    overdue_periods: int
    max_overdue_periods: int
    overdue_count: int
    months_left: int | None = None


def derive(history: str, *, due_on: date | None = None, bill_on: date | None = None) -> Counts:
    """Derive P, M, D and the months left from the status of every month since the opening.

    Parameters
    ----------
    history
        One letter a month from the opening to the bill. A 7 stands for seven periods or more, so a
        further 7 is one period more.
    due_on, bill_on
        For the months left; never below zero.

    Examples
    --------
    >>> derive("*NN12N")
    Counts(overdue_periods=0, max_overdue_periods=2, overdue_count=2, months_left=None)
    >>> derive("N1234567777").overdue_periods
    10
    """
    if not history:
        raise ContractsError("a payment history without a month tells nothing.")
    now = most = count = 0
    for letter in history:
        if letter in "1234567":
            now = now + 1 if letter == "7" and now >= 7 else int(letter)
            count += 1
        else:
            now = 0
        most = max(most, now)
    left = None
    if due_on is not None and bill_on is not None:
        left = max((due_on.year - bill_on.year) * 12 + due_on.month - bill_on.month, 0)
    return Counts(now, most, count, left)


def differences(record: Mapping[str, object], counts: Counts) -> tuple[str, ...]:
    """Items of a record that differ from what was derived; fill letters and nulls are passed over.

    Examples
    --------
    >>> differences({"overdue_periods": 0, "overdue_count": 1, "months_left": "U"}, derive("N12N"))
    ('overdue_count',)
    """
    found = []
    for name, derived in asdict(counts).items():
        value = record.get(name)
        if isinstance(value, str):
            value = int(value) if value.isdigit() else None
        if value is not None and derived is not None and value != derived:
            found.append(name)
    return tuple(found)
