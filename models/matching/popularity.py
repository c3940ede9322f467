"""Popularity baselines: order lenders by how much they lent around the borrower, faded by age, with back-off.

They are what a ranker has to beat. Each reads the same loans as the ranker, as of the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from models.matching.book import HALF_LIVES, LendingBook
from models.matching.requests import Requests


@dataclass(frozen=True)
class Baseline:
    """A sum of faded counts: the first circle leads, the others break its ties or smooth it.

    Attributes
    ----------
    family : str
        "overall", "region", "area", "programme" or "area+programme".
    weights : tuple of (circle, weight)
    half_life : int
        Index in `HALF_LIVES`.
    """

    family: str
    weights: tuple[tuple[str, float], ...]
    half_life: int

    @property
    def name(self) -> str:
        """Family, back-off and half-life, to be told beside a figure."""
        parts = " + ".join(n if w == 1 else f"{w:g} {n}" for n, w in self.weights if w > 1e-6)
        return f"{parts}, half-life {HALF_LIVES[self.half_life]} days"

    def score(self, counts: dict[str, np.ndarray]) -> np.ndarray:
        """Score of each pair, from `baseline_counts`."""
        total = np.zeros(len(next(iter(counts.values()))))
        for name, weight in self.weights:
            total += weight * counts[name][:, self.half_life]
        return total


_TIE = 1e-9  # the whole market, to order lenders that nobody near the borrower used


def all_baselines() -> tuple[Baseline, ...]:
    """Every family with every half-life and, where it backs off, several weights of the wider circles."""
    found: list[Baseline] = []
    for h in range(len(HALF_LIVES)):
        found.append(Baseline("overall", (("all", 1.0),), h))
        found.append(Baseline("region", (("region", 1.0), ("all", _TIE)), h))
        found.append(Baseline("programme", (("programme", 1.0), ("all", _TIE)), h))
        for near in (0.001, 0.01, 0.03):
            found.append(Baseline("area", (("area", 1.0), ("region", near), ("all", _TIE)), h))
        for near, far in product((0.03, 0.1, 0.3), (0.003, 0.01, 0.03, 0.1)):
            wider = (("area", near), ("region_programme", far), ("region", far / 10), ("all", _TIE))
            found.append(Baseline("area+programme", (("area_programme", 1.0), *wider), h))
    return tuple(found)


def baseline_counts(
    book: LendingBook, requests: Requests, query: np.ndarray, lender: np.ndarray
) -> dict[str, np.ndarray]:
    """Faded counts that the baselines add up; zero where the request lacks a field."""
    names = {name for baseline in all_baselines() for name, _ in baseline.weights}
    return {
        name: np.nan_to_num(book.counts(name, requests, query, lender)) for name in sorted(names)
    }
