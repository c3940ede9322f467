"""Whatever the rows and settings are: tables equal trees, parts add up, directions hold, bytes are stable."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.bins import NumberBins
from models.glassbox.certificate import certify
from models.glassbox.coding import number_bins, shortest_between
from models.glassbox.fit import GlassBoxSettings, fit_glassbox
from models.glassbox.tables import purify
from models.reasons.chooser import ReasonChooser
from models.scorer import AdditiveModel
from tests.models.forests import PAIRS, grow_forest
from tests.models.rows import SCHEMA, awkward_rows, hand_model, make_rows, row_values

floats = st.floats(allow_nan=False, allow_infinity=False)
few = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
many = settings(deadline=None, max_examples=150)


@few
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(40, 400),
    leaves=st.integers(2, 12),
    bins=st.integers(2, 40),
    pairs=st.sets(st.sampled_from(PAIRS)),
    digits=st.integers(0, 3),
)
def test_tables_equal_trees(
    seed: int, n: int, leaves: int, bins: int, pairs: set[tuple[str, str]], digits: int
) -> None:
    frame, bad = make_rows(n, seed)
    frame["use"] = frame["use"].round(digits)  # ties: values that lie on thresholds
    bad[:4] = [0, 1, 1, 0]
    grown = grow_forest(
        frame, bad, rounds=15, leaves=leaves, bins=bins, pairs=tuple(sorted(pairs)), seed=seed
    )
    other = awkward_rows(make_rows(200, seed + 1)[0])
    for number, booster in enumerate(grown.forest.boosters):
        raw = booster.predict(
            grown.matrix(other), raw_score=True, num_iteration=grown.forest.trees[number]
        )
        added = grown.add_up(*grown.collapsed(number), other)
        np.testing.assert_allclose(added, raw, rtol=0, atol=1e-9)


@few
@given(
    seed=st.integers(0, 10_000),
    n=st.integers(60, 300),
    bins=st.integers(2, 20),
    pairs=st.sampled_from([0, 2, 6]),
)
def test_a_fitted_model_keeps_its_promises(seed: int, n: int, bins: int, pairs: int) -> None:
    frame, bad = make_rows(n, seed)
    bad[:8] = [0, 1] * 4
    model = fit_glassbox(
        frame,
        bad,
        SCHEMA,
        settings=GlassBoxSettings(
            max_bins=bins,
            pairs=pairs,
            most_rounds=25,
            learning_rate=0.15,
            folds=3,
            repeats=1,
        ),
        seed=seed,
    )
    certificate = certify(model)
    assert certificate.holds
    other = awkward_rows(make_rows(60, seed + 1)[0])
    margins = model.margin(other)
    assert certificate.margin_low - 1e-9 <= margins.min()
    assert margins.max() <= certificate.margin_high + 1e-9
    base, points = model.contributions(other)
    np.testing.assert_allclose(base + points.sum(axis=1), margins, rtol=0, atol=1e-9)
    chooser = ReasonChooser(model)
    for i in range(len(other)):
        single = model.explain(row_values(other, i))
        assert single.margin == margins[i]
        reasons = chooser.reasons(single)
        harm = [reason.points for reason in reasons]
        assert len(harm) <= 4
        assert all(p < 0 for p in harm)
        assert harm == sorted(harm)
    for name, direction in (("arrears", 1), ("income", -1)):
        rising = pd.concat([other.head(1)] * 40, ignore_index=True)
        rising[name] = np.sort(make_rows(40, seed + 2)[0][name].fillna(0.0).to_numpy())
        assert (direction * np.diff(model.log_odds(rising)) >= -1e-9).all()
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder, "a"))
        again = AdditiveModel.load(Path(folder, "a"))
        again.save(Path(folder, "b"))
        for name in ("model.json", "manifest.json"):
            assert Path(folder, "a", name).read_bytes() == Path(folder, "b", name).read_bytes()
        assert again.margin(other).tolist() == margins.tolist()


@many
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40), st.integers(2, 12))
def test_bins_never_part_equal_values_and_keep_the_order(values: list[float], most: int) -> None:
    data = np.asarray(values, dtype=np.float64)
    bins = number_bins(data, most)
    assert bins.ordered <= most
    codes = bins.encode(data)
    seen = ~np.isnan(data)
    assert (codes[~seen] == bins.missing).all()
    assert (np.diff(codes[seen][np.argsort(data[seen])]) >= 0).all()
    coarse = number_bins(data, 2, among=bins.cuts)
    assert set(coarse.cuts) <= set(bins.cuts)


@many
@given(floats, floats)
def test_the_shortest_number_separates(a: float, b: float) -> None:
    low, high = sorted((a, b))
    if low < high:
        assert low <= shortest_between(low, high) < high


@many
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 6))
def test_purifying_changes_no_sum(seed: int, rows: int, columns: int) -> None:
    random = np.random.default_rng(seed)
    pair, single = random.normal(size=(rows, columns)), random.normal(size=rows)
    mass = random.random((rows, columns)) * (random.random((rows, columns)) < 0.7)
    mass[0, 0] += 0.1
    mass /= mass.sum()
    masses = {("a", "b"): mass, ("a",): mass.sum(axis=1), ("b",): mass.sum(axis=0)}
    down = {"a": np.arange(rows), "b": np.arange(columns)}
    constant, out = purify(
        1.0, {("a",): single, ("a", "b"): pair}, masses, lambda name, _: down[name]
    )
    whole = constant + out[("a",)][:, None] + out[("b",)][None, :] + out[("a", "b")]
    np.testing.assert_allclose(whole, 1.0 + single[:, None] + pair, rtol=0, atol=1e-9)


@many
@given(
    x=st.one_of(st.none(), st.floats(), st.integers(-(2**60), 2**60), st.booleans()),
    c=st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["a", "b"])),
)
def test_any_value_scores_alike_alone_and_in_a_batch(x: float | None, c: str | None) -> None:
    model = hand_model()
    frame = pd.DataFrame({"x": pd.Series([x], dtype=object), "c": pd.Series([c], dtype=object)})
    assert model.explain({"x": x, "c": c}).margin == model.margin(frame)[0]


@many
@given(
    st.lists(floats, min_size=1, max_size=8, unique=True),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1),
)
def test_a_value_lies_between_its_thresholds(cuts: list[float], values: list[float]) -> None:
    bins = NumberBins(tuple(sorted(cuts)))
    edges = [-np.inf, *bins.cuts, np.inf]
    for value, code in zip(values, bins.encode(np.asarray(values)).tolist(), strict=True):
        if np.isnan(value):
            assert code == bins.missing
        else:
            assert value <= edges[code + 1]
            assert code == 0 or edges[code] < value
