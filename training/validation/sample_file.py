"""A bank's own sample: a file becomes rows, outcomes, days and groups, or an error that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from models.scorer import AdditiveModel
from training.errors import TrainingError
from training.validation.evidence import Labels, Sample

BANDS = 5
"""A protected number such as age is put into so many groups of equal size; ours."""


def read_table(path: Path) -> pd.DataFrame:
    """Read Parquet or CSV.

    Raises
    ------
    TrainingError
        When the file is absent, of another kind, empty or unreadable.
    """
    if not path.is_file():
        raise TrainingError(f"{path} is not a file.", "give the path of a Parquet or CSV file")
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            frame = pd.read_parquet(path)
        elif path.suffix.lower() in (".csv", ".txt"):
            frame = pd.read_csv(path)
        else:
            raise TrainingError(
                f"{path.name} is neither Parquet nor CSV.", "name it .parquet or .csv"
            )
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise TrainingError(
            f"{path.name} can not be read as a table ({type(error).__name__}).",
            "save it as Parquet, or as CSV in UTF-8 with one header line",
        ) from error
    if frame.empty:
        raise TrainingError(f"{path.name} holds no rows.", "give a file with rows and outcomes")
    twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise TrainingError(f"{path.name} has these columns twice: {', '.join(twice)}.")
    return frame


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
        Parquet or CSV.
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
    TrainingError
        Naming the column, the form expected and a hint.
    """
    if not label:
        raise TrainingError("No outcome is named.", "name its column with --label")
    frame = read_table(path)
    for name in (label, *([time] if time else []), *segments, *protected):
        _present(frame, name, path)
    absent = [name for name in model.inputs if name not in frame.columns]
    if absent:
        near = get_close_matches(absent[0], [str(c) for c in frame.columns], 1)
        raise TrainingError(
            f"{path.name} lacks {len(absent)} of the model's {len(model.inputs)} inputs: "
            f"{', '.join(absent[:8])}{' …' if len(absent) > 8 else ''}.",
            f"rename {near[0]!r} to {absent[0]!r}?"
            if near
            else "give every input; empty cells are allowed",
        )
    inside = sorted({*protected} & {*model.inputs})
    if inside:
        raise TrainingError(
            f"{', '.join(inside)} are inputs of the model and can not be protected."
        )
    for name in model.inputs:
        frame[name] = _as_declared(frame[name], model.schema[name].kind)
    return Sample(
        frame=frame[list(model.inputs)],
        bad=outcomes(frame[label], label, bad),
        on=None if time is None else _days(frame[time], time),
        groups={name: _labels(frame[name]) for name in segments},
        protected={name: _labels(frame[name]) for name in protected},
    )


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
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _present(frame: pd.DataFrame, name: str, path: Path) -> None:
    if name not in frame.columns:
        near = get_close_matches(name, [str(c) for c in frame.columns], 1)
        raise TrainingError(
            f"{path.name} has no column {name!r}.",
            f"did you mean {near[0]!r}?" if near else f"it has {len(frame.columns)} columns",
        )


def _as_declared(column: pd.Series, kind: str) -> pd.Series:
    """A file of text knows no kinds: a code read as a number is text again, and an empty column is empty."""
    if kind == "category" and column.dtype.kind in "iufb":
        return column.map(lambda v: None if v != v else _text(v)).astype(object)
    if kind == "number" and column.isna().all():
        return column.astype(np.float64)
    return column


def _days(column: pd.Series, name: str) -> np.ndarray:
    try:
        days = pd.to_datetime(column, format="ISO8601" if column.dtype.kind in "OT" else None)
    except (ValueError, TypeError) as error:
        raise TrainingError(
            f"The column {name!r} does not hold days.", "write them as 2024-03-31"
        ) from error
    if days.isna().any():
        raise TrainingError(f"The column {name!r} lacks a day in {int(days.isna().sum())} rows.")
    return np.asarray(days.to_numpy(), dtype="datetime64[D]")


def _labels(column: pd.Series) -> Labels:
    if column.dtype.kind == "f" or (column.dtype.kind in "iu" and column.nunique() > 12):
        codes = pd.qcut(column, BANDS, duplicates="drop")
        return np.asarray(codes.astype(object).where(column.notna(), "—").astype(str), dtype=object)
    return np.asarray(["—" if v is None or v != v else _text(v) for v in column], dtype=object)
