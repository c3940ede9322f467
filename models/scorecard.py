"""The WOE scorecard: optimal bins of optbinning, weights of evidence, logistic regression.

It becomes the same additive model as the glass box, with one table a feature, so that scoring, reasons and
storage are one. optbinning chooses each feature's bins apart from all others; no option of one feature
can move another's. The weights of evidence are our own arithmetic, because a bin of one class must not
become infinite and a missing bin must have a value.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from models.bins import (
    Bins,
    CategoryBins,
    Codes,
    Floats,
    NumberBins,
    categories,
    numbers,
    quantities,
)
from models.errors import ModelsError
from models.schema import Field as Input
from models.schema import Schema
from models.scorer import AdditiveModel
from models.table import Table


class ScorecardSettings(BaseModel):
    """Settings of the scorecard; all numbers are ours.

    Attributes
    ----------
    max_bins
        Most bins of a feature, without the one for missing.
    least_share
        Smallest share of the rows in a bin.
    least_iv
        A feature with less information value is left out.
    pseudo_bads
        Bads (with goods at the overall odds) that every bin is given on top of its own: shrinks thin
        bins towards no evidence and keeps bins of one class finite.
    penalty
        Ridge penalty of the regression, in units of 1 / C.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bins: int = Field(8, ge=2)
    least_share: float = Field(0.03, gt=0, lt=0.5)
    least_iv: float = Field(0.01, ge=0)
    pseudo_bads: float = Field(0.5, ge=0)
    penalty: float = Field(1.0, gt=0)


@dataclass(frozen=True)
class Binned:
    """One feature's bins with their weights of evidence.

    Attributes
    ----------
    axis
        Bins, missing and other levels included.
    codes
        Bin of each training row.
    woe
        Log of the goods' share over the bads' share; positive is safer than average.
    iv
        Information value.
    """

    name: str
    axis: Bins
    codes: Codes
    woe: Floats
    iv: float


def weights_of_evidence(goods: Floats, bads: Floats, pseudo_bads: float = 0.0) -> Floats:
    """WOE of bins from their counts: ``ln((goods / all goods) / (bads / all bads))``.

    Each bin is first given `pseudo_bads` bads and goods at the overall odds. An empty bin has WOE 0.

    >>> weights_of_evidence(np.array([90.0, 10.0]), np.array([5.0, 5.0])).round(4).tolist()
    [0.5878, -1.6094]
    """
    odds = goods.sum() / bads.sum()
    g, b = goods + pseudo_bads * odds, bads + pseudo_bads
    seen = (goods + bads) > 0
    if (seen & ((g == 0) | (b == 0))).any():
        raise ModelsError("A bin of one class has no finite weight of evidence; give pseudo bads.")
    woe: Floats = np.log(np.where(seen, g / odds, 1.0)) - np.log(np.where(seen, b, 1.0))
    return woe


