"""The logistic part of the glass box: evidence worked by hand, and no row as a witness for itself."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from models.bins import CategoryBins, NumberBins
from models.glassbox.linear import _evidence, _thinned, fit_linear
from models.schema import Field, Schema


def test_evidence_by_hand() -> None:
    # Eight rows, two bads: rate 1/4, so three average bads are twelve rows.
    code = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    y = np.array([1.0, 1, 0, 0, 0, 0, 0, 0])
    part = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    whole, seen = _evidence(code, CategoryBins(("a", "b")), y, np.ones(8), part, 0)
    base = np.log(1 / 3)

    def odds(bads: float, rows: float) -> float:
        p = (bads + 3) / (rows + 12)
        return float(np.log(p / (1 - p)) - base)

    assert_allclose(whole[:2], [odds(2, 4), odds(0, 4)])
    assert_allclose(whole[2:], 0.0, atol=1e-12)  # other levels and missing: no row, no evidence
    # What a row is told of its level comes from the other part: one bad in two rows.
    assert_allclose(seen, [odds(1, 2)] * 4 + [odds(0, 2)] * 4)


def test_evidence_keeps_a_direction_in_every_part() -> None:
    random = np.random.default_rng(5)
    code = random.integers(0, 6, 400)
    y = (random.random(400) < 0.2).astype(float)
    bins = NumberBins((1.0, 2.0, 3.0, 4.0, 5.0))
    part = random.integers(0, 4, 400)
    whole, seen = _evidence(code, bins, y, np.ones(400), part, -1)
    assert (np.diff(whole[:6]) <= 1e-12).all()
    for number in range(4):
        told = [seen[(part == number) & (code == level)][0] for level in range(6)]
        assert (np.diff(told) <= 1e-12).all()


def test_rare_bads_are_not_read_as_certainty() -> None:
    # One bad in a thousand: an empty bin of a hundred rows must stay close to the rest.
    y = np.zeros(10_000)
    y[:10] = 1.0
    code = np.zeros(10_000, dtype=np.intp)
    code[-100:] = 1
    whole, _ = _evidence(
        code, CategoryBins(("many", "few")), y, np.ones(10_000), np.arange(10_000) % 5, 0
    )
    assert -0.1 < whole[1] < 0


def test_thinning_keeps_the_rare_class_and_the_weight() -> None:
    y = np.zeros(100_000)
    y[::1000] = 1.0
    rows, weight = _thinned(np.arange(len(y)), y, np.ones(len(y)))
    assert y[rows].sum() == 100
    assert len(rows) <= 30_000
    assert weight[y[rows] == 1].sum() == pytest.approx(100)
    assert weight.sum() == pytest.approx(100_000, rel=1e-3)


def test_noise_of_many_levels_gets_no_weight() -> None:
    """Thirty levels that tell nothing, sixty bads: with its own label as a witness each row would fit."""
    random = np.random.default_rng(11)
    rows, fresh = 1500, 20_000
    level, number = random.integers(0, 30, rows + fresh), random.random(rows + fresh)
    y = (random.random(rows + fresh) < 0.08 * number).astype(float)
    fine = {
        "noise": CategoryBins(tuple(f"l{i:02}" for i in range(30))),
        "signal": NumberBins(tuple(np.arange(1, 16) / 16)),
    }
    codes = {"noise": level, "signal": np.floor(number * 16).astype(np.intp)}
    schema = Schema((Field("noise", "category"), Field("signal", "number")))
    inside = np.arange(rows)
    _, effects = fit_linear(
        schema, fine, fine, codes, y, np.ones(len(y)), inside, np.arange(len(y)) % 5, ridge=60.0
    )
    spread = {term[0]: values[codes[term[0]][rows:]].std() for term, values in effects.items()}
    assert spread.get("noise", 0.0) < 0.4 * spread["signal"]
