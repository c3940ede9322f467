"""Keeping declared directions when tables were changed: the smallest repair that makes the certificate hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.bins import Bins, Codes, Floats, NumberBins, project
from models.schema import Field
from models.scorer import AdditiveModel
from models.table import Table


def keep_directions(model: AdditiveModel) -> AdditiveModel:
    """Change single tables so that every declared direction and every ``missing="worst"`` holds.

    The step of a single table must be at least as large as what the pairs of that feature may take back
    at worst. Below that bound the table is pooled (isotonic regression, weighted by the rows of its
    bins), so tables that hold are not touched and averages stay. Pairs stay as they are.
    """
    for name in model.inputs:
        model = kept_direction(model, name)
    return model


def kept_direction(model: AdditiveModel, name: str) -> AdditiveModel:
    """Do so for one input."""
    field, axis = model.schema[name], model.bins[name]
    if isinstance(axis, NumberBins) and (field.direction or field.missing == "worst"):
        return _kept(model, field, axis)
    return model


def _kept(model: AdditiveModel, field: Field, axis: NumberBins) -> AdditiveModel:
    table = single(model, field.name, axis)
    values = table.values.copy()
    ordered = axis.ordered
    if field.direction and ordered > 1:
        turn = field.direction
        lower, upper = np.arange(ordered - 1), np.arange(1, ordered)
        takes = -_least_step(model, field.name, axis, upper, lower, turn)
        if (turn * np.diff(values[:ordered]) < takes).any():
            bound = np.concatenate([[0.0], np.cumsum(takes)])
            above = turn * values[:ordered] - bound
            values[:ordered] = turn * (_rising(above, table.mass[:ordered]) + bound)
    if field.missing == "worst":
        every = np.arange(ordered)
        for unknown in axis.unknown:
            takes = -_least_step(model, field.name, axis, np.full(ordered, unknown), every, 1)
            values[unknown] = max(values[unknown], float((values[:ordered] + takes).max()))
    if (values == table.values).all():
        return model
    values += table.mean - float((values * table.mass).sum())
    return with_single(model, table.with_values(values))


def _rising(values: Floats, mass: Floats) -> Floats:
    from sklearn.isotonic import isotonic_regression

    rising: Floats = isotonic_regression(values, sample_weight=np.maximum(mass, 1e-12))
    return rising


def _least_step(
    model: AdditiveModel, name: str, axis: Bins, upper: Codes, lower: Codes, turn: int
) -> Floats:
    """Smallest ``turn * (effect[upper] - effect[lower])`` that the pairs of a feature add, partners free."""
    total = np.zeros(len(upper))
    for table in model.tables:
        if table.is_pair and name in table.features:
            place = table.features.index(name)
            rows = project(axis, table.axes[place])
            values = np.moveaxis(table.values, place, 0)[rows]
            total += (turn * (values[upper] - values[lower])).min(axis=1)
    return total


def single(model: AdditiveModel, name: str, axis: Bins) -> Table:
    """Give the single table of a feature on (finer) bins; zeros where the model has none.

    The rows of a bin that is split are spread evenly.
    """
    own = next((t for t in model.tables if t.features == (name,)), None)
    if own is None:
        return Table((name,), (axis,), np.zeros(axis.size), np.full(axis.size, 1 / axis.size))
    rows = project(axis, own.axes[0])
    parts = np.bincount(rows, minlength=own.axes[0].size)
    return Table((name,), (axis,), own.values[rows], (own.mass / np.maximum(parts, 1))[rows])


def with_single(model: AdditiveModel, table: Table) -> AdditiveModel:
    """Give the model with this single table in place of the feature's own, or beside the others."""
    kept = [t for t in model.tables if t.features != table.features]
    place = next(
        (i for i, t in enumerate(model.tables) if t.features == table.features),
        sum(not t.is_pair for t in kept),
    )
    return replace(model, tables=(*kept[:place], table, *kept[place:]))
