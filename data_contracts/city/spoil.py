"""Ways to make a record wrong, each with the rule that it is made for (written here, not read off the rules)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from data_contracts.city.digits import USCC_ALPHABET
from data_contracts.city.patterns import fits
from data_contracts.city.spoil_message import message_spoils
from data_contracts.city.way import Row, Spoil
from data_contracts.contract import Column, Compare, Contract

REPEATED, CONFLICT = "repeated record", "contradicting record"

CHECKED = (
    "uscc", "organisation_code", "registration_no", "organisation_no", "resident_id", "bank_card",
)  # fmt: skip
"""Identifiers whose last character is a check digit."""


def spoils(contract: type[Contract]) -> tuple[Spoil, ...]:
    """All ways to spoil records of a contract."""
    about = contract.about
    found: list[Spoil] = []
    for column in contract.columns():
        found += _of_column(about.name, column, column.name in about.key)
    for rule in contract.rules:
        found += _of_rule(contract, rule)
    found += message_spoils(about.name, frozenset(contract.model_fields))
    amounts = [
        column.name
        for column in contract.columns()
        if column.kind is int and column.name not in about.key and column.item.ge is not None
    ]
    unique = f"{about.name}.key.unique"
    found.append(Spoil(REPEATED, "+".join(about.key), (unique,), lambda row: {"": None}))
    if amounts:
        found.append(
            Spoil(CONFLICT, amounts[0], (unique,), lambda row: _other(row, amounts[0]), extra=True)
        )
    return tuple(found)


def _other(row: Row, name: str) -> Row | None:
    value = row[name]
    return {name: value + 1} if value is not None else None


def _of_column(contract: str, column: Column, key: bool) -> list[Spoil]:
    name, declared = column.name, column.item
    prefix = f"{contract}.{name}"
    found: list[Spoil] = []

    def add(kind: str, rule: str, change: Callable[[Row], Any]) -> None:
        def changed(row: Row) -> Row | None:
            value = change(row)
            return None if value is None or row[name] is None else {name: value}

        found.append(Spoil(kind, name, (f"{prefix}.{rule}",), changed))

    if not column.nullable and not key:
        found.append(
            Spoil("missing value", name, (f"{prefix}.required",), lambda row: {name: None})
        )
    if not column.nullable and key:
        found.append(Spoil("missing key", name, (f"{prefix}.required",), lambda row: {name: None}))
    if declared.identifier in CHECKED and declared.seal is None and column.kind is str:
        add("wrong check digit", declared.identifier, lambda row: _wrong_digit(row[name]))
    if column.kind is str and declared.codes:
        add("value outside the code table", "codes", lambda row: "zz-unknown")
    if column.kind is str and declared.max_length is not None and not key:
        longest = declared.max_length
        add("text too long", "max_length", lambda row: "长" * (longest + 1))
    if column.kind is str and declared.pattern is not None and name != "status_24":
        pattern = declared.pattern
        add("text of a wrong form", "pattern", lambda row: _malformed(pattern, row[name]))
    if column.kind is int and isinstance(declared.ge, int) and declared.ge >= 0:
        kind = "negative amount" if name.endswith("_cents") else "negative number"
        add(kind, "ge", lambda row: -abs(row[name] or 0) - 1)
    if column.kind is int and isinstance(declared.le, int) and declared.le < 2**62:
        most = declared.le
        add("number too large", "le", lambda row: most + 1)
    if column.kind is float and isinstance(declared.le, int | float):
        above = float(declared.le) * 10 + 1
        add("number too large", "le", lambda row: above)
    if column.kind is date and isinstance(declared.ge, date):
        add("date before all records", "ge", lambda row: date(1066, 10, 14))
    if column.kind is date and isinstance(declared.le, date):
        add("date of a wrong century", "le", lambda row: date(2921, 5, 4))
    return found


def _of_rule(contract: type[Contract], rule: Compare) -> list[Spoil]:
    kind = contract.column(rule.left).kind
    rule_id = f"{contract.about.name}.{rule.name}"

    def change(row: Row) -> Row | None:
        left, right = row[rule.left], row[rule.right]
        if left is None or right is None or not left < right:
            return None
        return {rule.left: right, rule.right: left}

    def exceed(row: Row) -> Row | None:
        left, right = row[rule.left], row[rule.right]
        if left is None or right is None:
            return None
        return {rule.left: right + 1}

    if kind is date and rule.operator != "=":
        return [Spoil("dates in the wrong order", rule.left, (rule_id,), change)]
    if kind is int:
        return [Spoil("amounts that contradict each other", rule.left, (rule_id,), exceed)]
    return []


def _wrong_digit(value: str | None) -> str | None:
    if not value:
        return None
    alphabet = USCC_ALPHABET if len(value) == 18 and not value[:17].isdigit() else "0123456789"
    others = [letter for letter in alphabet if letter != value[-1]]
    return value[:-1] + others[len(value) % len(others)]


def _malformed(pattern: str, value: str | None) -> str | None:
    for wrong in (f"{value}!", "??", "！", ""):
        if not fits(pattern, wrong):
            return wrong
    return None
