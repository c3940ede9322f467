"""What a segment differs by: slope and shift of the log odds, and tables added to those of the model before it.

Everything is estimated against log odds that each row got from models which left it out, and is kept only when
it lowers the loss of rows that it was not estimated on by more than chance. A table's cells are shrunk by
empirical Bayes: how much its cells differ in truth is estimated from how much they differ beyond noise
(DerSimonian and Laird, 1986), and nothing is added where they do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.bins import (
    Bins,
    CategoryBins,
    Codes,
    Floats,
    NumberBins,
    categories,
    numbers,
    project,
    quantities,
    union,
)
from models.calibration import Calibration, calibrate
from models.glassbox.certificate import certify
from models.glassbox.coding import category_bins, number_bins
from models.monotone import keep_directions, kept_direction, single, with_single
from models.schema import Schema
from models.scorer import AdditiveModel
from models.table import Table

Folds = Sequence[NDArray[np.intp]]


@dataclass(frozen=True)
class Part:
    """A segment's rows: left-out log odds of the model before it, labels, weights, and parts of the rows."""

    frame: pd.DataFrame
    offset: Floats
    y: Floats
    w: Floats
    folds: Folds


@dataclass(frozen=True)
class Gain:
    """How much lower the mean loss of left-out rows became, with its standard error."""

    what: str
    gain: float
    error: float

    @property
    def sure(self) -> float:
        """Gain in standard errors."""
        return self.gain / self.error if self.error > 0 else 0.0


@dataclass(frozen=True)
class Correction:
    """What is added to the model before it.

    Attributes
    ----------
    calibration
        Slope and shift, or None where they bring nothing.
    tables
        Effects by feature on axes of their own.
    gains
        What each step brought on rows that were left out, in order; the last one of them may have been refused.
    left_out
        Corrected log odds of each row, by corrections that were estimated without it.
    """

    calibration: Calibration | None
    tables: Mapping[str, tuple[Bins, Floats]]
    gains: tuple[Gain, ...]
    left_out: Floats

    @property
    def empty(self) -> bool:
        """Whether nothing is added."""
        return self.calibration is None and not self.tables


def losses(log_odds: Floats, y: Floats) -> Floats:
    """Log loss of each row."""
    out: Floats = np.logaddexp(0.0, log_odds) - y * log_odds
    return out


def gain_of(what: str, before: Floats, after: Floats, y: Floats, w: Floats) -> Gain:
    """Compare two predictions of the same rows."""
    differences = losses(before, y) - losses(after, y)
    mean = float(np.average(differences, weights=w))
    spread = float((w * w * (differences - mean) ** 2).sum()) ** 0.5 / float(w.sum())
    return Gain(what, mean, spread)


