"""Ways to make a record wrong, each with the rules that must catch it (written here, not read off the rules)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from data_contracts.city.digits import USCC_ALPHABET
from data_contracts.city.patterns import fits
from data_contracts.contract import Column, Compare, Contract

Row: TypeAlias = "dict[str, Any]"
REPEATED, CONFLICT = "repeated record", "contradicting record"

CHECKED = ("uscc", "organisation_code", "registration_no", "resident_id", "bank_card")
"""Identifiers whose last character is a check digit."""


@dataclass(frozen=True)
class Spoil:
    """A way to spoil a record.

    ``change`` gives the columns to write; None where the record does not suit.
    """

    kind: str
    column: str
    rules: tuple[str, ...]
    change: Callable[[Row], Row | None]

    @property
    def history(self) -> bool:
        """Whether a repayment history is broken."""
        return self.rules[0].startswith(("LR-", "XM-", "DR-"))


def spoils(contract: type[Contract]) -> tuple[Spoil, ...]:
    """All ways to spoil records of a contract."""
    about = contract.about
    found: list[Spoil] = []
    for column in contract.columns():
        found += _of_column(about.name, column, column.name in about.key)
    for rule in contract.rules:
        found += _of_rule(contract, rule)
    if {"status_24", "overdue_periods", "account_status"} <= set(contract.model_fields):
        found += _HISTORY
    amounts = [
        column.name
        for column in contract.columns()
        if column.kind is int and column.name not in about.key and column.item.ge is not None
    ]
    unique = f"{about.name}.key.unique"
    found.append(Spoil(REPEATED, "+".join(about.key), (unique,), lambda row: {"": None}))
    if amounts:
        found.append(Spoil(CONFLICT, amounts[0], (unique,), lambda row: _other(row, amounts[0])))
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


# ---- repayment histories: each entry breaks exactly the relation that its rules speak of ---------


def _when(
    condition: Callable[[Row], bool], change: Callable[[Row], Row]
) -> Callable[[Row], Row | None]:
    def changed(row: Row) -> Row | None:
        return change(row) if condition(row) else None

    return changed


def _last(row: Row, letter: str) -> Row:
    return {"status_24": row["status_24"][:-1] + letter}


def _placed(row: Row, place: int, letter: str) -> Row:
    status = row["status_24"]
    return {"status_24": status[:place] + letter + status[place + 1 :]}


_HISTORY: tuple[Spoil, ...] = (
    Spoil("periods without an amount overdue", "overdue_cents", ("LR-01",),
          _when(lambda r: r["overdue_periods"] > 0 and r["overdue_cents"] > 0, lambda r: {"overdue_cents": 0})),
    Spoil("overdue state without periods", "account_status", ("LR-02",),
          _when(lambda r: r["business"] == "1" and r["overdue_periods"] == 0, lambda r: {"account_status": "2"})),
    Spoil("last month unknown", "status_24", ("LR-03",),
          _when(lambda r: r["overdue_periods"] == 0, lambda r: _last(r, "#"))),
    Spoil("history of an account that was not open", "status_24", ("LR-04",),
          _when(lambda r: True, lambda r: {"status_24": "/" * 24})),
    Spoil("arrears in a month without periods overdue", "status_24", ("LR-05",),
          _when(lambda r: r["overdue_periods"] == 0, lambda r: _last(r, "1"))),
    Spoil("paid in a month with periods overdue", "status_24", ("LR-06",),
          _when(lambda r: r["overdue_periods"] > 0, lambda r: _last(r, "N"))),
    Spoil("status other than the periods overdue", "status_24", ("LR-07",),
          _when(lambda r: 1 <= r["overdue_periods"] <= 6, lambda r: _last(r, str(r["overdue_periods"] + 1)))),
    Spoil("arrears that jump", "status_24", ("LR-09",),
          _when(lambda r: r["status_24"][-4:] == "NNNN", lambda r: _placed(r, 21, "4"))),
    Spoil("most periods above all periods", "max_overdue_periods", ("LR-10",),
          _when(lambda r: r["overdue_count"] < 90, lambda r: {"max_overdue_periods": r["overdue_count"] + 2})),
    Spoil("most periods below the present ones", "max_overdue_periods", ("LR-11",),
          _when(lambda r: r["overdue_periods"] > 0,
                lambda r: {"max_overdue_periods": r["overdue_periods"] - 1})),
    Spoil("settled with a balance", "balance_cents", ("LR-13",),
          _when(lambda r: r["business"] == "1" and r["account_status"] == "3",
                lambda r: {"balance_cents": 100_000})),
    Spoil("repayment months other than the term", "months_total", ("LR-14",),
          _when(lambda r: r["frequency"] == "03" and str(r["months_total"]).isdigit(),
                lambda r: {"months_total": "099"})),
    Spoil("zero for the letter O", "months_total", ("LR-15",),
          _when(lambda r: r["frequency"] == "07", lambda r: {"months_total": "0"})),
    Spoil("letter outside the table", "status_24", ("DR-01",),
          _when(lambda r: True, lambda r: _placed(r, 0, "Q"))),
    Spoil("history other than the month before told", "status_24", ("XM-01",),
          _when(lambda r: r["status_24"][15:19] == "NNNN", lambda r: _placed(r, 16, "*"))),
)  # fmt: skip
