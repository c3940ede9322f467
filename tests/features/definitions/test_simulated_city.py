"""Every feature of a household, computed on a small simulated city: it runs, and values are in range."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from data_contracts.city.build import build_city
from data_contracts.city.city import Settings
from data_contracts.city.load import load_city
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.catalogue import view
from features.point_in_time import build

HOUSEHOLD = view("household")
COUNTED = ("records", "accounts", "lenders", "kinds", "partners", "periods", "days")

# Shares that may pass one: more was paid than was due, more was drawn than granted, more loans than
# applications within the window, several disputes on one order.
OPEN_SHARES = {
    "scheduled_paid_share_6",
    "credit_utilisation",
    "overdue_balance_share",
    "loans_granted_share_24",
    "platform_dispute_share_12",
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A city of 400 subjects over three years, with the records that a household's features read."""
    root = tmp_path_factory.mktemp("city")
    read = (*HOUSEHOLD.contracts, "consent")
    folder = build_city(Settings(400, 3, 36), root / "city", only=read).folder
    workspace = Workspace(root / "workspace")
    load_city(folder, workspace)
    return Lake(workspace.lake_dir)


@pytest.fixture(scope="module")
def frame(lake: Lake) -> pd.DataFrame:
    """Vectors of everybody as of a day in the last year; enterprises have some of the records too."""
    with duckdb.connect() as connection:
        query = f"SELECT DISTINCT subject_id FROM ({lake.latest_sql('consent')}) ORDER BY 1"
        subjects = connection.execute(query).df()
    return build(HOUSEHOLD, lake, subjects.assign(as_of=pd.Timestamp("2023-06-17")))


def test_counts_are_whole_and_not_negative(frame: pd.DataFrame) -> None:
    assert len(frame) == 400
    for feature in HOUSEHOLD.features:
        if feature.unit in COUNTED and "trend" not in feature.name:
            values = frame[feature.name].dropna()
            assert (values == values.round()).all(), feature.name
            assert values.empty or values.min() >= 0, feature.name


def test_shares_lie_between_none_and_all(frame: pd.DataFrame) -> None:
    for feature in HOUSEHOLD.features:
        if feature.unit == "fraction":
            values = frame[feature.name].dropna()
            most = float("inf") if feature.name in OPEN_SHARES else 1
            assert values.between(0, most).all(), feature.name


def test_codes_and_flags_are_what_they_say(frame: pd.DataFrame) -> None:
    for feature in HOUSEHOLD.features:
        values = set(frame[feature.name].dropna())
        if feature.kind == "category":
            assert values <= {code for code, _, _ in feature.labels}, feature.name
        if feature.unit == "yes/no":
            assert values <= {0.0, 1.0}, feature.name


def test_most_features_have_values_and_many_tell_subjects_apart(frame: pd.DataFrame) -> None:
    table = frame[list(HOUSEHOLD.names)]
    assert (table.notna().sum() > 0).mean() > 0.8
    assert (table.nunique() > 1).mean() > 0.6
    # nobody is known from every side: null stays null
    assert table.isna().sum(axis=1).min() > 0


def test_the_worst_months_agree_with_each_other(frame: pd.DataFrame) -> None:
    known = frame.dropna(subset=["credit_worst_arrears_24"])
    assert len(known) > 50
    assert (known.credit_worst_arrears_6 <= known.credit_worst_arrears_24).all()
    clean = known.credit_months_in_arrears_24 == 0
    assert 0 < clean.sum() < len(known)
    assert (known.credit_worst_arrears_24[clean] == 0).all()
    assert (known.credit_months_since_arrears_24[clean] == 24).all()
    assert (known.accounts_in_arrears_24[~clean] >= 1).all()
