"""Fewer and plainer tables: what left-out rows do not miss is dropped, and bins that are alike are merged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from models.bins import Bins, CategoryBins, Floats, NumberBins
from models.calibration import Calibration, calibrate
from models.glassbox.stages import Part, Training
from models.glassbox.tables import Effects
from models.table import Table

# The cost of a table is read on at most so many rows.
JUDGED_ROWS = 60_000

Term = tuple[str, ...]


def held_out_terms(train: Training, parts: list[Part]) -> dict[Term, Floats]:
    """Effect of each term on each row, by the folds that left the row out; their mean."""
    terms = sorted({term for _, effects in parts for term in effects})
    out = {term: np.zeros(train.rows) for term in terms}
    times = np.zeros(train.rows)
    for fold, (_, effects) in zip(train.folds, parts, strict=True):
        times[fold] += 1
        for term, values in effects.items():
            out[term][fold] += values.ravel()[train.coded.cells(term)[fold]]
    return {term: values / np.maximum(times, 1) for term, values in out.items()}


def prune(
    train: Training,
    terms: dict[Term, Floats],
    constant: Floats,
    allowed: Callable[[list[Term]], bool],
) -> list[Term]:
    """Choose the terms that can go: faintest first, pairs before single features.

    Parameters
    ----------
    terms, constant
        Left-out effect of each term on each row, and the rest of the row's log odds.
    allowed
        Whether a model without the given terms keeps its directions.

    Returns
    -------
    list of terms
        Without all of them the left-out AUC is at most ``settings.prune`` lower.
    """
    step = -(-train.rows // JUDGED_ROWS)
    y, w = train.y[::step], train.weight[::step]
    now = constant[::step] + sum(values[::step] for values in terms.values())
    fitted = calibrate(now, y, w)
    full = _auc(y, now, w)
    faint = train.settings.faint * float(now.std())
    gone: list[Term] = []
    for term in sorted(terms, key=lambda t: (-len(t), float(terms[t].std()))):
        if len(term) == 1 and any(term[0] in t for t in terms if len(t) == 2 and t not in gone):
            continue
        if len(terms) - len(gone) == 1:
            break
        trial = now - terms[term][::step]
        strong = float(terms[term].std()) > faint
        if strong and (len(term) == 1 or _loss(y, trial, w, fitted) > _loss(y, now, w, fitted)):
            continue
        if full - _auc(y, trial, w) <= train.settings.prune and allowed([*gone, term]):
            now = trial
            gone.append(term)
    return gone


def _auc(y: Floats, log_odds: Floats, weight: Floats) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(y, log_odds, sample_weight=weight))


def _loss(y: Floats, log_odds: Floats, weight: Floats, fitted: Calibration) -> float:
    z = fitted.slope * log_odds + fitted.shift
    return float(np.average(np.logaddexp(0.0, z) - y * z, weights=weight))


def to_tables(
    effects: Effects,
    axes: Callable[[Term], tuple[Bins, ...]],
    masses: Mapping[Term, Floats],
    order: Sequence[str],
    smooth: float = 0.0,
    keep: Collection[str] = (),
) -> tuple[Table, ...]:
    """Write effects as tables, single features first, with alike neighbours merged.

    Bins that are equal leave no trace, so merging them changes nothing. In tables of one feature, those
    that are nearly equal are merged too, up to `smooth` (log odds, root mean square over the rows),
    but not for the features to `keep`: a merged step could break a direction that a feature's table
    and its pairs hold together.
    """
    tables = []
    for term in sorted(effects, key=lambda term: (len(term), [order.index(n) for n in term])):
        values, mass = effects[term], masses[term]
        budget = 0.0 if len(term) == 2 or term[0] in keep else smooth**2
        merged: list[Bins] = []
        for axis, bins in enumerate(axes(term)):
            turned, weight = np.moveaxis(values, axis, 0), np.moveaxis(mass, axis, 0)
            if isinstance(bins, NumberBins):
                bins, turned, weight = _join_numbers(bins, turned, weight, budget)
            elif len(term) == 1:
                bins, turned, weight = _join_levels(bins, turned, weight, budget)
            merged.append(bins)
            values, mass = np.moveaxis(turned, 0, axis), np.moveaxis(weight, 0, axis)
        tables.append(
            Table(term, tuple(merged), np.ascontiguousarray(values), np.ascontiguousarray(mass))
        )
    return tuple(tables)


def _join_numbers(
    bins: NumberBins, values: Floats, mass: Floats, budget: float
) -> tuple[NumberBins, Floats, Floats]:
    """Merge neighbours, cheapest first, while the squared change over all rows stays in the budget."""
    k = bins.ordered
    own = values[:k].reshape(k, -1)
    share = mass[:k].reshape(k, -1).sum(axis=1) + 1e-12
    groups = [[i] for i in range(k)]
    means, weights = [row.copy() for row in own], list(share)
    spent = 0.0
    while len(groups) > 1:
        costs = [_cost(means, weights, i, i + 1) for i in range(len(groups) - 1)]
        best = int(np.argmin(costs))
        if costs[best] > 0 and spent + costs[best] > budget:
            break
        spent += costs[best]
        _merge(groups, means, weights, best, best + 1)
    cuts = tuple(bins.cuts[group[-1]] for group in groups[:-1])
    joined = np.concatenate([np.stack(means).reshape(len(groups), *values.shape[1:]), values[k:]])
    weight = np.concatenate([np.stack([mass[g].sum(axis=0) for g in groups]), mass[k:]])
    return NumberBins(cuts, bins.special), joined, weight


def _join_levels(
    bins: CategoryBins, values: Floats, mass: Floats, budget: float
) -> tuple[CategoryBins, Floats, Floats]:
    """Let levels that act like the other ones share their bin, cheapest first."""
    k = bins.other
    costs = mass[:k] * (values[:k] - values[k]) ** 2
    order = np.argsort(costs, kind="stable")
    gone = sorted(order[np.cumsum(costs[order]) <= budget].tolist())
    kept = [i for i in range(k) if i not in set(gone)]
    joined, weight = values[[*kept, k, k + 1]].copy(), mass[[*kept, k, k + 1]].copy()
    together = mass[[*gone, k]]
    if together.sum() > 0:
        # Their mean, so that the table stays centred.
        joined[len(kept)] = (values[[*gone, k]] * together).sum() / together.sum()
        weight[len(kept)] = together.sum()
    return CategoryBins(tuple(bins.levels[i] for i in kept)), joined, weight


def _cost(means: list[Floats], weights: list[float], i: int, j: int) -> float:
    a, b = weights[i], weights[j]
    return float(a * b / (a + b) * ((means[i] - means[j]) ** 2).mean())


def _merge(
    groups: list[list[int]], means: list[Floats], weights: list[float], i: int, j: int
) -> None:
    a, b = weights[i], weights[j]
    if (means[i] != means[j]).any():
        means[i] = (a * means[i] + b * means[j]) / (a + b)
    weights[i] = a + b
    groups[i] += groups[j]
    del groups[j], means[j], weights[j]
