"""The figures of a month: drift, supply, what came true, what is expected before it can, and decisions."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from models.inference import auc_interval, psi_limit, rate_interval
from models.metrics import psi
from models.scale import BANDS
from training.monitor.watched import (
    Counts,
    Floats,
    Month,
    Watched,
    input_counts,
    probability_of,
    tenths,
)


@dataclass(frozen=True)
class Drift:
    """PSI or CSI of one quantity, with what chance alone reaches in samples of these sizes."""

    value: float
    chance: float


@dataclass(frozen=True)
class Realised:
    """What came true of the matured decisions."""

    rows: int
    bads: int
    observed: float
    observed_low: float
    observed_high: float
    predicted: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None


@dataclass(frozen=True)
class Estimated:
    """What the probabilities say of the month before its outcomes are known.

    Attributes
    ----------
    rate, auc
        Expected bad rate and expected AUC (confidence-based: each row counts as bad with its probability).
    rate_error, auc_error
        Mean absolute error of these estimates in the months that have matured; None before any has.
    """

    rate: float
    auc: float | None
    rate_error: float | None = None
    auc_error: float | None = None


@dataclass(frozen=True)
class Figures:
    """Everything measured in a month."""

    month: str
    rows: int
    mean_score: float
    score: Drift | None
    inputs: dict[str, Drift]
    fill: dict[str, tuple[float, float]]
    realised: Realised | None
    estimated: Estimated
    grades: list[dict[str, Any]] = field(default_factory=list)
    approved: float | None = None
    overrides: float | None = None
    by_person: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


def measure(watched: Watched, month: Month, matured: list[Figures] | None = None) -> Figures:
    """Measure a month.

    Parameters
    ----------
    watched, month
        The model, and the decisions.
    matured
        Figures of earlier months, from which the error of the estimates is taken.
    """
    margin = watched.model.margin(month.frame)
    probability = probability_of(watched.model, margin)
    enough = len(month.frame) >= watched.settings.least_rows
    expected = expected_auc(probability)
    return Figures(
        month=month.month,
        rows=len(month.frame),
        mean_score=float(margin.mean()) if len(margin) else float("nan"),
        score=_drift(
            np.asarray(watched.reference.scores), tenths(watched.reference.edges, margin), watched
        )
        if enough
        else None,
        inputs=_inputs(watched, month) if enough else {},
        fill=_fill(watched, month),
        realised=_realised(watched, month, probability),
        estimated=_estimated(probability, expected, matured or []),
        grades=_grades(watched, month, margin, probability),
        approved=None if month.approved is None else float(month.approved.mean()),
        overrides=_overrides(watched, month, margin),
        by_person=None if month.by_person is None else float(month.by_person.mean()),
    )  # fmt: skip


def expected_auc(probability: Floats) -> float | None:
    """AUC that the probabilities themselves promise: each row counts as bad with its probability.

    >>> expected_auc(np.array([0.0, 1.0]))
    1.0
    """
    if len(probability) < 2:
        return None
    distinct, at = np.unique(probability, return_inverse=True)
    bads = np.bincount(at, weights=probability)
    goods = np.bincount(at, weights=1 - probability)
    total = bads.sum() * goods.sum() - float(np.sum(probability * (1 - probability)))
    if not total > 0 or len(distinct) < 2:
        return None
    below = np.cumsum(goods) - goods / 2
    # A row is not compared with itself.
    own = float(np.sum(probability * (1 - probability))) / 2
    return float((np.sum(bads * below) - own) / total)


def _drift(then: Counts, now: Counts, watched: Watched) -> Drift:
    used = (then + now) > 0
    then, now = then[used], now[used]
    if used.sum() < 2:
        return Drift(0.0, 0.0)
    return Drift(psi(then, now), psi_limit(then.sum(), now.sum(), len(then), watched.settings.sure))


def _inputs(watched: Watched, month: Month) -> dict[str, Drift]:
    return {
        name: _drift(
            np.asarray(watched.reference.inputs[name]),
            input_counts(watched.model, name, month.frame[name]),
            watched,
        )
        for name in watched.model.inputs
    }


def _fill(watched: Watched, month: Month) -> dict[str, tuple[float, float]]:
    """Share of values that are there, by supplier: in the reference and now."""
    out = {}
    for supplier, names in watched.suppliers.items():
        used = [name for name in names if name in watched.reference.filled]
        if used and len(month.frame):
            then = float(np.mean([watched.reference.filled[name] for name in used]))
            out[supplier] = then, float(month.frame[used].notna().to_numpy().mean())
    return out


def _realised(watched: Watched, month: Month, probability: Floats) -> Realised | None:
    known = month.matured
    if not known.any():
        return None
    bad, p = month.bad[known].astype(np.int8), probability[known]
    bads = int(bad.sum())
    low, high = rate_interval(bads, len(bad), watched.settings.sure)
    value = lowest = highest = None
    if min(bads, len(bad) - bads) >= watched.settings.least_bads:
        value, lowest, highest = auc_interval(bad, p)
    return Realised(
        len(bad), bads, bads / len(bad), low, high, float(p.mean()), value, lowest, highest
    )


def _estimated(probability: Floats, expected: float | None, matured: list[Figures]) -> Estimated:
    past = [f for f in matured if f.realised is not None]
    rates = [abs(f.realised.observed - f.estimated.rate) for f in past if f.realised is not None]
    aucs = [
        abs(f.realised.auc - f.estimated.auc)
        for f in past
        if f.realised is not None and f.realised.auc is not None and f.estimated.auc is not None
    ]
    return Estimated(
        float(probability.mean()) if len(probability) else float("nan"),
        expected,
        float(np.mean(rates)) if rates else None,
        float(np.mean(aucs)) if aucs else None,
    )


def _grades(
    watched: Watched, month: Month, margin: Floats, probability: Floats
) -> list[dict[str, Any]]:
    scores = watched.model.scale.scores(margin)
    lows = [band.low for band in BANDS]
    place = np.maximum(np.searchsorted(lows, scores, side="right") - 1, 0)
    rows = []
    for position in range(len(BANDS) - 1, -1, -1):
        here = place == position
        if here.any():
            known = here & month.matured
            bads = int(month.bad[known].sum())
            rows.append(
                {
                    "grade": BANDS[position].grade,
                    "rows": int(here.sum()),
                    "predicted": float(probability[here].mean()),
                    "matured": int(known.sum()),
                    "bads": bads,
                    "observed": bads / int(known.sum()) if known.any() else None,
                }
            )
    return rows


def _overrides(watched: Watched, month: Month, margin: Floats) -> float | None:
    """Share of decisions that went against the score."""
    cut = watched.settings.approve_at
    if cut is None or month.approved is None or not len(margin):
        return None
    proposed = watched.model.scale.scores(margin) >= cut
    return float((proposed != month.approved).mean())