def fit_scorecard(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: ScorecardSettings | None = None,
    seed: int = 0,
) -> AdditiveModel:
    """Fit a WOE scorecard.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs with their directions: bins of a directed feature are monotone.
    weight
        Weight of each row.
    seed
        Not used: the fit has no chance in it. Kept so that all fits are called alike.

    Returns
    -------
    AdditiveModel
        One table a feature. Features whose regression weight would turn their evidence round, or
        that carry too little information, are left out and named in the notes.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, labels are not 0 and 1, or nothing informs.
    """
    settings = settings or ScorecardSettings()
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(y) != len(frame) or not np.isin(y, (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 or 1, one for each row.")
    if not 0 < y.sum() < len(y):
        raise ModelsError("The rows hold one class only; a scorecard needs goods and bads.")
    absent = [name for name in schema.names if name not in frame.columns]
    if absent:
        raise ModelsError(f"Missing column {', '.join(map(repr, absent))}; the schema declares it.")
    binned = [_bin(field, frame[field.name], y, w, settings) for field in schema]
    kept = [part for part in binned if part.iv >= settings.least_iv]
    if not kept:
        kept = [max(binned, key=lambda part: part.iv)]
        if kept[0].iv <= 0:
            raise ModelsError("No column carries information about the label.")
    kept, coefficients, intercept = _regress(kept, y, w, settings)
    tables = []
    for part, coefficient in zip(kept, coefficients, strict=True):
        mass = np.bincount(part.codes, weights=w, minlength=part.axis.size) / w.sum()
        effect = _directed(-coefficient * part.woe, mass, part.axis, schema[part.name])
        centre = float((effect * mass).sum())
        intercept += centre
        tables.append(Table((part.name,), (part.axis,), effect - centre, mass))
    used = {part.name for part in kept}
    return AdditiveModel(
        schema=schema,
        tables=tuple(tables),
        intercept=intercept,
        kind="scorecard",
        typical={field.name: _typical(field, frame[field.name]) for field in schema},
        notes={
            "rows": len(y),
            "bads": int(y.sum()),
            "left_out": sorted(set(schema.names) - used),
            "information_value": {part.name: part.iv for part in binned},
        },
    )


def _bin(
    field: Input, column: pd.Series, y: Floats, w: Floats, settings: ScorecardSettings
) -> Binned:
    axis: Bins
    if field.kind == "number":
        values = numbers(field.name, column)
        axis = NumberBins(
            _cuts(field, quantities(values, field.special), y, settings), field.special
        )
        codes = axis.encode(values)
        groups = np.arange(axis.size)
    else:
        levels = categories(field.name, column)
        axis, groups = _levels(field.name, levels, y, settings)
        codes = axis.encode(levels)
    rows = groups[codes]
    goods, bads = (
        np.bincount(rows, weights=w * part, minlength=int(groups.max()) + 1).astype(np.float64)
        for part in (1 - y, y)
    )
    woe = weights_of_evidence(goods, bads, settings.pseudo_bads)
    iv = float(((goods / goods.sum() - bads / bads.sum()) * woe).sum())
    return Binned(field.name, axis, codes, woe[groups], iv)


def _optimal(kind: str, trend: str | None, settings: ScorecardSettings) -> Any:
    from optbinning import OptimalBinning

    return OptimalBinning(
        dtype=kind,
        solver="cp",
        monotonic_trend=trend,
        max_n_bins=settings.max_bins,
        min_bin_size=settings.least_share,
        time_limit=20,
        **({"cat_cutoff": 0.005} if kind == "categorical" else {}),
    )


def _splits(
    kind: str, trend: str | None, x: object, y: Floats, settings: ScorecardSettings
) -> list[Any]:
    optimal = _optimal(kind, trend, settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries below optbinning; its result is checked here
        optimal.fit(x, y.astype(np.int8))
    return list(optimal.splits)


def _cuts(
    field: Input, values: Floats, y: Floats, settings: ScorecardSettings
) -> tuple[float, ...]:
    """Thresholds; optbinning's bins hold their lower end, ours their upper one."""
    seen = np.isfinite(values)
    if not seen.any() or np.ptp(values[seen]) == 0 or len(np.unique(y[seen])) < 2:
        return ()
    trend = {1: "ascending", -1: "descending", 0: "auto"}[field.direction]
    splits = _splits("numerical", trend, values[seen], y[seen], settings)
    return tuple(sorted({float(np.nextafter(float(s), -np.inf)) for s in splits}))


def _levels(
    name: str, levels: pd.Categorical, y: Floats, settings: ScorecardSettings
) -> tuple[CategoryBins, NDArray[np.intp]]:
    """Levels and the group of each bin: levels that act alike share one weight of evidence."""
    seen = levels.codes >= 0
    groups: list[list[str]] = []
    if seen.any() and len(set(levels.codes[seen])) > 1 and len(np.unique(y[seen])) == 2:
        x = np.asarray(levels.astype(object))[seen]
        # Rare levels that optbinning put together come back as its last group.
        groups = [
            [str(v) for v in group] for group in _splits("categorical", None, x, y[seen], settings)
        ]
    known = [level for group in groups for level in group]
    axis = CategoryBins(tuple(dict.fromkeys(known)))
    of = {level: number for number, group in enumerate(groups) for level in group}
    bins = [of[level] for level in axis.levels]
    return axis, np.asarray([*bins, len(groups), len(groups) + 1], dtype=np.intp)


def _regress(
    parts: list[Binned], y: Floats, w: Floats, settings: ScorecardSettings
) -> tuple[list[Binned], Floats, float]:
    """Logistic regression on the evidence; features that would count the wrong way leave, worst first."""
    from sklearn.linear_model import LogisticRegression

    while True:
        evidence = np.column_stack([-part.woe[part.codes] for part in parts])
        fitted = LogisticRegression(C=1 / settings.penalty, max_iter=1000).fit(
            evidence, y, sample_weight=w
        )
        coefficients: Floats = fitted.coef_[0]
        if coefficients.min() >= 0 or len(parts) == 1:
            return parts, np.maximum(coefficients, 0.0), float(fitted.intercept_[0])
        worst = int(coefficients.argmin())
        parts = [part for i, part in enumerate(parts) if i != worst]


def _directed(effect: Floats, mass: Floats, axis: Bins, field: Input) -> Floats:
    """Restore what is declared: shrinking thin bins can break a direction by a hair (pooled)."""
    out = effect.copy()
    if isinstance(axis, NumberBins) and field.missing == "worst":
        out[axis.unknown] = np.maximum(out[axis.unknown], out[: axis.ordered].max())
    if field.direction == 0 or axis.ordered < 2:
        return out
    from sklearn.isotonic import isotonic_regression

    out[: axis.ordered] = isotonic_regression(
        effect[: axis.ordered],
        sample_weight=np.maximum(mass[: axis.ordered], 1e-12),
        increasing=field.direction > 0,
    )
    return out


def _typical(field: Input, column: pd.Series) -> float | str | None:
    if field.kind == "number":
        values = quantities(numbers(field.name, column), field.special)
        values = values[np.isfinite(values)]
        return float(np.quantile(values, 0.5, method="lower")) if len(values) else None
    counts = categories(field.name, column).value_counts()
    return str(counts.index[int(counts.argmax())]) if len(counts) else None
