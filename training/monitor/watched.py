"""What is watched: a model, what it looked like when it was tested, and the decisions of one month.

The reference is counts by bin, no rows: it may lie in MLflow, where nothing of a person may.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.bins import NumberBins, categories, numbers
from models.inference import auc_interval
from models.scale import probabilities
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.monitor.settings import MonitorSettings

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
BINS = 10


def probability_of(model: AdditiveModel, margin: Floats) -> Floats:
    """Probability of going bad of unrounded scores."""
    return probabilities((model.scale.offset - margin) / model.scale.factor)


def input_counts(model: AdditiveModel, name: str, column: pd.Series) -> Counts:
    """Rows in the model's own bins of an input; the ordered ones of a number put together to ten."""
    axis = model.bins[name]
    if not isinstance(axis, NumberBins):
        return np.bincount(axis.encode(categories(name, column)), minlength=axis.size)
    fold = np.arange(axis.size)
    if axis.ordered > BINS:
        fold[: axis.ordered] = np.arange(axis.ordered) * BINS // axis.ordered
        fold[axis.ordered :] = BINS + np.arange(axis.size - axis.ordered)
    return np.bincount(fold[axis.encode(numbers(name, column))], minlength=int(fold.max()) + 1)


@dataclass(frozen=True)
class Reference:
    """What is expected of a month: counts of the test rows of a version, and what was reached on them.

    Attributes
    ----------
    edges, scores
        Inner limits of the tenths of the unrounded score, and rows in each.
    inputs
        Rows in the bins of each input.
    filled
        Share of rows in which each input has a value.
    auc, auc_low
        Discrimination and the lower end of its 95 % interval.
    """

    edges: tuple[float, ...]
    scores: tuple[int, ...]
    inputs: Mapping[str, tuple[int, ...]]
    filled: Mapping[str, float]
    auc: float
    auc_low: float

    @classmethod
    def of(cls, model: AdditiveModel, frame: pd.DataFrame, bad: NDArray[Any]) -> Reference:
        """Count the rows of a sample that the model was not fitted on."""
        margin = model.margin(frame)
        edges = np.unique(np.quantile(margin, np.linspace(0, 1, BINS + 1)[1:-1]))
        auc, low, _ = auc_interval(bad, -margin)
        return cls(
            tuple(edges.tolist()),
            tuple(tenths(edges, margin).tolist()),
            {name: tuple(input_counts(model, name, frame[name]).tolist()) for name in model.inputs},
            {name: float(frame[name].notna().mean()) for name in model.inputs},
            auc,
            low,
        )

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Reference:
        """Read the JSON form."""
        return cls(
            tuple(value["edges"]),
            tuple(value["scores"]),
            {name: tuple(counts) for name, counts in value["inputs"].items()},
            dict(value["filled"]),
            value["auc"],
            value["auc_low"],
        )


def tenths(edges: Floats | tuple[float, ...], margin: Floats) -> Counts:
    """Rows between the edges; shape (len(edges) + 1,)."""
    limits = np.asarray(edges, dtype=np.float64)
    return np.bincount(np.searchsorted(limits, margin, side="left"), minlength=len(limits) + 1)


@dataclass(frozen=True)
class Watched:
    """A live model and what is expected of it.

    Attributes
    ----------
    model, name
        The model and how it is called.
    reference
        Of its test rows.
    suppliers
        Inputs by the supplier of their records.
    """

    model: AdditiveModel
    name: str
    reference: Reference
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: MonitorSettings = field(default_factory=MonitorSettings)


@dataclass(frozen=True)
class Month:
    """The decisions of one month.

    Attributes
    ----------
    month
        ``2024-03``.
    frame
        Features as of each decision.
    bad
        1 = bad within the horizon, 0 = good, NaN where the outcome has not matured or the application
        was refused.
    approved
        Whether the lender approved, or None where only loans are known.
    by_person
        Whether a person decided, or None.
    """

    month: str
    frame: pd.DataFrame
    bad: Floats
    approved: NDArray[np.bool_] | None = None
    by_person: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse parts of different lengths."""
        parts = [self.bad, *(p for p in (self.approved, self.by_person) if p is not None)]
        if any(len(part) != len(self.frame) for part in parts):
            raise TrainingError(f"The columns of {self.month} have different lengths.")

    @cached_property
    def matured(self) -> NDArray[np.bool_]:
        """Rows whose outcome is known."""
        return ~np.isnan(self.bad)
