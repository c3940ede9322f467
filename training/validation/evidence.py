"""What a validation judges: a model, rows with outcomes, the rows it was developed on, and its challengers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from data_contracts.documents import Block, Text
from models.errors import ModelsError
from models.scale import BANDS
from models.scorer import AdditiveModel
from training.errors import TrainingError

Floats = NDArray[np.float64]
Labels = NDArray[np.object_]

GRADES = tuple(band.grade for band in reversed(BANDS))
"""Best first."""


class ValidationSettings(BaseModel):
    """Numbers of a validation. All are ours; no rule gives any.

    Attributes
    ----------
    approve_at
        Lowest score that is approved; where none is given, the one at which profit is largest.
    gain, loss
        Earned on a good loan and lost on a bad one, as shares of its amount: for the profit curve.
    slope_low, slope_high
        A calibration slope within these is called calibrated.
    psi_watch, psi_fail
        Limits of PSI and CSI; where chance alone reaches further in so small a sample, that counts.
    bootstrap
        Resamples of an interval.
    least_rows, least_bads
        A group with fewer is counted but not judged.
    four_fifths
        An approval rate below this share of the best group's is pointed out.
    perturbation
        Share of its standard deviation by which each number is moved to test the reasons.
    most_pictures
        Tables whose shape is drawn, largest effect first.
    seed
        Of all chance.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    approve_at: int | None = None
    gain: float = Field(0.03, gt=0, lt=1)
    loss: float = Field(0.45, gt=0, le=1)
    slope_low: float = 0.9
    slope_high: float = 1.1
    psi_watch: float = 0.10
    psi_fail: float = 0.25
    bootstrap: int = Field(200, ge=50)
    least_rows: int = Field(50, ge=10)
    least_bads: int = Field(10, ge=2)
    four_fifths: float = Field(0.8, gt=0, le=1)
    perturbation: float = Field(0.01, gt=0)
    most_pictures: int = Field(12, ge=1)
    seed: int = 0


@dataclass(frozen=True)
class Sample:
    """Rows with outcomes.

    Attributes
    ----------
    frame
        The model's inputs by name; others are passed over. Length n.
    bad
        1 = bad, shape (n,).
    on
        Day of each decision, ``datetime64[D]``, or None.
    groups
        Segments by title, such as the industry section: a label for each row.
    protected
        Attributes that never are inputs (sex, age band ...), for the fairness part alone.
    remarks
        How its columns were read, where that is not plain.
    """

    frame: pd.DataFrame
    bad: NDArray[np.int8]
    on: NDArray[np.datetime64] | None = None
    groups: Mapping[str, Labels] = field(default_factory=dict)
    protected: Mapping[str, Labels] = field(default_factory=dict)
    remarks: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts of different lengths and labels other than 0 and 1."""
        n = len(self.frame)
        parts = [self.bad, *([] if self.on is None else [self.on])]
        parts += [*self.groups.values(), *self.protected.values()]
        if any(len(part) != n for part in parts):
            raise TrainingError("The columns of a sample have different lengths.")
        if not np.isin(self.bad, (0, 1)).all():
            raise TrainingError("Outcomes must be 0 (good) or 1 (bad), without missing values.")

    @cached_property
    def months(self) -> Labels | None:
        """Month of each decision, such as 2024-03."""
        return (
            None if self.on is None else self.on.astype("datetime64[M]").astype(str).astype(object)
        )

    @cached_property
    def vintages(self) -> Labels | None:
        """Quarter of each decision where the days span at most three years, else the year."""
        if self.on is None or not len(self.on):
            return None
        years = self.on.astype("datetime64[Y]").astype(int) + 1970
        if years.max() - years.min() >= 3:
            return years.astype(str).astype(object)
        quarter = (self.on.astype("datetime64[M]").astype(int) % 12) // 3 + 1
        return np.asarray([f"{y}Q{q}" for y, q in zip(years, quarter, strict=True)], dtype=object)


@dataclass(frozen=True)
class Step:
    """One step of the population's waterfall: what remained after it."""

    text: Text
    rows: int


@dataclass(frozen=True)
class Evidence:
    """Everything that a validation report is made from.

    Attributes
    ----------
    model, name
        The model judged, and how it is called (registered name and version, or its folder).
    sample
        Rows that neither the fit nor any choice has seen.
    development
        The rows it was fitted on: the reference of stability; None when they are not at hand.
    challengers
        Probability of going bad of each row of the sample, by kind of model.
    waterfall
        From all records to the rows judged.
    refits
        The same model fitted with other seeds, for the stability of its reasons.
    suppliers
        Inputs by the supplier of their records.
    about
        Provenance in key and value: data digest, code version, run, developer, label ...
    simulated
        Whether the rows are those of the simulated city.
    """

    model: AdditiveModel
    name: str
    sample: Sample
    development: Sample | None = None
    challengers: Mapping[str, Floats] = field(default_factory=dict)
    waterfall: tuple[Step, ...] = ()
    refits: tuple[AdditiveModel, ...] = ()
    suppliers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    settings: ValidationSettings = field(default_factory=ValidationSettings)

    def __post_init__(self) -> None:
        """Refuse a sample that nothing can be said of."""
        bads = int(self.sample.bad.sum())
        goods = len(self.sample.bad) - bads
        if min(bads, goods) < self.settings.least_bads:
            raise TrainingError(
                f"The sample holds {bads} bad and {goods} good outcomes; a validation needs at least "
                f"{self.settings.least_bads} of each.",
                "give a larger sample or a longer period",
            )
        for kind, probability in self.challengers.items():
            if len(probability) != len(self.sample.bad):
                raise TrainingError(
                    f"The challenger {kind} was not scored on the rows of the sample."
                )

    @cached_property
    def margin(self) -> Floats:
        """Unrounded score of each row of the sample; higher is better."""
        return _scored(self.model, self.sample)

    @cached_property
    def probability(self) -> Floats:
        """Probability of going bad of each row of the sample."""
        from models.scale import probabilities

        return probabilities((self.model.scale.offset - self.margin) / self.model.scale.factor)

    @cached_property
    def score(self) -> NDArray[np.int64]:
        """Published score of each row of the sample."""
        return self.model.scale.scores(self.margin)

    @cached_property
    def reference_margin(self) -> Floats | None:
        """Unrounded scores of the development rows."""
        return None if self.development is None else _scored(self.model, self.development)

    @cached_property
    def grades(self) -> Labels:
        """Grade of each row of the sample."""
        return grades_of(self.score)


def grades_of(scores: NDArray[np.int64]) -> Labels:
    """Grade of each score; shape (n,)."""
    lows = np.asarray([band.low for band in BANDS])
    names = np.asarray([band.grade for band in BANDS], dtype=object)
    return names[np.maximum(np.searchsorted(lows, scores, side="right") - 1, 0)]


def _scored(model: AdditiveModel, sample: Sample) -> Floats:
    try:
        return model.margin(sample.frame)
    except ModelsError as error:
        raise TrainingError(
            f"The sample does not fit the model: {error}",
            "give the columns the model was trained on, or another model",
        ) from error


@dataclass(frozen=True)
class Section:
    """One part of the report.

    Attributes
    ----------
    id, title
        Key of the figures and heading.
    figures
        JSON-able numbers behind what is shown.
    blocks
        What is shown, in both languages.
    findings
        What a reviewer must know, worst first; empty when nothing is amiss.
    """

    id: str
    title: Text
    figures: Mapping[str, object]
    blocks: tuple[Block, ...]
    findings: tuple[Text, ...] = ()
