"""A city goes through the intake like any supplier's files, and labels can be read from the lake."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.dirty import Wishes
from data_contracts.city.load import load_city
from data_contracts.errors import ContractsError
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace

SOME = (
    "registration",
    "loan_application",
    "loan_account",
    "loan_outcome",
    "credit_month",
    "consent",
)


def test_a_clean_city_enters_whole_and_again_changes_nothing(tmp_path):
    folder = build_city(Settings(200, 3, 12), tmp_path / "city", only=SOME).folder
    workspace = Workspace(tmp_path / "work")
    results = load_city(folder, workspace)
    assert len(results) == len(SOME)
    for result in results.values():
        assert result.rows == result.accepted > 0
        assert result.quarantined == 0
    lake = Lake(workspace.lake_dir)
    assert lake.reviews().num_rows == 0
    rows = lake.read("loan_account").num_rows
    load_city(folder, workspace)
    assert lake.read("loan_account").num_rows == rows


def test_known_dates_survive(tmp_path):
    folder = build_city(Settings(60, 3, 6), tmp_path / "city", only=("registration",)).folder
    workspace = Workspace(tmp_path / "work")
    load_city(folder, workspace)
    kept = Lake(workspace.lake_dir).read("registration").sort_by("subject_id")["_known"]
    given = pq.read_table(folder / "simulated_registration.parquet").sort_by("subject_id")["_known"]
    assert kept.to_pylist() == given.to_pylist()


def test_dirty_records_are_quarantined_and_corrections_become_versions(tmp_path):
    wishes = Wishes(dirty=0.1, corrected=0.1)
    folder = build_city(
        Settings(200, 4, 6), tmp_path / "city", wishes, only=("registration",)
    ).folder
    workspace = Workspace(tmp_path / "work")
    results = load_city(folder, workspace)
    result = results["simulated_registration.parquet"]
    assert result.quarantined > 0
    assert result.accepted + result.quarantined + result.unchanged == result.rows
    records = Lake(workspace.lake_dir).read("registration")
    assert set(records["_version"].to_pylist()) == {1, 2}
    fixed = pq.read_table(folder / "corrections" / "simulated_registration.parquet")
    told = dict(zip(fixed["subject_id"].to_pylist(), fixed["_known"].to_pylist(), strict=True))
    second = [row for row in records.to_pylist() if row["_version"] == 2]
    assert second
    assert all(row["_known"] == told[row["subject_id"]] for row in second)


def test_files_without_the_label_are_refused(tmp_path):
    folder = tmp_path / "city"
    folder.mkdir()
    pq.write_table(pa.table({"subject_id": ["USCC-1"]}), folder / "simulated_registration.parquet")
    with pytest.raises(ContractsError, match="not labelled"):
        load_city(folder, Workspace(tmp_path / "work"))


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(ContractsError, match="no city"):
        load_city(tmp_path, Workspace(tmp_path / "work"))
