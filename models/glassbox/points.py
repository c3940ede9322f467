"""Tables in whole score points: what fits on a printed scorecard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.bins import Floats, NumberBins, project
from models.glassbox.certificate import least_change
from models.scorer import AdditiveModel
from models.table import Table


def whole_points(model: AdditiveModel) -> AdditiveModel:
    """Round base and tables to whole points; the certificate and the additive identity still hold.

    Rounding a feature's own table and its pairs apart can break a direction by a point or two. The
    feature's own table is then raised just so far that the direction is proved again: no other feature's
    direction depends on that table.

    Returns
    -------
    AdditiveModel
        ``notes["points"]["bound"]`` is the most points by which any row's margin can differ from that
        of `model`.
    """
    scale = model.scale

    def rounded(log_odds: Floats) -> Floats:
        return np.rint(log_odds * -scale.factor) / -scale.factor

    base = float(np.rint(scale.margin(model.intercept)))
    whole = replace(
        model,
        tables=tuple(table.with_values(rounded(table.values)) for table in model.tables),
        intercept=(scale.offset - base) / scale.factor,
    )
    for name in whole.inputs:
        whole = _restored(whole, name)
    bound = abs(scale.margin(model.intercept) - base) + _farthest(model, whole) * scale.factor
    return replace(whole, notes={**model.notes, "points": {"whole": True, "bound": bound}})


def _farthest(one: AdditiveModel, two: AdditiveModel) -> float:
    """Sum over the tables of the largest difference of any cell, log odds."""
    before = {table.features: table for table in one.tables}
    total = 0.0
    for table in two.tables:
        values = table.values
        if table.features in before:
            old = before[table.features]
            down = [project(n, o) for n, o in zip(table.axes, old.axes, strict=True)]
            values = values - old.values[np.ix_(*down)]
        total += float(np.abs(values).max())
    return total


def _restored(model: AdditiveModel, name: str) -> AdditiveModel:
    """Raise the feature's own table until its declared direction is proved again."""
    field, axis = model.schema[name], model.bins[name]
    if not isinstance(axis, NumberBins):
        return model
    step, k = 1.0 / abs(model.scale.factor), axis.ordered
    lift = np.zeros(axis.size)
    if field.direction and k > 1:
        change = least_change(model, field, list(range(1, k)), list(range(k - 1)))
        lift[1:k] = np.cumsum(_steps(-change, step))
        # The lift starts from the end that is safe: the last bin where larger values are safer.
        if field.direction < 0:
            lift[:k] = lift[k - 1] - lift[:k]
    if field.missing == "worst":
        for unknown in axis.unknown:
            worse = least_change(model, field, [unknown] * k, list(range(k)), sign=1)
            lift[unknown] = float(_steps(lift[:k] * step - worse, step).max())
    return model if not lift.any() else _lifted(model, name, axis, lift * step)


def _steps(short: Floats, step: float) -> Floats:
    """Whole points that make up for what is short."""
    out: Floats = np.maximum(0.0, np.ceil(short / step - 1e-6))
    return out


def _lifted(model: AdditiveModel, name: str, axis: NumberBins, lift: Floats) -> AdditiveModel:
    tables = list(model.tables)
    position = next((i for i, t in enumerate(tables) if t.features == (name,)), None)
    if position is None:
        mass = np.full(axis.size, 1.0 / axis.size)
        return replace(model, tables=(Table((name,), (axis,), lift, mass), *tables))
    table = tables[position]
    # Where a pair cuts finer, the own table takes over its thresholds; rows are split evenly.
    down = project(axis, table.axes[0])
    mass = table.mass[down] / np.bincount(down)[down]
    tables[position] = Table((name,), (axis,), table.values[down] + lift, mass)
    return replace(model, tables=tuple(tables))
