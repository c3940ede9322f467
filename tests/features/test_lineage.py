"""Where features come from, and what a contract's field feeds."""

from __future__ import annotations

import pytest

from data_contracts.catalogue import contract as contract_of
from features.catalogue import VIEWS
from features.errors import FeaturesError
from features.lineage import features_from, features_named, lineage_of

FEATURES = [feature for view in VIEWS.values() for feature in view.features]


def test_every_feature_leads_to_declared_fields_and_a_supplier() -> None:
    for feature in FEATURES:
        told = lineage_of(feature)
        assert told["contracts"], feature.name
        for contract in told["contracts"]:
            declared = {column.name for column in contract_of(contract["name"]).columns()}
            assert contract["supplier"]["zh"], contract["name"]
            assert contract["supplier"]["en"], contract["name"]
            assert contract["fields"], contract["name"]
            assert {field["name"] for field in contract["fields"]} <= declared | {"*"}
            assert all(field["title"]["zh"] for field in contract["fields"])


def test_the_way_back_finds_every_feature() -> None:
    for feature in FEATURES:
        for source in (*feature.columns, *feature.contracts):
            assert feature in [found for _, found in features_from(source)]
    assert features_from("registration.no_such_field") == []


def test_a_feature_is_found_in_its_views() -> None:
    assert [view for view, _ in features_named("card_utilisation")] == ["individual"]
    with pytest.raises(FeaturesError, match="did you mean card_utilisation"):
        features_named("card_utilization")
    with pytest.raises(FeaturesError, match="no view 'farmer'"):
        features_named("card_utilisation", "farmer")
