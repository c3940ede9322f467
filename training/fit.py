"""Fitting: one model of one kind on one part of a data set, always the same way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.kinds import KINDS, fit_kind
from models.kinds import Fitted as Model
from models.schema import Schema
from training.errors import TrainingError

MINIMUM_BADS = 10  # ours: below it no direction of any table can be told from chance


@dataclass(frozen=True)
class Fitted:
    """A fitted model and how long the fit took."""

    kind: str
    inputs: tuple[str, ...]
    model: Model
    seconds: float


def fit(
    kind: str,
    frame: pd.DataFrame,
    bad: pd.Series,
    specs: list[dict[str, object]],
    *,
    validation_share: float,
    seed: int,
    weight: np.ndarray | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Fitted:
    """Fit one model on the given rows; whatever is stopped or calibrated early is so on a part of these rows.

    Parameters
    ----------
    kind : str
        A key of `models.kinds.KINDS`.
    frame : DataFrame, shape (n, >= len(specs))
        Inputs by name.
    bad : Series of 0/1, shape (n,)
    specs : list of dict
        The inputs' metadata as the feature view declares them.
    validation_share : float
        Share of the rows that stop and calibrate kinds which need some. The glass box leaves out every row
        once, fold by fold; the scorecard has nothing to stop.
    seed : int
    weight : ndarray, optional
        Weight of each row, shape (n,).
    changes : mapping, optional
        Settings of the kind that differ from its defaults.

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
    w = np.ones(len(y)) if weight is None else weight
    valid: tuple[pd.DataFrame, np.ndarray, np.ndarray | None] | None = None
    if KINDS[kind].held_out:
        from sklearn.model_selection import train_test_split

        fit_rows, valid_rows = train_test_split(
            np.arange(len(y)), test_size=validation_share, stratify=y, random_state=seed
        )
        valid = (x.iloc[valid_rows], y[valid_rows], None if weight is None else w[valid_rows])
        x, y, w = x.iloc[fit_rows], y[fit_rows], w[fit_rows]
    sampled = None if weight is None else w
    model = fit_kind(kind, x, y, schema, weight=sampled, changes=changes, valid=valid, seed=seed)
    return Fitted(kind, tuple(inputs), model, time.perf_counter() - started)
