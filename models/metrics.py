"""Figures of merit of a default model, each with a bootstrap interval.

Scores enter as probabilities of going bad; a label of 1 is bad. All resamples are stratified (bads and
goods are drawn apart, so that no resample lacks one class) and seeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.errors import ModelsError

Floats = NDArray[np.float64]
_NAMES = ("auc", "ks", "brier", "log_loss", "calibration_slope")
_TINY = 1e-12
_GROUPS = (
    4000  # resamples see at most this many distinct probabilities; it moves no interval visibly
)


@dataclass(frozen=True)
class Metrics:
    """Figures on one sample with 95 % bootstrap intervals.

    Attributes
    ----------
    n, bads : int
        Rows and bad outcomes.
    auc, ks : float
        Discrimination; higher is better, .5 and 0 are chance.
    brier, log_loss : float
        Accuracy of the probabilities; lower is better.
    calibration_slope : float
        Slope of a logistic regression of the outcome on the log odds: 1 is calibrated, below 1 the
        predictions are too extreme.
    observed, predicted : float
        Mean outcome and mean probability.
    """

    n: int
    bads: int
    observed: float
    predicted: float
    auc: float
    auc_low: float
    auc_high: float
    ks: float
    ks_low: float
    ks_high: float
    brier: float
    brier_low: float
    brier_high: float
    log_loss: float
    log_loss_low: float
    log_loss_high: float
    calibration_slope: float
    calibration_slope_low: float
    calibration_slope_high: float

    def as_dict(self) -> dict[str, float]:
        """Plain numbers by name."""
        return asdict(self)


@dataclass(frozen=True)
class _Sample:
    """Distinct probabilities in rising order with the counts of goods and bads at each."""

    p: Floats
    goods: Floats
    bads: Floats


def _sample(bad: ArrayLike, probability: ArrayLike) -> _Sample:
    y = np.asarray(bad, dtype=np.float64)
    p = np.asarray(probability, dtype=np.float64)
    if y.ndim != 1 or y.shape != p.shape:
        raise ModelsError(
            f"Labels {y.shape} and probabilities {p.shape} must be vectors of one length."
        )
    if not len(y) or not np.isin(y, (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 (good) or 1 (bad), without missing values.")
    if not ((p >= 0) & (p <= 1)).all():
        raise ModelsError("Probabilities must lie between 0 and 1, without missing values.")
    if y.min() == y.max():
        raise ModelsError("The sample holds one class only; discrimination needs goods and bads.")
    distinct, position = np.unique(p, return_inverse=True)
    bads = np.bincount(position, weights=y, minlength=len(distinct)).astype(np.float64)
    goods = np.bincount(position, weights=1 - y, minlength=len(distinct)).astype(np.float64)
    return _Sample(distinct, goods, bads)


def auc(bad: ArrayLike, probability: ArrayLike) -> float:
    """Area under the ROC curve: the chance that a bad case is rated riskier than a good one.

    Ties count half (Mann and Whitney 1947).

    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    return _auc(_sample(bad, probability))


def ks(bad: ArrayLike, probability: ArrayLike) -> float:
    """Largest distance between the distribution functions of goods and bads (Kolmogorov and Smirnov).

    >>> ks([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.5
    """
    return _ks(_sample(bad, probability))


def calibration_slope(bad: ArrayLike, probability: ArrayLike) -> float:
    """Slope of a logistic regression of the outcome on the predicted log odds (Cox 1958).

    Not a number where it does not exist: one constant prediction, or classes that are split whole.
    """
    return _slope(_sample(bad, probability))


