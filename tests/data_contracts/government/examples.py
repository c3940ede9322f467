"""A valid record of any contract, made from its declaration: bounds, codes, pattern, identifier."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.checks import checks
from data_contracts.contract import Column, Contract

DAY = date(2024, 3, 1)
"""Every date of an example: no order between dates is broken."""

CONNECTION = duckdb.connect(config={"threads": 1})

IDENTIFIERS = {
    "uscc": "91110000600037341L",
    "organisation_no": "91110000600037341L",
    "organisation_code": "60003734-1",
    "registration_no": "440301103097413",
    "resident_id": "11010519491231002X",
    "institution_code": "C1010211000012",
    "area": "110105",
    "postcode": "100020",
    "mobile": "13812345678",
}

CANDIDATES = (
    "USCC-91110000600037341L",
    "PID-" + "0123456789abcdef" * 2,
    "INST-C1010211000012",
    "C1010211000012",
    "GOV-110000",
    "0123456789abcdef" * 2,
    "0123456789abcdef" * 4,
    "LOAN_APPROVAL",
    "E_micro",
    "N" * 24,
    "102100099996",
    "I6510",
    "CN-BJ",
    "110105",
    "CNY",
    "2024-03",
    "penalty",
    "CN",
    "1.0",
    "01",
    "No1",
    "1",
)
"""Texts tried on a pattern, the first that has its form is the example."""


def example_value(column: Column) -> Any:
    """Return a value that the column's declaration allows.

    Raises
    ------
    LookupError
        For a pattern that no candidate has the form of.
    """
    declared = column.item
    if column.kind is date:
        return DAY
    if column.kind is bool:
        return False
    if column.kind in (int, float):
        assert declared.ge is not None
        assert declared.le is not None
        wanted = DAY.year if declared.unit == "year" else 12 if column.kind is int else 0.5
        return min(max(wanted, declared.ge), declared.le)
    if declared.codes:
        return next(iter(declared.codes))
    if declared.seal == "mask":
        return "王*"
    if declared.identifier in IDENTIFIERS and declared.seal is None:
        return IDENTIFIERS[declared.identifier]
    if declared.pattern:
        for candidate in CANDIDATES:
            if re.fullmatch(declared.pattern, candidate):
                return candidate
        raise LookupError(f"no example of the pattern {declared.pattern} of {column.name}")
    return "文本"[: declared.max_length]


def example(contract: type[Contract], /, **changes: Any) -> dict[str, Any]:
    """Return a record with a value in every column, with changes."""
    return {column.name: example_value(column) for column in contract.columns()} | changes


def smallest(contract: type[Contract], /, **changes: Any) -> dict[str, Any]:
    """Return a record in which all is null that may be, with changes."""
    return {
        column.name: None if column.nullable else example_value(column)
        for column in contract.columns()
    } | changes


def broken_rules(contract: type[Contract], record: dict[str, Any]) -> set[str]:
    """Return the ids, without the contract's name, of the vectorised checks that a record breaks."""
    return broken_by_each(contract, [record])[0]


def broken_by_each(contract: type[Contract], records: list[dict[str, Any]]) -> list[set[str]]:
    """Return the ids of the broken checks for each of many records."""
    schema = pa.schema([field.with_nullable(True) for field in contract.arrow_schema()])
    all_checks = checks(contract)
    hits = ", ".join(check.broken for check in all_checks)
    CONNECTION.register("records", pa.Table.from_pylist(records, schema=schema))
    found = CONNECTION.execute(f"SELECT {hits} FROM records").fetchall()
    names = [check.rule_id.removeprefix(contract.about.name + ".") for check in all_checks]
    return [{name for name, hit in zip(names, row, strict=True) if hit} for row in found]
