"""One enterprise and its records, written as tables, and what the features of some themes say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from data_contracts.catalogue import contract as contract_of
from features.point_in_time import build
from features.view import FeatureView
from tests.features.lakes import Row, lake_of, rows_of

FIRM = "USCC-91440101XQ00000001"
SOLE_TRADER = "USCC-92440101XQ00000002"
DAY = "2024-06-15"
"""As of this day the last whole month is April 2024 and the twelve whole months begin in May 2023."""

Tables = Mapping[str, Sequence[Row] | str]


def months(first: str, number: int, **items: Any) -> list[Row]:
    """One row for each of some months from a first one, all with the same items."""
    days = pd.date_range(first, periods=number, freq="MS")
    return [{"month_on": day.date(), **items} for day in days]


def values(
    themes: Sequence[ModuleType], tables: Tables, folder: Path, subject: str = FIRM, day: str = DAY
) -> dict[str, Any]:
    """Every feature of the themes for the subject of the tables; null is None."""
    features = tuple(feature for theme in themes for feature in theme.FEATURES)
    lake = lake_of(folder, {name: _rows(name, table, subject) for name, table in tables.items()})
    spine = pd.DataFrame({"subject_id": [subject], "as_of": [day]})
    found = build(FeatureView("test", "enterprise", features), lake, spine).iloc[0]
    return {f.name: None if pd.isna(found[f.name]) else found[f.name] for f in features}


def agree(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Compare with values worked by hand, which must be there for every feature."""
    assert set(expected) == set(found)
    for name, value in expected.items():
        plain = value is None or isinstance(value, str)
        assert found[name] == (value if plain else pytest.approx(value, rel=1e-12)), name


def _rows(name: str, table: Sequence[Row] | str, subject: str) -> list[Row]:
    about = contract_of(name).about
    rows = rows_of(name, table) if isinstance(table, str) else table
    own = {about.subject: subject}
    # What a table does not number is numbered, so that its rows are different records.
    kinds = {column.name: column.kind for column in contract_of(name).columns()}
    numbered = [
        key
        for key in about.key
        if kinds[key] is str and not contract_of(name).column(key).item.codes
    ]
    return [
        {**{key: f"{key}-{n}" for key in numbered}, **own, **row} for n, row in enumerate(rows, 1)
    ]


def day(text: str) -> date:
    """A day, written as in a table."""
    return date.fromisoformat(text)
