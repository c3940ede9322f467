"""The score scale: an exact map of odds to points."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from models.errors import ModelsError
from models.scale import BANDS, Scale, band, grade, probabilities, probability

SCALE = Scale()


def test_600_points_mean_30_good_to_1_bad() -> None:
    assert SCALE.margin(-math.log(30.0)) == pytest.approx(600.0, abs=1e-9)
    assert probability(SCALE.log_odds(600.0)) == pytest.approx(1 / 31, abs=1e-12)


@pytest.mark.parametrize("odds", [0.1, 1.0, 30.0, 480.0])
def test_40_points_double_the_odds(odds: float) -> None:
    gained = SCALE.margin(-math.log(2 * odds)) - SCALE.margin(-math.log(odds))
    assert gained == pytest.approx(40.0, abs=1e-9)


def test_known_points_of_the_scale() -> None:
    assert SCALE.margin(-math.log(120.0)) == pytest.approx(680.0, abs=1e-9)
    assert SCALE.margin(-math.log(15.0)) == pytest.approx(560.0, abs=1e-9)
    # 600 - 40 * log2(30) = 600 - 40 * 4.906890...
    assert SCALE.margin(0.0) == pytest.approx(403.724376, abs=1e-6)


def test_log_odds_and_margin_undo_each_other() -> None:
    for value in (-9.0, -1.25, 0.0, 3.5):
        assert SCALE.log_odds(SCALE.margin(value)) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("margin", "score"),
    [
        (599.5, 600),
        (599.49, 599),
        (600.5, 601),
        (-50.0, 300),
        (299.4, 300),
        (900.5, 900),
        (1e9, 900),
    ],
)
def test_scores_are_rounded_half_up_and_clipped(margin: float, score: int) -> None:
    assert SCALE.score(margin) == score
    assert SCALE.scores(np.array([margin])).tolist() == [score]


def test_other_scales_are_a_matter_of_settings() -> None:
    scale = Scale(score_at=500.0, odds_at=1.0, points_to_double=20.0, low=0, high=1000)
    assert scale.margin(-math.log(4.0)) == pytest.approx(540.0)
    assert Scale.from_json(scale.to_json()) == scale


@pytest.mark.parametrize(
    "wrong",
    [{"odds_at": 0.0}, {"points_to_double": -40.0}, {"low": 900}, {"score_at": math.nan}],
)
def test_a_scale_that_does_not_rise_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ModelsError, match="scale"):
        Scale(**wrong)  # type: ignore[arg-type]


def test_probabilities_do_not_overflow_and_equal_single_ones_bit_for_bit() -> None:
    values = np.array([-1e4, -745.0, -3.3, 0.0, 0.1, 20.0, 1e4])
    assert probabilities(values).tolist() == [probability(v) for v in values.tolist()]
    assert probability(-1e4) == 0.0
    assert probability(1e4) == 1.0
    assert probability(0.0) == 0.5


def test_grades_start_at_their_lowest_score() -> None:
    for lower, upper in pairwise(BANDS):
        assert grade(upper.low) == upper.grade
        assert grade(upper.low - 1) == lower.grade
    assert (grade(300), grade(299), grade(900)) == ("D", "D", "AAA")
    assert band(600).zh == "风险一般"
