"""Restoring directions: what broke is repaired, what held is not touched."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bins import CategoryBins, NumberBins
from models.glassbox.certificate import certify
from models.monotone import keep_directions
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.rows import hand_model, table


def test_a_table_that_falls_is_pooled_by_hand() -> None:
    """Risks 0, 2, 1, 3 in bins of equal mass: the middle two become 1.5, the average stays."""
    model = AdditiveModel(
        Schema((Field("x", "number", direction=1),)),
        (table(("x",), (NumberBins((1.0, 2.0, 3.0)),), [0.0, 2.0, 1.0, 3.0, 0.5]),),
        intercept=0.0,
    )
    pooled = keep_directions(model).tables[0].values
    assert pooled.tolist() == pytest.approx([0.0, 1.5, 1.5, 3.0, 0.5])


def test_a_model_that_holds_is_not_touched() -> None:
    model = hand_model()
    assert certify(model).holds
    assert keep_directions(model).tables == model.tables


def test_steps_that_a_pair_takes_back_are_added_to_the_single_table() -> None:
    # Over c the pair lowers the risk by at most 0.8 from x <= 2 to x > 2; the single table rises by 0.6.
    model = hand_model([[0.1, -0.1, 0.0], [-0.7, 0.0, 0.05], [0.0, 0.0, 0.2]])
    assert not certify(model).holds
    kept = keep_directions(model)
    assert certify(kept).holds
    assert kept.tables[0].values[2] - kept.tables[0].values[1] == pytest.approx(0.8)
    assert kept.tables[1:] == model.tables[1:]
    assert kept.tables[0].mean == pytest.approx(model.tables[0].mean)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_whatever_the_tables_the_certificate_holds_afterwards(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y, c = NumberBins((0.0, 1.0, 2.0), (-9.0,)), NumberBins((0.5,)), CategoryBins(("a",))
    schema = Schema(
        (
            Field("x", "number", direction=1, missing="worst", special=(-9.0,)),
            Field("y", "number", direction=-1),
            Field("c", "category"),
        )
    )
    terms = {("x",): (x,), ("c",): (c,), ("x", "y"): (x, y), ("c", "x"): (c, NumberBins((1.0,)))}
    if random.random() < 0.5:
        del terms[("x",)]  # a pair alone may ask for a single table
    tables = tuple(
        table(term, axes, random.normal(size=[axis.size for axis in axes]))
        for term, axes in terms.items()
    )
    model = AdditiveModel(schema, tables, intercept=0.3)
    assert certify(keep_directions(model)).holds
    frame = pd.DataFrame({"x": [0.5], "y": [0.1], "c": ["a"]})
    assert np.isfinite(keep_directions(model).margin(frame)).all()
