"""The declaration language read slowly: one subject, one day, plain Python, no engine.

It shares nothing with the compiler: visible records are found by going through all of them, groups by
comparing everybody with the subject, months by the calendar. Both must agree on every feature.
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.expressions import Aggregate, Call, Column, Constant, Expression
from features.view import FeatureView

Record = dict[str, Any]


class Oracle:
    """Features of a lake's records by their definition."""

    def __init__(self, lake: Lake, contracts: tuple[str, ...]) -> None:
        self.records = {name: lake.read(name).to_pylist() for name in contracts}
        self._visible: dict[tuple[str, date], list[Record]] = {}

    def vector(self, view: FeatureView, subject: str, as_of: date) -> dict[str, Any]:
        """All features of a view."""
        return {f.name: _plain(self.value(f.value, subject, as_of)) for f in view.features}

    def visible(self, contract: str, as_of: date) -> list[Record]:
        """Records in the version that was known on the day, if they had happened by then."""
        if (contract, as_of) in self._visible:
            return self._visible[contract, as_of]
        newest: dict[tuple[Any, ...], Record] = {}
        for record in self.records[contract]:
            key = tuple(record[name] for name in contract_of(contract).about.key)
            known = record["_known"], record["_version"]
            if record["_known"] <= as_of and (
                key not in newest or known > (newest[key]["_known"], newest[key]["_version"])
            ):
                newest[key] = record
        standing = (record for record in newest.values() if not record["_withdrawn"])
        seen = [record for record in standing if record["_event"] < as_of]
        return self._visible.setdefault((contract, as_of), seen)

    def value(self, value: Expression, subject: str, as_of: date) -> Any:
        """An expression over a subject."""
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, Call):
            return apply(value.function, [self.value(a, subject, as_of) for a in value.arguments])
        assert isinstance(value, Aggregate)
        return (
            self._among(value, subject, as_of) if value.group else self._own(value, subject, as_of)
        )

    def _own(self, value: Aggregate, subject: str, as_of: date) -> Any:
        about = contract_of(value.contract).about
        mine = [r for r in self.visible(value.contract, as_of) if r[about.subject] == subject]
        if not mine:
            return None
        chosen = [r for r in mine if in_window(value, r, as_of) and self._holds(value, r, as_of)]
        if value.how == "count":
            return len(chosen)
        if value.how == "latest":
            order = ("_event", "_known", *about.key)
            newest = max(chosen, key=lambda r: [r[name] for name in order], default=None)
            return None if newest is None else self._of(value, newest, as_of)
        found = [x for x in (self._of(value, r, as_of) for r in chosen) if x is not None]
        how = {"sum": sum, "mean": lambda x: sum(x) / len(x), "largest": max, "smallest": min}
        return how[value.how](found) if found else None

    def _among(self, value: Aggregate, subject: str, as_of: date) -> Any:
        assert value.group is not None
        mine = [self.value(part, subject, as_of) for part in value.group.mine]
        if None in mine:
            return None
        total = 0
        for record in self.visible(value.contract, as_of):
            theirs = [
                self._record(part, value.contract, record, as_of) for part in value.group.theirs
            ]
            joined = all(
                self._find(part, value.contract, record, as_of) is not None
                for root in (value.of, value.where, *value.group.theirs)
                if root is not None
                for part in root.walk()
                if isinstance(part, Column) and part.contract not in ("", value.contract)
            )
            same = joined and theirs == mine
            if same and in_window(value, record, as_of) and self._holds(value, record, as_of):
                total += 1 if value.of is None else self._of(value, record, as_of) or 0
        return total

    def _holds(self, value: Aggregate, record: Record, as_of: date) -> bool:
        if value.where is None:
            return True
        return self._record(value.where, value.contract, record, as_of) is True

    def _of(self, value: Aggregate, record: Record, as_of: date) -> Any:
        assert value.of is not None
        return self._record(value.of, value.contract, record, as_of)

    def _record(self, value: Expression, contract: str, record: Record, as_of: date) -> Any:
        """An expression over one record and the records that are joined to it."""
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, Call):
            arguments = [self._record(a, contract, record, as_of) for a in value.arguments]
            return apply(value.function, arguments)
        assert isinstance(value, Column)
        found = self._find(value, contract, record, as_of)
        return None if found is None else found[value.name]

    def _find(self, column: Column, contract: str, record: Record, as_of: date) -> Record | None:
        if column.contract in ("", contract):
            return record
        key = contract_of(column.contract).about.key
        for other in self.visible(column.contract, as_of):
            if all(other[name] == record[name] for name in key):
                return other
        return None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def in_window(value: Aggregate, record: Record, as_of: date) -> bool:
    """Whether a record's age lies in the window."""
    event, window = record["_event"], value.window
    if window.skip and not months_after(event, window.skip) < as_of:
        return False
    return window.months is None or as_of <= months_after(event, window.months)


def apply(function: str, arguments: list[Any]) -> Any:
    """One function of the language, by its description."""
    if function == "how_many":
        known = [x for x in arguments if x is not None]
        return sum(known) if known else None
    if function in ("largest", "smallest"):
        known = [x for x in arguments if x is not None]
        return (max if function == "largest" else min)(known) if known else None
    if function == "otherwise":
        return arguments[1] if arguments[0] is None else arguments[0]
    if function == "both" and False in arguments:
        return False
    if function == "only_if":
        return arguments[0] if arguments[1] is True else None
    if any(x is None for x in arguments):
        return None
    a, b = arguments[0], arguments[1] if len(arguments) > 1 else None
    match function:
        case "add":
            return a + b
        case "subtract":
            return a - b
        case "multiply":
            return a * b
        case "divide":
            return a / b if b else None
        case "equals":
            return a == b
        case "at_least":
            return a >= b
        case "more_than":
            return a > b
        case "both":
            return a and b
        case "months_after":
            return months_after(a, b)
        case "sector":
            sectors = {"32": "31", "33": "31", "45": "44", "49": "48"}
            return sectors.get(a[:2], a[:2])
    return status(function, list(reversed(a)), *arguments[1:])


def status(function: str, letters: list[str], *numbers: int) -> Any:
    """A function over the 24-month status, this month first."""
    level = {"N": 0, "*": 0, "C": 0, "D": 7, "Z": 7, "G": 7} | {str(k): k for k in range(1, 8)}
    if function == "arrears":
        return level.get(letters[numbers[0]])
    months = letters[: numbers[0]]
    known = [level[x] for x in months if x in level]
    late = [back for back, x in enumerate(months) if level.get(x, 0) > 0]
    if not known or (function == "arrears_streak" and months[0] not in level):
        return None
    match function:
        case "worst_arrears":
            return max(known)
        case "mean_arrears":
            return sum(known) / len(known)
        case "months_in_arrears":
            return sum(k >= numbers[1] for k in known)
        case "months_since_arrears":
            return late[0] if late else len(months)
        case "arrears_streak":
            return next((back for back in range(len(months)) if back not in late), len(months))
        case "months_unused":
            return months.count("*")
    raise AssertionError(function)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else float(value)
