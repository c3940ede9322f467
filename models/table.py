"""One table of an additive model: an effect for each bin of one feature, or of two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.bins import Bins, CategoryBins, Floats, NumberBins
from models.errors import ModelsError


@dataclass(frozen=True, eq=False)
class Table:
    """Effects on the log odds of going bad.

    Parameters
    ----------
    features
        One or two names.
    axes
        The bins of each feature in this table; a pair may be coarser than the single features.
    values
        Shape ``(axes[0].size,)`` or ``(axes[0].size, axes[1].size)``, log odds.
    mass
        Share of the training rows in each cell, same shape; adds up to 1.
    """

    features: tuple[str, ...]
    axes: tuple[Bins, ...]
    values: Floats
    mass: Floats

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        shape = tuple(axis.size for axis in self.axes)
        name = " x ".join(self.features)
        if len(self.features) not in (1, 2) or len(set(self.features)) != len(self.features):
            raise ModelsError(f"Table {name!r}: one feature or two different ones are expected.")
        if len(self.axes) != len(self.features):
            raise ModelsError(f"Table {name!r}: one axis a feature is expected.")
        if self.values.shape != shape or self.mass.shape != shape:
            raise ModelsError(f"Table {name!r}: values and mass must have the shape {shape}.")
        if not np.isfinite(self.values).all() or not np.isfinite(self.mass).all():
            raise ModelsError(f"Table {name!r}: every effect must be a finite number.")

    @property
    def is_pair(self) -> bool:
        """Tell a two-feature table."""
        return len(self.features) == 2

    @property
    def mean(self) -> float:
        """Mean effect over the training rows."""
        return float((self.values * self.mass).sum())

    @property
    def deviation(self) -> float:
        """Standard deviation of the effect over the training rows: how much the table matters."""
        centred = self.values - self.mean
        return float(np.sqrt((centred * centred * self.mass).sum()))

    def with_values(self, values: Floats) -> Table:
        """Give the same table with other effects."""
        return Table(self.features, self.axes, np.asarray(values, dtype=np.float64), self.mass)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        return {
            "features": list(self.features),
            "axes": [_axis_to_json(axis) for axis in self.axes],
            "values": self.values.tolist(),
            "mass": self.mass.tolist(),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Table:
        """Read the JSON form."""
        return cls(
            tuple(value["features"]),
            tuple(_axis_from_json(axis) for axis in value["axes"]),
            np.asarray(value["values"], dtype=np.float64),
            np.asarray(value["mass"], dtype=np.float64),
        )


def _axis_to_json(axis: Bins) -> dict[str, Any]:
    if isinstance(axis, NumberBins):
        return {"cuts": list(axis.cuts), "special": list(axis.special)}
    return {"levels": list(axis.levels)}


def _axis_from_json(value: Mapping[str, Any]) -> Bins:
    if "cuts" in value:
        cuts, special = value["cuts"], value.get("special", ())  # format 1 had no special codes
        return NumberBins(tuple(map(float, cuts)), tuple(map(float, special)))
    return CategoryBins(tuple(value["levels"]))
