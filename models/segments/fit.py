"""Fitting a pooled model and what segments differ by, with partial pooling.

1. The pooled model is fitted on all rows, and again without each fold, so that every row has log odds from a
   model that did not see it.
2. Segments follow, parents first. Each is corrected on top of its parent: slope and shift, then tables, each
   kept only where left-out rows gain beyond chance (`models.segments.correction`).
3. Where a segment may have a model of its own, that is fitted on its rows alone, fold by fold too, and kept only
   where it beats the corrected model on left-out rows beyond chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats
from models.errors import ModelsError
from models.glassbox.fit import fit_glassbox
from models.schema import Schema
from models.scorer import AdditiveModel
from models.segments.correction import Folds, Gain, Part, correct, corrected, gain_of
from models.segments.rules import POOLED, Segment, check_order, route
from models.segments.segmented import SegmentedModel

Fit = Callable[..., AdditiveModel]


class SegmentSettings(BaseModel):
    """Settings of the segments; all numbers are ours.

    Attributes
    ----------
    folds
        Parts of the rows; the pooled model is fitted once more without each.
    least_bads
        A segment with fewer bads or goods stays with its parent's model.
    own_bads
        Least bads of a segment for a model of its own.
    bins, most_tables
        Most bins of a number in a correction, and most tables of a correction.
    chance
        Probability for a segment that slope and shift which bring nothing are kept; and, over all features
        together, a table.
    own_sure
        Standard errors by which a model of its own must lower the loss of left-out rows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folds: int = Field(3, ge=2)
    least_bads: int = Field(20, ge=2)
    own_bads: int = Field(150, ge=10)
    bins: int = Field(6, ge=2)
    most_tables: int = Field(6, ge=0)
    own_sure: float = Field(2.0, ge=0)
    chance: float = Field(0.05, gt=0, lt=1)


def fit_segments(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    segments: Sequence[Segment],
    *,
    weight: ArrayLike | None = None,
    settings: SegmentSettings | None = None,
    seed: int = 0,
    fit: Fit = fit_glassbox,
) -> SegmentedModel:
    """Fit one model for all and corrections for segments that differ.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs and the columns of the rules by name, and labels (1 = bad); lengths n.
    schema
        Inputs with the directions that every model must keep.
    segments
        Rules in order; the first that matches counts.
    weight
        Weight of each row.
    fit
        How an additive model is fitted: called with frame, bad, schema, `weight` and `seed`.

    Returns
    -------
    SegmentedModel
        Its notes tell for each segment rows, bads, its level (``pooled``: its parent's model, ``corrected``,
        ``own``), the tables added, and what every step brought on left-out rows.

    Raises
    ------
    ModelsError
        When a rule does not fit the frame, or the pooled model can not be fitted.
    """
    settings = settings or SegmentSettings()
    check_order(segments)
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(y) != len(frame) or len(w) != len(frame):
        raise ModelsError("Labels and weights must have one entry for each row.")
    places = route(segments, frame)
    folds = _folds(y, places, settings.folds, seed)
    pooled = fit(frame, y, schema, weight=w, seed=seed)
    left_out = _cross_fitted(fit, frame, y, w, schema, folds, seed)
    models: dict[str, AdditiveModel] = {"": pooled}
    members: dict[str, AdditiveModel] = {}
    notes: dict[str, Any] = {}
    for place in range(len(segments) - 1, -1, -1):
        segment = segments[place]
        rows = np.flatnonzero(np.isin(places, _family(segments, place)))
        base = models[segment.parent]
        model, told = base, _told(POOLED, (), ())
        if min(y[rows].sum(), (1 - y[rows]).sum()) >= settings.least_bads:
            part = Part(
                frame.iloc[rows].reset_index(drop=True),
                left_out[rows],
                y[rows],
                w[rows],
                [np.flatnonzero(np.isin(rows, fold)) for fold in folds],
            )
            model, left_out[rows], told = _member(segment, base, schema, part, settings, seed, fit)
        models[segment.name] = model
        if model is not base:
            members[segment.name] = replace(
                model, notes={**model.notes, "segment": segment.name, "level": told["level"]}
            )
        notes[segment.name] = {"rows": len(rows), "bads": int(y[rows].sum()), **told}
    return SegmentedModel(
        pooled, tuple(segments), members, {"segments": notes, "seed": seed, "rows": len(y)}
    )


def _member(
    segment: Segment,
    base: AdditiveModel,
    schema: Schema,
    part: Part,
    settings: SegmentSettings,
    seed: int,
    fit: Fit,
) -> tuple[AdditiveModel, Floats, Mapping[str, Any]]:
    """Model of one segment, its left-out log odds, and what is told of it."""
    found = correct(
        base,
        schema,
        part,
        bins=settings.bins,
        most_tables=settings.most_tables,
        chance=settings.chance,
    )
    gains = list(found.gains)
    model = base if found.empty else corrected(base, found, part)
    if segment.own and min(part.y.sum(), (1 - part.y).sum()) >= settings.own_bads:
        names = [name for name in schema.names if name not in segment.without]
        inputs = schema.select(names)
        own = _cross_fitted(fit, part.frame, part.y, part.w, inputs, part.folds, seed)
        gains.append(gain_of("own model", found.left_out, own, part.y, part.w))
        if gains[-1].sure > settings.own_sure:
            model = fit(part.frame, part.y, inputs, weight=part.w, seed=seed)
            return model, own, _told("own", (), gains)
    level = POOLED if found.empty else "corrected"
    return model, found.left_out, _told(level, tuple(found.tables), gains)


def _told(level: str, tables: Sequence[str], gains: Sequence[Gain]) -> Mapping[str, Any]:
    return {"level": level, "tables": list(tables), "gains": [asdict(gain) for gain in gains]}


def _family(segments: Sequence[Segment], place: int) -> list[int]:
    """Positions of a segment and of all whose models build on its own; children stand before parents."""
    family = {segments[place].name: place}
    for i in range(place - 1, -1, -1):
        if segments[i].parent in family:
            family[segments[i].name] = i
    return list(family.values())


def _folds(y: Floats, places: np.ndarray, count: int, seed: int) -> Folds:
    """Rows that each fold leaves out; goods and bads of every segment are dealt out evenly."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(y), dtype=np.intp)
    for place in np.unique(places):
        for label in (0.0, 1.0):
            rows = random.permutation(np.flatnonzero((places == place) & (y == label)))
            fold[rows] = (np.arange(len(rows)) + random.integers(count)) % count
    return [np.flatnonzero(fold == number) for number in range(count)]


def _cross_fitted(
    fit: Fit, frame: pd.DataFrame, y: Floats, w: Floats, schema: Schema, folds: Folds, seed: int
) -> Floats:
    """Log odds of each row by a model that was fitted without it."""
    out = np.empty(len(y))
    for fold in folds:
        rows = np.setdiff1d(np.arange(len(y)), fold)
        model = fit(frame.iloc[rows], y[rows], schema, weight=w[rows], seed=seed)
        out[fold] = model.log_odds(frame.iloc[fold])
    return out
