"""Statistical tests on figures of merit: what chance alone would do.

A label of 1 is bad, scores are probabilities of going bad. Every interval is a two-sided one of 95 %
unless a level is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.errors import ModelsError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Paired:
    """Difference of two models' AUC on the same rows.

    Attributes
    ----------
    difference, low, high
        AUC of the first less that of the second, and its 95 % interval.
    p
        Two-sided p value of no difference.
    first, second
        The two AUCs.
    """

    first: float
    second: float
    difference: float
    low: float
    high: float
    p: float


def placements(bad: ArrayLike, score: ArrayLike) -> Floats:
    """For each row the share of those of the other outcome that it is ranked rightly against; ties count half.

    >>> placements([0, 0, 1], [0.1, 0.4, 0.4]).tolist()
    [1.0, 0.5, 0.75]
    """
    y, s = np.asarray(bad), np.asarray(score, dtype=np.float64)
    goods, bads = np.sort(s[y == 0]), np.sort(s[y == 1])
    if not len(goods) or not len(bads):
        raise ModelsError("The sample holds one class only; discrimination needs goods and bads.")

    def below(others: Floats, mine: Floats) -> Floats:
        low, high = (np.searchsorted(others, mine, side) for side in ("left", "right"))
        return np.asarray((low + high) / (2 * len(others)))

    return np.where(y == 1, below(goods, s), 1 - below(bads, s))


def auc_interval(
    bad: ArrayLike, score: ArrayLike, sure: float = 1.96
) -> tuple[float, float, float]:
    """AUC with its DeLong interval, set on the log odds scale so that it stays within 0 and 1.

    Returns
    -------
    auc, low, high

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988). A perfect ranking has no estimable error: its interval is
    the point, as is that of one single bad or good.
    """
    y = np.asarray(bad)
    value, variance = _mean_and_variance(y, placements(y, score))
    if not 0 < value < 1 or not variance > 0:
        return value, value, value
    spread = sure * np.sqrt(variance) / (value * (1 - value))
    odds = np.log(value / (1 - value)) + np.array([-spread, spread])
    low, high = 1 / (1 + np.exp(-odds))
    return value, float(low), float(high)


def delong(bad: ArrayLike, first: ArrayLike, second: ArrayLike) -> Paired:
    """Paired test of two AUCs on the same rows (DeLong, DeLong and Clarke-Pearson 1988).

    >>> result = delong([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.1, 0.2, 0.3, 0.4])
    >>> result.difference
    -0.25
    """
    from scipy.stats import norm

    y = np.asarray(bad)
    a, b = placements(y, first), placements(y, second)
    difference, variance = _mean_and_variance(y, a - b)
    error = float(np.sqrt(variance))
    bads = y == 1
    p = float(2 * norm.sf(abs(difference) / error)) if error > 0 else float(difference == 0)
    return Paired(
        float(a[bads].mean()),
        float(b[bads].mean()),
        difference,
        difference - 1.96 * error,
        difference + 1.96 * error,
        p,
    )


def _mean_and_variance(y: NDArray[np.generic], shares: Floats) -> tuple[float, float]:
    variance = sum(
        float(shares[y == outcome].var(ddof=1)) / int((y == outcome).sum())
        for outcome in (0, 1)
        if (y == outcome).sum() > 1
    )
    return float(shares[y == 1].mean()), float(variance)


def rate_interval(events: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Jeffreys interval of a rate: equal-tailed under the prior Beta(1/2, 1/2), closed at none and at all.

    >>> low, high = rate_interval(0, 10)
    >>> low, round(high, 4)
    (0.0, 0.2172)
    """
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = 0.0 if events <= 0 else float(beta.ppf(tail, events + 0.5, n - events + 0.5))
    high = 1.0 if events >= n else float(beta.ppf(1 - tail, events + 0.5, n - events + 0.5))
    return low, high


def gap_interval(
    events: tuple[float, float], counts: tuple[float, float], level: float = 0.95
) -> tuple[float, float, float]:
    """Difference of two rates, first less second, with Newcombe's hybrid interval (1998, method 10).

    >>> gap, low, high = gap_interval((56, 48), (70, 80))
    >>> round(gap, 4), round(low, 4), round(high, 4)
    (0.2, 0.0524, 0.3339)
    """
    rates = [e / n for e, n in zip(events, counts, strict=True)]
    (l1, u1), (l2, u2) = (_wilson(e, n, level) for e, n in zip(events, counts, strict=True))
    gap = rates[0] - rates[1]
    low = gap - np.sqrt((rates[0] - l1) ** 2 + (u2 - rates[1]) ** 2)
    high = gap + np.sqrt((u1 - rates[0]) ** 2 + (rates[1] - l2) ** 2)
    return gap, float(low), float(high)


def _wilson(events: float, n: float, level: float) -> tuple[float, float]:
    from scipy.stats import norm

    z = float(norm.ppf((1 + level) / 2))
    rate = events / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    spread = z / (1 + z * z / n) * np.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return float(centre - spread), float(centre + spread)


@dataclass(frozen=True)
class HosmerLemeshow:
    """Goodness of fit of probabilities over groups of equal size.

    Attributes
    ----------
    statistic, freedom, p
        Chi-squared statistic, its degrees of freedom and p value: small means that the probabilities
        are off. Rows the model was not fitted on have as many degrees of freedom as groups.
    predicted, observed, counts
        Mean probability, bad rate and rows of each group, riskiest last.
    """

    statistic: float
    freedom: int
    p: float
    predicted: Floats
    observed: Floats
    counts: NDArray[np.int64]


def hosmer_lemeshow(bad: ArrayLike, probability: ArrayLike, groups: int = 10) -> HosmerLemeshow:
    """Hosmer and Lemeshow's test on rows that the model was not fitted on (1980).

    Equal probabilities stay in one group, so there may be fewer groups than asked for.
    """
    from scipy.stats import chi2

    y, p = np.asarray(bad, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, groups + 1)[1:-1], method="lower"))
    group = np.searchsorted(edges, p, side="left")
    size = int(group.max()) + 1
    counts = np.bincount(group, minlength=size)
    kept = counts > 0
    predicted, observed = (
        np.bincount(group, weights=v, minlength=size)[kept] / counts[kept] for v in (p, y)
    )
    n = counts[kept]
    spread = np.maximum(n * predicted * (1 - predicted), 1e-12)
    statistic = float(np.sum((n * (observed - predicted)) ** 2 / spread))
    return HosmerLemeshow(
        statistic, len(n), float(chi2.sf(statistic, len(n))), predicted, observed, n
    )


def psi_limit(expected: float, actual: float, bins: int, level: float = 0.99) -> float:
    """PSI that two samples of one distribution exceed with probability ``1 - level``.

    Without any shift, PSI is close to ``(1/n + 1/m)`` times a chi-squared variable with ``bins - 1``
    degrees of freedom, so that 0.1 means nothing in samples of fifty (Yurdakul and Naranjo 2020).

    Parameters
    ----------
    expected, actual
        Rows of the two samples.

    >>> round(psi_limit(1000, 1000, 10), 4)
    0.0433
    """
    from scipy.stats import chi2

    if not (expected > 0 and actual > 0 and bins > 1):
        return float("inf")
    return float((1 / expected + 1 / actual) * chi2.ppf(level, bins - 1))
