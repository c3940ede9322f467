"""The black-box challenger: LightGBM without constraints, calibrated, stored as LightGBM text.

Its reasons are exact TreeSHAP values (Lundberg and others 2020), which LightGBM computes itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import CategoryBins, Floats, categories, numbers
from models.calibration import Calibration, calibrate
from models.challengers.folder import read_folder, write_folder
from models.challengers.rows import checked, left_out
from models.errors import ModelsError
from models.glassbox.coding import category_bins
from models.scale import probabilities
from models.schema import Schema

if TYPE_CHECKING:
    import lightgbm


class LightGBMSettings(BaseModel):
    """Settings of the challenger; plain defaults, because it is there to be compared with, not tuned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learning_rate: float = Field(0.05, gt=0, le=1)
    num_leaves: int = Field(31, ge=2)
    min_data_in_leaf: int = Field(100, ge=1)
    lambda_l2: float = Field(1.0, ge=0)
    most_rounds: int = Field(1000, ge=1)
    patience: int = Field(50, ge=1)
    folds: int = Field(4, ge=2, description="parts that choose the rounds where no rows are given")
    most_levels: int = Field(1000, ge=2, description="of a category; the rarest count as missing")
    num_threads: int = Field(
        1, ge=1, description="more threads wait for each other on a shared machine"
    )


@dataclass(frozen=True, eq=False)
class TreeModel:
    """A LightGBM booster over the inputs of a schema, with its calibration.

    Attributes
    ----------
    schema
        Declared inputs; directions are not enforced.
    levels
        Levels of each category in the order of their codes; others count as missing.
    booster
        LightGBM's model of the uncalibrated log odds of going bad.
    calibration
        Fitted on the validation rows.
    """

    schema: Schema
    levels: dict[str, tuple[str, ...]]
    booster: lightgbm.Booster
    calibration: Calibration
    kind: str = "lightgbm"

    def matrix(self, frame: pd.DataFrame) -> Floats:
        """Write rows for LightGBM, columns by name; shape (n, inputs)."""
        return _matrix(frame, self.schema, self.levels)

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Calibrated log odds of going bad; shape (n,)."""
        raw = self.booster.predict(self.matrix(frame), raw_score=True, num_threads=1)
        return np.asarray(raw) * self.calibration.slope + self.calibration.shift

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Calibrated probability of going bad; shape (n,)."""
        return probabilities(self.log_odds(frame))

    def contributions(self, frame: pd.DataFrame) -> tuple[float, Floats]:
        """Exact TreeSHAP values in calibrated log odds.

        Returns
        -------
        base
            Log odds at contribution zero.
        contributions
            Shape (n, inputs); with the base they add up to `log_odds` within 1e-9.
        """
        shares = np.asarray(
            self.booster.predict(self.matrix(frame), pred_contrib=True, num_threads=1)
        )
        slope, shift = self.calibration.slope, self.calibration.shift
        base = float(shares[0, -1]) if len(shares) else 0.0
        return base * slope + shift, shares[:, :-1] * slope

    def save(self, folder: Path) -> None:
        """Write booster.txt, model.json and manifest.json with their digests."""
        write_folder(
            folder,
            self.kind,
            {
                "schema": self.schema.to_spec(),
                "levels": {name: list(levels) for name, levels in self.levels.items()},
                "calibration": [self.calibration.slope, self.calibration.shift],
            },
            {"booster.txt": self.booster.model_to_string()},
        )

    @classmethod
    def load(cls, folder: Path) -> TreeModel:
        """Read a folder; refuse it when it was altered.

        Raises
        ------
        ModelsError
            When a file is absent, altered or of another format.
        """
        import lightgbm

        content, texts = read_folder(folder, "lightgbm", ("booster.txt",))
        return cls(
            Schema.from_spec(content["schema"]),
            {name: tuple(levels) for name, levels in content["levels"].items()},
            lightgbm.Booster(model_str=texts["booster.txt"]),
            Calibration(*content["calibration"]),
        )


