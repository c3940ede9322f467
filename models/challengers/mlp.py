"""A small neural network: standardised inputs, two hidden layers, stopped early, weights as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats
from models.calibration import Calibration, calibrate
from models.challengers.coding import LinearCoding, LinearlyCoded, coded
from models.challengers.folder import read_folder, write_folder
from models.challengers.rows import left_out, log_loss
from models.scale import probabilities
from models.schema import Schema


class NetworkSettings(BaseModel):
    """Settings of the network; all numbers are ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: tuple[int, ...] = (64, 32)
    decay: float = Field(1e-3, ge=0, description="L2 penalty of the weights")
    learning_rate: float = Field(1e-3, gt=0)
    most_epochs: int = Field(60, ge=1)
    patience: int = Field(6, ge=1, description="epochs without a gain on the left-out rows")
    folds: int = Field(
        6, ge=2, description="one part of so many is left out, to stop and calibrate"
    )


@dataclass(frozen=True, eq=False)
class NeuralNetwork(LinearlyCoded):
    """Layers of weights with rectifiers between them, and a calibration of the last sum.

    Attributes
    ----------
    coding
        How rows become the matrix.
    layers
        Weights (inputs, outputs) and shifts of each layer; the last has one output.
    """

    coding: LinearCoding
    layers: tuple[tuple[Floats, Floats], ...]
    calibration: Calibration
    kind: str = "mlp"

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Calibrated log odds of going bad; shape (n,)."""
        raw = _forward(self.coding.matrix(frame), self.layers)
        return raw * self.calibration.slope + self.calibration.shift

    def save(self, folder: Path) -> None:
        """Write model.json and manifest.json."""
        write_folder(
            folder,
            self.kind,
            {
                "coding": self.coding.to_json(),
                "layers": [[w.tolist(), shift.tolist()] for w, shift in self.layers],
                "calibration": [self.calibration.slope, self.calibration.shift],
            },
        )

    @classmethod
    def load(cls, folder: Path) -> NeuralNetwork:
        """Read a folder; refuse it when it was altered."""
        content, _ = read_folder(folder, "mlp")
        layers = tuple(
            (np.asarray(w, dtype=np.float64), np.asarray(shift, dtype=np.float64))
            for w, shift in content["layers"]
        )
        coding = LinearCoding.from_json(content["coding"])
        return cls(coding, layers, Calibration(*content["calibration"]))


def fit_mlp(
    frame: pd.DataFrame,
    bad: ArrayLike,
    schema: Schema,
    *,
    weight: ArrayLike | None = None,
    settings: NetworkSettings | None = None,
    seed: int = 0,
) -> NeuralNetwork:
    """Fit the network on a part of the rows; the rest of them says when to stop, and calibrates.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    settings = settings or NetworkSettings()
    coding, x, y, w = coded(frame, bad, schema, weight)
    held = left_out(y, settings.folds, seed)[0]
    kept = np.setdiff1d(np.arange(len(y)), held)
    layers = _stopped(x, y, w, kept, held, settings, seed)
    calibration = calibrate(_forward(x[held], layers), y[held], w[held])
    return NeuralNetwork(coding, layers, calibration)


def _stopped(
    x: Floats, y: Floats, w: Floats, kept: Any, held: Any, settings: NetworkSettings, seed: int
) -> tuple[tuple[Floats, Floats], ...]:
    """Layers of the epoch with the least log loss on the left-out rows.

    scikit-learn's own early stopping asks for accuracy, which says nothing where bads are rare.
    """
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        settings.hidden,
        alpha=settings.decay,
        learning_rate_init=settings.learning_rate,
        batch_size=max(1, min(len(kept), 128 if len(kept) < 50_000 else 512)),
        random_state=seed % (2**32 - 1),
    )
    weight = w[kept] / w[kept].mean()
    layers: tuple[tuple[Floats, Floats], ...] = ()
    best, waited = np.inf, 0
    for _ in range(settings.most_epochs):
        network.partial_fit(x[kept], y[kept], classes=[0.0, 1.0], sample_weight=weight)
        now = tuple(zip(network.coefs_, network.intercepts_, strict=True))
        loss = log_loss(y[held], probabilities(_forward(x[held], now)), w[held])
        waited += 1
        if loss < best:
            best, waited = loss, 0
            layers = tuple((a.astype(np.float64), b.astype(np.float64)) for a, b in now)
        if waited >= settings.patience:
            break
    return layers


def _forward(x: Floats, layers: tuple[tuple[Floats, Floats], ...]) -> Floats:
    out = x
    for place, (weights, shifts) in enumerate(layers):
        out = out @ weights + shifts
        if place < len(layers) - 1:
            out = np.maximum(out, 0.0)
    return out[:, 0]
