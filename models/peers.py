"""The black-box peer: LightGBM without constraints, calibrated, stored as LightGBM text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats, categories, numbers
from models.calibration import Calibration, calibrate
from models.errors import ModelsError
from models.scale import probabilities
from models.schema import Schema, canonical

if TYPE_CHECKING:
    import lightgbm

FORMAT = 1


class LightGBMSettings(BaseModel):
    """Settings of the peer; plain defaults, because it is there to be compared with, not tuned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learning_rate: float = Field(0.05, gt=0, le=1)
    num_leaves: int = Field(31, ge=2)
    min_data_in_leaf: int = Field(100, ge=1)
    lambda_l2: float = Field(1.0, ge=0)
    most_rounds: int = Field(1000, ge=1)
    patience: int = Field(50, ge=1)
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

    def save(self, folder: Path) -> None:
        """Write booster.txt, model.json and manifest.json with their digests."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        parts = {
            "booster.txt": self.booster.model_to_string(),
            "model.json": canonical(
                {
                    "kind": "lightgbm",
                    "schema": self.schema.to_spec(),
                    "levels": {name: list(levels) for name, levels in self.levels.items()},
                    "calibration": [self.calibration.slope, self.calibration.shift],
                }
            ),
        }
        for name, text in parts.items():
            (folder / name).write_text(text, encoding="utf-8")
        digests = {name: sha256(text.encode()).hexdigest() for name, text in parts.items()}
        manifest = {"format": FORMAT, "kind": "lightgbm", "sha256": digests}
        (folder / "manifest.json").write_text(canonical(manifest), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TreeModel:
        """Read a folder; refuse it when it was altered.

        Raises
        ------
        ModelsError
            When a file is absent, altered or of another format.
        """
        import lightgbm

        try:
            manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
            parts = {
                name: (Path(folder) / name).read_text(encoding="utf-8")
                for name in ("booster.txt", "model.json")
            }
            if manifest["format"] != FORMAT or manifest["kind"] != "lightgbm":
                raise ModelsError("The folder holds a model of another format or kind.")
            for name, text in parts.items():
                if sha256(text.encode()).hexdigest() != manifest["sha256"][name]:
                    raise ModelsError(f"{name} was altered after the model was saved.")
            content: dict[str, Any] = json.loads(parts["model.json"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelsError("The folder is not a whole saved LightGBM model.") from error
        return cls(
            Schema.from_spec(content["schema"]),
            {name: tuple(levels) for name, levels in content["levels"].items()},
            lightgbm.Booster(model_str=parts["booster.txt"]),
            Calibration(*content["calibration"]),
        )


def fit_lightgbm(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    valid: tuple[pd.DataFrame, ArrayLike],
    weight: ArrayLike | None = None,
    valid_weight: ArrayLike | None = None,
    settings: LightGBMSettings | None = None,
    seed: int = 0,
) -> TreeModel:
    """Fit LightGBM without constraints; early stopping and calibration on the validation rows.

    Parameters
    ----------
    frame, bad
        Rows with the schema's inputs by name, and labels (1 = bad); lengths n.
    schema
        Inputs. Directions are passed over: this is the unconstrained peer.
    valid
        Rows and labels that stop the fit and calibrate it.
    weight, valid_weight
        Weight of each row, and of each validation row.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    import lightgbm

    settings = settings or LightGBMSettings()
    y, y_valid = (np.asarray(labels, dtype=np.float64) for labels in (bad, valid[1]))
    for labels, rows in ((y, len(frame)), (y_valid, len(valid[0]))):
        if len(labels) != rows or not np.isin(labels, (0.0, 1.0)).all():
            raise ModelsError("Labels must be 0 or 1, one for each row.")
        if not 0 < labels.sum() < len(labels):
            raise ModelsError("Training and validation rows must both hold goods and bads.")
    levels = {
        field.name: tuple(str(v) for v in _seen(field.name, frame))
        for field in schema
        if field.kind == "category"
    }
    categorical = [i for i, field in enumerate(schema) if field.kind == "category"]
    # LightGBM's log odds start from the training rate, so that rare bads need no long climb.
    parameters = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.num_leaves,
        "min_data_in_leaf": min(settings.min_data_in_leaf, max(1, len(frame) // 20)),
        "lambda_l2": settings.lambda_l2,
        "num_threads": settings.num_threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }
    training = lightgbm.Dataset(
        _matrix(frame, schema, levels),
        label=y,
        weight=None if weight is None else np.asarray(weight, dtype=np.float64),
        categorical_feature=categorical,
        params=parameters,
    )
    held_out = lightgbm.Dataset(
        _matrix(valid[0], schema, levels),
        label=y_valid,
        weight=None if valid_weight is None else np.asarray(valid_weight, dtype=np.float64),
        reference=training,
        params=parameters,
    )
    booster = lightgbm.train(
        parameters,
        training,
        settings.most_rounds,
        valid_sets=[held_out],
        callbacks=[lightgbm.early_stopping(settings.patience, verbose=False)],
    )
    kept = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration))
    model = TreeModel(schema, levels, kept, Calibration())
    return TreeModel(
        schema, levels, kept, calibrate(model.log_odds(valid[0]), y_valid, valid_weight)
    )


def _seen(name: str, frame: pd.DataFrame) -> list[str]:
    if name not in frame.columns:
        raise ModelsError(f"Missing column {name!r}; the schema declares it.")
    return list(categories(name, frame[name]).categories)


def _matrix(frame: pd.DataFrame, schema: Schema, levels: dict[str, tuple[str, ...]]) -> Floats:
    absent = [name for name in schema.names if name not in frame.columns]
    if absent:
        raise ModelsError(f"Missing column {', '.join(map(repr, absent))}; the model needs it.")
    out = np.empty((len(frame), len(schema)), dtype=np.float64)
    for position, field in enumerate(schema):
        if field.kind == "number":
            out[:, position] = numbers(field.name, frame[field.name])
            continue
        values = categories(field.name, frame[field.name])
        known = {level: code for code, level in enumerate(levels[field.name])}
        lookup = [float(known.get(level, np.nan)) for level in values.categories]
        out[:, position] = np.asarray([*lookup, np.nan])[values.codes]
    return out