def fit_lightgbm(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    valid: tuple[pd.DataFrame, ArrayLike] | None = None,
    weight: ArrayLike | None = None,
    valid_weight: ArrayLike | None = None,
    settings: LightGBMSettings | None = None,
    seed: int = 0,
) -> TreeModel:
    """Fit LightGBM without constraints.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs. Directions are passed over: this is the unconstrained challenger.
    valid
        Rows and labels that stop the fit and calibrate it. Without them, folds of the rows choose the
        rounds and calibrate, and all rows are fitted.
    weight, valid_weight
        Weight of each row, and of each of those.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    import lightgbm

    settings = settings or LightGBMSettings()
    y, w = checked(frame, bad, schema, weight)
    levels = {
        field.name: category_bins(
            categories(field.name, frame[field.name]), settings.most_levels
        ).levels
        for field in schema
        if field.kind == "category"
    }
    parameters = _parameters(settings, len(y), seed)
    x = _matrix(frame, schema, levels)
    categorical = [i for i, field in enumerate(schema) if field.kind == "category"]

    def rows(values: Floats, label: Floats, weights: Floats | None) -> lightgbm.Dataset:
        return lightgbm.Dataset(
            values,
            label=label,
            weight=weights,
            categorical_feature=categorical,
            params=parameters,
            free_raw_data=False,
        )

    stop = lightgbm.early_stopping(settings.patience, verbose=False)
    if valid is None:
        rounds, calibration = _folded(x, y, w, rows, parameters, settings, seed)
        booster = lightgbm.train(parameters, rows(x, y, w), rounds)
        return TreeModel(schema, levels, booster, calibration)
    y_valid, w_valid = checked(valid[0], valid[1], schema, valid_weight)
    training = rows(x, y, w)
    held = training.create_valid(_matrix(valid[0], schema, levels), label=y_valid, weight=w_valid)
    booster = lightgbm.train(
        parameters, training, settings.most_rounds, valid_sets=[held], callbacks=[stop]
    )
    kept = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration))
    model = TreeModel(schema, levels, kept, Calibration())
    return TreeModel(schema, levels, kept, calibrate(model.log_odds(valid[0]), y_valid, w_valid))


def _folded(
    x: Floats,
    y: Floats,
    w: Floats,
    rows: Any,
    parameters: dict[str, Any],
    settings: LightGBMSettings,
    seed: int,
) -> tuple[int, Calibration]:
    """Rounds with the least log loss on all left-out rows together, and the calibration there."""
    import lightgbm

    parts = left_out(y, settings.folds, seed)
    everything = np.arange(len(y))
    grown: dict[str, Any] = lightgbm.cv(
        parameters,
        rows(x, y, w),
        settings.most_rounds,
        folds=[(np.setdiff1d(everything, held), held) for held in parts],
        callbacks=[lightgbm.early_stopping(settings.patience, verbose=False)],
        return_cvbooster=True,
    )
    boosters = grown["cvbooster"]
    rounds = max(1, boosters.best_iteration)
    raw = np.empty(len(y))
    for held, booster in zip(parts, boosters.boosters, strict=True):
        raw[held] = booster.predict(x[held], raw_score=True, num_iteration=rounds, num_threads=1)
    return rounds, calibrate(raw, y, w)


def _parameters(settings: LightGBMSettings, rows: int, seed: int) -> dict[str, Any]:
    # LightGBM's log odds start from the training rate, so that rare bads need no long climb.
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.num_leaves,
        "min_data_in_leaf": min(settings.min_data_in_leaf, max(1, rows // 20)),
        "lambda_l2": settings.lambda_l2,
        "num_threads": settings.num_threads,
        "seed": seed % (2**31 - 1),
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }


def _matrix(frame: pd.DataFrame, schema: Schema, levels: dict[str, tuple[str, ...]]) -> Floats:
    absent = [name for name in schema.names if name not in frame.columns]
    if absent:
        raise ModelsError(f"Missing column {', '.join(map(repr, absent))}; the model needs it.")
    out = np.empty((len(frame), len(schema)), dtype=np.float64)
    for position, field in enumerate(schema):
        if field.kind == "number":
            out[:, position] = numbers(field.name, frame[field.name])
            continue
        axis = CategoryBins(levels[field.name])
        lookup = np.asarray([*range(len(axis.levels)), np.nan, np.nan], dtype=np.float64)
        out[:, position] = lookup[axis.encode(categories(field.name, frame[field.name]))]
    return out
