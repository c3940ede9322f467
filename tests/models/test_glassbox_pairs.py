"""How the glass box finds what two features tell only together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.bins import NumberBins
from models.glassbox.certificate import certify
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.glassbox.pairs import directed, quadrants, rank_pairs
from models.metrics import auc
from models.schema import Field, Schema
from tests.models.rows import SMALL


def test_the_pair_that_acts_jointly_ranks_first() -> None:
    random = np.random.default_rng(0)
    codes = {name: random.integers(0, 4, 6000) for name in "abcd"}
    bins = {name: NumberBins((0.5, 1.5, 2.5)) for name in "abcd"}
    residual = 0.5 * ((codes["b"] > 1) ^ (codes["d"] > 1)) + 0.6 * codes["a"]
    residual = residual - residual.mean() + random.normal(0, 0.3, 6000)
    ranked = rank_pairs(codes, bins, residual, np.full(6000, 0.2), 5.0)
    assert ranked[0][:2] == ("b", "d")
    assert ranked[0][2] > 10 * ranked[1][2]
    assert len(ranked) == 6


def test_what_rows_and_columns_explain_is_no_joint_gain() -> None:
    """Two rows in each of 2 x 2 cells: .1 + .3 apart by rows and columns is nothing; .4 in one corner is."""
    codes = {"a": np.array([0, 0, 1, 1] * 2), "b": np.array([0, 1, 0, 1] * 2)}
    bins = {"a": NumberBins((0.5,)), "b": NumberBins((0.5,))}
    g = 0.1 * codes["a"] + 0.3 * codes["b"]
    assert quadrants(("a", "b"), codes, bins, g, np.ones(8), 1.0).gain == pytest.approx(
        0, abs=1e-12
    )
    # 2 x .4 in one cell of mass 2 leaves +-.2 in each: 4 (.2^2 / (2 + 1)).
    found = quadrants(("a", "b"), codes, bins, g + 0.4 * codes["a"] * codes["b"], np.ones(8), 1.0)
    assert found.gain == pytest.approx(4 * 0.2**2 / 3)
    assert found.residual == pytest.approx(np.array([[0.2, -0.2], [-0.2, 0.2]]))


def test_cuts_into_four_keep_the_declared_directions() -> None:
    g, h = np.array([[2.0, -2.0], [-2.0, 2.0]]), np.full((2, 2), 4.0)
    assert directed(g, h, (0, 0)).tolist() == [[0.5, -0.5], [-0.5, 0.5]]
    assert directed(g, h, (1, 0)).tolist() == [[0.0, -0.5], [0.0, 0.5]]
    both = directed(g, h, (1, -1))
    assert (np.diff(both, axis=0) >= -1e-9).all()
    assert (np.diff(both, axis=1) <= 1e-9).all()


@pytest.mark.parametrize("kind", ["binary", "product", "board"])
def test_what_two_features_tell_only_together_is_found(kind: str) -> None:
    random = np.random.default_rng(0)

    def rows(n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        frame = pd.DataFrame(random.normal(size=(n, 4)), columns=list("abcd"))
        if kind == "binary":
            frame[["a", "c"]] = random.integers(0, 2, (n, 2)).astype(float)
            z = np.where(frame["a"] == frame["c"], 1.2, -1.2)
        elif kind == "product":
            z = 1.2 * (frame["a"] * frame["c"]).to_numpy()
        else:
            frame[["a", "c"]] = random.integers(0, 3, (n, 2)).astype(float)
            z = np.where((frame["a"] + frame["c"]) % 2 == 0, 1.2, -1.2)
        p = 1 / (1 + np.exp(-z))
        return frame, (random.random(n) < p).astype(int), p

    frame, bad, _ = rows(2000)
    model = fit_glassbox(
        frame, bad, Schema(tuple(Field(n, "number") for n in "abcd")), settings=SMALL
    )
    assert ("a", "c") in model.terms
    new, outcome, truth = rows(5000)
    assert auc(outcome, model.probability(new)) > auc(outcome, truth) - 0.03


def test_two_risks_that_add_less_together_than_each_alone_may_have_directions() -> None:
    """The larger of two risks counts: no table may fall, and yet their joint table must not hold their sum."""
    random = np.random.default_rng(0)
    parts = []
    for _ in range(2):
        frame = pd.DataFrame(random.uniform(size=(9_000, 2)).round(2), columns=["a", "b"])
        risk = 1 / (1 + np.exp(3 - 4 * frame.max(axis=1).to_numpy()))
        parts.append((frame, risk, (random.random(len(risk)) < risk).astype(float)))
    (frame, _, bad), (test, risk, outcome) = parts
    model = fit_glassbox(
        frame, bad, Schema(tuple(Field(name, "number", direction=1) for name in frame))
    )
    assert certify(model).holds
    assert any(table.is_pair for table in model.tables)
    assert auc(outcome, model.probability(test)) > auc(outcome, risk) - 0.006


def test_every_lender_may_have_a_policy_of_its_own() -> None:
    """One of the two numbers counts, by the lender; on the average over lenders neither tells which."""
    random = np.random.default_rng(0)
    lenders = np.array([f"lender {number}" for number in range(80)])
    policy = random.choice([-1.0, 1.0], (len(lenders), 2))

    def rows(n: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        lender = random.integers(0, len(lenders), n)
        numbers = random.normal(size=(n, 2)).round(2)
        p = 1 / (1 + np.exp(1 - (policy[lender] * np.sign(numbers)).sum(axis=1)))
        frame = pd.DataFrame(numbers, columns=["a", "b"]).assign(lender=lenders[lender])
        return frame, (random.random(n) < p).astype(float), p

    frame, bad, _ = rows(24_000)
    schema = Schema((Field("a", "number"), Field("b", "number"), Field("lender", "category")))
    model = fit_glassbox(frame, bad, schema, settings=GlassBoxSettings(most_rounds=600))
    new, outcome, truth = rows(20_000)
    assert auc(outcome, model.probability(new)) > auc(outcome, truth) - 0.01
    few = fit_glassbox(
        frame, bad, schema, settings=GlassBoxSettings(most_rounds=600, pair_levels=15)
    )
    assert auc(outcome, few.probability(new)) < auc(outcome, truth) - 0.1


def test_tables_of_many_levels_keep_to_the_cells_that_are_allowed() -> None:
    random = np.random.default_rng(0)
    n = 8_000
    codes = random.integers(0, 150, (n, 3))
    frame = pd.DataFrame({name: codes[:, i].astype(str) for i, name in enumerate("abc")})
    frame = frame.assign(x=random.normal(size=n).round(2))
    joint = np.where((codes[:, 0] % 2 == codes[:, 1] % 2), 1.0, -1.0)
    z = joint + np.where(codes[:, 2] % 2 == 0, 1.0, -1.0) * np.sign(frame["x"])
    bad = (random.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    schema = Schema(tuple(Field(c, "number" if c == "x" else "category") for c in frame))
    quick = SMALL.model_copy(update={"most_cells": 2_000})
    model = fit_glassbox(frame, bad, schema, settings=quick)
    assert certify(model).cells <= 2_000
    assert ["c", "x"] in model.notes["pairs_tried"]
    assert len(model.notes["pairs_tried"]) < 6  # of a category and x: 68 x 11 cells
