"""The additive scorer: a base and look-ups in one- and two-feature tables.

Every default model of the project, glass box or scorecard, is an `AdditiveModel`. A score is the base
points plus one look-up a table, added in the order of the tables, in a batch and for a single row
alike, so that both give the same bits. Because the parts are the score, its reasons are exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.batch import ManyRows, Visit
from models.bins import Bins, Floats, NumberBins, project, union
from models.errors import ModelsError
from models.explain import Contribution, Explanation, SingleRow
from models.reasons.reference import Reference
from models.scale import Scale, probabilities
from models.schema import Field, Schema
from models.table import Table

__all__ = ["AdditiveModel", "Contribution", "Explanation", "Field", "Schema", "Table"]


@dataclass(frozen=True, eq=False)
class AdditiveModel:
    """Intercept and tables over the inputs of a schema.

    Parameters
    ----------
    schema
        The declared inputs; tables may use fewer.
    tables
        Effects on the log odds of going bad, in the order in which they are added: single
        features first, then pairs.
    intercept
        Log odds at contribution zero: the average margin where the tables are centred.
    scale
        Score points; higher is better.
    kind
        ``glassbox`` or ``scorecard``, for people only.
    typical
        Value of each input that is typical of the training rows: median or most frequent level.
    notes
        JSON-able facts about the fit (rows, bads, calibration, warnings). Never used for scoring.
    prohibited
        Names that must not be inputs, beside those that the certificate always refuses.
    reference
        Whom reasons compare a row with; None: the average of the training rows.
    """

    schema: Schema
    tables: tuple[Table, ...]
    intercept: float
    scale: Scale = field(default_factory=Scale)
    kind: str = "glassbox"
    typical: Mapping[str, float | str | None] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    prohibited: tuple[str, ...] = ()
    reference: Reference | None = None

    def __post_init__(self) -> None:
        """Refuse tables that the schema does not know."""
        if not np.isfinite(self.intercept):
            raise ModelsError("The intercept must be a finite number.")
        if any(a.is_pair > b.is_pair for a, b in zip(self.tables, self.tables[1:], strict=False)):
            raise ModelsError("Tables of one feature come before those of two.")
        seen: set[frozenset[str]] = set()
        for table in self.tables:
            for name, axis in zip(table.features, table.axes, strict=True):
                declared = self.schema[name]
                if declared.kind != ("number" if isinstance(axis, NumberBins) else "category"):
                    raise ModelsError(f"Field {name!r} is declared a {declared.kind}.")
                if isinstance(axis, NumberBins) and not set(axis.special) <= set(declared.special):
                    raise ModelsError(f"Field {name!r}: a table has special codes not declared.")
            if frozenset(table.features) in seen:
                raise ModelsError(
                    f"Two tables for {' x '.join(table.features)}: add them up first."
                )
            seen.add(frozenset(table.features))

    # --- what the model looks at ------------------------------------------------------------------

    @cached_property
    def bins(self) -> dict[str, Bins]:
        """Finest bins of each input that some table uses, in schema order.

        They hold every declared special code, also one that no table knows: it is never a quantity.
        """
        parts: dict[str, list[Bins]] = {}
        for table in self.tables:
            for name, axis in zip(table.features, table.axes, strict=True):
                parts.setdefault(name, []).append(axis)
        for declared in self.schema:
            if declared.special and declared.name in parts:
                parts[declared.name].append(NumberBins((), declared.special))
        return {name: union(parts[name]) for name in self.schema.names if name in parts}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names that a frame or a mapping of values must have."""
        return tuple(self.bins)

    @property
    def terms(self) -> tuple[tuple[str, ...], ...]:
        """Features of each table, in the order of `contributions`."""
        return tuple(table.features for table in self.tables)

    @cached_property
    def _base(self) -> float:
        return self.scale.margin(self.intercept)

    @cached_property
    def _points(self) -> tuple[Floats, ...]:
        """Score points of every table on the finest bins, flattened row by row."""
        out = []
        for table in self.tables:
            index = [
                project(self.bins[name], axis)
                for name, axis in zip(table.features, table.axes, strict=True)
            ]
            out.append((table.values[np.ix_(*index)] * -self.scale.factor).ravel())
        return tuple(out)

    @cached_property
    def _single(self) -> SingleRow:
        return SingleRow(self.bins, self.terms, self._points, self._base, self.scale)

    @cached_property
    def _many(self) -> ManyRows:
        return ManyRows(self.bins, self.terms, self._points, self._base)

    # --- many rows --------------------------------------------------------------------------------

    def margin(self, frame: pd.DataFrame) -> Floats:
        """Unrounded, unclipped score of each row; shape (n,), higher is better.

        Columns are found by name, in any order; others are passed over.

        Raises
        ------
        ModelsError
            When a column is missing or holds the wrong type, naming it.
        """
        return self._many.margin(frame)

    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Calibrated log odds of going bad; shape (n,)."""
        return (self.scale.offset - self.margin(frame)) / self.scale.factor

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Calibrated probability of going bad; shape (n,)."""
        return probabilities(self.log_odds(frame))

    def score(self, frame: pd.DataFrame) -> NDArray[np.int64]:
        """Published score: the margin rounded half up and clipped; shape (n,), higher is better."""
        return self.scale.scores(self.margin(frame))

    def contributions(self, frame: pd.DataFrame) -> tuple[float, Floats]:
        """Score points of each table.

        Returns
        -------
        base
            Points at contribution zero.
        points
            Shape (n, number of tables), in the order of `terms`. ``base + points.sum(axis=1)`` is the
            margin within 1e-9.
        """
        return self._base, self._many.explain(frame)[1]

    def explain_many(
        self, frame: pd.DataFrame, visit: Visit | None = None
    ) -> tuple[Floats, Floats]:
        """Score many rows with the points of every table.

        Parameters
        ----------
        visit
            Called as ``visit(rows, margin, points)`` with each block of rows while it is at hand, from two
            threads at a time.

        Returns
        -------
        margin, points
            Shapes (n,) and (n, number of tables), as `margin` and `contributions` give them.
        """
        return self._many.explain(frame, visit)

    # --- one row ----------------------------------------------------------------------------------

    def explain(self, values: Mapping[str, Any]) -> Explanation:
        """Score one row with the points of every table.

        Parameters
        ----------
        values
            Value of each input by name: numbers for numbers, text for categories, None for missing.
            Other keys are passed over.

        Raises
        ------
        ModelsError
            When an input is absent or of the wrong type, naming the field but not the value.
        """
        return self._single(values)

    # --- changes and storage ----------------------------------------------------------------------

    def recalibrated(self, slope: float, shift: float) -> AdditiveModel:
        """Give the model whose log odds are ``slope * log_odds + shift``, folded into the tables.

        Raises
        ------
        ModelsError
            When the slope is not positive: it would turn every direction round.
        """
        if not slope > 0:
            raise ModelsError("A calibration slope must be positive.")
        return replace(
            self,
            tables=tuple(table.with_values(table.values * slope) for table in self.tables),
            intercept=self.intercept * slope + shift,
            reference=self.reference
            and self.reference.stretched(slope, -shift * self.scale.factor, self.scale.offset),
        )

    def without(self, terms: Sequence[tuple[str, ...]]) -> AdditiveModel:
        """Give the model without the named tables; their mean moves into the intercept."""
        gone = {frozenset(term) for term in terms}
        dropped = [table for table in self.tables if frozenset(table.features) in gone]
        kept = tuple(table for table in self.tables if frozenset(table.features) not in gone)
        positions = {i for i, term in enumerate(self.terms) if frozenset(term) in gone}
        return replace(
            self,
            tables=kept,
            intercept=self.intercept + sum(table.mean for table in dropped),
            reference=self.reference and self.reference.without(positions),
        )

    def save(self, folder: Path) -> None:
        """Write the model as a folder of JSON, byte for byte the same each time."""
        from models.store import save

        save(self, folder)

    @classmethod
    def load(cls, folder: Path) -> AdditiveModel:
        """Read a folder; refuse it when it was altered or its certificate does not hold.

        Raises
        ------
        ModelsError
            When a file is absent, altered or of another format.
        """
        from models.store import load

        return load(folder)
