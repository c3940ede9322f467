"""The views of a city: every feature of the house is in one, and each reads what it may."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from data_contracts.catalogue import contract as contract_of
from features import definitions
from features.catalogue import VIEWS, catalogue_rows, for_score, view
from features.view import Feature

CITY_VIEWS = ("firm", "household", "firm_facts", "household_facts")
KINDS = {
    "firm": {"enterprise", "sole_trader"},
    "firm_facts": {"enterprise", "sole_trader"},
    "household": {"individual", "farmer"},
    "household_facts": {"individual", "farmer"},
}


def house() -> dict[str, Feature]:
    """Every feature that a theme declares, by name."""
    found: dict[str, Feature] = {}
    for module in pkgutil.iter_modules(definitions.__path__):
        theme = importlib.import_module(f"{definitions.__name__}.{module.name}")
        for feature in getattr(theme, "FEATURES", ()):
            assert feature.name not in found, feature.name
            found[feature.name] = feature
    return found


def test_every_feature_of_the_house_is_in_a_view() -> None:
    viewed = {name for one in VIEWS.values() for name in one.names}
    assert viewed == set(house())


def test_a_name_means_the_same_in_every_view() -> None:
    declared = house()
    for one in VIEWS.values():
        for feature in one.features:
            assert feature is declared[feature.name]


def test_there_are_enough_of_each() -> None:
    assert len(view("firm").features) >= 100
    assert len(view("household").features) >= 50


@pytest.mark.parametrize("name", CITY_VIEWS)
def test_what_a_score_is_made_from_is_collected_for_scores(name: str) -> None:
    for feature in view(name).features:
        uses = [contract_of(contract).about.used_in for contract in feature.contracts]
        assert all("score" in use for use in uses) == (not name.endswith("_facts")), feature.name
        assert for_score(feature) == (not name.endswith("_facts"))
        # nothing is declared that neither a score nor a rule nor a report may use (REG-32)
        assert all({"score", "rule", "report"} & set(use) for use in uses), feature.name


@pytest.mark.parametrize("name", CITY_VIEWS)
def test_a_view_reads_what_is_collected_of_its_subjects(name: str) -> None:
    for feature in view(name).features:
        kinds = set(contract_of(feature.contract).about.subject_kinds)
        assert kinds & KINDS[name], feature.name


def test_the_older_views_have_not_changed() -> None:
    assert len(view("enterprise").features) == 17
    assert len(view("individual").features) == 30
    assert set(view("city").names) <= set(view("firm").names)
    assert view("city").names == (
        "tax_paid_12",
        "tax_trend",
        "tax_late_share",
        "sales_12",
        "sales_trend",
        "void_rate",
        "purchases_to_sales",
        "insured_people",
        "insured_trend",
        "cases_against_24",
        "enforcements_24",
        "overdue_periods_12",
        "enquiries_6",
    )


def test_the_catalogue_tells_the_source_and_its_sensitivity() -> None:
    rows = {row["name"]: row for row in catalogue_rows("household")}
    row = rows["credit_utilisation"]
    assert row["sensitivity"] == "consent"
    assert row["suppliers_en"] == "Financial institution (credit message)"
    assert row["columns"].split(", ") == [
        "credit_month.balance_cents",
        "credit_month.account_type",
        "credit_month.limit_cents",
    ]
    assert rows["person_dishonest_listed"]["sensitivity"] == "public"
    both = rows["application_to_credit"]
    assert len(both["suppliers_en"].split("; ")) == 2
    assert len(both["suppliers_zh"].split("；")) == 2
