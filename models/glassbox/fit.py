"""Fitting the glass box: boosted trees over at most two features a branch, written as tables.

1. Bins are chosen; the rows become bin numbers. The rows are dealt out into folds, few rows several times.
2. On every fold trees of single features are grown; what they leave unexplained ranks the pairs.
3. Trees of the first pairs are grown on top; where directions bind them, and bads are many, single features grow
   anew beside them. Rounds are cut where the left-out rows are predicted best.
4. The trees are collapsed leaf by leaf into tables. A regularised logistic regression, which is a set of tables too, is
   mixed in with the share that the left-out rows ask for.
5. The tables of all folds are averaged: exactly the mean of their predictions. Missing values and other
   levels that no row had get the mean effect of those that rows had. Where a missing value is declared
   never to be better than the worst observed one, it is raised to it.
6. Pairs are purified, so that they hold only what no single feature explains. Tables that the left-out
   rows do not miss are dropped, neighbouring bins that are alike are merged.
7. Slope and shift are fitted on the left-out predictions and folded into the tables. On request, tables
   are rounded to whole points.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from models.bins import Floats
from models.calibration import calibrate
from models.glassbox.certificate import certify
from models.glassbox.checks import check, warnings_of
from models.glassbox.coding import Coded, code_rows, screened
from models.glassbox.linear import add_up
from models.glassbox.points import whole_points
from models.glassbox.prune import Term, held_out_terms, prune, to_tables
from models.glassbox.settings import GlassBoxSettings
from models.glassbox.stages import (
    Pairs,
    Part,
    Training,
    choose_pairs,
    grow_pairs,
    grow_singles,
    linear_parts,
)
from models.glassbox.tables import (
    Effects,
    average,
    cell_masses,
    fill_unseen,
    lift_missing,
    purify,
)
from models.reasons.reference import with_reference
from models.schema import Schema
from models.scorer import AdditiveModel
from models.table import Table

__all__ = ["GlassBoxSettings", "fit_glassbox"]

SHARES = tuple(np.linspace(0.0, 1.0, 11))
"""Shares of the logistic regression that are tried."""


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
        The same rows, settings and seed give the same tables. The seed moves only which rows and columns
        each tree sees.

    Returns
    -------
    AdditiveModel
        Calibrated; each table's mean over the rows is zero, so the base is the average margin.

    Raises
    ------
    ModelsError
        When a column is missing, doubled or of the wrong type, labels are not 0 and 1, one class has
        fewer than two rows, or no column carries information.
    """
    settings = settings or GlassBoxSettings()
    checked = check(frame, bad, schema, weight)
    frame, y, w = checked.frame, checked.y, checked.weight
    rarer = float(min(y.sum(), (1 - y).sum()))
    count, deals = settings.deals(len(y), rarer)
    every = code_rows(
        frame,
        schema,
        settings.max_bins,
        settings.pair_bins,
        settings.levels(sum(field.kind == "category" for field in schema)),
        settings.levels_in_pairs(rarer),
    )
    count = min(count, int(rarer))
    coded = screened(every, y, w, settings.max_inputs)
    warnings = [*checked.warnings, *warnings_of(frame, schema, every, len(coded.codes))]
    rate = float(np.average(y, weights=w))
    folds = [fold for deal in range(deals) for fold in _folds(y, coded, count, deal)]
    train = Training(coded, y, w, float(np.log(rate / (1 - rate))), folds, count, settings, seed)
    parts, pairs, rounds = _boost(train)
    parts, share = _mix(train, parts)
    parts = [(c, lift_missing(fill_unseen(e, coded, w), coded)) for c, e in parts]
    terms = sorted({term for _, effects in parts for term in effects})
    masses = cell_masses(terms, coded, w)
    parts = [purify(constant, effects, masses, coded.down) for constant, effects in parts]
    constant, effects = average(parts)
    held_out = held_out_terms(train, parts)
    rest = train.start + train.held_out([(c, {}) for c, _ in parts])
    gone = prune(train, held_out, rest, lambda without: _proved(coded, effects, masses, without))
    kept = {term: values for term, values in effects.items() if term not in gone}
    z = rest + sum(values for term, values in held_out.items() if term not in gone)
    calibration = calibrate(z, y, w)
    model = AdditiveModel(
        schema=coded.schema,
        tables=_tables(coded, kept, masses, settings.smooth),
        intercept=train.start + constant,
        kind="glassbox",
        typical=coded.typical,
        notes={
            "rows": len(y),
            "bads": int(y.sum()),
            "rounds": rounds,
            "folds": len(folds),
            "pairs_tried": [list(pair) for pair in pairs],
            "dropped": [list(term) for term in gone],
            "linear_share": share,
            "calibration": {"slope": calibration.slope, "shift": calibration.shift},
            "constant": list(coded.constant),
            "warnings": warnings,
            "seed": seed,
        },
    )
    model = model.recalibrated(calibration.slope, calibration.shift)
    fitted = whole_points(model) if settings.whole_points else model
    return with_reference(fitted, frame, y, w)


