"""The reference of reasons: who was approved near the cut-off, and what they usually have.

A reason says what separates a row from the training rows whose score lies in a declared band just above a
declared cut-off. Of them the mean points of each table and the typical value of each input are kept; so the
score less the reference's is exactly the sum of the differences, table by table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from models.bins import Floats, categories, numbers
from models.errors import ModelsError

if TYPE_CHECKING:
    from models.scorer import AdditiveModel

Value: TypeAlias = float | str | None


class ReferenceSettings(BaseModel):
    """Where the cut-off and the band lie; all numbers are ours.

    Attributes
    ----------
    cut_off
        Published score from which a row is approved; None: the score that `refused` of the rows miss.
    refused
        Share of the training rows below the cut-off, where none is given.
    band
        Share of the training rows that make the band, counted from the cut-off up.
    alike
        Numbers without a declared theme whose rank correlation reaches this are one theme.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cut_off: int | None = None
    refused: float = Field(0.3, ge=0, lt=1)
    band: float = Field(0.2, gt=0, le=1)
    alike: float = Field(0.7, gt=0, le=1)


@dataclass(frozen=True)
class Reference:
    """Rows approved near the cut-off.

    Attributes
    ----------
    cut_off
        Published score from which a row is approved.
    low, high
        The band: unrounded scores of its rows.
    rows
        How many training rows lie in it.
    points
        Mean score points of each table in the band, in the order of the model's tables.
    typical
        What is typical there: median of a number, most frequent level of a category, None where most
        have no value.
    themes
        Theme of inputs that declare none but move together with others.
    """

    cut_off: int
    low: float
    high: float
    rows: int
    points: tuple[float, ...]
    typical: Mapping[str, Value] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)

    def without(self, positions: set[int]) -> Reference:
        """Give the reference of a model without some tables."""
        kept = tuple(p for i, p in enumerate(self.points) if i not in positions)
        return replace(self, points=kept)

    def stretched(self, slope: float, shift: float, offset: float) -> Reference:
        """Give the reference after ``margin -> offset + slope * (margin - offset) + shift``."""

        def moved(margin: float) -> float:
            return offset + slope * (margin - offset) + shift

        return replace(
            self,
            cut_off=int(np.floor(moved(self.cut_off) + 0.5)),
            low=moved(self.low),
            high=moved(self.high),
            points=tuple(slope * p for p in self.points),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        return {
            "cut_off": self.cut_off,
            "low": self.low,
            "high": self.high,
            "rows": self.rows,
            "points": list(self.points),
            "typical": dict(self.typical),
            "themes": dict(self.themes),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Reference:
        """Read the JSON form."""
        return cls(**{**value, "points": tuple(value["points"])})


def with_reference(
    model: AdditiveModel,
    frame: pd.DataFrame,
    bad: Floats | None = None,
    weight: Floats | None = None,
    settings: ReferenceSettings | None = None,
) -> AdditiveModel:
    """Give the model with the reference that its training rows make.

    Parameters
    ----------
    model
        A fitted model; do this last, because another table needs another reference.
    frame
        Training rows with the model's inputs.
    bad, weight
        Labels (1 = bad) and weights, each of length n. With labels, only goods make the reference: it is what a
        good applicant has.
    settings
        Cut-off and band.

    Raises
    ------
    ModelsError
        When there are no rows, or a column is missing or of the wrong type.
    """
    settings = settings or ReferenceSettings()
    if not len(frame):
        raise ModelsError("A reference needs training rows.")
    margin = model.margin(frame)
    w = np.ones(len(frame)) if weight is None else np.asarray(weight, dtype=np.float64)
    cut_off = settings.cut_off
    if cut_off is None:
        cut_off = model.scale.score(_quantile(margin, w, settings.refused))
    passed = float(w[margin < cut_off - 0.5].sum() / w.sum())
    high = max(_quantile(margin, w, min(passed + settings.band, 1.0)), float(cut_off))
    inside = (margin >= cut_off - 0.5) & (margin <= high)
    if bad is not None and (inside & (np.asarray(bad) == 0)).any():
        inside &= np.asarray(bad) == 0
    if not inside.any():  # nobody reaches the cut-off: the best rows are the nearest to it
        inside = margin >= margin.max()
    rows, share = frame.loc[inside], w[inside] / w[inside].sum()
    points = model.contributions(rows)[1]
    reference = Reference(
        cut_off=cut_off,
        low=float(margin[inside].min()),
        high=float(margin[inside].max()),
        rows=int(inside.sum()),
        points=tuple((share @ points).tolist()),
        typical={
            name: _typical(model.schema[name].kind, name, rows[name], share)
            for name in model.inputs
        },
        themes=_themes(model, frame, settings.alike),
    )
    return replace(model, reference=reference)


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    """Smallest value that at least `share` of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    position = np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))
    return float(values[order[min(int(position), len(order) - 1)]])


def _typical(kind: str, name: str, column: pd.Series, share: Floats) -> Value:
    if kind == "number":
        values = numbers(name, column)
        known = ~np.isnan(values)
        if share[known].sum() <= 0.5:
            return None
        typical = _quantile(values[known], share[known], 0.5)
        return typical if np.isfinite(typical) else None
    levels = categories(name, column)
    mass = np.bincount(levels.codes + 1, weights=share, minlength=len(levels.categories) + 1)
    most = int(mass.argmax())  # the first place is the one of missing values
    return str(levels.categories[most - 1]) if most else None


_SAMPLE = 5000  # rows are enough for a rank correlation; ours


def _themes(model: AdditiveModel, frame: pd.DataFrame, alike: float) -> dict[str, str]:
    """Put numbers that rise and fall together, and declare no theme, under the name of the first."""
    names = [
        n for n in model.inputs if not model.schema[n].theme and model.schema[n].kind == "number"
    ]
    if len(names) < 2:
        return {}
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    some = frame.iloc[:: max(len(frame) // _SAMPLE, 1)]
    ranks = np.column_stack([_ranks(numbers(name, some[name])) for name in names])
    spread = np.sqrt((ranks * ranks).sum(axis=0))
    ranks /= np.where(spread > 0, spread, 1.0)
    apart = np.clip(1.0 - np.abs(ranks.T @ ranks), 0.0, 1.0)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0.0)
    # Complete linkage: every two members of a theme are alike, not only neighbours in a chain.
    label = fcluster(linkage(squareform(apart), "complete"), 1.0 - alike, "distance")
    first: dict[int, str] = {}
    found = {name: first.setdefault(int(c), name) for name, c in zip(names, label, strict=True)}
    members = Counter(found.values())
    return {name: theme for name, theme in found.items() if members[theme] > 1}


def _ranks(values: Floats) -> Floats:
    """Centred ranks; a missing value stands in the middle."""
    ranks = pd.Series(values).rank().to_numpy(dtype=np.float64, copy=True)
    ranks -= np.nanmean(ranks) if not np.isnan(ranks).all() else 0.0
    filled: Floats = np.nan_to_num(ranks)
    return filled
