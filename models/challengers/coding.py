"""Rows as a matrix for models that add up inputs: scaled numbers, a column a level, marks for missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from models.bins import CategoryBins, Floats, categories, numbers
from models.challengers.rows import checked
from models.glassbox.coding import category_bins
from models.scale import probabilities
from models.schema import Field, Schema

LEVELS = 50
"""Most levels of a category that get a column of their own (ours); the others share one."""
_TAIL = 0.005  # ours: numbers are cut off at these quantiles, so that one amount cannot bend a line


@dataclass(frozen=True)
class NumberCode:
    """A number: cut off at `low` and `high`, then ``(x - mean) / scale``; marks for what is no quantity."""

    low: float
    high: float
    mean: float
    scale: float
    marks: tuple[float | None, ...]

    def columns(self, values: Floats) -> list[Floats]:
        """The scaled number, then one mark for each code that is no quantity (None: missing)."""
        marks = [
            np.isnan(values) if code is None else np.equal(values, code) for code in self.marks
        ]
        unknown = np.isnan(values)
        for mark in marks:
            unknown = unknown | mark
        scaled = (np.clip(values, self.low, self.high) - self.mean) / self.scale
        return [np.where(unknown, 0.0, scaled), *(mark.astype(np.float64) for mark in marks)]


@dataclass(frozen=True)
class LinearCoding:
    """How each input becomes columns.

    Attributes
    ----------
    schema
        The inputs in order.
    codes
        For each input its number code, or the levels that have columns.
    """

    schema: Schema
    codes: tuple[NumberCode | CategoryBins, ...]

    @classmethod
    def learn(cls, frame: pd.DataFrame, schema: Schema) -> LinearCoding:
        """Choose scales and levels on the training rows.

        Raises
        ------
        ModelsError
            When a column is of the wrong type.
        """
        return cls(schema, tuple(_code(field, frame[field.name]) for field in schema))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of the matrix."""
        out: list[str] = []
        for field, code in zip(self.schema, self.codes, strict=True):
            if isinstance(code, NumberCode):
                out.append(field.name)
                out += [
                    f"{field.name} is {'missing' if mark is None else f'{mark:g}'}"
                    for mark in code.marks
                ]
            else:
                out += [f"{field.name} = {label}" for label in code.labels]
        return tuple(out)

    def matrix(self, frame: pd.DataFrame) -> Floats:
        """Write rows; columns by name; shape (n, len(names))."""
        out = np.empty((len(frame), len(self.names)), dtype=np.float64)
        at = 0
        for field, code in zip(self.schema, self.codes, strict=True):
            if isinstance(code, NumberCode):
                for column in code.columns(numbers(field.name, frame[field.name])):
                    out[:, at] = column
                    at += 1
            else:
                positions = code.encode(categories(field.name, frame[field.name]))
                out[:, at : at + code.size] = np.eye(code.size)[positions]
                at += code.size
        return out

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        codes = [
            {
                "low": code.low,
                "high": code.high,
                "mean": code.mean,
                "scale": code.scale,
                "marks": list(code.marks),
            }
            if isinstance(code, NumberCode)
            else {"levels": list(code.levels)}
            for code in self.codes
        ]
        return {"schema": self.schema.to_spec(), "codes": codes, "columns": list(self.names)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> LinearCoding:
        """Read the JSON form."""
        codes = tuple(
            CategoryBins(tuple(code["levels"]))
            if "levels" in code
            else NumberCode(
                code["low"], code["high"], code["mean"], code["scale"], tuple(code["marks"])
            )
            for code in value["codes"]
        )
        return cls(Schema.from_spec(value["schema"]), codes)


class LinearlyCoded(ABC):
    """A model of the columns of a coding."""

    coding: LinearCoding

    @property
    def schema(self) -> Schema:
        """Declared inputs; directions are not enforced."""
        return self.coding.schema

    @abstractmethod
    def log_odds(self, frame: pd.DataFrame) -> Floats:
        """Log odds of going bad; shape (n,)."""

    def probability(self, frame: pd.DataFrame) -> Floats:
        """Probability of going bad; shape (n,)."""
        return probabilities(self.log_odds(frame))


def coded(
    frame: pd.DataFrame, bad: ArrayLike, schema: Schema, weight: ArrayLike | None
) -> tuple[LinearCoding, Floats, Floats, Floats]:
    """Checked rows of a fit: the coding learnt on them, their matrix, labels and weights.

    Raises
    ------
    ModelsError
        When a column is missing or of the wrong type, or a label is not 0 or 1 or of one class.
    """
    y, w = checked(frame, bad, schema, weight)
    coding = LinearCoding.learn(frame, schema)
    return coding, coding.matrix(frame), y, w


def _code(field: Field, column: pd.Series) -> NumberCode | CategoryBins:
    if field.kind == "category":
        return category_bins(categories(field.name, column), LEVELS)
    values = numbers(field.name, column)
    special = [float(code) for code in field.special if (values == code).any()]
    marks: list[float | None] = [*special, *([None] if np.isnan(values).any() else [])]
    known = values[np.isfinite(values) & ~np.isin(values, special)]
    if not len(known):
        return NumberCode(0.0, 0.0, 0.0, 1.0, tuple(marks))
    low, high = (float(v) for v in np.quantile(known, [_TAIL, 1 - _TAIL], method="nearest"))
    if low == high:  # a rare event: the tails are all that there is to see
        low, high = float(known.min()), float(known.max())
    size = max(abs(low), abs(high)) or 1.0  # squares of huge or tiny numbers would leave the floats
    cut = np.clip(known, low, high) / size
    mean, scale = float(cut.mean()) * size, float(cut.std()) * size or 1.0
    return NumberCode(low, high, mean, scale, tuple(marks))
