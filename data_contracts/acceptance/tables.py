"""Tables that an institution brings to its acceptance: its own distributions and collection rates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from data_contracts.acceptance.fields import BY_NAME, Field
from data_contracts.errors import ContractsError
from data_contracts.finance.borrower import SEGMENTS, Borrower
from data_contracts.intake.readers import open_source

_FIELD = ("field", "字段")
_VALUE = ("value", "值", "取值")
_COUNT = ("count", "数量", "账户数")
_ITEM = ("item", "项目", "字段")
_RATE = ("rate", "采集率")
_LARGEST = 10**12
_LONGEST_TABLE = 100_000


@dataclass(frozen=True)
class OwnTable:
    """Counts by value of each field, as the institution's business system shows them.

    ``forms`` says for each date field how long its values are: 4 (year), 7 (month) or 10 (day).
    """

    counts: Mapping[str, Mapping[str, int]]
    forms: Mapping[str, int]


def read_own_table(path: Path) -> OwnTable:
    """Read a table with the columns field, value and count.

    Parameters
    ----------
    path
        Delimited text, workbook, JSON Lines or Parquet. A field goes by its item's name or Chinese title;
        dates are all years, all months or all days; amounts are yuan; an empty value is "none".

    Raises
    ------
    ContractsError
        With file, line and field of the first fault.
    """
    counts: dict[str, dict[str, int]] = {}
    forms: dict[str, int] = {}
    for line, (name, value, count) in _rows(path, _FIELD, _VALUE, _COUNT):
        field = BY_NAME.get(name.strip())
        if field is None:
            known = ", ".join(f"{f.name} ({f.title.zh})" for f in dict.fromkeys(BY_NAME.values()))
            raise ContractsError(
                "this is no field that is compared.",
                expected=known, file=path, line=line, column="field",
            )  # fmt: skip
        plain = _value(field, value, path, line)
        if (
            field.kind == "date"
            and plain
            and forms.setdefault(field.name, len(plain)) != len(plain)
        ):
            raise ContractsError(
                f"the dates of {field.name} have different forms.",
                expected="all YYYY, all YYYY-MM or all YYYY-MM-DD",
                file=path, line=line, column="value",
            )  # fmt: skip
        found = counts.setdefault(field.name, {})
        if plain in found:
            raise ContractsError(
                f"this value of {field.name} stands in the table twice.",
                expected="one line for each value", file=path, line=line, column="value",
            )  # fmt: skip
        found[plain] = _count(count, path, line)
    return OwnTable(counts, forms)


def read_collected(path: Path) -> dict[str, float]:
    """Read the institution's own collection rates: columns item and rate (0.95 or 95%).

    Raises
    ------
    ContractsError
        With file, line and column of the first fault.
    """
    items = [item for listed in SEGMENTS.values() for item in listed]
    names = {item: item for item in items}
    names |= {Borrower.column(item).item.title_zh: item for item in items}
    rates: dict[str, float] = {}
    for line, (name, rate) in _rows(path, _ITEM, _RATE):
        item = names.get(name.strip())
        if item is None:
            raise ContractsError(
                "this is no item of the base information.",
                expected="an item of the segments B, C, D such as employer or 单位名称",
                file=path, line=line, column="item",
            )  # fmt: skip
        if item in rates:
            raise ContractsError(
                f"the rate of {item} stands in the table twice.",
                file=path,
                line=line,
                column="item",
            )
        rates[item] = _rate(rate, path, line)
    return rates


def _rows(path: Path, *columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and cells of the wanted columns, whichever of their names the header has."""
    source = open_source(Path(path))
    if source.rows > _LONGEST_TABLE:
        raise ContractsError(
            f"the table has {source.rows:,} rows.", expected=f"{_LONGEST_TABLE:,} at most",
            hint="years or months instead of days make it shorter", file=path,
        )  # fmt: skip
    given = {name.strip().lower(): name for name in source.names}
    chosen = []
    for names in columns:
        found = [given[name] for name in names if name in given]
        if len(found) != 1:
            raise ContractsError(
                f"the table has {'no' if not found else 'more than one'} column {names[0]}.",
                expected=" and ".join(" or ".join(n) for n in columns), file=path, line=1,
                column=names[0],
            )  # fmt: skip
        chosen.append(found[0])
    for part in source.parts:
        for row in part.to_pylist():
            cells = tuple("" if row[name] is None else str(row[name]) for name in chosen)
            if any(cell.strip() for cell in cells):
                yield int(row["_line"]), cells


def _value(field: Field, text: str, path: Path, line: int) -> str:
    plain = field.plain(text)
    if plain is None:
        raise ContractsError(
            f"this is no value of {field.name}.",
            expected=field.form, file=path, line=line, column="value",
        )  # fmt: skip
    return plain


def _count(text: str, path: Path, line: int) -> int:
    plain = text.strip().replace(",", "").removesuffix(".0")
    if not re.fullmatch(r"[0-9]{1,13}", plain) or int(plain) > _LARGEST:
        raise ContractsError(
            "this is no count.", expected="a whole number, 0 or more", file=path, line=line,
            column="count",
        )  # fmt: skip
    return int(plain)


def _rate(text: str, path: Path, line: int) -> float:
    plain = text.strip().replace("％", "%")
    percent = plain.endswith("%")
    try:
        rate = Decimal(plain.removesuffix("%").strip()) / (100 if percent else 1)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise ContractsError(
            "this is no rate.", expected="0 to 1, or 0% to 100%", file=path, line=line,
            column="rate",
        )  # fmt: skip
    return float(rate)
