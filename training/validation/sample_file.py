"""A bank's own sample: a file becomes rows, outcomes, days and groups, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from models.kinds import Fitted
from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.table.read import read_table
from training.table.remark import shortened
from training.table.texts import Kind
from training.validation.evidence import Labels, Sample

BANDS, MOST_LABELS = 5, 12
"""A number of more than so many values, such as an age, is put into so many groups of equal size; ours."""


def read_sample(
    path: Path,
    model: AdditiveModel,
    *,
    label: str,
    bad: str = "1",
    time: str | None = None,
    segments: Sequence[str] = (),
    protected: Sequence[str] = (),
) -> Sample:
    """Read the sample of a validation.

    Parameters
    ----------
    path
        Any file that `training.table.read` reads.
    model
        Its inputs must be among the columns, under the same names.
    label, bad
        Column of the outcome, and the value that means bad; the column may hold one other value only.
    time
        Column with the day of the decision.
    segments, protected
        Columns by which figures are broken down; protected ones for the fairness part alone.

    Raises
    ------
    ContractsError
        For a file that can not be read.
    TrainingError
        Naming the column, the form expected and a hint.
    """
    if not label:
        raise TrainingError("No outcome is named.", "name its column with --label")
    inside = sorted({*protected} & {*model.inputs})
    if inside:
        raise TrainingError(
            f"{', '.join(inside)} are inputs of the model and can not be protected."
        )
    if time in model.inputs:
        raise TrainingError(f"{time} is an input of the model and tells no day of decision.")
    day: dict[str, Kind | None] = {} if time is None else {time: "date"}
    asked = {**dict.fromkeys((label, *segments, *protected)), **day, **kinds_of(model)}
    table = read_table(path, asked)
    frame = table.frame
    return Sample(
        frame=frame[list(model.inputs)],
        bad=outcomes(frame[label], label, bad),
        on=None if time is None else _days(frame[time], time),
        groups={name: _labels(frame[name]) for name in segments},
        protected={name: _labels(frame[name]) for name in protected},
        remarks=tuple(shortened(table.remarks)),
    )


def kinds_of(model: Fitted) -> dict[str, Kind | None]:
    """Kinds that a model's inputs must be read as, by name."""
    return {field.name: field.kind for field in model.schema}


def outcomes(column: pd.Series, label: str, bad: str) -> np.ndarray:
    """Read outcomes: 1 where the value is the one that means bad."""
    if column.isna().any():
        raise TrainingError(
            f"The outcome {label!r} is missing in {int(column.isna().sum())} rows.",
            "leave out the rows without an outcome, and say so in the report",
        )
    texts = column.map(_text)
    found = sorted(set(texts))
    if bad not in found:
        raise TrainingError(
            f"The outcome {label!r} never is {bad!r}.",
            f"it holds {len(found)} different values; name the one that means bad with --bad",
        )
    if len(found) > 2:
        raise TrainingError(
            f"The outcome {label!r} holds {len(found)} different values.",
            "keep two: good and bad",
        )
    return np.asarray(texts == bad, dtype=np.int8)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _days(column: pd.Series, name: str) -> np.ndarray:
    undated = int(column.isna().sum())
    if undated:
        raise TrainingError(
            f"The column {name!r} holds no day in {undated} of {len(column)} rows.",
            "write days as 2024-03-31, one in every row",
        )
    return np.asarray(column.to_numpy(), dtype="datetime64[D]")


def _labels(column: pd.Series) -> Labels:
    if column.dtype.kind == "f" and column.nunique() > MOST_LABELS:
        codes = pd.qcut(column, BANDS, duplicates="drop")
        return np.asarray(codes.astype(object).where(column.notna(), "—").astype(str), dtype=object)
    return np.asarray(["—" if v != v else _text(v) for v in column], dtype=object)
