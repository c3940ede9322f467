"""Every kind of model on one split: fitted, judged on rows it has not seen, kept."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models.bins import Floats
from models.errors import ModelsError
from models.kinds import Fitted as Model
from models.kinds import fit_kind
from models.metrics import evaluate, h_measure
from models.schema import Schema
from training.errors import TrainingError
from training.table.remark import Remark
from training.table.split import Rows, Split

Progress = Callable[[str, int, int], None]

FIGURES = (
    "auc",
    "auc_low",
    "auc_high",
    "ks",
    "brier",
    "log_loss",
    "calibration_slope",
    "h_measure",
)


@dataclass
class Fitted:
    """One kind of model on the split.

    Attributes
    ----------
    model
        What is kept: fitted on the training rows, or on all rows after folds.
    judged
        Probability of the rows that figures are taken on, by the model that had not seen them;
        shape (judged rows,), in the order of `Split.judged`.
    all_rows
        Probability of every row: that of `judged` where there is one, else the kept model's.
    figures
        By name, None where one does not exist.
    """

    kind: str
    model: Model
    judged: Floats
    all_rows: Floats
    figures: dict[str, float | None]


@dataclass
class Comparison:
    """All models that could be fitted, and why others could not."""

    fitted: dict[str, Fitted] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def best(self) -> str:
        """The kind with the largest AUC."""
        return max(self.fitted, key=lambda kind: self.fitted[kind].figures["auc"] or 0.0)

    @property
    def remarks(self) -> list[Remark]:
        """A warning for each kind that could not be fitted."""
        return [
            Remark(
                "not_fitted",
                "warning",
                f"模型 {kind} 未能拟合：{why}",
                f"Model {kind} was not fitted: {why}",
            )
            for kind, why in self.failed.items()
        ]


def compare(
    kinds: Sequence[str],
    frame: pd.DataFrame,
    bad: Floats,
    schema: Schema,
    split: Split,
    *,
    weight: Floats | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Comparison:
    """Fit and judge every kind on the same split.

    Parameters
    ----------
    kinds
        In the order in which they are fitted.
    frame, bad
        Inputs and labels of all rows.
    weight
        Of each row, for the fits; figures count every row once.

    Raises
    ------
    TrainingError
        When no kind could be fitted; holds the reasons.
    """
    tell = progress or (lambda text, done, total: None)
    out = Comparison()
    rounds = len(split.parts) + (split.kind == "folds")
    for number, kind in enumerate(kinds):
        done = number * rounds

        def step(text: str, at: int, done: int = done) -> None:
            tell(text, done + at, len(kinds) * rounds)

        try:
            out.fitted[kind] = _one(kind, frame, bad, schema, split, weight, seed, step)
        # What a library says of rows that it can not take is told, and the other models go on.
        except (ModelsError, ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            out.failed[kind] = " ".join(str(error).split())[:500]
        tell(f"models {kind}", done + rounds, len(kinds) * rounds)
    if not out.fitted:
        reasons = "; ".join(f"{kind}: {why}" for kind, why in out.failed.items())
        raise TrainingError(f"No model could be fitted. {reasons}")
    return out


def _one(
    kind: str,
    frame: pd.DataFrame,
    bad: Floats,
    schema: Schema,
    split: Split,
    weight: Floats | None,
    seed: int,
    tell: Callable[[str, int], None],
) -> Fitted:
    def fit(rows: Rows) -> Model:
        part = None if weight is None else weight[rows]
        return fit_kind(kind, frame.iloc[rows], bad[rows], schema, weight=part, seed=seed)

    judged, model, seconds = [], None, 0.0
    for step, (learned, held) in enumerate(split.parts):
        tell(f"models {kind}", step)
        started = time.perf_counter()
        model = fit(learned)
        seconds = time.perf_counter() - started
        judged.append(model.probability(frame.iloc[held]))
    if split.kind == "folds" or model is None:
        tell(f"models {kind}: all rows", len(split.parts))
        started = time.perf_counter()
        model = fit(split.final)
        seconds = time.perf_counter() - started
    probability = np.concatenate(judged)
    everything = model.probability(frame)
    everything[split.judged] = probability
    return Fitted(
        kind,
        model,
        probability,
        everything,
        {**figures(bad[split.judged], probability, seed), "fit_seconds": round(seconds, 3)},
    )


def figures(bad: Floats, probability: Floats, seed: int) -> dict[str, float | None]:
    """Figures of merit with 95 % bootstrap intervals, as plain numbers; None where one does not exist."""
    found: dict[str, float] = evaluate(bad, probability, seed=seed).as_dict()
    found["h_measure"] = h_measure(bad, probability)
    first = {name: found[name] for name in FIGURES}
    rest = {name: value for name, value in found.items() if name not in FIGURES}
    return {
        name: (value if math.isfinite(value) else None) for name, value in (first | rest).items()
    }


def save_models(comparison: Comparison, folder: Path) -> dict[str, str]:
    """Write every kept model into a folder of its own; gives kind -> folder, relative to the parent."""
    places = {}
    for kind, fitted in comparison.fitted.items():
        fitted.model.save(folder / kind)
        places[kind] = f"{folder.name}/{kind}"
    return places


def versions() -> dict[str, str]:
    """Versions of what fitted the models."""
    names = ("numpy", "pandas", "sklearn", "lightgbm")
    found: dict[str, Any] = {name: importlib.import_module(name).__version__ for name in names}
    return {name: str(version) for name, version in found.items()}
