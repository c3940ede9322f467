"""Values and digests: equal vectors have equal digests, and what can not be stored is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.catalogue import VIEWS, view
from features.errors import FeaturesError
from features.online.declared import feature_digest, feature_digests, view_digest
from features.online.vectors import plain_values, vector_digest
from features.view import FeatureView


@pytest.mark.parametrize("value", [float("inf"), object(), [1.0], b"x"])
def test_what_can_not_be_stored_is_named(value: object) -> None:
    with pytest.raises(FeaturesError, match=r"'ratio'.*can not be stored"):
        vector_digest({"ratio": value})


VALUES = st.dictionaries(
    st.text("abc_", min_size=1, max_size=4),
    st.one_of(st.none(), st.text(max_size=5), st.floats(allow_infinity=False), st.integers(-9, 9)),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(values=VALUES, other=VALUES)
def test_the_digest_tells_equal_vectors_from_others(
    values: dict[str, object], other: dict[str, object]
) -> None:
    turned = dict(reversed(values.items()))
    assert vector_digest(values) == vector_digest(turned) == vector_digest(plain_values(values))
    same = vector_digest(values) == vector_digest(other)
    assert same == (plain_values(values) == plain_values(other))


def test_every_declaration_has_a_digest_of_its_own() -> None:
    for one in VIEWS.values():
        digests = feature_digests(one)
        assert len(set(digests.values())) == len(one.names)


def test_a_views_digest_moves_with_its_features_and_not_with_their_order() -> None:
    cards = view("individual")
    turned = FeatureView("individual", "individual", tuple(reversed(cards.features)))
    fewer = FeatureView("individual", "individual", cards.features[1:])
    assert view_digest(turned) == view_digest(cards) != view_digest(fewer)


def test_another_expression_is_another_feature_and_another_title_is_not() -> None:
    from dataclasses import replace

    feature = view("individual")["card_utilisation"]
    assert feature_digest(replace(feature, title_en="another")) == feature_digest(feature)
    assert feature_digest(replace(feature, value=feature.value * 2)) != feature_digest(feature)
