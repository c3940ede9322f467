"""The waterfall of a data set: how many decisions each step leaves, from all on file to those that are learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.errors import TrainingError
from training.settings import Condition, TrainingSettings


@dataclass(frozen=True)
class Step:
    """One step: what it asks, and what it leaves.

    Attributes
    ----------
    id, title_zh, title_en : str
    rows, bads : int
        Decisions that are left, and how many of them are bad (where that is known).
    left_out : int
        Decisions that this step left out.
    """

    id: str
    title_zh: str
    title_en: str
    rows: int
    bads: int
    left_out: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)


def step(
    steps: Iterable[Step], id: str, title_zh: str, title_en: str, rows: int, bads: int
) -> tuple[Step, ...]:
    """The steps with one more.

    >>> steps = step((), "all", "全部", "all", 10, 2)
    >>> step(steps, "known", "已知", "known", 7, 2)[-1].left_out
    3
    """
    before = tuple(steps)
    left_out = before[-1].rows - rows if before else 0
    return (*before, Step(id, title_zh, title_en, rows, bads, left_out))


def meets(frame: pd.DataFrame, conditions: Iterable[Condition]) -> np.ndarray:
    """Which rows meet all conditions; bool, shape (n,). A missing value meets only `missing`.

    Raises
    ------
    TrainingError
        When a condition names a column that the frame lacks, or compares text with a number.
    """
    holds = np.ones(len(frame), dtype=bool)
    for one in conditions:
        if one.feature not in frame.columns:
            raise TrainingError(
                f"A condition names {one.feature!r}, which is no feature of the view.",
                "xinqiao features list VIEW shows them",
            )
        column = frame[one.feature]
        part = column.isna().to_numpy() if one.missing else column.notna().to_numpy()
        if one.equals:
            part = part & column.isin(one.equals).to_numpy()
        if one.at_least is not None or one.below is not None:
            if not pd.api.types.is_numeric_dtype(column):
                raise TrainingError(
                    f"A condition compares {one.feature!r} with a number, and it is a category.",
                    "use equals",
                )
            values = column.to_numpy("float64")
            with np.errstate(invalid="ignore"):
                if one.at_least is not None:
                    part = part & (values >= one.at_least)
                if one.below is not None:
                    part = part & (values < one.below)
        holds &= part
    return holds


def kept_rows(
    frame: pd.DataFrame, bad: pd.Series, settings: TrainingSettings, steps: tuple[Step, ...]
) -> tuple[np.ndarray, tuple[Step, ...]]:
    """Rows that exclusions and segment leave, with their steps.

    Returns
    -------
    ndarray of int
        Positions in the frame.
    tuple of Step
        The given steps and one for each exclusion, and for the segment where only one is trained on.
    """
    keep = np.ones(len(frame), dtype=bool)
    y = bad.to_numpy()
    for one in settings.exclusions:
        keep &= ~meets(frame, one.when)
        steps = step(steps, one.id, one.title_zh, one.title_en, int(keep.sum()), int(y[keep].sum()))
    if settings.segment:
        keep &= meets(frame, settings.segments[settings.segment])
        name = settings.segment
        rows, bads = int(keep.sum()), int(y[keep].sum())
        steps = step(steps, "segment", f"属于分段 {name}", f"of the segment {name}", rows, bads)
        if not rows:
            raise TrainingError(
                f"The segment {settings.portfolio}/{name} has no data.",
                "look at its conditions: xinqiao train SEGMENT --show-config",
            )
    if not keep.any():
        raise TrainingError(
            "The exclusions leave no row: " + ", ".join(f"{s.id} {s.rows:,}" for s in steps) + ".",
            "loosen the exclusions",
        )
    return np.flatnonzero(keep), steps
