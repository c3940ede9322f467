"""Three ways to use rejected applications, behind one door.

All turn accepted rows with outcomes and rejected rows without into rows to fit on, with labels and weights;
whichever additive model is fitted on them stays what it is. No method makes knowledge: where the lender decided
by what the inputs do not tell, each rests on an assumption that no data of the lender can check
(Hand and Henley, 1993; Banasik and Crook, 2007). What each costs or brings where the truth is known:
``tests/benchmarks/bench_reject_inference.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats
from models.errors import ModelsError
from models.glassbox.fit import fit_glassbox
from models.metrics import auc
from models.schema import Schema
from models.scorer import AdditiveModel

Method = Literal["fuzzy", "parcelling", "two_stage"]
METHODS: tuple[Method, ...] = get_args(Method)
Fit = Callable[..., AdditiveModel]


class RejectSettings(BaseModel):
    """Settings of reject inference; all numbers are ours.

    Attributes
    ----------
    odds_ratio
        By how much a rejected applicant's odds of going bad exceed those of an accepted one with the same
        inputs. Nobody knows it; 1 says that the inputs tell all that the lender knew. Fuzzy and parcelling use it.
    bands
        Bands of equally many accepted rows in which parcelling takes the rate of bads.
    least_bads
        Bads that parcelling draws a band's rate to the overall one with.
    most_weight
        Largest weight, in units of the mean, that the second stage gives an accepted row.
    folds
        Parts of the rows; acceptance of each is foretold by a model that left it out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    odds_ratio: float = Field(1.0, gt=0)
    bands: int = Field(10, ge=1)
    least_bads: float = Field(1.0, ge=0)
    most_weight: float = Field(10.0, ge=1)
    folds: int = Field(3, ge=2)


@dataclass(frozen=True)
class Augmented:
    """Rows to fit on: any ``fit(frame, bad, schema, weight=weight)`` takes them.

    Attributes
    ----------
    frame, bad, weight
        Rows, labels (1 = bad) and weights, accepted rows first; lengths n.
    notes
        JSON-able facts: method, accepted, rejected, and what the method found.
    """

    frame: pd.DataFrame
    bad: Floats
    weight: Floats
    notes: Mapping[str, Any] = field(default_factory=dict)


def infer_rejects(
    accepted: pd.DataFrame,
    bad: ArrayLike,
    rejected: pd.DataFrame,
    schema: Schema,
    *,
    method: Method,
    weight: ArrayLike | None = None,
    selection: Schema | None = None,
    settings: RejectSettings | None = None,
    seed: int = 0,
    fit: Fit = fit_glassbox,
) -> Augmented:
    """Make rows to fit on from accepted rows with outcomes and rejected rows without.

    Parameters
    ----------
    accepted, bad
        Rows with the schema's inputs by name, and their labels (1 = bad).
    rejected
        Rows with the same columns.
    schema
        Inputs of the default model.
    method
        ``fuzzy``: each rejected row enters twice, as a bad one with its probability of going bad for a weight,
        as a good one with the rest; the probability is that of a model of the accepted rows.
        ``parcelling``: each rejected row is drawn good or bad, at the rate of bads of the accepted ones in its
        band of scores. ``two_stage``: a model of acceptance first, then the accepted rows alone, each weighted
        by one over its probability of acceptance, so that they stand for all who applied.
    weight
        Weight of each accepted row.
    selection
        Inputs of the model of acceptance (``two_stage``); it may hold what tells of the lender's decision but
        not of the risk. None: those of `schema`. Directions in it are not used.
    fit
        How models are fitted: called with frame, bad, schema, `weight` and `seed`.

    Raises
    ------
    ModelsError
        For an unknown method, no rejected rows, or labels and rows that do not fit together.
    """
    settings = settings or RejectSettings()
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if method not in METHODS:
        raise ModelsError(f"Unknown method {method!r}; choose one of {', '.join(METHODS)}.")
    if len(y) != len(accepted) or len(w) != len(accepted):
        raise ModelsError("Labels and weights must have one entry for each accepted row.")
    if not len(rejected):
        raise ModelsError("There are no rejected rows to learn from.")
    told = {"method": method, "accepted": len(accepted), "rejected": len(rejected)}
    if method == "two_stage":
        chosen = selection or schema
        return _weighted(accepted, y, w, rejected, chosen, settings, seed, fit, told)
    model = fit(accepted, y, schema, weight=w, seed=seed)
    if method == "fuzzy":
        return _fuzzy(model, accepted, y, w, rejected, settings, told)
    return _parcelled(model, accepted, y, w, rejected, settings, seed, told)


