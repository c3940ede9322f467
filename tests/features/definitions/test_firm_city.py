"""Every feature of an enterprise on the simulated city: it compiles, has values, and keeps its range."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data_contracts.city.build import build_city
from data_contracts.city.clock import Settings
from data_contracts.city.load import load_city
from data_contracts.intake.lake import Lake
from data_contracts.workspace import Workspace
from features.definitions import (
    business_standing,
    customs,
    enforcement,
    environment,
    financial_position,
    intellectual_property,
    invoice,
    invoice_pattern,
    judicial,
    penalty,
    pledge,
    procurement,
    public_rating,
    real_estate,
    registration_history,
    social_arrears,
    social_security,
    tax,
    tax_notice,
    technology,
    utility,
)
from features.point_in_time import build
from features.view import Feature, FeatureView

THEMES = (
    registration_history, business_standing, financial_position, pledge, tax, tax_notice,
    invoice, invoice_pattern, social_security, social_arrears, judicial, enforcement, penalty,
    environment, utility, real_estate, intellectual_property, technology, customs, procurement,
    public_rating,
)  # fmt: skip
FEATURES = tuple(feature for theme in THEMES for feature in theme.FEATURES)

# A loss is a negative share of the revenue.
BELOW_ZERO = {"reported_margin", "statement_margin", "operating_cash_margin", "public_credit_trend"}
ABOVE_ONE = {"reported_debt_ratio", "statement_debt_ratio"}


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    root = tmp_path_factory.mktemp("firms")
    asked = FeatureView("firms", "enterprise", FEATURES)
    needed = (*asked.contracts, "consent", "credit_repair")
    city = build_city(Settings(1200, 1, 36), root / "city", only=needed).folder
    workspace = Workspace(root / "workspace")
    load_city(city, workspace)
    registered = pq.read_table(city / "simulated_registration.parquet")["subject_id"].to_pylist()
    days = pd.to_datetime(["2023-06-15", "2023-12-01"])
    spine = pd.DataFrame(
        {"subject_id": registered * len(days), "as_of": days.repeat(len(registered))}
    )
    return build(asked, Lake(workspace.lake_dir), spine)


def names(features: tuple[Feature, ...]) -> list[str]:
    return [feature.name for feature in features]


def test_there_are_features_of_every_theme_and_no_name_comes_twice() -> None:
    assert len(FEATURES) >= 85
    assert len(set(names(FEATURES))) == len(FEATURES)
    assert {feature.theme for feature in FEATURES} == {theme.THEME for theme in THEMES}


def test_every_feature_has_values_where_the_city_has_records(vectors: pd.DataFrame) -> None:
    assert [name for name in names(FEATURES) if vectors[name].isna().all()] == []


def test_every_number_keeps_its_range(vectors: pd.DataFrame) -> None:
    for feature in FEATURES:
        known = vectors[feature.name].dropna()
        if feature.kind == "category":
            assert set(known) <= {code for code, _, _ in feature.labels}, feature.name
            continue
        if feature.name not in BELOW_ZERO:
            assert known.min() >= 0, feature.name
        if feature.unit == "fraction" and feature.name not in ABOVE_ONE:
            assert known.max() <= 1, feature.name
        if feature.unit == "yes/no":
            assert set(known) <= {0, 1}, feature.name
        if feature.unit in ("records", "kinds", "people", "months"):
            assert (known % 1 == 0).all(), feature.name


def test_a_window_of_months_holds_no_more_months(vectors: pd.DataFrame) -> None:
    for name in names(FEATURES):
        if "months_" in name and name.endswith("_12"):
            assert vectors[name].max() <= 12, name


def test_texts_are_of_one_style() -> None:
    for feature in FEATURES:
        for text in (feature.too_high_zh, feature.too_low_zh, feature.title_zh, feature.null_zh):
            assert not text.endswith(("。", ".")), feature.name
        told = (feature.too_high_zh, feature.too_high_en, feature.too_low_zh, feature.too_low_en)
        tells = [("{value}" in text) for text in told if text]
        assert set(tells) == {feature.unit != "yes/no"}, feature.name
