"""Trees of at most two features a branch, collapsed into tables without a loss; purified, averaged, lifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins
from models.errors import ModelsError
from models.glassbox.boost import columns_of
from models.glassbox.coding import Coded
from models.glassbox.prune import to_tables
from models.glassbox.tables import (
    average,
    cell_masses,
    collapse,
    lift_missing,
    purify,
    values_of,
)
from models.schema import Field, Schema
from models.scorer import AdditiveModel
from tests.models.forests import Grown, grow_forest
from tests.models.rows import awkward_rows, make_rows


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


def same(pair: np.ndarray) -> Callable[[str, tuple[str, ...]], np.ndarray]:
    """Pairs in the bins of the single tables."""
    return lambda name, _: np.arange(pair.shape["ab".index(name)])


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