def _raised(probability: Floats, odds_ratio: float) -> Floats:
    """Multiply the odds of a probability."""
    return probability * odds_ratio / (1.0 + probability * (odds_ratio - 1.0))


def _fuzzy(
    model: AdditiveModel,
    accepted: pd.DataFrame,
    y: Floats,
    w: Floats,
    rejected: pd.DataFrame,
    settings: RejectSettings,
    told: Mapping[str, Any],
) -> Augmented:
    p = np.clip(_raised(model.probability(rejected), settings.odds_ratio), 1e-6, 1 - 1e-6)
    n = len(rejected)
    return Augmented(
        pd.concat([accepted, rejected, rejected], ignore_index=True),
        np.concatenate([y, np.ones(n), np.zeros(n)]),
        np.concatenate([w, p, 1 - p]),
        {**told, "inferred_rate": float(p.mean())},
    )


def _parcelled(
    model: AdditiveModel,
    accepted: pd.DataFrame,
    y: Floats,
    w: Floats,
    rejected: pd.DataFrame,
    settings: RejectSettings,
    seed: int,
    told: Mapping[str, Any],
) -> Augmented:
    margins = model.margin(accepted)
    edges = np.unique(np.quantile(margins, np.linspace(0, 1, settings.bands + 1)[1:-1]))
    bands = np.searchsorted(edges, margins)
    size = len(edges) + 1
    overall = float(np.average(y, weights=w))
    rows = np.bincount(bands, weights=w, minlength=size)
    bads = np.bincount(bands, weights=w * y, minlength=size)
    rates = (bads + settings.least_bads) / (rows + settings.least_bads / overall)
    band = np.searchsorted(edges, model.margin(rejected))
    p = _raised(rates[band], settings.odds_ratio)
    drawn = (np.random.default_rng(seed).random(len(rejected)) < p).astype(np.float64)
    return Augmented(
        pd.concat([accepted, rejected], ignore_index=True),
        np.concatenate([y, drawn]),
        np.concatenate([w, np.ones(len(rejected))]),
        {
            **told,
            "inferred_rate": float(drawn.mean()),
            "band_rates": rates.tolist(),
            "rejected_by_band": np.bincount(band, minlength=size).tolist(),
        },
    )


def _weighted(
    accepted: pd.DataFrame,
    y: Floats,
    w: Floats,
    rejected: pd.DataFrame,
    selection: Schema,
    settings: RejectSettings,
    seed: int,
    fit: Fit,
    told: Mapping[str, Any],
) -> Augmented:
    everybody = pd.concat([accepted, rejected], ignore_index=True)
    refused = np.repeat([0.0, 1.0], [len(accepted), len(rejected)])
    weight = np.concatenate([w, np.ones(len(rejected))])
    free = Schema(tuple(replace(f, direction=0, missing="learned") for f in selection))
    fold = np.random.default_rng(seed).permutation(len(everybody)) % settings.folds
    p = np.empty(len(everybody))
    for number in range(settings.folds):
        rows, left_out = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        model = fit(everybody.iloc[rows], refused[rows], free, weight=weight[rows], seed=seed)
        p[left_out] = model.probability(everybody.iloc[left_out])
    stands_for = 1.0 / np.maximum(1.0 - p[: len(accepted)], 1e-9)
    stands_for = np.minimum(stands_for / stands_for.mean(), settings.most_weight)
    out = w * stands_for / stands_for.mean()
    return Augmented(
        accepted.reset_index(drop=True),
        y,
        out,
        {
            **told,
            "refusal_auc": auc(refused, p),
            "largest_weight": float(out.max() / out.mean()),
            "effective_rows": float(out.sum() ** 2 / (out * out).sum()),
        },
    )
