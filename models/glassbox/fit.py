"""Fitting the glass box: boosted trees over at most two features a branch, written as tables.

1. Bins are chosen; the rows become bin numbers.
2. Trees of single features are grown on folds; what they leave unexplained ranks the pairs.
3. Trees of single features and of the first pairs are grown together; how many pairs and how many
   rounds is decided on the rows that each fold leaves out.
4. The trees of all folds are collapsed, leaf by leaf, and averaged: exactly the mean of their predictions.
   Missing values and other levels that no row had get the mean effect of those that rows had.
   Where a missing value is declared never to be better than the worst observed one, it is raised to it.
5. Pairs are purified, so that they hold only what no single feature explains; faint ones are dropped.
6. Slope and shift are fitted on the left-out predictions and folded into the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field

from models.bins import CategoryBins, Floats
from models.calibration import calibrate
from models.errors import ModelsError
from models.glassbox.boost import Column, Forest, grow, matrix
from models.glassbox.certificate import certify
from models.glassbox.coding import Coded, code_rows
from models.glassbox.pairs import rank_pairs
from models.glassbox.tables import (
    Effects,
    average,
    cell_masses,
    collapse,
    lift_missing,
    purify,
    to_tables,
)
from models.schema import Schema
from models.scorer import AdditiveModel

Pairs = list[tuple[str, str]]


class GlassBoxSettings(BaseModel):
    """Settings of the glass box; all numbers are ours and meant to work unattended.

    Attributes
    ----------
    max_bins, pair_bins
        Most bins of a feature in the trees, and where pairs are ranked.
    pair_counts
        How many of the best-ranked pairs to try, beside none. A larger count must lower the left-out
        log loss by `pair_gain`, relative to what the single features gained.
    folds
        Parts of the rows; each is left out once.
    least_rounds
        Rounds that are kept whatever the left-out loss says, see `models.glassbox.boost.grow`.
    faint
        Pairs whose effect has a smaller standard deviation (log odds) are dropped, where no
        direction depends on them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bins: int = Field(32, ge=2, le=255)
    pair_bins: int = Field(12, ge=2, le=64)
    pair_counts: tuple[int, ...] = (20,)
    pair_gain: float = Field(0.01, ge=0)
    folds: int = Field(4, ge=2)
    learning_rate: float = Field(0.06, gt=0, le=1)
    num_leaves: int = Field(6, ge=2)
    lambda_l2: float = Field(10.0, ge=0)
    min_data_in_leaf: int = Field(50, ge=1)
    feature_fraction: float = Field(0.5, gt=0, le=1)
    bagging_fraction: float = Field(0.7, gt=0, le=1)
    most_rounds: int = Field(3000, ge=1)
    least_rounds: int = Field(40, ge=0)
    patience: int = Field(40, ge=1)
    faint: float = Field(0.005, ge=0)
    pair_ridge: float = Field(5.0, ge=0)


@dataclass(frozen=True)
class _Rows:
    """What every growth of trees needs."""

    coded: Coded
    y: Floats
    weight: Floats
    start: Floats
    folds: list[NDArray[np.intp]]
    parameters: dict[str, Any]
    settings: GlassBoxSettings


def fit_glassbox(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: GlassBoxSettings | None = None,
    seed: int = 0,
) -> AdditiveModel:
    """Fit a glass box.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs with the directions that the model must keep.
    weight
        Weight of each row.
    settings, seed
        The same rows, settings and seed give the same tables.

    Returns
    -------
    AdditiveModel
        Calibrated; each table's mean over the rows is zero, so the base is the average margin.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, labels are not 0 and 1 or of one class with
        fewer cases than folds, or no column carries information.
    """
    settings = settings or GlassBoxSettings()
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    _check(frame, y, w, settings.folds)
    coded = code_rows(frame, schema, settings.max_bins, settings.pair_bins)
    rate = float(np.average(y, weights=w))
    rows = _Rows(
        coded,
        y,
        w,
        np.full(len(y), np.log(rate / (1 - rate))),
        _folds(y, settings.folds, seed),
        _parameters(settings, len(y), seed),
        settings,
    )
    forest, pairs = _choose(rows, seed)
    names = tuple(coded.codes)
    parts = [
        collapse(
            booster.dump_model(num_iteration=trees)["tree_info"] if trees else (),
            names,
            coded.fine,
            frozenset(pairs),
        )
        for booster, trees in zip(forest.boosters, forest.trees, strict=True)
    ]
    constant, learned = average(parts)
    effects = lift_missing(_fill_unseen(learned, coded, w), coded.schema, coded.fine)
    held_out = forest.held_out + _moved(learned, effects, coded)
    masses = cell_masses(effects, coded.codes, coded.fine, w)
    constant, effects = purify(constant, effects, masses)
    calibration = calibrate(rows.start + held_out, y, w)
    model = AdditiveModel(
        schema=schema,
        tables=to_tables(effects, coded.fine, masses),
        intercept=float(rows.start[0]) + constant,
        kind="glassbox",
        typical=coded.typical,
        notes={
            "rows": len(y),
            "bads": int(y.sum()),
            "rounds": forest.rounds,
            "folds": settings.folds,
            "pairs_tried": [list(pair) for pair in pairs],
            "left_out_log_loss": forest.losses[forest.rounds],
            "calibration": {"slope": calibration.slope, "shift": calibration.shift},
            "constant": list(coded.constant),
            "seed": seed,
        },
    )
    return _prune(model, settings.faint).recalibrated(calibration.slope, calibration.shift)


