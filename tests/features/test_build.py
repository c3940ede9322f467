"""The answer of build(): rows and order of the spine, whatever the spine is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from features.catalogue import VIEWS, view
from features.errors import FeaturesError
from features.point_in_time import build
from tests.features.lakes import FileLake, lake_of

ENTERPRISE = view("enterprise")
LOANS = {
    "registration": [
        {"subject_id": "SBA-1", "registered_on": date(2004, 1, 1), "employees": 3, "region": "US-CA"},
        {"subject_id": "SBA-2", "registered_on": date(2004, 1, 1), "employees": 9, "region": "US-CA"},
    ],
    "loan_application": [
        {"application_no": "1", "subject_id": "SBA-1", "applied_on": date(2004, 1, 1), "amount_cents": 5_000},
        {"application_no": "2", "subject_id": "SBA-2", "applied_on": date(2004, 1, 1), "amount_cents": 9_000},
    ],
    "loan_account": [
        {"account_no": "2", "subject_id": "SBA-2", "opened_on": date(2004, 2, 1), "amount_cents": 1_000},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> FileLake:
    return FileLake(tmp_path_factory.mktemp("lake"), LOANS)


def test_rows_order_index_and_types_are_those_of_the_spine(lake: FileLake) -> None:
    spine = pd.DataFrame(
        {
            "subject_id": ["SBA-2", "SBA-1", "SBA-2", "SBA-1"],
            "as_of": [date(2004, 3, 1), date(2004, 3, 1), date(2004, 3, 1), date(2003, 1, 1)],
            "bad": [0, 1, 0, 1],
        },
        index=[7, 3, 5, 1],
    )
    found = build(ENTERPRISE, lake, spine)
    assert list(found.columns) == ["subject_id", "as_of", *ENTERPRISE.names]
    assert list(found.index) == [7, 3, 5, 1]
    assert found["subject_id"].tolist() == spine["subject_id"].tolist()
    assert found["as_of"].dt.date.tolist() == spine["as_of"].tolist()
    assert found["employees"].tolist()[:3] == [9, 3, 9]
    assert found.loc[7].equals(found.loc[5])  # a row may be asked for twice
    numbers = [f.name for f in ENTERPRISE.features if f.kind == "number"]
    assert (found[numbers].dtypes == "float64").all()
    assert found.loc[1, "loan_programme"] is None
    assert pd.isna(found.loc[1, "employees"])


def test_an_unknown_subject_has_nothing_of_its_own(lake: FileLake) -> None:
    spine = pd.DataFrame({"subject_id": ["SBA-404"], "as_of": [pd.Timestamp("2004-03-01")]})
    assert build(ENTERPRISE, lake, spine)[list(ENTERPRISE.names)].isna().all(axis=None)


@pytest.mark.parametrize("name", VIEWS)
def test_an_empty_spine_gives_an_empty_answer_with_all_columns(name: str, lake: FileLake) -> None:
    spine = pd.DataFrame(
        {"subject_id": pd.Series([], dtype=str), "as_of": pd.Series([], dtype="datetime64[us]")}
    )
    found = build(view(name), lake, spine)
    assert found.shape == (0, 2 + len(view(name).names))


@pytest.mark.parametrize("name", VIEWS)
def test_a_lake_without_records_gives_nulls_not_zeros(name: str, tmp_path: Path) -> None:
    spine = pd.DataFrame({"subject_id": ["X-1"], "as_of": ["2005-01-01"]})
    found = build(view(name), lake_of(tmp_path, {}), spine)
    assert found[list(view(name).names)].isna().all(axis=None)


@pytest.mark.parametrize(
    ("spine", "expected"),
    [
        ({"subject_id": ["a"]}, "has no column 'as_of'"),
        ({"as_of": ["2005-01-01"]}, "has no column 'subject_id'"),
        ({"subject_id": [None], "as_of": ["2005-01-01"]}, "rows without a subject_id"),
        ({"subject_id": ["a"], "as_of": [pd.NaT]}, "rows without an as_of"),
        ({"subject_id": ["a"], "as_of": ["soon"]}, "is not made of days"),
        ({"subject_id": ["a"], "as_of": [datetime(2005, 1, 1, 12)]}, "time of day"),
        ({"subject_id": ["a"], "as_of": [pd.Timestamp("2005-01-01", tz="UTC")]}, "time zone"),
    ],
)
def test_a_spine_that_leaves_the_day_open_is_refused(
    spine: dict[str, list[object]], expected: str, lake: FileLake
) -> None:
    with pytest.raises(FeaturesError, match=expected):
        build(ENTERPRISE, lake, pd.DataFrame(spine))


def test_a_committed_file_that_is_gone_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, LOANS)
    lost = Path(lake.files("registration")[0])
    lost.unlink()
    spine = pd.DataFrame({"subject_id": ["SBA-1"], "as_of": ["2005-01-01"]})
    with pytest.raises(FeaturesError, match=f"registration are gone.*{lost.name}"):
        build(ENTERPRISE, lake, spine)


def test_a_committed_file_that_is_broken_is_named(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, LOANS)
    broken = Path(lake.files("registration")[0])
    broken.write_bytes(b"PAR1 not any more")
    spine = pd.DataFrame({"subject_id": ["SBA-1"], "as_of": ["2005-01-01"]})
    with pytest.raises(FeaturesError, match=r"registration can not be read.*" + broken.name):
        build(ENTERPRISE, lake, spine)


def test_progress_ends_full(lake: FileLake) -> None:
    seen: list[tuple[str, int, int]] = []
    spine = pd.DataFrame({"subject_id": ["SBA-1"], "as_of": ["2005-01-01"]})
    build(ENTERPRISE, lake, spine, lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert seen[-1][1] == seen[-1][2]
    assert all(step.startswith("features") for step, _, _ in seen)
