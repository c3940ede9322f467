"""The WOE scorecard: optimal bins of optbinning, weights of evidence, logistic regression.

It becomes the same additive model as the glass box, with one table a feature, so that scoring, reasons and
storage are one. Each feature's bins are chosen apart from all others; no option of one feature
can move another's. The weights of evidence are our own arithmetic, because a bin of one class must not
become infinite and a missing bin must have a value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from models.bins import Bins, Floats, NumberBins, categories, numbers, quantities
from models.errors import ModelsError
from models.monotone import keep_directions
from models.reasons.reference import with_reference
from models.schema import Field as Input
from models.schema import Schema
from models.scorecard.binning import Rows, bin_variable
from models.scorecard.evidence import Binned
from models.scorecard.options import ScorecardSettings
from models.scorecard.pairs import add_pairs
from models.scorecard.periods import Trends
from models.scorer import AdditiveModel
from models.table import Table


def fit_scorecard(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: ScorecardSettings | None = None,
    seed: int = 0,
    period: ArrayLike | None = None,
) -> AdditiveModel:
    """Fit a WOE scorecard.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs with their directions: bins of a directed feature are monotone.
    weight
        Weight of each row, in the choice of bins, their evidence and the regression.
    settings
        Of the scorecard and of single variables.
    seed
        Not used: the fit has no chance in it. Kept so that all fits are called alike.
    period
        Period of each row, such as its quarter: each number's trend is checked in each of them.

    Returns
    -------
    AdditiveModel
        One table a feature, then one a declared pair. Features whose regression weight would turn their
        evidence round, or that carry too little information, are left out and named in the notes, with
        counts and evidence of each bin, the trends by period and warnings.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, an option does not fit its variable, labels are
        not 0 and 1, or nothing informs.
    """
    settings = settings or ScorecardSettings()
    rows = _rows(frame, bad, weight, period, settings)
    _check_names(frame, schema, settings)
    found = [bin_variable(field, frame[field.name], rows, settings) for field in schema]
    binned = [part for part, _ in found]
    kept = [part for part in binned if _informs(part, settings)]
    if not kept:
        kept = [max(binned, key=lambda part: part.iv)]
        if kept[0].iv <= 0:
            raise ModelsError("No column carries information about the label.")
    kept, coefficients, intercept = _regress(kept, rows.y, rows.w, settings)
    tables = []
    for part, coefficient in zip(kept, coefficients, strict=True):
        mass = (part.goods + part.bads) / rows.w.sum()
        effect = _directed(-coefficient * part.woe, mass, part.axis, schema[part.name])
        centre = float((effect * mass).sum())
        intercept += centre
        tables.append(Table((part.name,), (part.axis,), effect - centre, mass))
    used = {part.name for part in kept}
    trends = {part.name: trend for part, trend in found if trend is not None}
    model = AdditiveModel(
        schema=schema,
        tables=tuple(tables),
        intercept=intercept,
        kind="scorecard",
        typical={field.name: _typical(field, frame[field.name]) for field in schema},
        notes={
            "rows": len(rows.y),
            "bads": int(rows.y.sum()),
            "left_out": sorted(set(schema.names) - used),
            "information_value": {part.name: part.iv for part in binned},
            "bins": {part.name: part.to_json() for part in kept},
            **_said_of_periods(trends, used),
        },
    )
    if settings.pairs:
        model = keep_directions(add_pairs(model, binned, rows, settings))
    return with_reference(model, frame, rows.y, rows.w)


def _rows(
    frame: pd.DataFrame,
    bad: ArrayLike,
    weight: ArrayLike | None,
    period: ArrayLike | None,
    settings: ScorecardSettings,
) -> Rows:
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(y) != len(frame) or not np.isin(y, (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 or 1, one for each row.")
    if w.shape != y.shape or not (np.isfinite(w).all() and (w > 0).all()):
        raise ModelsError("Weights must be positive numbers, one for each row.")
    if not 0 < y.sum() < len(y):
        raise ModelsError("The rows hold one class only; a scorecard needs goods and bads.")
    asked = settings.monotone_in_every_period or any(
        one.monotone_in_every_period for one in settings.variables.values()
    )
    if period is None:
        if asked:
            raise ModelsError("monotone_in_every_period needs the period of each row.")
        return Rows(y, w, np.zeros(len(y), dtype=np.intp))
    codes, labels = pd.factorize(pd.Series(np.asarray(period)), sort=True)
    if len(codes) != len(y) or (codes < 0).any():
        raise ModelsError("Every row needs a period, without missing values.")
    return Rows(y, w, codes.astype(np.intp), tuple(str(label) for label in labels))


def _check_names(frame: pd.DataFrame, schema: Schema, settings: ScorecardSettings) -> None:
    absent = [name for name in schema.names if name not in frame.columns]
    if absent:
        raise ModelsError(f"Missing column {', '.join(map(repr, absent))}; the schema declares it.")
    twice = [name for name in schema.names if isinstance(frame[name], pd.DataFrame)]
    if twice:
        raise ModelsError(f"Column {twice[0]!r} appears more than once.")
    named = {*settings.variables, *(name for pair in settings.pairs for name in pair)}
    unknown = sorted(named - set(schema.names))
    if unknown:
        raise ModelsError(
            f"The settings name {', '.join(map(repr, unknown))}, which the schema does not declare."
        )


def _informs(part: Binned, settings: ScorecardSettings) -> bool:
    own = settings.variables.get(part.name)
    return part.iv >= settings.least_iv or (own is not None and own.keep and part.iv > 0)


def _said_of_periods(trends: dict[str, Trends], used: set[str]) -> dict[str, Any]:
    if not trends:
        return {"warnings": []}
    tables = {name: trend.to_json() for name, trend in trends.items()}
    warnings = []
    for name in (name for name in tables if name in used):
        table = tables[name]
        turned = [
            p for p, holds in zip(table["periods"], table["monotone"], strict=True) if not holds
        ]
        if turned:
            warnings.append(
                f"{name}: the trend of the whole sample is not that of {len(turned)} of "
                f"{len(table['periods'])} periods ({', '.join(turned[:6])}); the largest step against "
                f"it is {table['largest_reversal']:.1f} standard errors"
            )
    return {"periods": tables, "warnings": warnings}


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