def _check(frame: pd.DataFrame, y: Floats, w: Floats, folds: int) -> None:
    if len(y) != len(frame) or len(w) != len(frame) or not np.isin(y, (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 or 1 and weights numbers, one for each row.")
    if not (np.isfinite(w).all() and (w > 0).all()):
        raise ModelsError("Weights must be positive numbers.")
    rarer = int(min(y.sum(), (1 - y).sum()))
    if rarer < folds:
        raise ModelsError(
            f"The rows hold {int(y.sum())} bads and {int((1 - y).sum())} goods; a glass box needs at "
            f"least {folds} of each, one for every fold."
        )


def _folds(y: Floats, count: int, seed: int) -> list[NDArray[np.intp]]:
    """Rows that each fold leaves out: bads and goods dealt out evenly, in a random order."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(y), dtype=np.intp)
    for label in (0.0, 1.0):
        rows = random.permutation(np.flatnonzero(y == label))
        fold[rows] = np.arange(len(rows)) % count
    return [np.flatnonzero(fold == number) for number in range(count)]


def _parameters(settings: GlassBoxSettings, rows: int, seed: int) -> dict[str, Any]:
    return {
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.num_leaves,
        "lambda_l2": settings.lambda_l2,
        "min_data_in_leaf": max(1, min(settings.min_data_in_leaf, rows // 20)),
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "bagging_freq": 1,
        "seed": seed % (2**31 - 1),
    }


def _grow(rows: _Rows, pairs: Pairs) -> Forest:
    coded = rows.coded
    names = list(coded.codes)
    columns = [Column(coded.schema[name], "fine", coded.fine[name]) for name in names]
    groups = [[i] for i in range(len(names))]
    groups += [[names.index(a), names.index(b)] for a, b in pairs]
    return grow(
        columns,
        groups,
        matrix(columns, coded.codes, coded.fine),
        rows.y,
        rows.weight,
        rows.start,
        rows.folds,
        rows.parameters,
        rows.settings.most_rounds,
        rows.settings.patience,
        rows.settings.least_rounds,
    )


def _choose(rows: _Rows, seed: int) -> tuple[Forest, Pairs]:
    """Grow with no pair and with the first ones; keep what the left-out rows ask for."""
    best, chosen = _grow(rows, []), list[tuple[str, str]]()
    if len(rows.coded.codes) < 2 or not any(rows.settings.pair_counts):
        return best, chosen
    predicted = 1 / (1 + np.exp(-(rows.start + best.held_out)))
    ranked = rank_pairs(
        rows.coded.codes,
        rows.coded.fine,
        rows.coded.coarse,
        rows.weight * (rows.y - predicted),
        rows.weight * predicted * (1 - predicted),
        rows.settings.pair_ridge,
        seed,
    )
    gained = max(best.losses[0] - min(best.losses), 0.0)
    for count in rows.settings.pair_counts:
        pairs = [(a, b) for a, b, _ in ranked[:count]]
        forest = _grow(rows, pairs)
        if min(best.losses) - min(forest.losses) <= rows.settings.pair_gain * gained:
            break
        best, chosen = forest, pairs
        if count >= len(ranked):
            break
    return best, chosen


def _moved(before: Effects, after: Effects, coded: Coded) -> Floats:
    """Change of each row's log odds from one set of effects to another of the same terms."""
    total = np.zeros(len(next(iter(coded.codes.values()))))
    for term, values in after.items():
        if values is not before[term]:
            total += (values - before[term])[tuple(coded.codes[name] for name in term)]
    return total


def _fill_unseen(effects: Effects, coded: Coded, weight: Floats) -> Effects:
    """Give missing values, special codes and other levels that no row had the mean of the input's other bins.

    LightGBM reads a missing number as the lowest one where it never saw a missing one, and sends an
    unseen level down a side that no row decided: unknown arrears would score like no arrears. The mean
    has the same weights in every table, so directions of other inputs hold beside it too.
    """
    out = dict(effects)
    for name, axis in coded.fine.items():
        share = np.bincount(coded.codes[name], weights=weight, minlength=axis.size)
        ends = [axis.other, axis.missing] if isinstance(axis, CategoryBins) else [*axis.unknown]
        unseen = [position for position in ends if not share[position]]
        for term in [term for term in out if unseen and name in term]:
            turned = np.moveaxis(out[term].copy(), term.index(name), 0)
            turned[unseen] = np.tensordot(share / share.sum(), turned, axes=1)
            out[term] = np.ascontiguousarray(np.moveaxis(turned, 0, term.index(name)))
    return out


def _prune(model: AdditiveModel, faint: float) -> AdditiveModel:
    """Drop pairs that hardly move a score, faintest first, as long as every direction stays proved."""
    pairs = sorted((t for t in model.tables if t.is_pair), key=lambda table: table.deviation)
    for table in pairs:
        if table.deviation >= faint:
            break
        trial = model.without([table.features])
        if certify(trial).holds:
            model = trial
    return model
