"""How the glass box codes rows: bins of numbers, levels of categories."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, categories
from models.glassbox.coding import (
    LEAST_INPUTS,
    category_bins,
    code_rows,
    number_bins,
    screened,
    shortest_between,
)
from models.glassbox.settings import GlassBoxSettings
from models.schema import Field, Schema
from tests.models.rows import SCHEMA, make_rows


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (49873.2, 50012.9, 50000.0),
        (0.3333, 0.3334, 0.3333),
        (-0.5, 0.2, 0.0),
        (-1.52, -1.38, -1.5),
        (1.0, 2.0, 1.0),
        (0.0, 1e-300, 0.0),
        (-math.inf, 3.0, -1.7976931348623157e308),
        (7.25, math.inf, 7.25),
        (1e308, 1.7e308, 1e308),
    ],
)
def test_thresholds_are_the_shortest_numbers_that_separate(
    low: float, high: float, expected: float
) -> None:
    assert shortest_between(low, high) == expected


def test_few_distinct_values_get_a_bin_each() -> None:
    bins = number_bins(np.array([0.0, 1.0, 1.0, 3.0, np.nan]), 8)
    assert bins.encode(np.array([0.0, 1.0, 3.0, np.nan])).tolist() == [0, 1, 2, 3]


def test_a_frequent_value_gets_a_bin_of_its_own() -> None:
    values = np.concatenate([np.zeros(600), np.random.default_rng(0).uniform(1, 9, 400)])
    bins = number_bins(values, 5)
    counts = np.bincount(bins.encode(values), minlength=bins.size)
    assert counts[0] == 600
    assert bins.ordered <= 5
    assert counts[1 : bins.ordered].min() > 60


def test_bins_of_pairs_are_among_the_fine_ones() -> None:
    values = np.random.default_rng(0).normal(size=2000)
    fine = number_bins(values, 20)
    coarse = number_bins(values, 4, among=fine.cuts)
    assert set(coarse.cuts) < set(fine.cuts)
    assert coarse.ordered == 4
    counts = np.bincount(coarse.encode(values))
    assert counts.min() > 300


def test_infinities_do_not_disturb_the_bins() -> None:
    values = np.array([-np.inf, 1.0, 2.0, 3.0, np.inf, np.nan])
    codes = number_bins(values, 10).encode(values)
    assert codes[:5].tolist() == sorted(set(codes[:5].tolist()))


def test_rare_levels_are_not_learnt_alone() -> None:
    levels = pd.Series(["a"] * 50 + ["b"] * 20 + ["c"] * 4 + [None] * 9)
    assert category_bins(categories("s", levels), 8) == CategoryBins(("a", "b"))
    assert category_bins(categories("s", levels), 1) == CategoryBins(("a",))


def test_coding_names_what_it_left_out() -> None:
    frame, _ = make_rows(100, seed=37)
    frame = frame.assign(fixed=1.0, never=None)
    schema = Schema((*SCHEMA.fields, Field("fixed", "number"), Field("never", "category")))
    coded = code_rows(frame, schema, 10, 5, 10)
    assert coded.constant == ("fixed", "never")
    assert coded.schema.names == SCHEMA.names
    assert coded.typical["fixed"] == 1.0
    assert coded.typical["never"] is None


def test_of_too_many_inputs_those_stay_that_tell_more_than_chance() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(1_500, 400)), columns=[f"x{n}" for n in range(400)])
    risk = 1 / (1 + np.exp(1 - (frame["x0"] - frame["x1"]).to_numpy()))
    bad = (random.random(1_500) < risk).astype(float)
    coded = code_rows(frame, Schema(tuple(Field(n, "number") for n in frame)), 16, 8, 100)
    kept = screened(coded, bad, np.ones(1_500), 200).codes
    assert {"x0", "x1"} <= set(kept)
    assert len(kept) == LEAST_INPUTS
    strong = (frame.to_numpy() + 2 * bad[:, None])[:, :300]
    told = pd.DataFrame(np.hstack([strong, frame.to_numpy()[:, 300:]]), columns=frame.columns)
    coded = code_rows(told, Schema(tuple(Field(n, "number") for n in told)), 16, 8, 100)
    assert len(screened(coded, bad, np.ones(1_500), 350).codes) in range(300, 350)
    assert len(screened(coded, bad, np.ones(1_500), 200).codes) == 200
    assert screened(coded, bad, np.ones(1_500), 400) is coded


def test_sixty_bads_carry_a_level_in_pairs() -> None:
    settings = GlassBoxSettings()
    bads = (20, 1_000, 3_000, 6_000, 100_000)
    assert [settings.levels_in_pairs(n) for n in bads] == [16, 16, 50, 100, 300]
    frame = pd.DataFrame({"lender": np.repeat([f"l{i}" for i in range(200)], 6)})
    schema = Schema((Field("lender", "category"),))
    for levels, short in ((16, None), (32, None), (50, 16), (100, 20)):
        coded = code_rows(frame, schema, 64, 16, 4_000, levels)
        assert coded.fine["lender"].size == 202
        assert coded.coarse["lender"].size == levels + 2
        assert {name: len(axis.levels) for name, axis in coded.short.items()} == (
            {"lender": short} if short else {}
        )
