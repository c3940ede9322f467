"""Vectorised checks derived from a contract: the same constraints that pydantic applies, as SQL.

Each check is a condition that must hold; a condition that is null (because the value is null) holds, and
a value that may not be null has a check of its own. Rule ids are ``<contract>.<column>.<constraint>``;
published rules (``data_contracts.rules``) that the contract has the items for come with their own ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data_contracts.contract import Column, Contract
from data_contracts.identifiers.sql import valid
from data_contracts.item import Severity
from data_contracts.subject_id import SUBJECT_ID, is_sealed_sql


@dataclass(frozen=True)
class Check:
    """One rule: its id, the column it speaks of, the SQL condition that must hold, its text."""

    rule_id: str
    column: str
    sql: str
    text_zh: str
    text_en: str
    severity: Severity = "ERROR"

    @property
    def broken(self) -> str:
        """SQL condition that is true for the rows that break the rule."""
        return f"NOT coalesce({self.sql}, TRUE)"


def sql_name(name: str) -> str:
    """Quote an identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def sql_text(value: object) -> str:
    """Write a constant as a SQL literal.

    Examples
    --------
    >>> sql_text("O'Hara"), sql_text(date(2008, 9, 30)), sql_text(5)
    ("'O''Hara'", "DATE '2008-09-30'", '5')
    """
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def checks(contract: type[Contract]) -> tuple[Check, ...]:
    """All checks of a contract: of its columns in order, between its columns, then the published rules.

    Returns
    -------
    tuple of Check
        Conditions over a relation with the contract's columns and types.
    """
    from data_contracts.rules import record_checks  # rules are written as checks

    name = contract.about.name
    found = [check for column in contract.columns() for check in _of_column(name, column)]
    found += [
        Check(
            f"{name}.{rule.name}",
            rule.left,
            f"{sql_name(rule.left)} {rule.operator} {sql_name(rule.right)}",
            rule.text_zh,
            rule.text_en,
            rule.severity,
        )
        for rule in contract.rules
    ]
    return (*found, *record_checks(contract))


def _of_column(contract: str, column: Column) -> list[Check]:
    declared, name = column.item, sql_name(column.name)
    zh, en = declared.title_zh, declared.title_en
    found: list[Check] = []

    def add(kind: str, sql: str, text_zh: str, text_en: str, severity: Severity = "ERROR") -> None:
        rule_id = f"{contract}.{column.name}.{kind}"
        found.append(Check(rule_id, column.name, sql, zh + text_zh, en + text_en, severity))

    if not column.nullable:
        add("required", f"{name} IS NOT NULL", "不得为空", " must not be missing")
    if column.kind is float:
        add("finite", f"isfinite({name})", "必须是有限数", " must be a finite number")
    if declared.ge is not None:
        limit = sql_text(declared.ge)
        add(
            "ge",
            f"{name} >= {limit}",
            f"不得小于 {declared.ge}",
            f" must be at least {declared.ge}",
        )
    if declared.le is not None:
        limit = sql_text(declared.le)
        add(
            "le", f"{name} <= {limit}", f"不得大于 {declared.le}", f" must be at most {declared.le}"
        )
    if declared.max_length is not None:
        longest = declared.max_length
        add(
            "max_length",
            f"length({name}) <= {longest}",
            f"不得超过 {longest} 个字符",
            f" must have at most {longest} characters",
        )
    if declared.pattern is not None:
        form_zh, form_en = declared.form or (declared.pattern, declared.pattern)
        add(
            "pattern",
            f"regexp_matches({name}, {sql_text(declared.pattern)})",
            f"的格式应为 {form_zh}",
            f" must have the form {form_en}",
        )
    if declared.pattern == SUBJECT_ID:
        add(
            "sealed",
            is_sealed_sql(name),
            "不得含有明文身份证号码",
            " must not hold a resident identity number in clear",
        )
    if declared.codes:
        listed = ", ".join(sql_text(code) for code in declared.codes)
        add(
            "codes",
            f"{name} IN ({listed})",
            "不在代码表中",
            f" must be one of {', '.join(declared.codes)}",
        )
    if declared.identifier and not declared.seal:  # a sealed value is judged before it is sealed
        add(
            declared.identifier,
            valid(declared.identifier, name),
            "不是有效的编码（长度、字符、校验位或组成部分有误）",
            " is not valid: its length, characters, check digit or parts are wrong",
            declared.severity,
        )
    return found
