"""Ranks by models that never saw the subject: known answers, honest intervals, what is compared with what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from models.inference import placements
from models.metrics import auc, evaluate
from training.errors import TrainingError
from training.evaluate import Split
from training.real.judge import (
    Won,
    auc_figure,
    lead_figure,
    repeated_splits,
    shares_won,
    telling,
)

SPECS: list[dict[str, Any]] = [
    {"name": "x", "kind": "number"},
    {"name": "kind", "kind": "category"},
]


def drawn(n: int, strength: float, seed: int = 11) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    bad = (rng.random(n) < 1 / (1 + np.exp(1 - strength * x))).astype(int)
    x[::7] = np.nan
    return pd.DataFrame({"x": x, "kind": np.where(np.arange(n) % 2, "a", None)}), bad


def judged(frame: pd.DataFrame, bad: np.ndarray, repeats: int = 1, **given: Any) -> Won:
    everybody = np.ones(len(bad), bool)
    options: dict[str, Any] = {"groups": {"all": everybody}, "always": everybody, "most": 0}
    options |= given
    splits = options.pop("splits", repeated_splits(bad, repeats))
    return shares_won("logistic", frame, bad, SPECS, splits, **options)["all"]


def test_the_mean_share_won_is_the_auc() -> None:
    rng = np.random.default_rng(5)
    bad = rng.integers(0, 2, 500)
    score = np.round(np.clip(rng.normal(0.4 + 0.1 * bad, 0.2), 0, 1), 2)  # with ties
    found = auc_figure(bad, Won(placements(bad, score), np.array([]), 0))
    assert found.value == pytest.approx(auc(bad, score), abs=1e-12)
    resampled = evaluate(bad, score, resamples=1000)
    assert found.low == pytest.approx(resampled.auc_low, abs=0.005)
    assert found.high == pytest.approx(resampled.auc_high, abs=0.005)


def test_a_real_signal_is_found() -> None:
    frame, bad = drawn(400, 2)
    assert auc_figure(bad, judged(frame, bad)).low > 0.6


def test_nine_of_ten_intervals_of_noise_hold_a_half() -> None:
    found = [
        auc_figure(bad, judged(frame, bad)) for frame, bad in (drawn(150, 0, s) for s in range(10))
    ]
    assert sum(one.low <= 0.5 <= one.high for one in found) >= 9


def test_repeats_steady_the_figure_and_do_not_feign_subjects() -> None:
    frame, bad = drawn(120, 1)
    once, often = (auc_figure(bad, judged(frame, bad, repeats)) for repeats in (1, 8))
    assert often.high - often.low > 0.6 * (once.high - once.low)


def test_subjects_are_compared_within_a_test_part_and_a_group_alone() -> None:
    bad = np.array([0, 1, 0, 1, 0, 1, 0, 1] * 10)
    frame = pd.DataFrame({"x": bad + 0.0, "kind": "a"})
    train, test = np.arange(40, 80), np.arange(8)
    group = np.arange(80) < 6
    won = judged(frame, bad, splits=[Split("one", train, test)], groups={"all": group})
    assert won.shares[:6].tolist() == [1.0] * 6
    assert np.isnan(won.shares[6:]).all()
    assert won.parts.tolist() == [1.0]


def test_only_so_many_are_learned_from_beside_those_that_always_are() -> None:
    frame, bad = drawn(300, 2)
    always = np.arange(300) < 60
    frame.loc[~always, "x"] *= -1  # the others say the opposite
    alone, all_of_them = (judged(frame, bad, always=always, most=most).shares for most in (0, 1000))
    mine, others = ((bad == 1) & rows for rows in (always, ~always))
    assert alone[mine].mean() > 0.6 > 0.4 > alone[others].mean()
    assert all_of_them[mine].mean() < 0.4 < 0.6 < all_of_them[others].mean()


def test_a_model_does_not_lead_itself() -> None:
    frame, bad = drawn(200, 1)
    won = judged(frame, bad)
    assert lead_figure(bad, won, won).value == 0
    assert lead_figure(bad, Won(np.ones(200), np.ones(5), 0.25), won).low > 0


def test_features_that_tell_nothing_or_the_same_again_are_left_out() -> None:
    frame = pd.DataFrame(
        {
            "a": [1.0, 2, 3],
            "again": [1.0, 2, 3],
            "flat": 5.0,
            "gone": np.nan,
            "on_file": [0.0, np.nan, 0],
        }
    )
    assert telling(frame, list(frame)) == ["a", "on_file"]


def test_too_few_of_one_outcome_are_refused() -> None:
    with pytest.raises(TrainingError, match="4 subjects; 5 folds"):
        repeated_splits(np.array([1] * 4 + [0] * 50), 1)
    with pytest.raises(TrainingError, match="Fewer than two"):
        auc_figure(np.array([0, 0, 1]), Won(np.array([1.0, 1, 1]), np.array([]), 0))
