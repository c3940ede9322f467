"""An engine that stays open answers for a few subjects from what the lake holds at that moment."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from features.engines.duckdb import KEPT_PLANS, DuckDBEngine
from features.errors import FeaturesError
from features.expressions import EVERYONE, Records
from features.point_in_time import build
from tests.features.lakes import add, lake_of
from tests.features.tables import view_of

LOANS = Records("loan_account")
MOVED = """
    account_no | subject_id | opened_on  | known
    1          | SBA-1      | 2004-01-10 | 2004-01-10
    1          | SBA-2      | 2004-01-10 | 2004-03-01
    2          | SBA-1      | 2004-02-10 | 2004-02-10
"""
LATER = """
    account_no | subject_id | opened_on  | known
    3          | SBA-1      | 2004-02-15 | 2004-02-15
"""


def asked(engine: DuckDBEngine, lake: Lake, value: object, subject: str, day: str) -> float:
    spine = pd.DataFrame({"subject_id": [subject], "as_of": [day]})
    return float(build(view_of(value), lake, spine, engine=engine)["asked"].iloc[0])  # type: ignore[arg-type]


def test_a_record_that_was_moved_to_somebody_else_is_gone(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    with DuckDBEngine() as engine:
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 2
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-03-01") == 1
        assert asked(engine, lake, LOANS.count(), "SBA-2", "2004-03-01") == 1


def test_what_is_committed_meanwhile_counts(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    everybody = LOANS.count(months=12).among(EVERYONE)
    with DuckDBEngine() as engine:
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 2
        assert asked(engine, lake, everybody, "SBA-9", "2004-02-20") == 2
        add(lake, {"loan_account": LATER})
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 3
        assert asked(engine, lake, everybody, "SBA-9", "2004-02-20") == 3


def test_a_file_that_goes_missing_meanwhile_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    with DuckDBEngine() as engine:
        asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20")
        Path(lake.files("loan_account")[0]).unlink()
        with pytest.raises(FeaturesError, match=r"Gone or damaged: tables/loan_account/"):
            asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20")


def test_the_same_rows_as_over_the_whole_lake(tmp_path: Path) -> None:
    rows = [
        {"account_no": str(n), "subject_id": f"SBA-{n % 7}", "opened_on": date(2004, 1 + n % 9, 3)}
        for n in range(60)
    ]
    lake = lake_of(tmp_path, {"loan_account": rows})
    spine = pd.DataFrame(
        [(f"SBA-{n}", day) for day in ("2004-05-01", "2004-09-30") for n in (3, 1, 1, 8)],
        columns=["subject_id", "as_of"],
        index=[5, 3, 1, 0, 2, 4, 6, 7],
    )
    view = view_of(LOANS["amount_cents"].sum(months=4))
    with DuckDBEngine() as few, DuckDBEngine(few=-1) as whole:
        for _ in range(2):  # made, then run again
            found = build(view, lake, spine, engine=few, supplied=True)
            expected = build(view, lake, spine, engine=whole, supplied=True)
            pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_no_more_plans_are_kept_than_that(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    with DuckDBEngine() as engine:
        for months in range(1, KEPT_PLANS + 3):
            asked(engine, lake, LOANS.count(months=months), "SBA-1", "2004-02-20")
        assert len(engine._kept) == KEPT_PLANS
