"""Fitting: one model of one kind on one part of a data set, always the same way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from models.scorer import Schema
from training.errors import TrainingError

Kind = Literal["glassbox", "scorecard", "lightgbm"]
KINDS: tuple[Kind, ...] = ("glassbox", "scorecard", "lightgbm")
MINIMUM_BADS = 10  # ours: below it no direction of any table can be told from chance


class Model(Protocol):
    """What every kind of model can do for training."""

    def probability(self, frame: pd.DataFrame) -> np.ndarray:
        """Probability of the bad outcome, shape (n,)."""

    def save(self, folder: Path) -> None:
        """Write the model as a folder of data."""


@dataclass(frozen=True)
class Fitted:
    """A fitted model and how long the fit took."""

    kind: Kind
    inputs: tuple[str, ...]
    model: Model
    seconds: float


def fit(
    kind: Kind,
    frame: pd.DataFrame,
    bad: pd.Series,
    specs: list[dict[str, object]],
    *,
    validation_share: float,
    seed: int,
) -> Fitted:
    """Fit one model on the given rows; whatever is stopped or calibrated early is so on a part of these rows.

    Parameters
    ----------
    kind : {"glassbox", "scorecard", "lightgbm"}
    frame : DataFrame, shape (n, >= len(specs))
        Inputs by name.
    bad : Series of 0/1, shape (n,)
    specs : list of dict
        The inputs' metadata as the feature view declares them.
    validation_share : float
        Share of the rows that stop and calibrate LightGBM. The glass box leaves out every row once, fold by
        fold; the scorecard has nothing to stop.
    seed : int

    Returns
    -------
    Fitted

    Raises
    ------
    TrainingError
        With fewer bad outcomes than a model can be fitted on.
    """
    bads = int(bad.sum())
    if bads < MINIMUM_BADS or bads > len(bad) - MINIMUM_BADS:
        raise TrainingError(
            f"The training window holds {bads} bad and {len(bad) - bads} good outcomes; at least {MINIMUM_BADS} "
            "of each are needed.",
            "widen the training window or lengthen the label",
        )
    schema = Schema.from_spec(specs)
    inputs = [str(spec["name"]) for spec in specs]
    started = time.perf_counter()
    x, y = frame[inputs], bad.to_numpy()
    model: Model
    if kind == "glassbox":
        from models.glassbox.fit import fit_glassbox

        model = fit_glassbox(x, y, schema, seed=seed)
    elif kind == "scorecard":
        from models.scorecard import fit_scorecard

        model = fit_scorecard(x, y, schema, seed=seed)
    else:
        from sklearn.model_selection import train_test_split

        from models.challengers.boosted import fit_lightgbm

        fit_rows, valid_rows = train_test_split(
            np.arange(len(y)), test_size=validation_share, stratify=y, random_state=seed
        )
        valid = (x.iloc[valid_rows], y[valid_rows])
        model = fit_lightgbm(x.iloc[fit_rows], y[fit_rows], schema, valid=valid, seed=seed)
    return Fitted(kind, tuple(inputs), model, time.perf_counter() - started)
