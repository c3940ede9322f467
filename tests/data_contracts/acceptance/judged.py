"""Judgements of lakes, and what they tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from data_contracts.acceptance.judge import Judgement, judge
from data_contracts.acceptance.measure import measure
from data_contracts.acceptance.settings import Thresholds
from data_contracts.acceptance.tables import read_own_table
from data_contracts.intake.lake import Lake
from data_contracts.rules.comparison import Cause
from tests.data_contracts.acceptance.lakes import (
    INSTITUTION,
    MONTHS,
    ON,
    Record,
    month_of,
    write_own,
)

JANUARY, FEBRUARY, MARCH = MONTHS
LATE_CARD = "20000000080"  # four periods overdue in March
ONCE_LATE = "20000000000"  # its whole life stands in the 24 months


def one(records: list[Record], account_no: str, month: date) -> Record:
    return next(
        r for r in records if r["account_no"] == account_no and month_of(r["bill_on"]) == month
    )


def judged(
    folder: Path,
    lake: Lake,
    own: Mapping[str, Mapping[str, int]] | None,
    *,
    causes: Mapping[str, Cause] | None = None,
    thresholds: Thresholds | None = None,
    **more: Any,
) -> Judgement:
    table = read_own_table(write_own(folder / "own.csv", own)) if own is not None else None
    figures = measure(lake, INSTITUTION, own=table, on=ON, thresholds=thresholds, **more)
    return judge(figures, thresholds, causes)


def told(judgement: Judgement) -> list[tuple[str, str]]:
    return [(found.key, found.state) for found in judgement.reasons]
