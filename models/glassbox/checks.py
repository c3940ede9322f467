"""What a table must hold to be learnt from, and what is said about it in plain words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from models.bins import Floats
from models.errors import ModelsError
from models.glassbox.coding import Coded
from models.schema import Schema

FEW_BADS = 50
"""Ours: below it, a warning says that the tables are uncertain."""


@dataclass(frozen=True)
class Checked:
    """Rows that have a label, with label and weight, and what was found."""

    frame: pd.DataFrame
    y: Floats
    weight: Floats
    warnings: tuple[str, ...]


def check(frame: pd.DataFrame, bad: ArrayLike, schema: Schema, weight: ArrayLike | None) -> Checked:
    """Refuse what no model can be learnt from; leave out rows without a label.

    Raises
    ------
    ModelsError
        When lengths differ, labels are not 0 and 1, weights are not positive, a column is missing or
        doubled, or one class has fewer than two rows.
    """
    y = pd.to_numeric(pd.Series(np.asarray(bad)), errors="coerce").to_numpy(dtype=np.float64)
    w = np.ones(len(y)) if weight is None else np.asarray(weight, dtype=np.float64)
    if len(y) != len(frame) or len(w) != len(frame):
        raise ModelsError(
            f"Labels must be 0 or 1 and weights numbers, one for each row; rows {len(frame)}, labels {len(y)}, "
            f"weights {len(w)}."
        )
    for name in schema.names:
        count = int((frame.columns == name).sum())
        if count != 1:
            found = "Missing column" if not count else "Doubled column"
            raise ModelsError(f"{found} {name!r}; the schema declares it once.")
    known = ~pd.isna(pd.Series(np.asarray(bad))).to_numpy()
    if not np.isin(y[known], (0.0, 1.0)).all():
        raise ModelsError("Labels must be 0 or 1 (1 = bad), or missing.")
    if not (np.isfinite(w).all() and (w > 0).all()):
        raise ModelsError("Weights must be positive numbers.")
    warnings = []
    if not known.all():
        warnings.append(
            f"{int((~known).sum())} 行没有标签,未参与训练。"
            f" {int((~known).sum())} rows without a label were left out."
        )
        frame, y, w = frame.loc[known], y[known], w[known]
    bads = int(y.sum())
    if min(bads, len(y) - bads) < 2:
        raise ModelsError(
            f"The rows hold {bads} bads and {len(y) - bads} goods; a glass box needs at least two rows "
            "of each class."
        )
    if min(bads, len(y) - bads) < FEW_BADS:
        warnings.append(
            f"仅 {bads} 个坏样本、{len(y) - bads} 个好样本,分数不确定性大。"
            f" Only {bads} bads and {len(y) - bads} goods: the tables are uncertain."
        )
    return Checked(frame, y, w, tuple(warnings))


def warnings_of(frame: pd.DataFrame, schema: Schema, coded: Coded, used: int) -> list[str]:
    """Say which columns were left out or read in part."""
    out = [
        f"列 {name} 没有变化或全部缺失,未使用。 Column {name} is constant or all missing and was left out."
        for name in coded.constant
    ]
    if len(coded.codes) > used:
        out.append(
            f"共 {len(coded.codes)} 列,只用单列信息最多且超出偶然的 {used} 列。"
            f" Of {len(coded.codes)} columns the {used} are used that tell most on their own, and more than chance."
        )
    for field in schema:
        column = frame[field.name]
        if field.kind == "category":
            count = int(column.nunique())
            single = len(getattr(coded.fine.get(field.name), "levels", ()))
            if count > single and field.name in coded.fine:
                out.append(
                    f"列 {field.name} 有 {count} 个取值,其中 {single} 个单独学习,其余归入“其他”。"
                    f" Column {field.name} has {count} levels; {single} are learnt one by one, the rest "
                    "together."
                )
        elif column.dtype.kind == "f" and np.isinf(column.to_numpy(dtype=np.float64)).any():
            out.append(
                f"列 {field.name} 含无穷大,按最大或最小值处理。"
                f" Column {field.name} holds infinite values; they count as largest or smallest."
            )
    return out
