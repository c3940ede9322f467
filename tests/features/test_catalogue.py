"""Every feature is documented in both languages and made from what its contract declares."""

from __future__ import annotations

import json
import re

import pytest

from data_contracts.catalogue import contract as contract_of
from features.catalogue import VIEWS, catalogue_rows, view
from features.errors import FeaturesError
from features.functions import FUNCTIONS
from features.relations.declared import GROUP_FEATURES
from features.view import UNITS, Feature

ALL = [pytest.param(f, id=f.name) for v in VIEWS.values() for f in v.features]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("feature", ALL)
def test_texts_are_in_both_languages(feature: Feature) -> None:
    pairs = ["title", "null", "too_high"] + (["too_low"] if feature.kind == "number" else [])
    for pair in pairs:
        assert HAN.search(getattr(feature, f"{pair}_zh")), pair
        english = getattr(feature, f"{pair}_en")
        assert re.search(r"[a-z]{3}", english), pair
        assert not HAN.search(english), pair


@pytest.mark.parametrize("feature", ALL)
def test_reasons_tell_the_value_where_there_is_one_to_tell(feature: Feature) -> None:
    for text in (feature.too_high_zh, feature.too_high_en, feature.too_low_zh, feature.too_low_en):
        assert set(re.findall(r"\{.*?\}", text)) <= {"{value}"}
        if text and feature.unit != "yes/no":
            assert "{value}" in text


@pytest.mark.parametrize("feature", ALL)
def test_lineage_names_declared_columns(feature: Feature) -> None:
    for column in feature.columns:
        contract, _, name = column.partition(".")
        assert name == "*" or name in contract_of(contract).model_fields
    assert set(feature.contracts) == {column.split(".")[0] for column in feature.columns}


def test_a_category_names_its_codes() -> None:
    categories = [f for v in VIEWS.values() for f in v.features if f.kind == "category"]
    assert {"loan_programme", "industry_sector", "farm_kind"} <= {f.name for f in categories}
    for feature in categories:
        codes = [code for code, _, _ in feature.labels]
        assert 2 <= len(codes) == len(set(codes)) <= 30
        assert all(HAN.search(zh) and en for _, zh, en in feature.labels)


def test_nothing_of_the_outcome_or_of_the_calendar_is_an_input() -> None:
    # What an account became is used of other accounts alone, through groups; the subject's own loans
    # are not looked at, and no feature is a date.
    from features.expressions import Aggregate

    for feature in view("enterprise").declared:
        for part in feature.value.walk():
            if isinstance(part, Aggregate) and part.contract in ("loan_outcome", "loan_account"):
                assert part.group is not None, feature.name


def test_lender_history_can_be_left_out() -> None:
    marked = {f.name for f in view("enterprise").features if f.lender_history}
    assert marked == {
        f.name for f in view("enterprise").features if f.name.startswith("lender_")
    } - {"lender_in_same_region"}
    assert not any(f.lender_history for f in view("individual").features)


def test_rows_and_spec_are_complete_and_json() -> None:
    rows = catalogue_rows()
    assert len(rows) == sum(len(v.features) for v in VIEWS.values())
    assert [row["name"] for row in catalogue_rows("individual")] == list(view("individual").names)
    for row in rows:
        assert all(row[name] for name in ("title_zh", "title_en", "unit_zh", "unit_en", "columns"))
    for one in VIEWS.values():
        assert json.loads(json.dumps(one.spec())) == one.spec()
        assert [entry["name"] for entry in one.spec()] == list(one.names)


def test_a_name_is_one_feature_in_all_views() -> None:
    # Views of firms and households share themes; what is shared is the same declaration.
    declared = {feature for v in VIEWS.values() for feature in v.features}
    assert len(declared) == len({feature.name for feature in declared})


def test_every_unit_and_function_is_documented_and_used() -> None:
    from features.expressions import Call

    features = [f for v in VIEWS.values() for f in v.declared]
    assert all(zh and en for zh, en in UNITS.values())
    assert {f.unit for f in (*features, *GROUP_FEATURES)} == set(UNITS)
    used = {p.function for f in features for p in f.value.walk() if isinstance(p, Call)}
    assert used == set(FUNCTIONS)
    assert all(function.doc for function in FUNCTIONS.values())


def test_an_unknown_view_lists_the_known_ones() -> None:
    with pytest.raises(FeaturesError, match="enterprise, individual"):
        view("farmer")
