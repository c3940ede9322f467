"""Slope and shift on rows that the model has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from models.calibration import Calibration, calibrate
from models.errors import ModelsError


def draw(n: int, slope: float, shift: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(-1.0, 1.5, n)
    return x, (random.random(n) < 1 / (1 + np.exp(-(slope * x + shift)))).astype(float)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (0.5, 1.0), (2.0, -2.0), (1.0, 3.0)])
def test_slope_and_shift_are_found(slope: float, shift: float) -> None:
    found = calibrate(*draw(40_000, slope, shift))
    assert found.slope == pytest.approx(slope, rel=0.05)
    assert found.shift == pytest.approx(shift, abs=0.1)


@pytest.mark.parametrize("shift", [-4.0, 0.0, 4.0])
def test_predicted_bads_equal_observed_ones(shift: float) -> None:
    x, y = draw(500, 0.8, shift, seed=2)
    found = calibrate(x, y)
    predicted = 1 / (1 + np.exp(-(found.slope * x + found.shift)))
    assert predicted.sum() == pytest.approx(y.sum(), abs=1e-6)


def test_a_weight_counts_as_so_many_rows() -> None:
    x, y = draw(300, 0.7, 0.5, seed=3)
    weight = np.random.default_rng(0).integers(1, 4, 300)
    repeated = calibrate(np.repeat(x, weight), np.repeat(y, weight))
    weighted = calibrate(x, y, weight)
    assert weighted.slope == pytest.approx(repeated.slope, abs=1e-8)
    assert weighted.shift == pytest.approx(repeated.shift, abs=1e-8)


def test_few_bads_leave_the_slope_near_one_and_many_move_it() -> None:
    slopes = [calibrate(*draw(n, 2.5, 0.0, seed=4)).slope for n in (20, 200, 20_000)]
    assert 1.0 < slopes[0] < slopes[1] < slopes[2]
    assert slopes[2] == pytest.approx(2.5, rel=0.05)


def test_classes_split_whole_keep_a_finite_slope() -> None:
    found = calibrate([-2.0, -1.0, 1.0, 2.0], [0, 0, 1, 1])
    assert 1.0 < found.slope < 3.0


def test_odds_are_never_turned_round() -> None:
    x, y = draw(5000, -2.0, 0.0, seed=5)
    assert 0 < calibrate(x, y).slope <= 0.1


def test_one_prediction_is_shifted_to_the_rate() -> None:
    found = calibrate([-3.0] * 4, [0, 0, 0, 1])
    assert found.slope == 1.0
    assert found.shift - 3.0 == pytest.approx(np.log(1 / 3), abs=1e-12)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_class_changes_nothing(label: float) -> None:
    assert calibrate([-1.0, 0.5], [label, label]) == Calibration(1.0, 0.0)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0.0, 1.0], [1.0], "one length"),
        ([[0.0, 1.0]], [[1.0, 0.0]], "one length"),
        ([0.0, np.nan], [1.0, 0.0], "finite"),
        ([0.0, np.inf], [1.0, 0.0], "finite"),
    ],
)
def test_values_that_can_not_be_calibrated_are_refused(x: list, y: list, message: str) -> None:
    with pytest.raises(ModelsError, match=message):
        calibrate(x, y)
