"""The label of a table: which rows went bad."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.bins import Floats
from training.errors import TrainingError
from training.table.remark import Remark, listed

MOST_VALUES = 20
"""With --bad, so many different values may be told apart as bad and not bad (ours)."""
_TRUTH = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Label:
    """The label of every row.

    Attributes
    ----------
    bad
        1 bad, 0 good, NaN unknown; shape (n,).
    bad_value, good_values
        As the file writes them.
    remarks
        What is to be told of it.
    """

    bad: Floats
    bad_value: str
    good_values: tuple[str, ...]
    remarks: tuple[Remark, ...]


def read_label(name: str, column: pd.Series, bad: str | None) -> Label:
    """Read the label's column.

    Parameters
    ----------
    column
        Numbers, a categorical of texts or dates.
    bad
        The value that means bad; None where the column holds 0 and 1 (or false and true).

    Raises
    ------
    TrainingError
        When there are not two values, it is not said which is bad, or no row has the value that is.
    """
    codes, values = _coded(name, column)
    if not len(values):
        raise TrainingError(f"The label {name!r} is empty in every row.")
    shown = [_shown(value) for value in values]
    if bad is None:
        if not set(values) <= {0.0, 1.0}:
            raise _unclear(name, shown)
        chosen = 1.0 if 1.0 in values else None
        place = values.index(chosen) if chosen is not None else -1
    else:
        place = _place(name, bad, values, shown)
    if len(values) == 1:
        raise TrainingError(
            f"The label {name!r} holds one class only ({shown[0]}); a model needs goods and bads."
        )
    if len(values) > MOST_VALUES:
        raise _unclear(name, shown)
    remarks = []
    goods = tuple(text for i, text in enumerate(shown) if i != place)
    if len(values) > 2:
        remarks.append(
            Remark(
                "label_values",
                "warning",
                f"标签 {name} 有 {len(values)} 个取值：{shown[place]} 为坏，其余（{listed(goods)}）均为好。",
                f"Label {name} holds {len(values)} values: {shown[place]} is bad, all others "
                f"({listed(goods)}) are good.",
                name,
                len(values),
            )
        )
    missing = int((codes < 0).sum())
    if missing:
        remarks.append(
            Remark(
                "label_missing",
                "warning",
                f"标签 {name} 有 {missing:,} 行缺失，这些行已略去。",
                f"Label {name} is missing in {missing:,} rows; those rows are left out.",
                name,
                missing,
            )
        )
    out = np.where(codes < 0, np.nan, codes == place)
    return Label(out, shown[place], goods, tuple(remarks))


def _coded(name: str, column: pd.Series) -> tuple[np.ndarray, list[float | str]]:
    """Code of each row (-1 missing) and the distinct values in order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        return column.cat.codes.to_numpy(), list(column.cat.categories)
    if column.dtype.kind != "f":
        raise TrainingError(f"The label {name!r} holds dates.", "name a column of two values")
    values, codes = np.unique(column.to_numpy(), return_inverse=True)
    known = ~np.isnan(values)  # NaN sorts last
    return np.where(known[codes], codes, -1), [float(v) for v in values[known]]


def _shown(value: float | str) -> str:
    return f"{value:.15g}" if isinstance(value, float) else value


def _place(name: str, bad: str, values: list[float | str], shown: list[str]) -> int:
    wanted = bad.strip()
    number = _TRUTH.get(wanted.lower())
    if number is None:
        try:
            number = float(wanted)
        except ValueError:
            number = None
    for place, value in enumerate(values):
        if value in (number, wanted):
            return place
    for place, text in enumerate(shown):
        if text.casefold() == wanted.casefold():
            return place
    near = difflib.get_close_matches(wanted, shown, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    raise TrainingError(
        f"--bad: no row of the label {name!r} has the value {wanted!r}.",
        f"{guess}its values are {listed(shown, 5)}",
    )


def _unclear(name: str, shown: list[str]) -> TrainingError:
    if len(shown) > MOST_VALUES:
        return TrainingError(
            f"The label {name!r} holds {len(shown):,} different values; two are expected.",
            "name the column of the outcome, 0 and 1, or say which value is bad with --bad",
        )
    return TrainingError(
        f"The label {name!r} holds {listed(shown, 5)}, not 0 and 1.",
        f"say which value is bad, such as --bad {shown[-1]!r}",
    )
