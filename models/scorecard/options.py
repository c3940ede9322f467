"""What an analyst may say of a scorecard, and of each of its variables apart from all others."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.errors import ModelsError
from models.schema import Field as Input

Trend = Literal["auto", "ascending", "descending", "peak", "valley", "free"]
Merge = Literal["nearest", "worst", "average", "own"]


class VariableOptions(BaseModel):
    """Options of one variable. None takes what the whole scorecard says; no option moves another variable's bins.

    Attributes
    ----------
    cuts
        Thresholds of a number in place of optimal ones; bins are ``(a, b]``. None of them is merged away,
        unless `monotone_in_every_period` asks for it.
    groups
        Levels of a category that must share a bin.
    together
        Ranges ``(a, b]`` of a number in which no threshold may fall.
    trend
        Of the share of bads along the bins: ``ascending``, ``descending``, ``peak``, ``valley``, ``auto`` (the
        one of these that suits best) or ``free``. A direction that the schema declares stays binding.
    max_bins, least_share
        As for the scorecard.
    small
        What becomes of a bin that is too small to carry evidence of its own, see `ScorecardSettings.small`.
    monotone_in_every_period
        As for the scorecard.
    keep
        Take the variable in whatever its information value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cuts: tuple[float, ...] | None = None
    groups: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[float, float], ...] = ()
    trend: Trend | None = None
    max_bins: int | None = Field(None, ge=2)
    least_share: float | None = Field(None, gt=0, lt=0.5)
    small: Merge | None = None
    monotone_in_every_period: bool | None = None
    keep: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> VariableOptions:
        if self.cuts is not None:
            rising = all(a < b for a, b in pairwise(self.cuts))
            if not np.isfinite(self.cuts).all() or not rising:
                raise ValueError("cuts must be finite and strictly rising, e.g. [10, 20]")
            if any(a < cut < b for a, b in self.together for cut in self.cuts):
                raise ValueError("a cut falls into a range that must stay together")
        if any(not a < b for a, b in self.together):
            raise ValueError("together needs pairs (low, high) with low < high")
        levels = [level for group in self.groups for level in group]
        if len(set(levels)) != len(levels):
            raise ValueError("a level stands in two groups")
        return self


class ScorecardSettings(BaseModel):
    """Settings of the scorecard; all numbers are ours.

    Attributes
    ----------
    max_bins
        Most bins of a feature, without those for missing values and special codes.
    least_share
        Smallest share of the rows in a bin of observed values.
    least_expected
        A bin is too small when, at the overall rate, fewer bads or fewer goods than this are expected in it.
        The rule looks at how many rows a bin has, never at how they ended, so it prefers no outcome.
    small
        What becomes of a too small bin. An interval joins the neighbour with the nearest evidence. A bin of
        missing values, special codes or other levels takes the evidence of: ``nearest``, the observed bin with
        the nearest evidence; ``worst``, the riskiest one; ``average``, nobody (WOE 0); ``own``, itself.
    least_iv
        A feature with less information value is left out.
    pseudo_bads
        Bads (with goods at the overall odds) that every bin is given on top of its own: shrinks thin
        bins towards no evidence and keeps bins of one class finite.
    penalty
        Ridge penalty of the regression, in units of 1 / C.
    monotone_in_every_period
        Merge bins until the trend of the whole sample holds in every period (a period column is needed).
    pairs
        Pairs of features that get a table of two features: what their joint bins tell beyond each alone.
    pair_bads
        Bads that every cell of a pair is given on top of its own, see `pseudo_bads`.
    variables
        Options by variable.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bins: int = Field(8, ge=2)
    least_share: float = Field(0.03, gt=0, lt=0.5)
    least_expected: float = Field(3.0, ge=0)
    small: Merge = "nearest"
    least_iv: float = Field(0.01, ge=0)
    pseudo_bads: float = Field(0.5, ge=0)
    penalty: float = Field(1.0, gt=0)
    monotone_in_every_period: bool = False
    pairs: tuple[tuple[str, str], ...] = ()
    pair_bads: float = Field(10.0, gt=0)
    variables: dict[str, VariableOptions] = Field(default_factory=dict)

    def of(self, field: Input) -> VariableOptions:
        """Give the options of one variable with nothing left open.

        Raises
        ------
        ModelsError
            When an option does not fit the kind of the variable or its declared direction.
        """
        own = self.variables.get(field.name, VariableOptions())
        declared = {1: "ascending", -1: "descending"}.get(field.direction)
        if own.trend is not None and declared and own.trend not in ("auto", declared):
            raise ModelsError(
                f"Variable {field.name!r}: trend {own.trend!r} contradicts its declared direction; "
                f"ask for {declared!r} or 'auto'."
            )
        if field.kind == "category" and (own.cuts is not None or own.together or own.trend):
            raise ModelsError(
                f"Variable {field.name!r} is a category: cuts, together and trend are for numbers; use groups."
            )
        if field.kind == "number" and own.groups:
            raise ModelsError(
                f"Variable {field.name!r} is a number: use cuts or together, not groups."
            )
        return own.model_copy(
            update={
                "trend": declared or own.trend or "auto",
                "max_bins": own.max_bins or self.max_bins,
                "least_share": own.least_share or self.least_share,
                "small": own.small or self.small,
                "monotone_in_every_period": self.monotone_in_every_period
                if own.monotone_in_every_period is None
                else own.monotone_in_every_period,
            }
        )
