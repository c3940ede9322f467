"""The declaration language read slowly: one subject, one day, plain Python, no engine.

It shares nothing with the compiler: visible records are found by going through all of them, groups by
comparing everybody with the subject, months by the calendar. Both must agree on every feature.
"""

from __future__ import annotations

import calendar
from datetime import date
from functools import cache
from typing import Any

from data_contracts.catalogue import contract as contract_of
from data_contracts.intake.lake import Lake
from features.expressions import Aggregate, Call, Column, Constant, Expression
from features.view import FeatureView

Record = dict[str, Any]


class Oracle:
    """Features of a lake's records by their definition."""

    def __init__(self, lake: Lake, contracts: tuple[str, ...]) -> None:
        asked = {*contracts, "consent", "credit_repair"}
        self.records = {name: lake.read(name).to_pylist() for name in asked}
        self._visible: dict[tuple[str, date], list[Record]] = {}

    def vector(self, view: FeatureView, subject: str, as_of: date) -> dict[str, Any]:
        """All features of a view that are expressions over records."""
        return {f.name: _plain(self.value(f.value, subject, as_of)) for f in view.declared}

    def visible(self, contract: str, as_of: date) -> list[Record]:
        """Records in the version that was known on the day, if they had happened by then.

        Adverse records whose years are over, or whose repair was granted, are out of sight.
        """
        if (contract, as_of) in self._visible:
            return self._visible[contract, as_of]
        seen = [
            record
            for record in self._standing(contract, as_of)
            if record["_event"] < as_of
            and not expired(contract, record, as_of)
            and not self._repaired(contract, record, as_of)
        ]
        return self._visible.setdefault((contract, as_of), seen)

    def _standing(self, contract: str, as_of: date) -> list[Record]:
        """Newest versions that were known on the day and do not withdraw their records."""
        newest: dict[tuple[Any, ...], Record] = {}
        for record in self.records[contract]:
            key = tuple(record[name] for name in contract_of(contract).about.key)
            known = record["_known"], record["_version"]
            if record["_known"] <= as_of and (
                key not in newest or known > (newest[key]["_known"], newest[key]["_version"])
            ):
                newest[key] = record
        return [record for record in newest.values() if not record["_withdrawn"]]

    def _repaired(self, contract: str, record: Record, as_of: date) -> bool:
        """Whether a repair names the record by its number or its day, or it says so itself (REG-60)."""
        stands = record.get("repaired") is False  # whatever date is beside it
        if not stands and record.get("repaired_on") is not None:
            if record["repaired_on"] <= as_of:
                return True
        elif record.get("repaired"):
            return True
        if contract not in NUMBERS:
            return False
        return any(
            (repair["subject_id"], repair["repaired_contract"], repair["repaired_no"])
            == (record["subject_id"], contract, str(record[NUMBERS[contract]]))
            and repair["result"] == "repaired"
            and repair["repaired_on"] <= as_of
            for repair in self._standing("credit_repair", as_of)
        )

    def _consented(self, subject: str, contract: str, column: str, as_of: date) -> bool:
        """Whether the subject may be asked for an item: no person, no such item, or consent in force."""
        wanted = consent_asked(contract, column)
        persons = {"sole_trader", "farmer", "individual"}
        kinds = set(contract_of(contract).about.subject_kinds)
        natural = subject.startswith(("PID-", "CARD-", "USCC-92")) if kinds - persons else True
        if wanted is None or not kinds & persons or not natural:
            return True
        return any(
            consent["subject_id"] == subject
            and consent["kind"] == "written"
            and consent["adverse_notice"]
            and {wanted, contract} & set(consent["item_classes"].split(";"))
            and consent["granted_on"] <= as_of
            and (consent["valid_until"] is None or as_of <= consent["valid_until"])
            and (consent["revoked_on"] is None or as_of < consent["revoked_on"])
            for consent in self._standing("consent", as_of)
        )

    def value(self, value: Expression, subject: str, as_of: date) -> Any:
        """An expression over a subject."""
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, Call):
            arguments = [self.value(a, subject, as_of) for a in value.arguments]
            return apply(value.function, arguments, as_of)
        assert isinstance(value, Aggregate)
        return (
            self._among(value, subject, as_of) if value.group else self._own(value, subject, as_of)
        )

    def _own(self, value: Aggregate, subject: str, as_of: date) -> Any:
        about = contract_of(value.contract).about
        told_by = (*about.key, about.event)
        if not all(self._consented(subject, value.contract, name, as_of) for name in told_by):
            return None
        mine = [
            {
                name: x
                if name.startswith("_") or self._consented(subject, value.contract, name, as_of)
                else None
                for name, x in record.items()
            }
            for record in self.visible(value.contract, as_of)
            if record[about.subject] == subject
        ]
        if not mine:
            return None
        chosen = [r for r in mine if in_window(value, r, as_of) and self._holds(value, r, as_of)]
        if value.how == "count":
            return len(chosen)
        if value.how in ("latest", "first"):
            order = ("_event", "_known", *about.key)
            lined_up = sorted(chosen, key=lambda r: [r[name] for name in order])
            if not lined_up:
                return None
            return self._of(value, lined_up[-1 if value.how == "latest" else 0], as_of)
        found = [x for x in (self._of(value, r, as_of) for r in chosen) if x is not None]
        if value.how in ("total", "distinct"):
            return sum(found) if value.how == "total" else len(set(found))
        if not found:
            return None
        if value.how in ("sum", "mean"):
            return sum(found) / (len(found) if value.how == "mean" else 1)
        return max(found) if value.how == "largest" else min(found)

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
            return apply(value.function, arguments, as_of)
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


