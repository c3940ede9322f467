"""Logistic regression on scaled numbers and one column a level; its coefficients are stored as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats
from models.challengers.coding import LinearCoding, LinearlyCoded, coded
from models.challengers.folder import read_folder, write_folder
from models.challengers.rows import left_out, log_loss
from models.scale import probabilities
from models.schema import Schema


class LogisticSettings(BaseModel):
    """Settings of the regression; all numbers are ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    penalties: tuple[float, ...] = Field(
        (1000.0, 100.0, 10.0, 1.0, 0.1), description="1 / C; the strongest first"
    )
    folds: int = Field(3, ge=2)
    most_iterations: int = Field(500, ge=1)


@dataclass(frozen=True, eq=False)
class LogisticModel(LinearlyCoded):
    """Log odds of going bad: ``matrix @ coefficients + intercept``.

    Attributes
    ----------
    coding
        How rows become the matrix.
    coefficients
        One a column of the matrix, in log odds a standard deviation, level or mark.
    penalty
        The L2 penalty that the left-out rows chose.
    """

    coding: LinearCoding
    coefficients: Floats
    intercept: float
    penalty: float
    kind: str = "logistic"

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Log odds of going bad; shape (n,)."""
        out: Floats = self.coding.matrix(frame) @ self.coefficients + self.intercept
        return out

    def save(self, folder: Path) -> None:
        """Write model.json and manifest.json."""
        write_folder(
            folder,
            self.kind,
            {
                "coding": self.coding.to_json(),
                "coefficients": self.coefficients.tolist(),
                "intercept": self.intercept,
                "penalty": self.penalty,
            },
        )

    @classmethod
    def load(cls, folder: Path) -> LogisticModel:
        """Read a folder; refuse it when it was altered."""
        content, _ = read_folder(folder, "logistic")
        return cls(
            LinearCoding.from_json(content["coding"]),
            np.asarray(content["coefficients"], dtype=np.float64),
            content["intercept"],
            content["penalty"],
        )


def fit_logistic(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: LogisticSettings | None = None,
    seed: int = 0,
) -> LogisticModel:
    """Fit the regression; the penalty is the one with the least log loss on left-out training rows.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    settings = settings or LogisticSettings()
    coding, x, y, w = coded(frame, bad, schema, weight)
    parts = left_out(y, settings.folds, seed)
    losses = np.zeros(len(settings.penalties))
    for held in parts:
        kept = np.setdiff1d(np.arange(len(y)), held)
        fits = _path(x[kept], y[kept], w[kept], settings.penalties, settings)
        for place, (coefficients, intercept) in enumerate(fits):
            predicted = probabilities(x[held] @ coefficients + intercept)
            losses[place] += log_loss(y[held], predicted, w[held]) * w[held].sum()
    best = int(losses.argmin())
    coefficients, intercept = _path(x, y, w, settings.penalties[: best + 1], settings)[-1]
    return LogisticModel(coding, coefficients, intercept, settings.penalties[best])


def _path(
    x: Floats, y: Floats, w: Floats, penalties: tuple[float, ...], settings: LogisticSettings
) -> list[tuple[Floats, float]]:
    """Coefficients for each penalty, each fit starting from the one before."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=settings.most_iterations, warm_start=True)
    out = []
    with warnings.catch_warnings():
        # A weak penalty on separable rows has no end; the left-out loss judges what was reached.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for penalty in penalties:
            model.set_params(C=1 / penalty).fit(x, y, sample_weight=w)
            out.append((model.coef_[0].astype(np.float64).copy(), float(model.intercept_[0])))
    return out
