"""The WOE scorecard."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bins import CategoryBins, NumberBins
from models.errors import ModelsError
from models.glassbox.certificate import certify
from models.metrics import auc
from models.schema import Field, Schema
from models.scorecard import ScorecardSettings, fit_scorecard, weights_of_evidence
from models.scorer import AdditiveModel
from tests.models.rows import SCHEMA, awkward_rows, make_rows, row_values


@pytest.fixture(scope="module")
def card(rows: tuple[pd.DataFrame, np.ndarray]) -> AdditiveModel:
    return fit_scorecard(*rows, SCHEMA)


def test_weights_of_evidence_by_hand() -> None:
    woe = weights_of_evidence(np.array([90.0, 10.0]), np.array([5.0, 5.0]))
    # Shares of goods .9 and .1, of bads .5 and .5.
    assert woe.tolist() == pytest.approx([math.log(0.9 / 0.5), math.log(0.1 / 0.5)], abs=1e-12)


def test_pseudo_bads_shrink_and_keep_bins_of_one_class_finite() -> None:
    goods, bads = np.array([80.0, 20.0, 0.0, 0.0]), np.array([10.0, 0.0, 0.0, 0.0])
    woe = weights_of_evidence(goods, bads, 0.5)
    # Odds are 10 to 1, so half a bad comes with five goods.
    assert woe[0] == pytest.approx(math.log(85 / 10) - math.log(10.5))
    assert woe[1] == pytest.approx(math.log(25 / 10) - math.log(0.5))
    assert woe[2:].tolist() == [0.0, 0.0]  # bins without rows
    with pytest.raises(ModelsError, match="one class"):
        weights_of_evidence(goods, bads, 0.0)


def test_one_feature_by_hand() -> None:
    """Two bins, hardly any penalty: the model gives each bin its own rate of bads."""
    frame = pd.DataFrame({"x": np.repeat([0.0, 1.0], 500)})
    bad = np.concatenate([np.repeat([1, 0], [50, 450]), np.repeat([1, 0], [200, 300])])
    settings = ScorecardSettings(pseudo_bads=0.0, penalty=1e-9)
    model = fit_scorecard(frame, bad, Schema((Field("x", "number"),)), settings=settings)
    p = model.probability(pd.DataFrame({"x": [0.0, 1.0]}))
    assert p.tolist() == pytest.approx([0.1, 0.4], abs=1e-5)
    goods, bads = np.array([450, 300]) / 750, np.array([50, 200]) / 250
    iv = float(((goods - bads) * np.log(goods / bads)).sum())
    assert model.notes["information_value"]["x"] == pytest.approx(iv, abs=1e-9)


def test_it_ranks_and_is_calibrated(card: AdditiveModel) -> None:
    frame, bad = make_rows(3000, seed=2)
    p = card.probability(frame)
    assert auc(bad, p) > 0.68
    assert p.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert card.kind == "scorecard"


def test_bins_of_a_directed_feature_are_monotone(card: AdditiveModel) -> None:
    assert certify(card).holds
    for table in card.tables:
        direction = card.schema[table.features[0]].direction
        if direction:
            steps = np.diff(table.values[: table.axes[0].ordered])
            assert len(steps) > 0
            assert (direction * steps >= 0).all()


def test_bins_agree_with_optbinning_on_its_own_thresholds(
    rows: tuple[pd.DataFrame, np.ndarray],
) -> None:
    from optbinning import OptimalBinning

    frame, bad = rows
    settings = ScorecardSettings()
    model = fit_scorecard(frame, bad, Schema((Field("income", "number", direction=-1),)))
    reference = OptimalBinning(
        monotonic_trend="descending",
        max_n_bins=settings.max_bins,
        min_bin_size=settings.least_share,
    ).fit(frame["income"].to_numpy(), bad)
    splits = np.asarray(reference.splits)
    values = np.concatenate([splits, np.nextafter(splits, -np.inf), np.nextafter(splits, np.inf)])
    axis = model.bins["income"]
    assert isinstance(axis, NumberBins)
    assert axis.encode(values).tolist() == reference.transform(values, metric="indices").tolist()


def test_a_direction_against_the_data_leaves_no_effect_the_wrong_way() -> None:
    frame, bad = make_rows(2000, seed=5)
    turned = Schema((replace(SCHEMA["arrears"], direction=-1), SCHEMA["income"]))
    model = fit_scorecard(frame, bad, turned)
    assert certify(model).holds


def test_an_option_of_one_feature_does_not_move_another(card: AdditiveModel) -> None:
    frame, bad = make_rows(3000)
    for changed in (
        replace(SCHEMA["arrears"], direction=0),
        replace(SCHEMA["income"], direction=0, missing="worst"),
    ):
        schema = Schema(tuple(changed if f.name == changed.name else f for f in SCHEMA))
        other = fit_scorecard(frame, bad, schema)
        for name in set(SCHEMA.names) - {changed.name}:
            assert other.bins.get(name) == card.bins.get(name)
            values = other.notes["information_value"][name]
            assert values == card.notes["information_value"][name]


def test_levels_that_act_alike_share_an_effect() -> None:
    random = np.random.default_rng(0)
    sector = random.choice(["a", "b", "c", "d"], 4000, p=[0.4, 0.3, 0.295, 0.005])
    risk = pd.Series(sector).map({"a": 0.05, "b": 0.4, "c": 0.4, "d": 0.4}).to_numpy()
    bad = (random.random(4000) < risk).astype(int)
    model = fit_scorecard(
        pd.DataFrame({"sector": sector}),
        bad,
        Schema((Field("sector", "category"),)),
        settings=ScorecardSettings(max_bins=2),
    )
    axis = model.bins["sector"]
    assert isinstance(axis, CategoryBins)
    effect = dict(zip(axis.labels, model.tables[0].values.tolist(), strict=True))
    assert effect["b"] == effect["c"] > effect["a"]
    assert set(axis.levels) == {"a", "b", "c", "d"}


def test_missing_is_never_better_than_the_worst_where_that_is_declared() -> None:
    frame, bad = make_rows(2000, seed=6)
    schema = Schema((replace(SCHEMA["arrears"], missing="worst"), SCHEMA["income"]))
    for rows in (frame, frame.fillna({"arrears": 0.0})):  # also where none was missing in training
        model = fit_scorecard(rows, bad, schema)
        assert "arrears" in certify(model).missing_not_best
        assert certify(model).holds


def test_features_without_information_are_left_out_and_named() -> None:
    frame, bad = make_rows(2000, seed=7)
    frame = frame.assign(noise=np.random.default_rng(1).normal(size=2000), fixed=1.0)
    schema = Schema((*SCHEMA.fields, Field("noise", "number"), Field("fixed", "number")))
    model = fit_scorecard(frame, bad, schema, settings=ScorecardSettings(least_iv=0.05))
    assert {"noise", "fixed"} <= set(model.notes["left_out"])
    assert set(model.inputs) == set(schema.names) - set(model.notes["left_out"])
    assert all(model.notes["information_value"][name] >= 0.05 for name in model.inputs)
    with pytest.raises(ModelsError, match="No column carries information"):
        fit_scorecard(frame, bad, Schema((Field("fixed", "number"),)))


def test_base_is_the_average_margin_and_single_equals_batch(
    card: AdditiveModel, rows: tuple[pd.DataFrame, np.ndarray]
) -> None:
    base, points = card.contributions(rows[0])
    assert np.abs(points.mean(axis=0)).max() < 1e-9
    assert base == pytest.approx(card.margin(rows[0]).mean(), abs=1e-9)
    frame = awkward_rows(make_rows(100, seed=8)[0])
    margins = card.margin(frame)
    assert [card.explain(row_values(frame, i)).margin for i in range(len(frame))] == (
        margins.tolist()
    )


def test_a_weight_counts_as_so_many_rows() -> None:
    frame, bad = make_rows(800, seed=9)
    doubled = fit_scorecard(frame, bad, SCHEMA, weight=np.full(800, 2.0))
    once = fit_scorecard(
        frame, bad, SCHEMA, settings=ScorecardSettings(pseudo_bads=0.25, penalty=0.5)
    )
    np.testing.assert_allclose(doubled.log_odds(frame), once.log_odds(frame), rtol=0, atol=2e-3)


def test_it_is_saved_and_the_same_each_time(card: AdditiveModel, tmp_path: Path) -> None:
    card.save(tmp_path / "a")
    fit_scorecard(*make_rows(3000), SCHEMA, seed=99).save(tmp_path / "b")
    for name in ("model.json", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_category_of_rare_levels_alone_is_one_bin() -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "x": random.normal(size=3_000),
            "shop": [f"s{n}" for n in random.integers(0, 2_500, 3_000)],
        }
    )
    bad = (random.random(3_000) < 1 / (1 + np.exp(1 - frame["x"]))).astype(int)
    schema = Schema((Field("x", "number"), Field("shop", "category")))
    model = fit_scorecard(frame, bad, schema)
    assert model.notes["left_out"] == ["shop"]