def correct(
    base: AdditiveModel,
    schema: Schema,
    part: Part,
    *,
    bins: int,
    most_tables: int,
    chance: float,
) -> Correction:
    """Estimate a segment's correction, step by step, as long as left-out rows gain beyond chance.

    Parameters
    ----------
    base
        The model before it, whose directions the corrected one must keep.
    bins
        Most bins of a number in a correction.
    most_tables
        Most tables that are added.
    chance
        Probability that slope and shift which bring nothing are kept; and, over all features together, a table.
    """
    y, w, offset = part.y, part.w, part.offset
    train = [np.setdiff1d(np.arange(len(y)), fold) for fold in part.folds]
    calibrations = [calibrate(offset[rows], y[rows], w[rows]) for rows in train]
    recalibrated = np.empty(len(y))
    for fold, one in zip(part.folds, calibrations, strict=True):
        recalibrated[fold] = one.slope * offset[fold] + one.shift
    gains = [gain_of("calibration", offset, recalibrated, y, w)]
    calibration = None
    etas = [offset.copy() for _ in train]
    if gains[0].sure > NormalDist().inv_cdf(1 - chance):
        calibration = calibrate(offset, y, w)
        base = base.recalibrated(calibration.slope, calibration.shift)
        etas = [one.slope * offset + one.shift for one in calibrations]
    axes = _axes(base, schema, part.frame, bins)
    codes = {name: _encode(axis, name, part.frame) for name, axis in axes.items()}
    chosen: list[str] = []
    limit = NormalDist().inv_cdf(1 - chance / max(len(axes), 1))
    before = _left_out(etas, part.folds)
    while len(chosen) < most_tables:
        best, moved = None, etas
        for name in [name for name in axes if name not in chosen]:
            trial = _trial(base, name, axes[name], codes[name], etas, train, y, w)
            if trial is None:
                continue
            found = gain_of(name, before, _left_out(trial, part.folds), y, w)
            if best is None or found.sure > best.sure:
                best, moved = found, trial
        if best is None:
            break
        gains.append(best)
        if best.sure <= limit:
            break
        chosen.append(best.what)
        etas, before = moved, _left_out(moved, part.folds)
    start = offset if calibration is None else calibration.slope * offset + calibration.shift
    tables = _refitted(chosen, axes, codes, start, y, w)
    return Correction(calibration, tables, tuple(gains), before)


def corrected(base: AdditiveModel, correction: Correction, part: Part) -> AdditiveModel:
    """Add a correction to the model before it, exactly, and restore declared directions.

    Tables of the same feature are added on the union of their bins; the result is one additive model
    with a certificate of its own, centred on the segment's rows. A table that no repair reconciles with the
    directions is dropped.
    """
    model = base
    if correction.calibration is not None:
        model = model.recalibrated(correction.calibration.slope, correction.calibration.shift)
    for name, (axis, values) in correction.tables.items():
        trial = keep_directions(_added(model, name, axis, values))
        if certify(trial).holds:
            model = trial
    return _centred(model, part.frame, part.w)


def _added(model: AdditiveModel, name: str, axis: Bins, values: Floats) -> AdditiveModel:
    own = next((t for t in model.tables if t.features == (name,)), None)
    fine = axis if own is None else union([own.axes[0], axis])
    table = single(model, name, fine)
    return with_single(model, table.with_values(table.values + values[project(fine, axis)]))


def _centred(model: AdditiveModel, frame: pd.DataFrame, w: Floats) -> AdditiveModel:
    """Count the rows of every cell anew, and move each table's mean over them into the intercept."""
    intercept, tables = model.intercept, []
    for table in model.tables:
        cell = np.zeros(len(frame), dtype=np.intp)
        for name, axis in zip(table.features, table.axes, strict=True):
            cell = cell * axis.size + _encode(axis, name, frame)
        mass = np.bincount(cell, weights=w, minlength=table.values.size) / w.sum()
        mean = float((table.values.ravel() * mass).sum())
        intercept += mean
        values = table.values - mean
        tables.append(Table(table.features, table.axes, values, mass.reshape(values.shape)))
    return replace(model, intercept=intercept, tables=tuple(tables))


def _axes(base: AdditiveModel, schema: Schema, frame: pd.DataFrame, bins: int) -> dict[str, Bins]:
    """Bins of each feature that varies in the segment: some of the model's own thresholds where it has any."""
    out: dict[str, Bins] = {}
    for field in schema:
        own = base.bins.get(field.name)
        if field.kind == "number":
            values = numbers(field.name, frame[field.name])
            if isinstance(own, NumberBins):
                ordinary = np.where(own.encode(values) < own.ordered, values, np.nan)
                cuts = number_bins(ordinary, bins, among=own.cuts).cuts if own.cuts else ()
                out[field.name] = replace(own, cuts=cuts)
            else:
                plain = number_bins(quantities(values, field.special), bins)
                out[field.name] = replace(plain, special=field.special)
        elif isinstance(own, CategoryBins):
            out[field.name] = own
        else:
            out[field.name] = category_bins(categories(field.name, frame[field.name]), bins)
    return {
        name: axis for name, axis in out.items() if len(np.unique(_encode(axis, name, frame))) > 1
    }


