"""Trees to tables, exactly; and tables put in order without changing what they add up to.

LightGBM binds the interaction constraint to each branch, not to the tree, so a tree may hold leaves of
several pairs. A leaf therefore belongs to the table of the features on its own path, and there it adds
its value to the cells that its conditions leave open. Summed over all leaves of all trees, the tables
are the forest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.bins import CategoryBins, Codes, Floats, NumberBins
from models.errors import ModelsError
from models.glassbox.boost import Column
from models.glassbox.coding import Coded, Rows

Effects: TypeAlias = dict[tuple[str, ...], Floats]
Mask: TypeAlias = NDArray[np.bool_]


def collapse(
    trees: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    allowed: frozenset[tuple[str, str]],
) -> tuple[float, Effects]:
    """Add up trees grown on bin numbers into tables of one and two features.

    Parameters
    ----------
    trees
        ``tree_info`` entries of LightGBM's ``dump_model()``.
    columns
        What each of LightGBM's columns stands for.
    allowed
        The pairs that may share a branch, each in the order of `columns`.

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
    names = dict.fromkeys(column.field.name for column in columns)
    position = {name: i for i, name in enumerate(names)}
    bins = {column.field.name: column.bins for column in columns}
    effects: Effects = {}
    constant = 0.0
    for tree in trees:
        for value, path in _leaves(tree["tree_structure"], columns, {}):
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
    columns: Sequence[Column],
    path: dict[str, Mask],
) -> Iterable[tuple[float, dict[str, Mask]]]:
    if "leaf_value" in node:
        yield float(node["leaf_value"]), path
        return
    column = columns[node["split_feature"]]
    name, left = column.field.name, _goes_left(node, column)
    open_cells = path.get(name)
    for child, side in (("left_child", left), ("right_child", ~left)):
        mask = side if open_cells is None else side & open_cells
        yield from _leaves(node[child], columns, {**path, name: mask})


def _goes_left(node: Mapping[str, Any], column: Column) -> Mask:
    values = column.values
    if node["decision_type"] == "==":
        # A level outside the listed ones goes right, be it unseen or missing.
        return np.isin(values, [int(code) for code in str(node["threshold"]).split("||")])
    if node["decision_type"] != "<=" or not isinstance(column.bins, NumberBins):
        raise ModelsError(f"Unknown split {node['decision_type']!r} in a LightGBM tree.")
    left = values <= float(node["threshold"])
    # Where a column had no missing value in training, LightGBM reads a missing one as zero.
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else left[0]
    left[np.isnan(values)] = bool(missing_left)
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


def lift_missing(effects: Effects, coded: Coded) -> Effects:
    """Raise missing and special numbers declared ``worst`` to the largest observed effect, table by table.

    Tables without such a feature are passed on as they are.
    """
    out: Effects = {}
    for term, values in effects.items():
        for axis, (name, own) in enumerate(zip(term, coded.axes(term), strict=True)):
            if isinstance(own, NumberBins) and coded.schema[name].missing == "worst":
                turned = np.moveaxis(values.copy(), axis, 0)
                worst = turned[: own.ordered].max(axis=0)
                turned[own.unknown] = np.maximum(turned[own.unknown], worst)
                values = np.ascontiguousarray(np.moveaxis(turned, 0, axis))
        out[term] = values
    return out


def fill_unseen(effects: Effects, coded: Coded, weight: Floats) -> Effects:
    """Give missing values, special codes and other levels that no row had the mean of the other bins.

    LightGBM reads a missing number as the lowest one where it never saw a missing one, and sends an
    unseen level down a side that no row decided: unknown arrears would score like no arrears. The mean
    has the same weights in every table, so directions of other inputs hold beside it too.
    """
    out = dict(effects)
    for term in effects:
        for axis, (name, own) in enumerate(zip(term, coded.axes(term), strict=True)):
            share = np.bincount(coded.code_of(name, term), weights=weight, minlength=own.size)
            ends = [own.other, own.missing] if isinstance(own, CategoryBins) else [*own.unknown]
            unseen = [position for position in ends if not share[position]]
            if unseen:
                turned = np.moveaxis(out[term].copy(), axis, 0)
                turned[unseen] = np.tensordot(share / share.sum(), turned, axes=1)
                out[term] = np.ascontiguousarray(np.moveaxis(turned, 0, axis))
    return out


def purify(
    constant: float,
    effects: Effects,
    masses: Mapping[tuple[str, ...], Floats],
    down: Callable[[str, tuple[str, ...]], Codes],
) -> tuple[float, Effects]:
    """Move everything that one feature explains out of the pairs, and every mean into the constant.

    The function stays what it is. Afterwards each pair's weighted row and column means are zero, and so
    is each table's weighted mean over the training rows (functional ANOVA by mass moving; Lengerich
    et al., 2020). Cells without rows count with a little mass, spread as if features were independent,
    so that their rows and columns have a mean too.

    Parameters
    ----------
    masses
        Share of the training rows in each cell of every term, and of both features of a pair.
    down
        Gives for each bin of a feature's own table the bin of a pair that holds it.
    """
    out = {term: values.copy() for term, values in effects.items()}
    for a, b in [term for term in out if len(term) == 2]:
        pair, own = out[(a, b)], masses[(a, b)]
        mass = own + 1e-6 * np.outer(own.sum(axis=1) + 1e-9, own.sum(axis=0) + 1e-9)
        rows = np.zeros(pair.shape[0])
        columns = np.zeros(pair.shape[1])
        by_row, by_column = mass.sum(axis=1), mass.sum(axis=0)
        for _ in range(500):
            move = (pair * mass).sum(axis=1) / by_row
            pair -= move[:, None]
            rows += move
            shift = (pair * mass).sum(axis=0) / by_column
            pair -= shift[None, :]
            columns += shift
            if max(np.abs(move).max(), np.abs(shift).max()) < 1e-13:
                break
        for name, moved in ((a, rows), (b, columns)):
            fine = moved[down(name, (a, b))]
            out[(name,)] = out[(name,)] + fine if (name,) in out else fine
    for term, values in out.items():
        mean = float((values * masses[term]).sum())
        values -= mean
        constant += mean
    return constant, out


def cell_masses(
    terms: Iterable[tuple[str, ...]], coded: Coded, weight: Floats
) -> dict[tuple[str, ...], Floats]:
    """Share of the rows in each cell of each term, and of each feature of a pair."""
    wanted: set[tuple[str, ...]] = set(terms)
    wanted |= {(name,) for term in wanted for name in term}
    total = float(weight.sum())
    out: dict[tuple[str, ...], Floats] = {}
    for term in sorted(wanted):
        shape = tuple(axis.size for axis in coded.axes(term))
        counts = np.bincount(coded.cells(term), weights=weight, minlength=int(np.prod(shape)))
        out[term] = (counts / total).reshape(shape)
    return out


def values_of(effects: Effects, coded: Coded, rows: Rows | slice = slice(None)) -> Floats:
    """Add up the cells of each row."""
    total = np.zeros(len(coded.cells(next(iter(effects)))[rows])) if effects else np.zeros(0)
    for term, values in effects.items():
        total += values.ravel()[coded.cells(term)[rows]]
    return total
