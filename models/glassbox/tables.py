"""Trees to tables, exactly; and tables made readable without changing what they add up to.

LightGBM binds the interaction constraint to each branch, not to the tree, so a tree may hold leaves of
several pairs. A leaf therefore belongs to the table of the features on its own path, and there it adds
its value to the cells that its conditions leave open. Summed over all leaves of all trees, the tables
are the forest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins, Floats, NumberBins
from models.errors import ModelsError
from models.schema import Schema
from models.table import Table

Effects: TypeAlias = dict[tuple[str, ...], Floats]
Mask: TypeAlias = NDArray[np.bool_]


def collapse(
    trees: Iterable[Mapping[str, Any]],
    names: tuple[str, ...],
    bins: Mapping[str, Bins],
    allowed: frozenset[tuple[str, str]],
) -> tuple[float, Effects]:
    """Add up trees grown on bin numbers into tables of one and two features.

    Parameters
    ----------
    trees
        ``tree_info`` entries of LightGBM's ``dump_model()``.
    names
        What each of LightGBM's columns is called, in the order of `bins` for pairs.
    bins
        Bins of each feature; a number's bins for missing values and special codes are NaN to LightGBM.
    allowed
        The pairs that may share a branch, each in the order of `names`.

    Returns
    -------
    constant, effects
        What trees without a split add, and the effects by features. Their sum over a row's cells is
        the raw prediction.

    Raises
    ------
    ModelsError
        When a branch holds more than two features, or two that may not meet.
    """
    position = {name: i for i, name in enumerate(names)}
    effects: Effects = {}
    constant = 0.0
    for tree in trees:
        for value, path in _leaves(tree["tree_structure"], names, bins, {}):
            term = tuple(sorted(path, key=position.__getitem__))
            if not term:
                constant += value
                continue
            if len(term) > 2 or (len(term) == 2 and term not in allowed):
                raise ModelsError(
                    f"A branch joins {' x '.join(term)}, which the constraint forbids; "
                    "the trees can not be written as tables of allowed features."
                )
            if term not in effects:
                effects[term] = np.zeros([bins[name].size for name in term])
            cells = effects[term]
            if len(term) == 1:
                cells[path[term[0]]] += value
            else:
                cells[np.ix_(path[term[0]], path[term[1]])] += value
    return constant, effects


def _leaves(
    node: Mapping[str, Any],
    names: tuple[str, ...],
    bins: Mapping[str, Bins],
    path: dict[str, Mask],
) -> Iterable[tuple[float, dict[str, Mask]]]:
    if "leaf_value" in node:
        yield float(node["leaf_value"]), path
        return
    name = names[node["split_feature"]]
    left = _goes_left(node, bins[name])
    open_cells = path.get(name)
    for child, side in (("left_child", left), ("right_child", ~left)):
        mask = side if open_cells is None else side & open_cells
        yield from _leaves(node[child], names, bins, {**path, name: mask})


def _goes_left(node: Mapping[str, Any], bins: Bins) -> Mask:
    codes = np.arange(bins.size)
    if node["decision_type"] == "==":
        # A level outside the listed ones goes right, be it unseen or missing.
        return np.isin(codes, [int(code) for code in str(node["threshold"]).split("||")])
    if node["decision_type"] != "<=" or not isinstance(bins, NumberBins):
        raise ModelsError(f"Unknown split {node['decision_type']!r} in a LightGBM tree.")
    left = codes <= float(node["threshold"])
    # Where a column had no missing value in training, LightGBM reads a missing one as zero.
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else left[0]
    left[bins.unknown] = bool(missing_left)
    return np.asarray(left, dtype=np.bool_)


def average(parts: list[tuple[float, Effects]]) -> tuple[float, Effects]:
    """Average the tables of several forests: exactly the average of their predictions."""
    total: Effects = {}
    for _, effects in parts:
        for term, values in effects.items():
            total[term] = total[term] + values if term in total else values.copy()
    count = len(parts)
    constant = sum(part[0] for part in parts) / count
    return constant, {term: values / count for term, values in total.items()}


def lift_missing(effects: Effects, schema: Schema, bins: Mapping[str, Bins]) -> Effects:
    """Raise missing and special numbers declared ``worst`` to the largest observed effect, table by table.

    Tables without such a feature are passed on as they are.
    """
    out: Effects = {}
    for term, values in effects.items():
        for axis, name in enumerate(term):
            own = bins[name]
            if isinstance(own, NumberBins) and schema[name].missing == "worst":
                turned = np.moveaxis(values.copy(), axis, 0)
                worst = turned[: own.ordered].max(axis=0)
                turned[own.unknown] = np.maximum(turned[own.unknown], worst)
                values = np.ascontiguousarray(np.moveaxis(turned, 0, axis))
        out[term] = values
    return out


def purify(
    constant: float, effects: Effects, masses: Mapping[tuple[str, ...], Floats]
) -> tuple[float, Effects]:
    """Move everything that one feature explains out of the pairs, and every mean into the constant.

    The function stays what it is. Afterwards each pair's weighted row and column means are zero, and so
    is each table's weighted mean over the training rows (functional ANOVA by mass moving; Lengerich
    et al., 2020). Cells without rows count with a little mass, spread as if features were independent,
    so that their rows and columns have a mean too.

    Parameters
    ----------
    masses
        Share of the training rows in each cell, for every pair and every feature of a pair.
    """
    out = {term: values.copy() for term, values in effects.items()}
    for a, b in [term for term in out if len(term) == 2]:
        pair = out[(a, b)]
        mass = masses[(a, b)] + 1e-6 * np.outer(masses[(a,)] + 1e-9, masses[(b,)] + 1e-9)
        rows = np.zeros(pair.shape[0])
        columns = np.zeros(pair.shape[1])
        for _ in range(500):
            move = (pair * mass).sum(axis=1) / mass.sum(axis=1)
            pair -= move[:, None]
            rows += move
            shift = (pair * mass).sum(axis=0) / mass.sum(axis=0)
            pair -= shift[None, :]
            columns += shift
            if max(np.abs(move).max(), np.abs(shift).max()) < 1e-13:
                break
        out[(a,)] = out[(a,)] + rows if (a,) in out else rows
        out[(b,)] = out[(b,)] + columns if (b,) in out else columns
    for term, values in out.items():
        mean = float((values * masses[term]).sum())
        values -= mean
        constant += mean
    return constant, out


def cell_masses(
    terms: Iterable[tuple[str, ...]],
    codes: Mapping[str, NDArray[np.intp]],
    bins: Mapping[str, Bins],
    weight: Floats,
) -> dict[tuple[str, ...], Floats]:
    """Share of the rows in each cell of each term, and of each feature of a pair."""
    wanted: set[tuple[str, ...]] = set(terms)
    wanted |= {(name,) for term in wanted for name in term}
    total = float(weight.sum())
    out: dict[tuple[str, ...], Floats] = {}
    for term in wanted:
        shape = tuple(bins[name].size for name in term)
        cell = codes[term[0]]
        if len(term) == 2:
            cell = cell * shape[1] + codes[term[1]]
        counts = np.bincount(cell, weights=weight, minlength=int(np.prod(shape)))
        out[term] = (counts / total).reshape(shape)
    return out


def to_tables(
    effects: Effects, bins: Mapping[str, Bins], masses: Mapping[tuple[str, ...], Floats]
) -> tuple[Table, ...]:
    """Write effects as tables, single features first, and merge neighbouring bins that are alike.

    Thresholds that no tree used leave no trace, so dropping them changes nothing.
    """
    terms = sorted(effects, key=lambda term: (len(term), [list(bins).index(n) for n in term]))
    tables = []
    for term in terms:
        values, mass = effects[term], masses[term]
        axes: list[Bins] = []
        for axis, name in enumerate(term):
            axis_bins = bins[name]
            if isinstance(axis_bins, NumberBins):
                axis_bins, values, mass = _drop_unused(axis_bins, values, mass, axis)
            axes.append(axis_bins)
        tables.append(Table(term, tuple(axes), np.ascontiguousarray(values), mass))
    return tuple(tables)


def _drop_unused(
    bins: NumberBins, values: Floats, mass: Floats, axis: int
) -> tuple[NumberBins, Floats, Floats]:
    values, mass = np.moveaxis(values, axis, 0), np.moveaxis(mass, axis, 0)
    flat = values[: bins.ordered].reshape(bins.ordered, -1)
    starts = [0] + [i for i in range(1, bins.ordered) if (flat[i] != flat[i - 1]).any()]
    firsts = [*starts, *bins.unknown]
    merged = np.add.reduceat(mass, firsts, axis=0)
    cuts = tuple(bins.cuts[i - 1] for i in starts[1:])
    axis_bins = NumberBins(cuts, bins.special)
    return axis_bins, np.moveaxis(values[firsts], 0, axis), np.moveaxis(merged, 0, axis)