def _boost(train: Training) -> tuple[list[Part], Pairs, list[int]]:
    """Grow single features, then pairs where they pay."""
    singles = grow_singles(train)
    rounds = [singles.rounds]
    if len(train.coded.codes) < 2 or not train.settings.pairs:
        return singles.parts, [], rounds
    chosen = choose_pairs(train, singles.parts)
    pairs = sorted({pair for own in chosen for pair in own})
    stages = grow_pairs(train, singles.parts, chosen)
    parts = stages[-1].parts
    none, without, joined = (
        _losses(train, train.start + train.held_out(p))
        for p in ([(0.0, Effects())] * len(parts), singles.parts, parts)
    )
    w = train.weight / train.weight.sum()
    gain, alone = float(w @ (without - joined)), float(w @ (none - without))
    error = float(np.sqrt((w**2) @ (without - joined - gain) ** 2))
    settings = train.settings
    if gain <= max(settings.pair_gain * alone, settings.pair_sure * error):
        return singles.parts, pairs, rounds
    return parts, pairs, [*rounds, *(stage.rounds for stage in stages)]


def _mix(train: Training, boosted: list[Part]) -> tuple[list[Part], float]:
    """Mix in the logistic regression with the share that predicts the left-out rows best.

    Shares are averaged with the likelihood of the left-out rows as weights: where several do equally
    well, chance must not pick one.
    """
    if not train.settings.linear:
        return boosted, 0.0
    plain = linear_parts(train)
    a = train.start + train.held_out(boosted)
    b = train.start + train.held_out(plain)
    losses = np.array(
        [
            np.average(_losses(train, (1 - share) * a + share * b), weights=train.weight)
            for share in SHARES
        ]
    )
    likely = np.exp(-train.rows * (losses - losses.min()))
    share = float((likely * SHARES).sum() / likely.sum())
    parts = [
        add_up([(*one, 1 - share), (*two, share)]) for one, two in zip(boosted, plain, strict=True)
    ]
    return parts, share


def _losses(train: Training, log_odds: Floats) -> Floats:
    """Log loss of every row, calibrated."""
    fitted = calibrate(log_odds, train.y, train.weight)
    z = fitted.slope * log_odds + fitted.shift
    out: Floats = np.logaddexp(0.0, z) - train.y * z
    return out


def _tables(
    coded: Coded, effects: Effects, masses: dict[Term, Floats], smooth: float
) -> tuple[Table, ...]:
    joint = {name for term in effects if len(term) == 2 for name in term}
    keep = {field.name for field in coded.schema if field.direction and field.name in joint}
    return to_tables(effects, coded.axes, masses, list(coded.codes), smooth, keep)


def _proved(
    coded: Coded, effects: Effects, masses: dict[Term, Floats], without: list[Term]
) -> bool:
    """Tell whether every direction is proved without some tables; one without directions always is."""
    directed = {field.name for field in coded.schema if field.direction}
    if not directed & set(without[-1]):
        return True
    kept = {t: v for t, v in effects.items() if t not in without and directed & set(t)}
    return certify(AdditiveModel(coded.schema, _tables(coded, kept, masses, 0.0), 0.0)).holds


def _folds(y: Floats, coded: Coded, count: int, deal: int) -> list[NDArray[np.intp]]:
    """Rows that each fold leaves out: bads and goods dealt out evenly, in a mixed order.

    The deal depends on what the rows hold, not on their order nor on the seed: another seed must not
    change what a person is told.
    """
    ordered = np.lexsort([*coded.codes.values()])
    random = np.random.default_rng(deal)
    fold = np.empty(len(y), dtype=np.intp)
    for label in (0.0, 1.0):
        rows = random.permutation(ordered[y[ordered] == label])
        fold[rows] = np.arange(len(rows)) % count
    return [np.flatnonzero(fold == number) for number in range(count)]
