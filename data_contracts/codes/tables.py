"""Code tables of the credit message: code -> (Chinese title, English title), ready for ``item(codes=)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from data_contracts.codes.csv_file import csv_rows
from data_contracts.errors import ContractsError


@dataclass(frozen=True)
class Code:
    """One code of a table and how sure we are of it."""

    code: str
    zh: str
    en: str
    source: str


@cache
def rows(table: str) -> tuple[Code, ...]:
    """Codes of a table with their sources.

    Tables: ``business``, ``repayment_status_1`` and ``_2`` (message generations; the second holds the
    first), ``account_type``, ``account_status_<loan_1|D1|R1|R2|R3|R4|C1>``, ``frequency``,
    ``guarantee``, ``loan_kind``, ``five_class``, ``id_type``, ``special_trade``.

    Raises
    ------
    ContractsError
        For a table that does not exist.
    """
    found = _tables()
    if table not in found:
        raise ContractsError(f"there is no code table {table!r}.", expected=", ".join(found))
    return found[table]


def code_table(table: str) -> Mapping[str, tuple[str, str]]:
    """A table as ``item(codes=)`` takes it.

    Examples
    --------
    >>> code_table("frequency")["03"], "M" in code_table("repayment_status_1")
    (('月', 'Monthly'), False)
    """
    return MappingProxyType({row.code: (row.zh, row.en) for row in rows(table)})


@cache
def _tables() -> Mapping[str, tuple[Code, ...]]:
    found: dict[str, tuple[Code, ...]] = {}
    for row in csv_rows("code_tables"):
        code = Code(row["code"], row["zh"], row["en"], row["source"])
        found[row["table"]] = (*found.get(row["table"], ()), code)
    found["repayment_status_2"] = found["repayment_status_1"] + found["repayment_status_2"]
    found["account_status_R3"] = found["account_status_R2"]  # both card types share one table
    return MappingProxyType(found)


ACCOUNT_STATUS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {kind: code_table(f"account_status_{kind}") for kind in ("D1", "R1", "R2", "R3", "R4", "C1")}
)
"""Account status by account type: code 2 is overdue for a loan, frozen for a card (LR-02)."""


def account_status(business: str) -> Mapping[str, tuple[str, str]]:
    """Account status by business: ``"1"`` loans (D1), ``"2"`` cards (R2).

    Examples
    --------
    >>> account_status("1")["4"][0], account_status("2")["4"][0]
    ('呆账', '销户')
    """
    if business not in ("1", "2"):
        raise ContractsError("the business is not known.", expected="1 for loans, 2 for cards")
    return ACCOUNT_STATUS["D1" if business == "1" else "R2"]
