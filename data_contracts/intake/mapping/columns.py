"""How a supplier's columns become records: declared, not programmed.

A portfolio lists the columns of its source with the form of each, and per record the SQL expression of each
item over these columns. An expression sees the column in its form (text trimmed, blank as null) and may
use any SQL that works on one row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from data_contracts.contract import Contract
from data_contracts.errors import ContractsError

Form = Literal["text", "integer", "money", "date"]

SQL_TYPES: dict[type, str] = {
    str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", date: "DATE",
}  # fmt: skip
"""Type of an item -> its type in SQL."""


@dataclass(frozen=True)
class SourceColumn:
    """A column of the supplier's file, the form its values must have, and what it means."""

    name: str
    form: Form
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class RecordMapping:
    """One record made from each source row.

    Parameters
    ----------
    contract
        The record's contract.
    items
        Item -> SQL expression over the source columns. An item left out is null, if it may be.
    known
        SQL expression of the day on which the record was known.
    blame
        Item -> source column to name in quarantine, where it is not the first one in the expression.
    """

    contract: type[Contract]
    items: Mapping[str, str]
    known: str
    blame: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a mapping that does not fit its contract."""
        declared = {column.name for column in self.contract.columns()}
        required = {column.name for column in self.contract.columns() if not column.nullable}
        given = set(self.items)
        wrong = (required - given) | (given - declared) | (set(self.blame) - declared)
        if wrong:
            raise ContractsError(
                f"the mapping of {self.contract.about.name} does not fit its contract.",
                column=", ".join(sorted(wrong)),
                expected="one expression for each item that may not be null, none for other names",
            )

    def expression(self, name: str) -> str:
        """SQL of an item; a null of its type for one that the source has not got."""
        column = self.contract.column(name)
        return self.items.get(name) or f"NULL::{SQL_TYPES[column.kind]}"

    def source_of(self, name: str, columns: Mapping[str, SourceColumn]) -> str:
        """Source column that an item comes from; empty if it comes from none."""
        return self.blame.get(name) or next(iter(mentioned(self.items.get(name, ""), columns)), "")


@dataclass(frozen=True)
class RowRule:
    """A rule of the portfolio beyond its contracts: a SQL condition that each source row must satisfy.

    A null condition holds. ``rule_id`` begins with the portfolio's name.
    """

    rule_id: str
    column: str
    holds: str
    text_zh: str
    text_en: str


def mentioned(expression: str, columns: Mapping[str, SourceColumn]) -> list[str]:
    """Source columns in a SQL expression, in order of appearance."""
    without_texts = re.sub(r"'(?:[^']|'')*'", "''", expression)
    words = re.findall(r"[A-Za-z_][A-Za-z0-9_]*", without_texts)
    return list(dict.fromkeys(word for word in words if word in columns))


NUMERIC = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "FLOAT", "DOUBLE",
)  # fmt: skip

FORM_TEXT: dict[Form, tuple[str, str]] = {
    "text": ("不含控制字符的文本", "text without control characters"),
    "integer": ("整数", "a whole number"),
    "money": ("金额，如 12345.67", "an amount such as 12345.67"),
    "date": ("日期，格式 YYYY-MM-DD", "a date as YYYY-MM-DD"),
}


def trimmed(column: str) -> str:
    """SQL of a text without blanks at its ends, Chinese and no-break ones included."""
    return f"trim({column}, ' \t\r\n\u3000\u00a0')"


def in_form(column: str, form: Form, stored: str) -> str | None:
    """SQL that reads a stored value in its form: null when it has not got it.

    Parameters
    ----------
    column
        Quoted SQL name of the column.
    form
        Form wanted.
    stored
        DuckDB type of the stored column.

    Returns
    -------
    str or None
        The expression; None when no value of that type can have the form.
    """
    numeric = stored in NUMERIC or stored.startswith("DECIMAL")
    text = trimmed(column)
    if stored == '"NULL"':
        return {"text": "NULL::VARCHAR", "integer": "NULL::BIGINT"}.get(
            form, "NULL::DATE" if form == "date" else "NULL::DECIMAL(18,4)"
        )
    if form == "text":
        if stored == "VARCHAR":
            return rf"CASE WHEN NOT regexp_matches({text}, '[\x00-\x1f\x7f]') THEN nullif({text}, '') END"
        if stored in ("FLOAT", "DOUBLE"):
            return f"CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS HUGEINT)::VARCHAR END"
        return f"{column}::VARCHAR" if numeric else None
    if form == "integer":
        if stored == "VARCHAR":
            whole = rf"regexp_extract({text}, '^([+-]?[0-9]{{1,18}})([.]0*)?$', 1)"
            return f"TRY_CAST({whole} AS BIGINT)"
        if numeric:
            return f"CASE WHEN {column} = trunc({column}) THEN TRY_CAST({column} AS BIGINT) END"
        return None
    if form == "money":
        if stored == "VARCHAR":
            shape = r"^[+-]?[$]?([0-9]{1,14}|[0-9]{1,3}(,[0-9]{3}){1,4})([.][0-9]*)?$"
            plain = rf"replace(replace({text}, '$', ''), ',', '')"
            return (
                f"CASE WHEN regexp_matches({text}, '{shape}') "
                f"THEN TRY_CAST({plain} AS DECIMAL(18,4)) END"
            )
        return f"TRY_CAST({column} AS DECIMAL(18,4))" if numeric else None
    if stored == "VARCHAR":
        shape = "^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}( 00:00:00([.]0+)?)?$"
        return (
            f"CASE WHEN regexp_matches({text}, '{shape}') "
            f"THEN TRY_CAST(replace(split_part({text}, ' ', 1), '/', '-') AS DATE) END"
        )
    if stored == "DATE" or (stored.startswith("TIMESTAMP") and "ZONE" not in stored):
        day = f"TRY_CAST({column} AS DATE)"
        return f"CASE WHEN {day} BETWEEN DATE '0001-01-02' AND DATE '9999-12-30' THEN {day} END"
    return None
