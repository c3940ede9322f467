"""The answer of build(): rows and order of the spine, whatever the spine is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from data_contracts.intake.lake import Lake
from features.catalogue import VIEWS, view
from features.engines.engine import engine_of
from features.errors import FeaturesError
from features.expressions import Expression, Records
from features.point_in_time import build
from features.view import Feature, FeatureView
from tests.features.lakes import FileLake, add, lake_of
from tests.features.tables import TEXTS

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


# ---- what was not supplied, and what could not be read -------------------------------------------


def _asked(name: str, value: Expression) -> Feature:
    return Feature(name=name, theme="spec", value=value, unit="times", direction=0, **TEXTS)


def _registration(subject: str, employees: int) -> str:
    return f"subject_id | registered_on | employees\n{subject} | 2004-01-01 | {employees}"


def test_on_request_the_answer_tells_what_was_not_supplied(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        {
            "registration": "subject_id | registered_on | employees\nSBA-1 | 2004-01-01 |",
            "loan_account": "account_no | subject_id | opened_on\n1 | SBA-2 | 2004-01-01",
        },
    )
    employees = Records("registration")["employees"].latest()
    lent = Records("loan_account")["amount_cents"].sum(months=1)
    view = FeatureView("two", "enterprise", (_asked("employees", employees), _asked("lent", lent)))
    spine = pd.DataFrame({"subject_id": ["SBA-1", "SBA-2", "SBA-3"], "as_of": "2005-01-01"})
    found = build(view, lake, spine, supplied=True)
    flags = ["_supplied_registration", "_supplied_loan_account"]
    assert list(found.columns) == ["subject_id", "as_of", "employees", "lent", *flags]
    assert found[["employees", "lent"]].isna().all(axis=None)
    # SBA-1's employees are unknown and SBA-2 has no recent loan; all other nulls are "not supplied".
    assert found["_supplied_registration"].tolist() == [True, False, False]
    assert found["_supplied_loan_account"].tolist() == [False, True, False]
    assert found["_supplied_loan_account"].dtype == bool
    assert list(build(view, lake, spine).columns) == ["subject_id", "as_of", "employees", "lent"]


def test_records_that_the_law_hides_count_as_not_supplied(tmp_path: Path) -> None:
    lake = lake_of(
        tmp_path,
        {"penalty": "subject_id | penalty_no | decided_on | ends_on\nSBA-1 | 1 | 2004-01-01 | 2004-02-29"},
    )  # fmt: skip
    view = FeatureView("one", "enterprise", (_asked("fined", Records("penalty").count()),))
    spine = pd.DataFrame({"subject_id": "SBA-1", "as_of": ["2009-02-27", "2009-02-28"]})
    found = build(view, lake, spine, supplied=True)
    assert found["_supplied_penalty"].tolist() == [True, False]


@pytest.fixture
def two_files(tmp_path: Path) -> Lake:
    """SBA-1's registration lies in the first file, SBA-2's in the second."""
    lake = lake_of(tmp_path, {"registration": _registration("SBA-1", 1)})
    add(lake, {"registration": _registration("SBA-2", 2)})
    return lake


EMPLOYEES = FeatureView(
    "one", "enterprise", (_asked("employees", Records("registration")["employees"].latest()),)
)
BOTH = pd.DataFrame({"subject_id": ["SBA-1", "SBA-2"], "as_of": "2005-01-01"})


def _alter(file: Path) -> None:
    """Change one byte of the values, as a failing disk does: the file's end still reads."""
    data = bytearray(file.read_bytes())
    data[len(data) // 8] ^= 0xFF
    file.chmod(0o644)
    file.write_bytes(data)


def _cut(file: Path) -> None:
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-40])


@pytest.mark.parametrize("harm", [_alter, _cut, Path.unlink], ids=["altered", "cut", "gone"])
def test_a_damaged_file_is_left_out_only_when_that_is_allowed(
    harm: Callable[[Path], None], two_files: Lake
) -> None:
    whole = build(EMPLOYEES, two_files, BOTH, allow_partial=True)
    assert whole["employees"].tolist() == [1, 2]
    assert whole.attrs["skipped_files"] == []
    second = Path(two_files.files("registration")[1])
    harm(second)
    found = build(EMPLOYEES, two_files, BOTH, supplied=True, allow_partial=True)
    assert found["employees"].tolist()[0] == 1
    assert found["_supplied_registration"].tolist() == [True, False]
    assert found.attrs["skipped_files"] == [f"tables/registration/{second.name}"]


@pytest.mark.parametrize("harm", [_cut, Path.unlink], ids=["cut", "gone"])
def test_a_damaged_file_is_named_and_stops_the_build(
    harm: Callable[[Path], None], two_files: Lake
) -> None:
    second = Path(two_files.files("registration")[1])
    harm(second)
    with pytest.raises(FeaturesError, match=f"tables/registration/{second.name}"):
        build(EMPLOYEES, two_files, BOTH)


def test_repairs_and_consents_are_never_left_out(tmp_path: Path) -> None:
    # Without its repair a penalty would come back, and without its end a consent would go on.
    penalty = "subject_id | penalty_no | decided_on\nSBA-1 | P | 2004-01-01"
    repair = "subject_id | repaired_contract | repaired_no | repaired_on\nSBA-1 | penalty | P | 2004-02-01"
    lake = lake_of(tmp_path, {"penalty": penalty, "credit_repair": repair})
    view = FeatureView("one", "enterprise", (_asked("fined", Records("penalty").count()),))
    Path(lake.files("credit_repair")[0]).unlink()
    with pytest.raises(FeaturesError, match=r"tables/credit_repair/.* can not be left out"):
        build(view, lake, BOTH, allow_partial=True)


def test_a_file_of_another_contract_does_not_matter(two_files: Lake) -> None:
    add(two_files, {"loan_account": "account_no | opened_on\n1 | 2004-01-01"})
    Path(two_files.files("loan_account")[0]).unlink()
    assert build(EMPLOYEES, two_files, BOTH)["employees"].tolist() == [1, 2]


def test_an_engine_that_is_open_is_used_and_stays_open(two_files: Lake) -> None:
    with engine_of("duckdb") as engine:
        for _ in range(2):
            found = build(EMPLOYEES, two_files, BOTH, engine=engine)
            assert found["employees"].tolist() == [1, 2]
    with pytest.raises(FeaturesError, match="there is no engine 'abacus'"):
        build(EMPLOYEES, two_files, BOTH, engine="abacus")
