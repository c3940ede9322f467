"""The views of a city: every feature of the house is in one, and each reads what it may."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

from data_contracts.catalogue import contract as contract_of
from features import definitions
from features.catalogue import VIEWS, catalogue_rows, view
from features.relations.declared import GROUP_FEATURES
from features.view import Feature
from training.config_files import shipped

KINDS = {
    "firm": {"enterprise", "sole_trader"},
    "household": {"individual", "farmer"},
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
    viewed = {feature.name for one in VIEWS.values() for feature in one.declared}
    assert viewed == set(house())


def test_features_of_groups_that_may_be_scored_are_in_the_view_of_firms() -> None:
    # The rest are shown by `features relations show`. What a firm guarantees itself is a feature of its own
    # records already.
    scored = {feature.name for feature in GROUP_FEATURES if "score" in feature.uses}
    assert {feature.name for feature in view("firm").of_groups} == scored - {"guaranteed_out"}
    assert "guarantees_given_amount" in view("firm").names
    assert [one.name for one in VIEWS.values() if one.of_groups] == ["firm"]


def test_every_feature_is_an_input_of_a_model() -> None:
    # REG-32: what no model, rule or report uses is not made. Reports and rules read records, so that a
    # feature is used by the model of its view or by nothing.
    trained = {settings.view for settings in shipped().values()}
    learned = {name for one in trained for name in view(one).names}
    grouped = {feature.name for one in VIEWS.values() for feature in one.of_groups}
    assert [name for name in {*house(), *grouped} if name not in learned] == []
    assert trained == set(VIEWS)


def test_the_readme_counts_the_features_of_each_theme() -> None:
    readme = Path(definitions.__path__[0]).parent.joinpath("README.md").read_text("utf-8")
    told = {
        cells[0].split("`")[1]: [int(cell or 0) for cell in cells[1:3]]
        for line in readme.split("## Definitions")[1].split("\n## ")[0].splitlines()
        if line.startswith("| `") and (cells := [c.strip() for c in line.strip("|").split("|")])
    }
    counted: dict[str, list[int]] = {}
    for place, name in enumerate(("firm", "household")):
        for feature in view(name).declared:
            counted.setdefault(feature.theme, [0, 0])[place] += 1
    assert told == counted


def test_a_name_means_the_same_in_every_view() -> None:
    declared = house()
    for one in VIEWS.values():
        for feature in one.declared:
            assert feature is declared[feature.name]


def test_there_are_enough_of_each() -> None:
    assert len(view("firm").features) >= 100
    assert len(view("household").features) >= 50


@pytest.mark.parametrize("name", VIEWS)
def test_what_a_score_is_made_from_is_collected_for_scores(name: str) -> None:
    for feature in view(name).features:
        for contract in feature.contracts:
            assert "score" in contract_of(contract).about.used_in, (feature.name, contract)


@pytest.mark.parametrize("name", KINDS)
def test_a_view_reads_what_is_collected_of_its_subjects(name: str) -> None:
    for feature in view(name).features:
        for contract in feature.contracts:
            assert set(contract_of(contract).about.subject_kinds) & KINDS[name], feature.name


def test_the_views_of_the_public_portfolios_have_not_changed() -> None:
    assert len(view("enterprise").features) == 17
    assert len(view("individual").features) == 30


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
    assert rows["dishonest_debtor_open"]["sensitivity"] == "public"
    both = rows["application_to_credit"]
    assert len(both["suppliers_en"].split("; ")) == 2
    assert len(both["suppliers_zh"].split("；")) == 2