NUMBERS = {
    "penalty": "penalty_no",
    "abnormal_operation": "published_on",
    "serious_violation": "published_on",
    "dishonest_debtor": "case_no",
    "tax_violation": "published_on",
    "tax_grade": "year",
    "wage_arrears": "listed_on",
    "environment_rating": "assessed_on",
    "public_credit_rating": "rated_on",
}
"""What the number of a repair names in each record."""


@cache
def consent_asked(contract: str, column: str) -> str | None:
    """What an item needs written consent for."""
    return contract_of(contract).column(column).item.written_consent


def expired(contract: str, record: Record, as_of: date) -> bool:
    """Whether the years of an adverse record are over (REG-05): gone on the day itself."""
    about = contract_of(contract).about
    if not about.negative or about.retention_years is None or about.end is None:
        return False
    end = record[about.end]
    return end is not None and months_after(end, 12 * about.retention_years) <= as_of


def in_window(value: Aggregate, record: Record, as_of: date) -> bool:
    """Whether a record's age lies in the window."""
    event, window = record["_event"], value.window
    if window.skip and not months_after(event, window.skip) < as_of:
        return False
    return window.months is None or as_of <= months_after(event, window.months)


def apply(function: str, arguments: list[Any], as_of: date) -> Any:
    """One function of the language, by its description."""
    if function == "how_many":
        known = [x for x in arguments if x is not None]
        return sum(known) if known else None
    if function in ("largest", "smallest"):
        known = [x for x in arguments if x is not None]
        return (max if function == "largest" else min)(known) if known else None
    if function == "otherwise":
        return arguments[1] if arguments[0] is None else arguments[0]
    if function == "known":
        return arguments[0] is not None
    if function == "both" and False in arguments:
        return False
    if function == "either" and True in arguments:
        return True
    if function == "open_on_day":
        return arguments[0] is None or not arguments[0] < as_of
    if function == "only_if":
        return arguments[0] if arguments[1] is True else None
    if any(x is None for x in arguments):
        return None
    a: Any = arguments[0]
    b: Any = arguments[1] if len(arguments) > 1 else None
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
        case "both" | "either":
            return a and b
        case "one_of":
            return a in arguments[1:]
        case "before_day":
            return a < as_of
        case "days_since":
            return None if a > as_of else (as_of - a).days
        case "months_since":
            if a > as_of:
                return None
            months = 0
            while months_after(a, months + 1) <= as_of:
                months += 1
            return months
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
