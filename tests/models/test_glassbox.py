"""The glass box: trees of at most two features a branch, collapsed into tables without a loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins, categories
from models.errors import ModelsError
from models.glassbox.boost import columns_of
from models.glassbox.certificate import certify
from models.glassbox.coding import Coded, category_bins, code_rows, number_bins, shortest_between
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.glassbox.pairs import directed, quadrants, rank_pairs
from models.glassbox.prune import to_tables
from models.glassbox.tables import (
    average,
    cell_masses,
    collapse,
    lift_missing,
    purify,
    values_of,
)
from models.metrics import auc, calibration_slope
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.forests import Grown, grow_forest
from tests.models.rows import SCHEMA, SMALL, awkward_rows, make_rows, row_values

# --- bins ---------------------------------------------------------------------------------------


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


# --- trees to tables ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grown() -> Grown:
    return grow_forest(make_rows(1500, seed=20)[0], make_rows(1500, seed=20)[1], rounds=60)


def test_tables_equal_the_raw_prediction_of_lightgbm(grown: Grown) -> None:
    frame = awkward_rows(make_rows(1000, seed=21)[0])
    # Values that lie exactly on thresholds, and the next numbers on both sides.
    axis = grown.coded.fine["income"]
    assert isinstance(axis, NumberBins)
    cuts = np.asarray(axis.cuts)
    edges = np.concatenate([cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf)])
    frame = pd.concat([frame, frame.head(len(edges)).assign(income=edges)], ignore_index=True)
    for number, booster in enumerate(grown.forest.boosters):
        constant, effects = grown.collapsed(number)
        raw = booster.predict(
            grown.matrix(frame), raw_score=True, num_iteration=grown.forest.trees[number]
        )
        np.testing.assert_allclose(grown.add_up(constant, effects, frame), raw, rtol=0, atol=1e-9)
        assert np.ptp(raw) > 0.5


def test_merged_averaged_purified_tables_equal_the_mean_of_the_folds(grown: Grown) -> None:
    parts = [grown.collapsed(number) for number in range(len(grown.forest.boosters))]
    constant, effects = average(parts)
    masses = cell_masses(effects, grown.coded, np.ones(1500))
    constant, effects = purify(constant, effects, masses, grown.coded.down)
    tables = to_tables(effects, grown.coded.axes, masses, list(grown.coded.codes))
    model = AdditiveModel(grown.coded.schema, tables, constant)
    frame = awkward_rows(make_rows(500, seed=22)[0])
    raw = np.mean(
        [
            booster.predict(grown.matrix(frame), raw_score=True, num_iteration=trees)
            for booster, trees in zip(grown.forest.boosters, grown.forest.trees, strict=True)
        ],
        axis=0,
    )
    np.testing.assert_allclose(model.log_odds(frame), raw, rtol=0, atol=1e-9)


def test_a_branch_holds_at_most_two_features_of_an_allowed_pair(grown: Grown) -> None:
    paths = {path for booster in grown.forest.boosters for path in branch_features(booster)}
    names = grown.names
    named = {tuple(sorted(names[i] for i in path)) for path in paths}
    assert all(len(path) <= 2 for path in named)
    joint = {path for path in named if len(path) == 2}
    assert joint
    assert joint <= {tuple(sorted(pair)) for pair in grown.pairs}


def branch_features(booster: Any) -> Iterator[frozenset[int]]:
    def walk(node: dict[str, Any], path: frozenset[int]) -> Iterator[frozenset[int]]:
        if "leaf_value" in node:
            yield path
            return
        for child in ("left_child", "right_child"):
            yield from walk(node[child], path | {node["split_feature"]})

    for tree in booster.dump_model()["tree_info"]:
        yield from walk(tree["tree_structure"], frozenset())


def test_a_branch_that_joins_forbidden_features_is_refused(grown: Grown) -> None:
    with pytest.raises(ModelsError, match="which the constraint forbids"):
        grown.collapsed(0, allowed=frozenset())


def test_a_hand_made_tree_lands_in_the_right_cells() -> None:
    bins = {"x": NumberBins((1.0, 2.0)), "c": CategoryBins(("a", "b"))}
    leaf = [{"leaf_value": v} for v in (0.1, 0.2, 0.4)]
    tree = {
        "tree_structure": {
            "split_feature": 0,
            "decision_type": "<=",
            "threshold": 0.5,
            "default_left": False,
            "missing_type": "NaN",
            "left_child": {
                "split_feature": 1,
                "decision_type": "==",
                "threshold": "0||2",
                "left_child": leaf[0],
                "right_child": leaf[1],
            },
            "right_child": leaf[2],
        }
    }
    stump = {"tree_structure": {"leaf_value": -3.0}}
    columns = columns_of((Field("x", "number"), Field("c", "category")), bins)
    constant, effects = collapse([tree, stump], columns, frozenset({("x", "c")}))
    assert constant == -3.0
    assert effects[("x",)].tolist() == [0.0, 0.4, 0.4, 0.4]  # NaN goes right
    assert effects[("x", "c")].tolist() == [[0.1, 0.2, 0.1, 0.2], *[[0.0] * 4] * 3]
    with pytest.raises(ModelsError, match="Unknown split"):
        collapse(
            [{"tree_structure": {**tree["tree_structure"], "decision_type": "in"}}],
            columns,
            frozenset(),
        )


def test_left_out_rows_predicted_by_the_tables_give_the_loss() -> None:
    """Also where a fold found no split in a round, so that it has fewer trees than rounds."""
    frame, bad = make_rows(60, seed=23)
    grown = grow_forest(frame, bad, rounds=150, least=120, least_rows=9)
    assert min(grown.forest.trees) < grown.forest.rounds
    z = grown.start.copy()
    for number, fold in enumerate(grown.folds):
        constant, effects = grown.collapsed(number)
        z[fold] += constant + values_of(effects, grown.coded, fold)
    p = 1 / (1 + np.exp(-z))
    loss = -np.mean(np.where(bad == 1, np.log(p), np.log(1 - p)))
    assert grown.forest.losses[grown.forest.rounds] == pytest.approx(loss, abs=1e-6)


def same(pair: np.ndarray) -> dict[str, np.ndarray]:
    """Pairs in the bins of the single tables."""
    return {"a": np.arange(pair.shape[0]), "b": np.arange(pair.shape[1])}


# --- purified pairs -----------------------------------------------------------------------------


def test_purify_of_a_two_by_two_table_by_hand() -> None:
    pair = np.array([[1.0, 2.0], [3.0, 6.0]])
    masses = {("a", "b"): np.full((2, 2), 0.25), ("a",): np.full(2, 0.5), ("b",): np.full(2, 0.5)}
    constant, effects = purify(10.0, {("a", "b"): pair}, masses, same(pair))
    assert constant == pytest.approx(13.0)  # mean 3
    assert effects[("a",)] == pytest.approx([-1.5, 1.5])
    assert effects[("b",)] == pytest.approx([-1.0, 1.0])
    assert effects[("a", "b")] == pytest.approx(np.array([[0.5, -0.5], [-0.5, 0.5]]))


def test_purify_weighs_by_the_rows() -> None:
    pair = np.array([[0.0, 0.0], [0.0, 1.0]])
    mass = np.array([[0.4, 0.1], [0.2, 0.3]])
    masses = {("a", "b"): mass, ("a",): mass.sum(axis=1), ("b",): mass.sum(axis=0)}
    constant, effects = purify(
        0.0, {("a", "b"): pair, ("a",): np.array([1.0, 3.0])}, masses, same(pair)
    )
    joint = effects[("a", "b")]
    np.testing.assert_allclose((joint * mass).sum(axis=0), 0.0, atol=1e-6)
    np.testing.assert_allclose((joint * mass).sum(axis=1), 0.0, atol=1e-6)
    whole = constant + effects[("a",)][:, None] + effects[("b",)][None, :] + joint
    np.testing.assert_allclose(whole, pair + np.array([[1.0], [3.0]]), atol=1e-12)
    assert (effects[("a",)] * masses[("a",)]).sum() == pytest.approx(0.0, abs=1e-12)


def test_a_pair_of_two_separate_effects_leaves_nothing_joint() -> None:
    pair = np.add.outer([0.0, 1.0, 5.0], [2.0, -2.0])
    mass = np.array([[0.5, 0.0], [0.1, 0.1], [0.0, 0.3]])  # two cells without rows
    masses = {("a", "b"): mass, ("a",): mass.sum(axis=1), ("b",): mass.sum(axis=0)}
    _, effects = purify(0.0, {("a", "b"): pair}, masses, same(pair))
    np.testing.assert_allclose(effects[("a", "b")], 0.0, atol=1e-9)


def test_a_missing_number_is_raised_to_the_worst_only_where_declared() -> None:
    bins = {"x": NumberBins((1.0,)), "c": CategoryBins(("a",))}
    effects = {
        ("x",): np.array([0.1, 0.5, -0.2]),
        ("x", "c"): np.array([[0.3, 0.0, 0.1], [0.2, 0.4, 0.0], [0.0, 0.0, 0.9]]),
    }
    worst = Schema((Field("x", "number", missing="worst"), Field("c", "category")))
    coded = Coded(worst, bins, bins, {}, {}, ())
    raised = lift_missing(effects, coded)
    assert raised[("x",)].tolist() == [0.1, 0.5, 0.5]
    assert raised[("x", "c")].tolist() == [[0.3, 0.0, 0.1], [0.2, 0.4, 0.0], [0.3, 0.4, 0.9]]
    learned = Schema((Field("x", "number"), Field("c", "category")))
    assert lift_missing(effects, replace(coded, schema=learned))[("x",)] is effects[("x",)]


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


# --- fitted models ------------------------------------------------------------------------------


def test_it_ranks_and_is_calibrated_on_rows_it_has_not_seen(fitted: AdditiveModel) -> None:
    frame, bad = make_rows(6000, seed=2)
    p = fitted.probability(frame)
    assert auc(bad, p) > 0.7
    assert p.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert calibration_slope(bad, p) == pytest.approx(1.0, abs=0.15)


def test_the_pair_in_the_data_is_found(fitted: AdditiveModel) -> None:
    spread = {table.features: table.deviation for table in fitted.tables if table.is_pair}
    assert max(spread, key=lambda term: spread[term]) == ("use", "sector")


def test_tables_are_centred_and_pairs_pure(
    fitted: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    for table in fitted.tables:
        assert table.mass.sum() == pytest.approx(1.0)
        assert table.mean == pytest.approx(0.0, abs=1e-9)
        if table.is_pair:
            for axis in (0, 1):
                joint = (table.values * table.mass).sum(axis=axis)
                np.testing.assert_allclose(joint, 0.0, atol=1e-5)
    base, points = fitted.contributions(rows[0])
    assert base == pytest.approx(fitted.margin(rows[0]).mean(), abs=1e-6)
    assert np.abs(points.mean(axis=0)).max() < 1e-6


def test_typical_values_come_from_the_rows(
    fitted: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    frame = rows[0]
    assert fitted.typical["sector"] == "farm"
    for name in ("arrears", "income", "use"):
        assert fitted.typical[name] == frame[name].quantile(0.5, interpolation="lower")


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    frame, bad = make_rows(800, seed=30)
    quick = SMALL.model_copy(update={"most_rounds": 40})
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        fit_glassbox(frame, bad, SCHEMA, settings=quick, seed=seed).save(tmp_path / name)
    a, b, c = ((tmp_path / name / "model.json").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_columns_may_come_in_any_order() -> None:
    frame, bad = make_rows(600, seed=31)
    quick = SMALL.model_copy(update={"most_rounds": 20})
    first = fit_glassbox(frame, bad, SCHEMA, settings=quick)
    second = fit_glassbox(frame[frame.columns[::-1]], bad, SCHEMA, settings=quick)
    assert first.margin(frame).tolist() == second.margin(frame).tolist()


def test_missing_is_never_better_than_the_worst_where_that_is_declared() -> None:
    frame, bad = make_rows(1500, seed=32)
    quick = SMALL.model_copy(update={"most_rounds": 60})
    schema = Schema(tuple(replace(f, missing="worst") if f.kind == "number" else f for f in SCHEMA))
    for rows in (frame, frame.fillna({"arrears": 0.0})):  # also where none was missing in training
        model = fit_glassbox(rows, bad, schema, settings=quick)
        certificate = certify(model)
        assert certificate.holds
        assert set(certificate.missing_not_best) >= {"arrears", "income", "use"} & set(model.inputs)
        assert model.probability(rows).mean() == pytest.approx(bad.mean(), abs=0.02)
    learned = certify(fit_glassbox(frame, bad, SCHEMA, settings=quick))
    assert not {"arrears", "use"} & set(learned.missing_not_best)


def test_weights_move_the_rate() -> None:
    frame, bad = make_rows(800, seed=33)
    quick = SMALL.model_copy(update={"most_rounds": 20})
    weight = np.where(bad == 1, 3.0, 1.0)
    model = fit_glassbox(frame, bad, SCHEMA, weight=weight, settings=quick)
    rate = np.average(bad, weights=weight)
    assert np.average(model.probability(frame), weights=weight) == pytest.approx(rate, abs=0.02)


def test_without_pairs_every_table_has_one_feature() -> None:
    frame, bad = make_rows(600, seed=34)
    quick = SMALL.model_copy(update={"most_rounds": 20, "pairs": 0})
    model = fit_glassbox(frame, bad, SCHEMA, settings=quick)
    assert all(len(term) == 1 for term in model.terms)


def test_one_input_is_enough() -> None:
    frame, bad = make_rows(600, seed=35)
    model = fit_glassbox(frame, bad, SCHEMA.select(["arrears"]), settings=SMALL)
    assert model.terms == (("arrears",),)


def test_thirty_rows_are_enough() -> None:
    frame, bad = make_rows(30, seed=36)
    model = fit_glassbox(frame, bad, SCHEMA)
    assert certify(model).holds
    assert np.isfinite(model.margin(frame)).all()
    single = model.explain(row_values(frame, 0))
    assert single.margin == model.margin(frame)[0]


@pytest.mark.parametrize("wrong", [{"max_bins": 1}, {"learning_rate": 0}, {"leaves": 4}])
def test_settings_out_of_range_or_unknown_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        GlassBoxSettings(**wrong)


def test_coding_names_what_it_left_out() -> None:
    frame, _ = make_rows(100, seed=37)
    frame = frame.assign(fixed=1.0, never=None)
    schema = Schema((*SCHEMA.fields, Field("fixed", "number"), Field("never", "category")))
    coded = code_rows(frame, schema, 10, 5, 10)
    assert coded.constant == ("fixed", "never")
    assert coded.schema.names == SCHEMA.names
    assert coded.typical["fixed"] == 1.0
    assert coded.typical["never"] is None
