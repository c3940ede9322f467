"""The level of a fitted model moved to that of the newest matured months: slope 1 and one shift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.scale import probabilities
from models.scorer import AdditiveModel
from training.dataset import Dataset
from training.errors import TrainingError
from training.fit import Fitted

_STEPS = 60
_WIDEST = 30.0


def level_shift(log_odds: np.ndarray, bad: np.ndarray) -> float:
    """The shift of the log odds after which the mean probability equals the observed rate.

    Parameters
    ----------
    log_odds
        Of going bad; shape (n,).
    bad
        1 = bad; shape (n,). Neither all nor none may be bad.

    Notes
    -----
    The mean probability rises with the shift, so that halving an interval finds the one solution.

    >>> round(level_shift(np.zeros(4), np.array([1, 0, 0, 0])), 6)  # log(1 / 3)
    -1.098612
    """
    low, high = -_WIDEST, _WIDEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if probabilities(log_odds + middle).mean() < bad.mean():
            low = middle
        else:
            high = middle
    return (low + high) / 2


def recalibrated(fitted: Fitted, dataset: Dataset, window: np.ndarray) -> Fitted:
    """The fit with the level that the configuration asks for; the same fit where it asks for none.

    Parameters
    ----------
    fitted : Fitted
        Kinds that are no tables are given back as they are.
    dataset : Dataset
    window : ndarray of int
        Positions of the training rows before sampling: the newest months are theirs, never the test rows'.

    Returns
    -------
    Fitted
        What was done stands in the model's notes under ``recalibration``.

    Raises
    ------
    TrainingError
        When the newest months hold too few bad outcomes, or only bad ones.
    """
    asked, model = dataset.settings.recalibration, fitted.model
    if not asked.months or not isinstance(model, AdditiveModel):
        return fitted
    month = dataset.frame["as_of"].iloc[window].to_numpy().astype("datetime64[M]")
    newest = window[month > month.max() - asked.months]
    bad = dataset.bad.to_numpy()[newest]
    if bad.sum() < asked.least_bads or bad.all():
        raise TrainingError(
            f"The newest {asked.months} months of the training window hold {int(bad.sum())} bad of {len(bad)} "
            f"outcomes; recalibration needs at least {asked.least_bads} bad and some good ones.",
            "raise recalibration.months or wait for newer outcomes",
        )
    log_odds = model.log_odds(dataset.frame.iloc[newest])
    shift = level_shift(log_odds, bad)
    told = {
        "from": str(month.max() - asked.months + 1),
        "to": str(month.max()),
        "rows": len(bad),
        "bads": int(bad.sum()),
        "predicted_before": float(probabilities(log_odds).mean()),
        "observed": float(bad.mean()),
        "slope": 1.0,
        "shift": shift,
    }
    moved = model.recalibrated(1.0, shift)
    return replace(fitted, model=replace(moved, notes={**moved.notes, "recalibration": told}))
