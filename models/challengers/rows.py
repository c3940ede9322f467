"""Rows as a challenger takes them: checked labels and weights, and parts of them that are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from models.bins import Floats
from models.errors import ModelsError
from models.schema import Schema


def checked(
    frame: pd.DataFrame, bad: ArrayLike, schema: Schema, weight: ArrayLike | None
) -> tuple[Floats, Floats]:
    """Labels and weights as vectors.

    Raises
    ------
    ModelsError
        When an input is absent, a label is not 0 or 1 or all are of one class, or a weight is not
        positive.
    """
    y = np.asarray(bad, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(y) != len(frame) or not np.isin(y, (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 or 1, one for each row.")
    if len(w) != len(frame) or not (np.isfinite(w).all() and (w > 0).all()):
        raise ModelsError("Weights must be positive numbers, one for each row.")
    if not 0 < y.sum() < len(y):
        raise ModelsError("The rows hold one class only; a model needs goods and bads.")
    absent = [name for name in schema.names if name not in frame.columns]
    if absent:
        raise ModelsError(f"Missing column {', '.join(map(repr, absent))}; the schema declares it.")
    return y, w


def left_out(y: Floats, folds: int, seed: int) -> list[NDArray[np.intp]]:
    """Rows that each fold leaves out, both classes in each; fewer folds where a class is rare.

    Raises
    ------
    ModelsError
        When a class has one row only, so that no fold could learn and check it.
    """
    from sklearn.model_selection import StratifiedKFold

    folds = min(folds, int(y.sum()), int((1 - y).sum()))
    if folds < 2:
        raise ModelsError(
            f"The rows hold {int(y.sum())} bads and {int((1 - y).sum())} goods; two of each are the "
            "least that a choice inside the rows needs."
        )
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed % (2**32 - 1))
    return [held for _, held in parts.split(np.zeros(len(y)), y)]


def log_loss(y: Floats, probability: Floats, weight: Floats) -> float:
    """Weighted mean log loss; probabilities are kept off 0 and 1."""
    p = np.clip(probability, 1e-9, 1 - 1e-9)
    losses = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    return float(np.average(losses, weights=weight))


def undirected(schema: Schema) -> Schema:
    """The same inputs without any promise: no direction, no meaning of missing or special codes."""
    return Schema(
        tuple(replace(field, direction=0, missing="learned", special=()) for field in schema)
    )