def _encode(axis: Bins, name: str, frame: pd.DataFrame) -> Codes:
    if isinstance(axis, NumberBins):
        return axis.encode(numbers(name, frame[name]))
    return axis.encode(categories(name, frame[name]))


def _left_out(etas: Sequence[Floats], folds: Folds) -> Floats:
    out = np.empty(len(etas[0]))
    for eta, fold in zip(etas, folds, strict=True):
        out[fold] = eta[fold]
    return out


def _trial(
    base: AdditiveModel,
    name: str,
    axis: Bins,
    codes: Codes,
    etas: Sequence[Floats],
    train: Folds,
    y: Floats,
    w: Floats,
) -> list[Floats] | None:
    """Log odds of all rows with one more table, estimated fold by fold; None where no fold finds any."""
    out = []
    for eta, rows in zip(etas, train, strict=True):
        cells = shrunk(codes[rows], eta[rows], y[rows], w[rows], axis.size)
        if cells.any():
            cells = _directed(base, name, axis, cells)
        out.append(eta + cells[codes])
    return out if any((o != e).any() for o, e in zip(out, etas, strict=True)) else None


def shrunk(codes: Codes, eta: Floats, y: Floats, w: Floats, size: int) -> Floats:
    """Effects of cells on top of log odds `eta`, shrunk by empirical Bayes; zeros where they differ by noise alone.

    A cell's own estimate is one Newton step ``g / h`` with variance ``1 / h``; the variance of the true effects
    is what the cells differ beyond that, and the shrunk effect is ``g / (h + 1 / variance)``.
    """
    p = 1.0 / (1.0 + np.exp(-eta))
    g: Floats = np.bincount(codes, weights=w * (y - p), minlength=size).astype(np.float64)
    h: Floats = np.bincount(codes, weights=w * p * (1 - p), minlength=size).astype(np.float64)
    variance = _true_variance(g, h)
    return g / (h + 1.0 / variance) if variance > 0 else np.zeros(size)


def _true_variance(g: Floats, h: Floats) -> float:
    seen = h > 0
    if seen.sum() < 2:
        return 0.0
    z, h = g[seen] / h[seen], h[seen]
    mean = (h * z).sum() / h.sum()
    beyond = (h * (z - mean) ** 2).sum() - (len(h) - 1)
    return float(max(0.0, beyond / (h.sum() - (h * h).sum() / h.sum())))


def _directed(base: AdditiveModel, name: str, axis: Bins, cells: Floats) -> Floats:
    """The part of a correction that declared directions leave, on the correction's own bins."""
    field = base.schema[name]
    if not isinstance(axis, NumberBins) or (not field.direction and field.missing != "worst"):
        return cells
    trial = kept_direction(_added(base, name, axis, cells), name)
    fine = trial.bins[name]
    moved = single(trial, name, fine).values - single(base, name, fine).values
    at = project(fine, axis)
    share = np.bincount(at, minlength=axis.size)
    return np.bincount(at, weights=moved, minlength=axis.size) / np.maximum(share, 1)


def _refitted(
    chosen: Sequence[str],
    axes: Mapping[str, Bins],
    codes: Mapping[str, Codes],
    eta: Floats,
    y: Floats,
    w: Floats,
) -> dict[str, tuple[Bins, Floats]]:
    """Estimate the chosen tables on all rows, each given the others."""
    cells = {name: np.zeros(axes[name].size) for name in chosen}
    for _ in range(3):
        for name in chosen:
            without = eta - cells[name][codes[name]]
            cells[name] = shrunk(codes[name], without, y, w, axes[name].size)
            eta = without + cells[name][codes[name]]
    return {name: (axes[name], values) for name, values in cells.items() if values.any()}
