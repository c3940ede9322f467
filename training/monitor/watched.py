"""What is watched: a model with the rows it was developed on, and the decisions of one month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.scale import probabilities
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.monitor.settings import MonitorSettings

Floats = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True)
class Watched:
    """A live model and what it looked like when it was validated.

    Attributes
    ----------
    model, name
        The model and how it is called.
    frame, bad
        Rows it had not been fitted on (its validation or test rows) with outcomes: what is expected.
    suppliers
        Inputs by the supplier of their records.
    """

    model: AdditiveModel
    name: str
    frame: pd.DataFrame
    bad: NDArray[np.int8]
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: MonitorSettings = field(default_factory=MonitorSettings)

    @cached_property
    def margin(self) -> Floats:
        """Unrounded scores of the reference rows."""
        return self.model.margin(self.frame)

    @cached_property
    def edges(self) -> Floats:
        """Inner limits of tenths of the reference scores."""
        return np.unique(np.quantile(self.margin, np.linspace(0, 1, BINS + 1)[1:-1]))

    def probability(self, margin: Floats) -> Floats:
        """Probability of going bad of unrounded scores."""
        return probabilities((self.model.scale.offset - margin) / self.model.scale.factor)


@dataclass(frozen=True)
class Month:
    """The decisions of one month.

    Attributes
    ----------
    month
        ``2024-03``.
    frame
        Features as of each decision.
    approved
        Whether the lender approved, or None where only loans are known.
    bad
        1 = bad within the horizon, 0 = good, NaN where the outcome has not matured or the application
        was refused.
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
