"""The score scale and its grades. All numbers here are ours: no requirement gives any.

The score is an exact affine map of the log odds of going bad. With the defaults, 600 points mean 30
good to 1 bad, and every 40 points double the odds: log odds 0 (1 to 1) is 403.7 points.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelsError


@dataclass(frozen=True)
class Band:
    """One grade: its name and the lowest score that earns it."""

    grade: str
    low: int
    zh: str
    en: str


# Ours: 40 points a grade, so each grade doubles the odds of the one below.
BANDS: tuple[Band, ...] = (
    Band("D", 300, "风险极高", "extreme risk"),
    Band("C", 420, "风险很高", "very high risk"),
    Band("CC", 460, "风险高", "high risk"),
    Band("CCC", 500, "风险较高", "rather high risk"),
    Band("B", 540, "风险偏高", "somewhat high risk"),
    Band("BB", 580, "风险一般", "moderate risk"),
    Band("BBB", 620, "风险较低", "rather low risk"),
    Band("A", 660, "风险低", "low risk"),
    Band("AA", 700, "风险很低", "very low risk"),
    Band("AAA", 740, "风险极低", "minimal risk"),
)


@dataclass(frozen=True)
class Scale:
    """Map of log odds to score points; higher is better.

    Parameters
    ----------
    score_at, odds_at
        The anchor: `score_at` points mean `odds_at` good to 1 bad.
    points_to_double
        Points that double the odds (PDO).
    low, high
        The published score is clipped to this range; the margin is not.
    """

    score_at: float = 600.0
    odds_at: float = 30.0
    points_to_double: float = 40.0
    low: int = 300
    high: int = 900

    def __post_init__(self) -> None:
        """Refuse a scale that would not rise with the odds."""
        sound = self.odds_at > 0 and self.points_to_double > 0 and self.low < self.high
        if not sound or not all(math.isfinite(v) for v in asdict(self).values()):
            raise ModelsError(
                "A scale needs positive odds, positive points to double and low < high."
            )

    @cached_property
    def factor(self) -> float:
        """Points per unit of log odds."""
        return self.points_to_double / math.log(2.0)

    @cached_property
    def offset(self) -> float:
        """Points at log odds 0."""
        return self.score_at - self.factor * math.log(self.odds_at)

    def margin(self, log_odds: float) -> float:
        """Give the unrounded, unclipped score of log odds of going bad."""
        return self.offset - self.factor * log_odds

    def log_odds(self, margin: float) -> float:
        """Give the log odds of going bad of an unrounded score."""
        return (self.offset - margin) / self.factor

    def score(self, margin: float) -> int:
        """Round half up and clip to the published range."""
        return int(min(max(math.floor(margin + 0.5), self.low), self.high))

    def scores(self, margins: NDArray[np.float64]) -> NDArray[np.int64]:
        """Round and clip many; shape (n,) to (n,)."""
        rounded: NDArray[np.int64] = np.clip(np.floor(margins + 0.5), self.low, self.high).astype(
            np.int64
        )
        return rounded

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Scale:
        """Read the JSON form."""
        return cls(**value)


def probability(log_odds: float) -> float:
    """Probability of going bad of its log odds, without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    e = math.exp(log_odds)
    return e / (1.0 + e)


def probabilities(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of going bad of many log odds; shape (n,) to (n,).

    It goes through `probability` row by row: numpy's own exponential differs in the last bit from
    Python's, and a batch must answer exactly what a single row answers.
    """
    return np.fromiter(map(probability, log_odds.tolist()), dtype=np.float64, count=len(log_odds))


def band(score: float, bands: tuple[Band, ...] = BANDS) -> Band:
    """Find the band of a score; scores below the lowest band belong to it."""
    position = bisect_right([b.low for b in bands], score) - 1
    return bands[max(position, 0)]


def grade(score: float, bands: tuple[Band, ...] = BANDS) -> str:
    """Find the grade of a score, AAA (best) to D."""
    return band(score, bands).grade