def h_measure(
    bad: ArrayLike, probability: ArrayLike, *, severity_ratio: float | None = None
) -> float:
    """H-measure: share of the avoidable misclassification loss that is avoided (Hand 2009).

    1 is perfect, 0 is chance. The AUC weighs costs by the model's own scores; here the weights are the
    same for every model: the cost ``c`` of refusing a good case (``1 - c`` of taking a bad one) has the
    distribution Beta(2, 1 + 1 / severity_ratio).

    Parameters
    ----------
    severity_ratio
        How much worse it is to refuse a good case than to take a bad one, at the mode of the
        distribution. By default bads over goods, so that the rarer class weighs more (Hand and
        Anagnostopoulos 2014, and the default of their package); 1 gives Beta(2, 2).

    >>> h_measure([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8], severity_ratio=1)
    0.5
    """
    sample = _sample(bad, probability)
    n_good, n_bad = float(sample.goods.sum()), float(sample.bads.sum())
    ratio = n_bad / n_good if severity_ratio is None else severity_ratio
    if not ratio > 0:
        raise ModelsError("A severity ratio must be positive.")
    share_good, share_bad = n_good / (n_good + n_bad), n_bad / (n_good + n_bad)
    false, true = _hull(sample)
    # Refusing along the hull pays while c is below the cost at which a step breaks even.
    steps_bad, steps_good = share_bad * np.diff(true), share_good * np.diff(false)
    cost = np.concatenate([[1.0], steps_bad / (steps_bad + steps_good), [0.0]])
    refused, taken = _costs(cost, 2.0, 1 + 1 / ratio)
    loss = np.sum(share_good * false * -np.diff(refused) + share_bad * (1 - true) * -np.diff(taken))
    refused, taken = _costs(np.array([0.0, share_bad, 1.0]), 2.0, 1 + 1 / ratio)
    worst = share_good * (refused[1] - refused[0]) + share_bad * (taken[2] - taken[1])
    return float(max(0.0, 1 - loss / worst))


def _costs(c: Floats, a: float, b: float) -> tuple[Floats, Floats]:
    """Integrals from 0 to each c of ``c w(c)`` and ``(1 - c) w(c)``, with w the density Beta(a, b)."""
    from scipy.special import betainc

    refused: Floats = a / (a + b) * betainc(a + 1, b, c)
    taken: Floats = b / (a + b) * betainc(a, b + 1, c)
    return refused, taken


def _hull(sample: _Sample) -> tuple[Floats, Floats]:
    """Upper convex hull of the ROC curve, riskiest first: shares of goods and of bads refused."""
    false = np.concatenate([[0.0], np.cumsum(sample.goods[::-1]) / sample.goods.sum()])
    true = np.concatenate([[0.0], np.cumsum(sample.bads[::-1]) / sample.bads.sum()])
    kept: list[int] = []
    for i in range(len(false)):
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            rise, run = true[b] - true[a], false[b] - false[a]
            if rise * (false[i] - false[a]) > (true[i] - true[a]) * run:
                break
            kept.pop()
        kept.append(i)
    return false[kept], true[kept]


def psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Population stability index of two distributions over the same bins.

    ``sum((a - e) * ln(a / e))`` over shares; an empty bin counts as half a case, so that the index stays
    finite.

    Parameters
    ----------
    expected, actual
        Counts by bin.

    >>> round(psi([50, 50], [60, 40]), 6)
    0.040547
    """
    e, a = (np.asarray(counts, dtype=np.float64) for counts in (expected, actual))
    if e.shape != a.shape or e.ndim != 1 or not (e.sum() > 0 and a.sum() > 0):
        raise ModelsError("PSI needs two vectors of counts over the same bins, neither empty.")
    e, a = np.where(e > 0, e, 0.5), np.where(a > 0, a, 0.5)
    e, a = e / e.sum(), a / a.sum()
    return float(np.sum((a - e) * np.log(a / e)))


def evaluate(
    bad: ArrayLike, probability: ArrayLike, *, seed: int = 0, resamples: int = 200
) -> Metrics:
    """All figures on one sample, with 95 % percentile bootstrap intervals.

    Parameters
    ----------
    bad, probability
        Labels (1 = bad) and probabilities of going bad; shape (n,).
    seed, resamples
        Of the bootstrap.

    Raises
    ------
    ModelsError
        For a sample of one class, labels other than 0 and 1, or probabilities outside [0, 1].
    """
    sample = _sample(bad, probability)
    return _metrics([sample], [_bootstrap(sample, seed, resamples)])


def mean_of_metrics(
    samples: Sequence[tuple[ArrayLike, ArrayLike]], *, seed: int = 0, resamples: int = 200
) -> Metrics:
    """Mean of the figures over several samples, such as test years, each counting the same.

    The intervals come from resampling every sample independently and averaging the resampled figures.
    ``n`` and ``bads`` are totals.
    """
    if not samples:
        raise ModelsError("A mean of metrics needs at least one sample.")
    parts = [_sample(bad, probability) for bad, probability in samples]
    return _metrics(parts, [_bootstrap(s, seed + i, resamples) for i, s in enumerate(parts)])


def _metrics(samples: list[_Sample], resampled: list[Floats]) -> Metrics:
    points = np.mean([_figures(sample) for sample in samples], axis=0)
    low, high = np.transpose([_interval(column) for column in np.mean(resampled, axis=0).T])
    bads = sum(float(s.bads.sum()) for s in samples)
    n = bads + sum(float(s.goods.sum()) for s in samples)
    figures: dict[str, float] = {}
    for i, name in enumerate(_NAMES):
        figures |= {
            name: float(points[i]),
            f"{name}_low": float(low[i]),
            f"{name}_high": float(high[i]),
        }
    predicted = float(sum((s.p * (s.goods + s.bads)).sum() for s in samples)) / n
    return Metrics(n=int(n), bads=int(bads), observed=bads / n, predicted=predicted, **figures)


def _interval(values: Floats) -> tuple[float, float]:
    """95 % of the resampled figures that exist; a slope does not always."""
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _bootstrap(sample: _Sample, seed: int, resamples: int) -> Floats:
    """Figures of each resample; shape (resamples, number of figures)."""
    random = np.random.default_rng(seed)
    sample = _grouped(sample)
    counts = [(int(c.sum()), c / c.sum()) for c in (sample.goods, sample.bads)]
    rows = np.empty((resamples, len(_NAMES)))
    for i in range(resamples):
        goods, bads = (random.multinomial(n, share).astype(np.float64) for n, share in counts)
        kept = (goods + bads) > 0
        rows[i] = _figures(_Sample(sample.p[kept], goods[kept], bads[kept]))
    return rows


def _grouped(sample: _Sample) -> _Sample:
    """Neighbouring probabilities put together, so that a resample costs the same for any sample."""
    if len(sample.p) <= _GROUPS:
        return sample
    n = sample.goods + sample.bads
    group = np.minimum((np.cumsum(n) / n.sum() * _GROUPS).astype(np.int64), _GROUPS - 1)
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    goods, bads, mass = (
        np.add.reduceat(v, starts) for v in (sample.goods, sample.bads, n * sample.p)
    )
    return _Sample(mass / (goods + bads), goods, bads)


def _figures(sample: _Sample) -> tuple[float, ...]:
    total = sample.goods.sum() + sample.bads.sum()
    p = np.clip(sample.p, _TINY, 1 - _TINY)
    brier = np.sum(sample.goods * sample.p**2 + sample.bads * (1 - sample.p) ** 2) / total
    loss = -np.sum(sample.goods * np.log1p(-p) + sample.bads * np.log(p)) / total
    return _auc(sample), _ks(sample), float(brier), float(loss), _slope(sample)


def _auc(sample: _Sample) -> float:
    below = np.cumsum(sample.goods) - sample.goods / 2
    return float(np.sum(sample.bads * below) / (sample.bads.sum() * sample.goods.sum()))


def _ks(sample: _Sample) -> float:
    goods = np.cumsum(sample.goods) / sample.goods.sum()
    bads = np.cumsum(sample.bads) / sample.bads.sum()
    return float(np.max(goods - bads, initial=0.0))


def _slope(sample: _Sample) -> float:
    """Two-parameter logistic regression by Newton's method, on counts."""
    p = np.clip(sample.p, _TINY, 1 - _TINY)
    x = np.log(p) - np.log1p(-p)
    n = sample.goods + sample.bads
    if len(x) < 2 or _auc(sample) in (0.0, 1.0):
        return float("nan")
    # Centred, from the right level and with bounded steps: a sample whose rate is many times the
    # predicted one, such as a crisis year, must not throw Newton's method off.
    centre = float((n * x).sum() / n.sum())
    x = x - centre
    rate = sample.bads.sum() / n.sum()
    level, slope = float(np.log(rate / (1 - rate))), 1.0
    for _ in range(100):
        z = np.clip(level + slope * x, -500.0, 500.0)
        q = 1.0 / (1.0 + np.exp(-z))
        residual, weight = sample.bads - n * q, n * q * (1 - q)
        a, b, c = weight.sum(), (weight * x).sum(), (weight * x * x).sum()
        determinant = a * c - b * b
        if not determinant > 1e-12 * a * c:
            return float("nan")
        u, v = residual.sum(), (residual * x).sum()
        level += float(np.clip((c * u - b * v) / determinant, -1.0, 1.0))
        step = float(np.clip((a * v - b * u) / determinant, -1.0, 1.0))
        slope += step
        if abs(step) < 1e-9:
            return float(slope)
    return float("nan")
