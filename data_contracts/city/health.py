"""The latent risk: a health path for each subject, the activity that records show of it, and what they tell.

Health of subject i in month t, above zero is healthier (all coefficients are ours)::

    x[i,t] = QUALITY * q[i] + INDUSTRY * risk[industry] + cycle[industry] * macro[t] + u[i,t]
    u[i,t] = PERSISTENCE * u[i,t-1] + SHOCK * e[i,t]        q, e ~ N(0, 1), u stationary
    a[i,t] = x[i,t] + NOISE * f[i,t]                        f ~ N(0, 1)

Defaults depend on x. Every monthly record (invoices, taxes, staff, power, ...) and every event depends on
the *activity* a alone, never on x itself. Hence nothing computed from the records of the months before an
application can tell more about x than those a do, and what they tell is known exactly: q and u given
a[i,0..t] are Gaussian, with mean and variance from the Kalman filter. (Industry and macro shock are taken as
known: they are means over many subjects.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_contracts.city.clock import FOLLOW_UP, Settings
from data_contracts.city.places import INDUSTRIES
from data_contracts.city.population import Population

QUALITY, PERSISTENCE, SPREAD, NOISE = 0.65, 0.92, 0.75, 0.45
"""SPREAD is the standard deviation of u."""
INDUSTRY = 1.5
"""Weight of an industry's risk as `INDUSTRIES` lists it."""
SHOCK = SPREAD * (1 - PERSISTENCE**2) ** 0.5
MACRO_PERSISTENCE, MACRO_SPREAD = 0.90, 0.18


@dataclass
class Health:
    """Paths of the city: rows are subjects, columns are months of window and follow-up.

    ``latent`` is x, ``activity`` is a; ``mean`` and ``variance`` are those of x given the activity of all
    earlier months since the subject began. ``begins`` is the first month of each subject.
    """

    latent: np.ndarray
    activity: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    macro: np.ndarray
    begins: np.ndarray

    def fall(self, rows: np.ndarray, month: int, until: np.ndarray, depth: float) -> None:
        """Let subjects decline from the month after `month` to the month `until`, and stay there.

        Called for those whose loan will default: their records then tell of it before it happens.
        """
        months = np.arange(self.latent.shape[1])
        span = np.maximum(until - month, 1)[:, None]
        slope = np.clip((months[None, :] - month) / span, 0, 1) * depth
        self.latent[rows] -= slope.astype(np.float32)
        self.activity[rows] -= slope.astype(np.float32)


def live(settings: Settings, population: Population) -> Health:
    """Draw the paths."""
    rng = settings.random("health")
    total, months = len(population), settings.months + FOLLOW_UP
    macro = np.empty(months)
    state = rng.normal(0, MACRO_SPREAD)
    for month in range(months):
        state = MACRO_PERSISTENCE * state + rng.normal(
            0, MACRO_SPREAD * (1 - MACRO_PERSISTENCE**2) ** 0.5
        )
        macro[month] = state
    risk = INDUSTRY * np.array([one.risk for one in INDUSTRIES])[population.industry]
    cycle = np.array([one.cycle for one in INDUSTRIES])[population.industry]
    begins = np.clip(settings.months_of(population.founded) + 1, 0, None)
    latent = np.empty((total, months), dtype=np.float32)
    activity = np.empty_like(latent)
    mean = np.empty_like(latent)
    variance = np.empty_like(latent)
    gains, ahead = _filter(months)
    own = rng.normal(0, SPREAD, total)
    estimate = np.zeros((2, total))  # of QUALITY * q and of u
    for month in range(months):
        if month:
            own = PERSISTENCE * own + SHOCK * rng.normal(0, 1, total)
        shared = risk + cycle * macro[month]
        hidden = QUALITY * population.quality + own
        seen = hidden + NOISE * rng.normal(0, 1, total)
        latent[:, month], activity[:, month] = shared + hidden, shared + seen
        step = np.clip(month - begins, -1, None)
        alive = step >= 0
        before = np.stack([estimate[0], np.where(step > 0, PERSISTENCE, 0.0) * estimate[1]])
        error = seen - before.sum(axis=0)
        mean[:, month] = shared + before.sum(axis=0)
        variance[:, month] = ahead[np.maximum(step, 0)]
        estimate = np.where(alive, before + gains[step].T * error, 0.0)
    return Health(latent, activity, mean, variance, macro, begins)


def _filter(months: int) -> tuple[np.ndarray, np.ndarray]:
    """Kalman gains (of quality and of u), and the variance of x after 0, 1, ... months of activity."""
    covariance = np.diag([QUALITY**2, SPREAD**2])
    gains, ahead = np.empty((months, 2)), np.empty(months)
    move, added = np.diag([1.0, PERSISTENCE]), np.diag([0.0, SHOCK**2])
    for step in range(months):
        if step:
            covariance = move @ covariance @ move + added
        ahead[step] = covariance.sum()
        gains[step] = covariance.sum(axis=1) / (ahead[step] + NOISE**2)
        covariance = covariance - np.outer(gains[step], covariance.sum(axis=0))
    return gains, ahead


def expected(logit: np.ndarray, slope: float, variance: np.ndarray) -> np.ndarray:
    """Mean of sigmoid(logit + slope * n) over n ~ N(0, variance), by Gauss-Hermite quadrature.

    Examples
    --------
    >>> expected(np.array([0.0]), 1.3, np.array([0.4])).round(6).tolist()
    [0.5]
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(21)
    spread = slope * np.sqrt(np.asarray(variance, dtype=float))
    total = np.zeros(len(logit))
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        total += weight / (1 + np.exp(-(logit + spread * node)))
    return total
