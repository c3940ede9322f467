"""Figures of merit against hand-worked numbers and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score, roc_curve

from models.errors import ModelsError
from models.metrics import auc, calibration_slope, evaluate, h_measure, ks, mean_of_metrics, psi


def sample(n: int, seed: int = 0, digits: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities with many ties."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-1.0, 1.0, n)
    bad = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    return bad, np.round(1 / (1 + np.exp(-0.7 * log_odds)), digits)


def test_auc_counts_ties_half() -> None:
    # Pairs (good, bad): (.1, .4) won, (.1, .8) won, (.4, .4) tied, (.4, .8) won: 3.5 of 4.
    assert auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]) == 3.5 / 4
    assert auc([0, 1], [0.5, 0.5]) == 0.5
    assert auc([1, 0], [0.1, 0.9]) == 0.0


def test_ks_by_hand() -> None:
    # At .3 two of three goods but one of three bads lie below; at .5 all goods, one bad.
    bad, p = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.5, 0.6, 0.9]
    assert ks(bad, p) == pytest.approx(1 - 1 / 3)
    assert ks([1, 0], [0.1, 0.9]) == 0.0


def test_brier_and_log_loss_by_hand() -> None:
    figures = evaluate([0, 1, 1], [0.2, 0.5, 0.9], resamples=5)
    assert figures.brier == pytest.approx((0.04 + 0.25 + 0.01) / 3)
    assert figures.log_loss == pytest.approx(-(math.log(0.8) + math.log(0.5) + math.log(0.9)) / 3)
    assert (figures.n, figures.bads) == (3, 2)
    assert figures.observed == pytest.approx(2 / 3)
    assert figures.predicted == pytest.approx(1.6 / 3)


def test_psi_by_hand() -> None:
    expected = 0.1 * math.log(0.6 / 0.5) - 0.1 * math.log(0.4 / 0.5)
    assert psi([50, 50], [60, 40]) == pytest.approx(expected, abs=1e-12)
    assert psi([50, 50], [6, 4]) == pytest.approx(expected, abs=1e-12)
    assert psi([3, 7], [30, 70]) == pytest.approx(0.0, abs=1e-12)


def test_psi_counts_an_empty_bin_as_half_a_case() -> None:
    e, a = np.array([10.0, 10.0]) / 20, np.array([10.0, 0.5]) / 10.5
    assert psi([10, 10], [10, 0]) == pytest.approx(float(np.sum((a - e) * np.log(a / e))))
    for wrong in ([1, 2, 3], [0, 0]):
        with pytest.raises(ModelsError, match="PSI"):
            psi([1, 1], wrong)


@pytest.mark.parametrize(("n", "digits"), [(50, 1), (400, 2), (3000, 12)])
def test_figures_equal_those_of_scikit_learn(n: int, digits: int) -> None:
    bad, p = sample(n, digits=digits)
    figures = evaluate(bad, p, resamples=2)
    assert figures.auc == pytest.approx(roc_auc_score(bad, p), abs=1e-12)
    false_rate, true_rate, _ = roc_curve(bad, p, drop_intermediate=False)
    assert figures.ks == pytest.approx(np.max(true_rate - false_rate), abs=1e-12)
    assert figures.brier == pytest.approx(brier_score_loss(bad, p), abs=1e-12)
    assert figures.log_loss == pytest.approx(log_loss(bad, p), abs=1e-10)
    log_odds = np.log(p / (1 - p))[:, None]
    reference = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(log_odds, bad)
    assert figures.calibration_slope == pytest.approx(reference.coef_[0, 0], rel=1e-5)
    assert (auc(bad, p), ks(bad, p)) == (figures.auc, figures.ks)
    assert calibration_slope(bad, p) == figures.calibration_slope


@pytest.mark.parametrize("shift", [-3.0, 3.5])
@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_a_shifted_rate_does_not_disturb_the_slope(shift: float, slope: float) -> None:
    random = np.random.default_rng(5)
    x = random.normal(0.0, 1.5, 40_000)
    bad = random.random(len(x)) < 1 / (1 + np.exp(-slope * x))
    assert calibration_slope(bad, 1 / (1 + np.exp(-(x + shift)))) == pytest.approx(slope, rel=0.05)


def test_no_slope_exists_for_one_prediction_or_classes_split_whole() -> None:
    assert math.isnan(calibration_slope([0, 1, 1], [0.3, 0.3, 0.3]))
    assert math.isnan(calibration_slope([0, 0, 1], [0.1, 0.2, 0.7]))


def test_probabilities_of_zero_and_one_stay_finite() -> None:
    figures = evaluate([0, 1, 0, 1], [0.0, 1.0, 1.0, 0.5], resamples=20)
    assert math.isfinite(figures.log_loss)
    assert figures.brier == pytest.approx(1.25 / 4)


def test_intervals_are_seeded_and_hold_the_figure() -> None:
    bad, p = sample(500)
    figures = evaluate(bad, p, seed=1)
    assert figures == evaluate(bad, p, seed=1)
    assert figures.auc_low != evaluate(bad, p, seed=2).auc_low
    for name in ("auc", "brier", "log_loss", "calibration_slope"):
        low, value, high = (getattr(figures, name + end) for end in ("_low", "", "_high"))
        assert low < value < high, name


def test_the_interval_narrows_with_the_root_of_the_rows() -> None:
    few, many = (evaluate(*sample(n, seed=2)) for n in (500, 8000))
    ratio = (few.auc_high - few.auc_low) / (many.auc_high - many.auc_low)
    assert 2.8 < ratio < 5.7  # 4 in expectation


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(11)
    truth = 0.5 * (1 + math.erf(0.5))  # two normals one deviation apart: P(N(1, 2) > 0)
    bad = np.repeat([0, 1], [200, 100])
    covered = 0
    for trial in range(60):
        p = 1 / (1 + np.exp(-(random.normal(0.0, 1.0, 300) + bad)))
        figures = evaluate(bad, p, seed=trial, resamples=100)
        covered += figures.auc_low <= truth <= figures.auc_high
    assert 51 <= covered <= 60  # 95 % of 60 is 57


def test_grouping_of_many_probabilities_moves_no_interval_visibly() -> None:
    bad, p = sample(9000, digits=12)
    fine, rough = evaluate(bad, p, seed=3), evaluate(bad, np.round(p, 3), seed=3)
    assert fine.auc_low == pytest.approx(rough.auc_low, abs=0.003)
    assert fine.auc_high == pytest.approx(rough.auc_high, abs=0.003)


def test_the_mean_of_years_counts_each_year_the_same() -> None:
    years = [sample(200, seed=1), sample(2000, seed=2)]
    mean = mean_of_metrics(years, seed=4)
    assert mean.auc == pytest.approx(np.mean([auc(*year) for year in years]))
    assert mean.ks == pytest.approx(np.mean([ks(*year) for year in years]))
    assert mean.n == 2200
    assert mean.auc_low < mean.auc < mean.auc_high
    assert mean == mean_of_metrics(years, seed=4)
    one = mean_of_metrics(years[:1], seed=4)
    assert one == evaluate(*years[0], seed=4)


@pytest.mark.parametrize(
    ("bad", "p", "message"),
    [
        ([0, 1], [0.5], "one length"),
        ([], [], "0 .good. or 1"),
        ([0, 2], [0.5, 0.5], "0 .good. or 1"),
        ([0, math.nan], [0.5, 0.5], "0 .good. or 1"),
        ([0, 1], [0.5, 1.5], "between 0 and 1"),
        ([0, 1], [0.5, math.nan], "between 0 and 1"),
        ([1, 1], [0.5, 0.6], "one class only"),
    ],
)
def test_samples_without_figures_are_refused(bad: list, p: list, message: str) -> None:
    with pytest.raises(ModelsError, match=message):
        evaluate(bad, p)
    with pytest.raises(ModelsError, match="at least one sample"):
        mean_of_metrics([])


def test_h_measure_by_hand() -> None:
    """Costs Beta(2, 2), two of each class: along the hull (0, 0), (0, .5), (.5, 1), (1, 1) the loss is
    c / 4 up to c = .5 and (1 - c) / 4 above, half of the least loss without a score."""
    assert h_measure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8], severity_ratio=1) == pytest.approx(0.5)
    assert h_measure([0, 1], [0.1, 0.9]) == pytest.approx(1.0)
    assert h_measure([0, 1], [0.9, 0.1]) == pytest.approx(0.0)
    assert h_measure([0, 1, 0, 1], [0.5] * 4) == pytest.approx(0.0)


@given(seed=st.integers(0, 10_000), ratio=st.sampled_from([None, 0.2, 1.0, 3.0]))
@settings(max_examples=15, deadline=None)
def test_h_measure_is_the_integral_over_costs(seed: int, ratio: float | None) -> None:
    random = np.random.default_rng(seed)
    bad = np.r_[0, 1, (random.random(60) < 0.3)].astype(float)
    p = np.clip(random.normal(0.4 + 0.2 * bad, 0.2), 0, 1).round(1)
    share = bad.mean()
    severity = share / (1 - share) if ratio is None else ratio
    c = (np.arange(4000) + 0.5) / 4000
    weight = c * (1 - c) ** (1 / severity)
    losses = [
        c * (1 - share) * (p[bad == 0] > cut).mean() + (1 - c) * share * (p[bad == 1] <= cut).mean()
        for cut in [-1.0, *np.unique(p)]
    ]
    least = (np.min(losses, axis=0) * weight).sum()
    worst = (np.minimum(c * (1 - share), (1 - c) * share) * weight).sum()
    assert h_measure(bad, p, severity_ratio=ratio) == pytest.approx(1 - least / worst, abs=1e-3)


def test_h_measure_needs_a_positive_ratio() -> None:
    with pytest.raises(ModelsError, match="severity ratio"):
        h_measure([0, 1], [0.1, 0.9], severity_ratio=0)
