"""Which segment a row belongs to: ordered rules over declared columns, first match wins."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.bins import categories, numbers, read_number
from models.errors import ModelsError

POOLED = "pooled"
"""The name of what no rule matches."""


@dataclass(frozen=True)
class Condition:
    """A condition on one column: a level among some, or a number in ``(low, high]``, or a missing value.

    Parameters
    ----------
    column
        Its name; it need not be an input of the model.
    among
        Levels of a category that satisfy it.
    low, high
        Bounds of a number; None is unbounded.
    missing
        Whether a missing value satisfies it. Without levels and bounds it is all that is asked: only missing
        values satisfy it, or only present ones.
    """

    column: str
    among: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    missing: bool = False

    def __post_init__(self) -> None:
        """Refuse a condition that asks for levels and bounds at once, or that nothing satisfies."""
        if self.among and self.numeric:
            raise ModelsError(f"Condition on {self.column!r}: give levels or bounds, not both.")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ModelsError(f"Condition on {self.column!r}: low must be below high.")

    @property
    def numeric(self) -> bool:
        """Whether bounds are given."""
        return self.low is not None or self.high is not None

    def holds(self, frame: pd.DataFrame) -> NDArray[np.bool_]:
        """Tell for many rows; shape (n,)."""
        if self.column not in frame.columns:
            raise ModelsError(f"Missing column {self.column!r}; a segment is told by it.")
        column = frame[self.column]
        if self.numeric:
            values = numbers(self.column, column)
            low = -math.inf if self.low is None else self.low
            high = math.inf if self.high is None else self.high
            inside: NDArray[np.bool_] = ((values > low) | (low == -math.inf)) & (values <= high)
            inside[np.isnan(values)] = self.missing
            return inside
        if not self.among:
            absent: NDArray[np.bool_] = column.isna().to_numpy(dtype=bool)
            return absent if self.missing else ~absent
        levels = categories(self.column, column)
        fits = [level in self.among for level in levels.categories]
        answers = np.asarray([*fits, self.missing], dtype=bool)
        return np.asarray(answers[levels.codes], dtype=bool)

    def holds_for(self, values: Mapping[str, Any]) -> bool:
        """Tell for one row; the answer is that of a batch."""
        if self.column not in values:
            raise ModelsError(f"Missing field {self.column!r}; a segment is told by it.")
        value = values[self.column]
        if self.numeric:
            number = read_number(self.column, value)
            if number != number:
                return self.missing
            low = -math.inf if self.low is None else self.low
            return (number > low or low == -math.inf) and (self.high is None or number <= self.high)
        absent = value is None or value is pd.NA or (isinstance(value, float) and value != value)
        if absent or not self.among:
            return absent == self.missing if not self.among else self.missing
        if not isinstance(value, str):
            raise ModelsError(f"Field {self.column!r} must hold text (None when missing).")
        return value in self.among


@dataclass(frozen=True)
class Segment:
    """A part of the applicants.

    Parameters
    ----------
    name
        Lower-case letters, digits and underscores: also the name of its folder.
    title_zh, title_en
        Titles for people.
    conditions
        All must hold.
    parent
        The segment whose model this one corrects; empty: the pooled model. It stands later in the order,
        so that rows which match both belong to this one.
    without
        Inputs that a model of its own must not use, because nobody in the segment has them.
    own
        Whether a model of its own is tried beside corrections.
    """

    name: str
    title_zh: str
    title_en: str
    conditions: tuple[Condition, ...]
    parent: str = ""
    without: tuple[str, ...] = ()
    own: bool = False

    def __post_init__(self) -> None:
        """Refuse names that are no folder's and segments without conditions."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name) or self.name == POOLED:
            raise ModelsError(
                f"Segment {self.name!r}: a name has lower-case letters, digits, underscores."
            )
        if not self.conditions:
            raise ModelsError(f"Segment {self.name!r} needs a condition.")

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form that `from_json` reads back."""
        return {
            **asdict(self),
            "without": list(self.without),
            "conditions": [{**asdict(c), "among": list(c.among)} for c in self.conditions],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Segment:
        """Read the JSON form."""
        conditions = tuple(
            Condition(**{**c, "among": tuple(c["among"])}) for c in value["conditions"]
        )
        return cls(**{**value, "conditions": conditions, "without": tuple(value["without"])})


def check_order(segments: Sequence[Segment]) -> None:
    """Refuse repeated names and parents that do not stand later.

    Raises
    ------
    ModelsError
        Naming the segment.
    """
    names = [segment.name for segment in segments]
    for place, segment in enumerate(segments):
        if segment.name in names[:place]:
            raise ModelsError(f"Segment {segment.name!r} is declared twice.")
        if segment.parent and segment.parent not in names[place + 1 :]:
            raise ModelsError(
                f"Segment {segment.name!r}: its parent {segment.parent!r} must stand later in the order."
            )


def route(segments: Sequence[Segment], frame: pd.DataFrame) -> NDArray[np.intp]:
    """Position of each row's segment, -1 for none; shape (n,)."""
    found = np.full(len(frame), -1, dtype=np.intp)
    for place in range(len(segments) - 1, -1, -1):
        fits = np.ones(len(frame), dtype=bool)
        for condition in segments[place].conditions:
            fits &= condition.holds(frame)
        found[fits] = place
    return found


def route_one(segments: Sequence[Segment], values: Mapping[str, Any]) -> int:
    """Position of one row's segment, -1 for none."""
    for place, segment in enumerate(segments):
        if all(condition.holds_for(values) for condition in segment.conditions):
            return place
    return -1
