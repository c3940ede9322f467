"""Logistic calibration: the slope and the shift that make log odds right on rows they were not fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.errors import ModelsError

# Ours: the slope is drawn towards 1 as if 10 bads had been seen there, so that a handful of bads can
# neither stretch the odds wildly nor turn them round.
PRIOR_BADS = 10.0
_LEAST_SLOPE = 0.05


@dataclass(frozen=True)
class Calibration:
    """``log_odds * slope + shift`` is calibrated; the slope is positive."""

    slope: float = 1.0
    shift: float = 0.0


def calibrate(log_odds: ArrayLike, bad: ArrayLike, weight: ArrayLike | None = None) -> Calibration:
    """Fit slope and shift on rows that the model was not fitted on (Platt 1999).

    Parameters
    ----------
    log_odds, bad
        Predicted log odds of going bad and labels (1 = bad); shape (n,).
    weight
        Weight of each row.

    Raises
    ------
    ModelsError
        For vectors of different lengths or values that are not finite.
    """
    x = np.asarray(log_odds, dtype=np.float64)
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones_like(x) if weight is None else np.asarray(weight, dtype=np.float64)
    if not x.shape == y.shape == w.shape or x.ndim != 1:
        raise ModelsError("Log odds, labels and weights must be vectors of one length.")
    if not (np.isfinite(x).all() and np.isfinite(w).all()):
        raise ModelsError("Log odds and weights must be finite to be calibrated.")
    if not 0 < (w * y).sum() < w.sum():
        return Calibration()
    centre = float(np.average(x, weights=w))
    spread = float(np.average((x - centre) ** 2, weights=w))
    if spread < 1e-12:
        rate = float(np.average(y, weights=w))
        return Calibration(1.0, float(np.log(rate / (1 - rate))) - centre)
    prior = PRIOR_BADS * spread  # information about the slope that so many bads carry
    slope, level = 1.0, centre
    for _ in range(100):
        z = np.clip(level + slope * (x - centre), -500.0, 500.0)
        q = 1.0 / (1.0 + np.exp(-z))
        r, h = w * (y - q), w * q * (1 - q)
        gradient = np.array([r.sum(), (r * (x - centre)).sum() - prior * (slope - 1.0)])
        b = (h * (x - centre)).sum()
        hessian = np.array([[h.sum(), b], [b, (h * (x - centre) ** 2).sum() + prior]])
        step = np.clip(np.linalg.solve(hessian + 1e-12 * np.eye(2), gradient), -2.0, 2.0)
        level, slope = level + float(step[0]), slope + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    slope = max(slope, _LEAST_SLOPE)
    return Calibration(slope, level - slope * centre)
