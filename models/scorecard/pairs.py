"""Declared pairs of a scorecard: what the joint bins of two features tell beyond each alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.bins import Bins, Floats, NumberBins
from models.errors import ModelsError
from models.glassbox.coding import Coded
from models.glassbox.tables import Effects, cell_masses, lift_missing, purify
from models.schema import Field
from models.scorecard.binning import Rows
from models.scorecard.evidence import Binned
from models.scorecard.options import ScorecardSettings
from models.scorer import AdditiveModel
from models.table import Table

_ROUNDS = 8


def add_pairs(
    model: AdditiveModel, binned: Sequence[Binned], rows: Rows, settings: ScorecardSettings
) -> AdditiveModel:
    """Add a table for each declared pair, on the bins that the features have alone.

    The cells take what is left of the log odds, each shrunk as if `pair_bads` bads had been seen in it
    without any effect; what a row or a column explains then moves to the single tables, so that a pair
    holds only what is joint. Directions that the schema declares are kept inside the pair.
    """
    parts = {part.name: part for part in binned}
    bins: dict[str, Bins] = {name: part.axis for name, part in parts.items()}
    codes = {name: part.codes for name, part in parts.items()}
    coded = Coded(model.schema, bins, bins, codes, {}, ())
    terms = [(a, b) for a, b in settings.pairs]
    if len({frozenset(term) for term in terms}) < len(terms) or any(a == b for a, b in terms):
        raise ModelsError("Each pair must be declared once and name two different variables.")
    effects: Effects = {t.features: t.values.copy() for t in model.tables}
    margin = np.full(len(rows.y), model.intercept)
    for (name,), values in effects.items():
        margin += values[codes[name]]
    for term, cells in _fitted(terms, codes, bins, margin, rows, settings).items():
        effects[term] = cells
    masses = cell_masses(effects, coded, rows.w)
    constant, effects = purify(model.intercept, effects, masses, coded.down)
    for a, b in terms:
        effects[(a, b)] = _directed(effects, masses, bins, model.schema[a], model.schema[b], terms)
    effects = lift_missing(effects, coded)
    order = sorted(effects, key=lambda t: (len(t), [model.schema.names.index(n) for n in t]))
    tables = tuple(
        Table(term, tuple(bins[name] for name in term), effects[term], masses[term])
        for term in order
    )
    left_out = sorted(set(model.notes["left_out"]) - {name for term in order for name in term})
    counted = {part.name: part.to_json() for part in binned if (part.name,) in effects}
    return replace(
        model,
        tables=tables,
        intercept=constant,
        notes={**model.notes, "left_out": left_out, "bins": counted},
    )


def _fitted(
    terms: Sequence[tuple[str, str]],
    codes: dict[str, np.ndarray],
    bins: dict[str, Bins],
    margin: Floats,
    rows: Rows,
    settings: ScorecardSettings,
) -> Effects:
    """Cells of all pairs by Newton steps in turn, each with a ridge of `pair_bads`."""
    cells = {(a, b): codes[a] * bins[b].size + codes[b] for a, b in terms}
    effects = {(a, b): np.zeros(bins[a].size * bins[b].size) for a, b in terms}
    for _ in range(_ROUNDS):
        for term, cell in cells.items():
            p = 1 / (1 + np.exp(-margin))
            size = len(effects[term])
            gradient = np.bincount(cell, weights=rows.w * (rows.y - p), minlength=size)
            information = np.bincount(cell, weights=rows.w * p * (1 - p), minlength=size)
            step = (gradient - settings.pair_bads * effects[term]) / (
                information + settings.pair_bads
            )
            effects[term] += step
            margin = margin + step[cell]
    return {(a, b): effects[(a, b)].reshape(bins[a].size, bins[b].size) for a, b in terms}


def _directed(
    effects: Effects,
    masses: dict[tuple[str, ...], Floats],
    bins: dict[str, Bins],
    first: Field,
    second: Field,
    terms: Sequence[tuple[str, str]],
) -> Floats:
    """Pool a pair along its directed features, so that pair and single tables together keep them.

    Where a feature has several pairs, each may take back an equal share of its single table's steps.
    """
    from sklearn.isotonic import isotonic_regression

    term = (first.name, second.name)
    pair = effects[term].copy()
    mass = masses[term] + 1e-9
    for _ in range(20):
        before = pair.copy()
        for place, field in enumerate((first, second)):
            axis = bins[field.name]
            if not field.direction or not isinstance(axis, NumberBins) or axis.ordered < 2:
                continue
            times = sum(field.name in other for other in terms)
            share = field.direction * effects[(field.name,)][: axis.ordered] / times
            turned, weight = np.moveaxis(pair, place, 0), np.moveaxis(mass, place, 0)
            for column in range(turned.shape[1]):
                total = share + field.direction * turned[: axis.ordered, column]
                if (np.diff(total) < 0).any():
                    pooled = isotonic_regression(
                        total, sample_weight=weight[: axis.ordered, column].copy()
                    )
                    turned[: axis.ordered, column] = field.direction * (pooled - share)
        if np.abs(pair - before).max() < 1e-12:
            break
    return pair
