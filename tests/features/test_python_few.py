"""Few subjects in plain Python: what the lake holds at that moment, and nothing that has no form in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from features.catalogue import VIEWS, view
from features.engines.duckdb import FEW, DuckDBEngine
from features.engines.engine import Engine
from features.engines.python.few import PythonEngine
from features.engines.python.tables import python_steps
from features.errors import FeaturesError
from features.expressions import EVERYONE, Records
from features.plan import Plan, Step, compile_view
from features.point_in_time import build
from features.subjects import SPINE
from tests.features.lakes import add, lake_of
from tests.features.tables import view_of

LOANS = Records("loan_account")
BILL = date(2023, 1, 31)
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


def asked(engine: Engine, lake: Lake, value: object, subject: str, day: str) -> float:
    spine = pd.DataFrame({"subject_id": [subject], "as_of": [day]})
    return float(build(view_of(value), lake, spine, engine=engine)["asked"].iloc[0])  # type: ignore[arg-type]


def test_a_record_that_was_moved_to_somebody_else_is_gone(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    with PythonEngine() as engine:
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 2
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-03-01") == 1
        assert asked(engine, lake, LOANS.count(), "SBA-2", "2004-03-01") == 1


def test_what_is_committed_meanwhile_counts(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    everybody = LOANS.count(months=12).among(EVERYONE)
    with PythonEngine() as engine:
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 2
        assert asked(engine, lake, everybody, "SBA-9", "2004-02-20") == 2
        add(lake, {"loan_account": LATER})
        assert asked(engine, lake, LOANS.count(), "SBA-1", "2004-02-20") == 3
        assert asked(engine, lake, everybody, "SBA-9", "2004-02-20") == 3


def test_a_file_that_goes_missing_meanwhile_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    with PythonEngine() as engine:
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
    with PythonEngine() as few, DuckDBEngine(few=-1) as whole:
        found = build(view, lake, spine, engine=few, supplied=True)
        expected = build(view, lake, spine, engine=whole, supplied=True)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_the_guarantees_of_others_are_found_by_whom_they_name(tmp_path: Path) -> None:
    """A group that is the subject itself needs no more than the records that name it."""
    row = {"subject_id": "USCC-9", "from_on": date(2023, 1, 5)}
    guarantees = [
        {**row, "guarantee_no": "1", "guaranteed_id": "USCC-1"},
        {**row, "guarantee_no": "2", "guaranteed_id": "USCC-1"},
        {**row, "guarantee_no": "2", "guaranteed_id": "USCC-2", "known": date(2023, 3, 1)},
    ]
    months = [
        {"account_no": n, "subject_id": f"USCC-{n}", "bill_on": BILL, "opened_on": BILL}
        for n in "12"
    ]
    lake = lake_of(tmp_path, {"guarantee": guarantees, "credit_month": months})
    value = view("firm")["guarantees_received"].value  # type: ignore[union-attr]
    plan = compile_view(view_of(value))
    assert plan.naming == (("guarantee", "guaranteed_id"),)
    assert not plan.whole
    engine = PythonEngine()
    assert asked(engine, lake, value, "USCC-1", "2023-02-15") == 2
    assert asked(engine, lake, value, "USCC-1", "2023-03-15") == 1
    assert asked(engine, lake, value, "USCC-2", "2023-03-15") == 1


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("name", VIEWS)
def test_every_declared_feature_has_a_form(name: str, linked: bool) -> None:
    plan = compile_view(VIEWS[name], linked)
    assert len(python_steps(plan)) == len(plan.steps)


def test_an_operation_without_a_form_is_refused_before_it_is_run() -> None:
    steps = (Step("odd", "odd records", SPINE.select(odd=SPINE._subject.upper())),)
    with pytest.raises(FeaturesError, match=r"odd records: the operation Uppercase has no form"):
        python_steps(Plan((), steps))


def test_more_rows_than_a_few_run_over_the_whole_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = lake_of(tmp_path, {"loan_account": MOVED})
    taken: list[int] = []
    run = PythonEngine.run

    def told(self: PythonEngine, *given: Any) -> pd.DataFrame:
        taken.append(given[2].num_rows)
        return run(self, *given)

    monkeypatch.setattr(PythonEngine, "run", told)
    for rows in (1, FEW, FEW + 1):
        spine = pd.DataFrame({"subject_id": ["SBA-1"] * rows, "as_of": "2004-02-20"})
        assert set(build(view_of(LOANS.count()), lake, spine)["asked"]) == {2}
    assert taken == [1, FEW]
