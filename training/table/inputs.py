"""Which columns become inputs of the models, in what form, and which are left out and why."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from features.policy import refused_input
from models.bins import Floats
from models.schema import Field, Schema
from training.errors import TrainingError
from training.table.read import Table
from training.table.remark import Remark, need_columns
from training.table.request import Request

ID_SHARE = 0.5
"""Texts of which more than this share of the rows are different tell rows apart, not risks (ours)."""
FEW = 50
"""In shorter tables nothing is called an id for its many values alone (ours)."""
MANY_LEVELS = 1000
FEW_LEVELS = 12
_DAY = 86_400.0
_ID_NAME = re.compile(
    r"(?:^|[^a-z])(?:id|ids|uuid|guid|rowid|row_?(?:id|no|num|number)|serial(?:_?no)?|index)(?:$|[^a-z])|编号|序号|证号|号码"
)


@dataclass
class Inputs:
    """What the models see.

    Attributes
    ----------
    frame
        float64 and categoricals, one column an input.
    schema
        Kind, direction and special codes of each.
    left_out
        Column -> why, for columns that are no inputs.
    remarks
        What is to be told.
    """

    frame: pd.DataFrame
    schema: Schema
    left_out: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


def choose_inputs(table: Table, request: Request, directions: dict[str, int]) -> Inputs:
    """Choose the inputs of a table.

    Parameters
    ----------
    table
        The rows that have a label, of training and test.
    directions
        Column -> +1, -1 or 0.

    Raises
    ------
    TrainingError
        When nothing is left, or a direction is given to a column that is no number or no input.
    """
    need_columns(directions, list(table.frame.columns), "--directions")
    left_out = {name: option.removeprefix("--") for option, name in request.roles.items()}
    left_out |= dict.fromkeys((n for n in request.drop if n not in left_out), "drop")
    remarks: list[Remark] = []
    columns: dict[str, Any] = {}
    fields: list[Field] = []
    time = table.frame[request.time] if request.time else None
    for name in table.frame.columns:
        if name in left_out:
            continue
        column = table.frame[name]
        if refused := refused_input(name) or _told_by_levels(column):
            remarks.append(_refused(name, refused))
            left_out[name] = "prohibited"
            continue
        if reason := _useless(name, column, remarks):
            left_out[name] = reason
            continue
        unit = ""
        if table.kinds[name] == "date":
            column, unit = _days(name, column, time, request.time, remarks)
        columns[name] = column
        fields.append(_field(name, column, directions.get(name, 0), request.special, unit))
    for name, direction in directions.items():
        if direction and name in left_out:
            raise TrainingError(
                f"--directions: {name!r} is no input ({left_out[name]}).", "remove its line"
            )
    if not fields:
        raise TrainingError(
            f"No column of {table.path} is left as an input: "
            + ", ".join(f"{name} ({why})" for name, why in list(left_out.items())[:20]),
        )
    _unused_codes(request.special, columns, remarks)
    return Inputs(pd.DataFrame(columns, copy=False), Schema(tuple(fields)), left_out, remarks)


def _field(
    name: str, column: pd.Series, direction: int, special: tuple[float, ...], unit: str
) -> Field:
    if isinstance(column.dtype, pd.CategoricalDtype):
        if direction:
            raise TrainingError(
                f"--directions: {name!r} is a category and has no larger values.",
                "remove its line, or set it to 0",
            )
        return Field(name, "category")
    codes = tuple(code for code in special if (column == code).any())
    # A unit is shown behind a title, so that a name must stand there.
    title = name if unit else ""
    return Field(name, "number", title_en=title, direction=direction, unit=unit, special=codes)


def _told_by_levels(column: pd.Series) -> str | None:
    """Class of prohibited input that most levels of a category name, such as male and female, or None."""
    if not isinstance(column.dtype, pd.CategoricalDtype) or len(column.cat.categories) > FEW:
        return None
    found = [title for level in column.cat.categories if (title := refused_input(level))]
    most = max(set(found), key=found.count, default=None)
    return most if found.count(most or "") >= max(2, len(column.cat.categories) / 2) else None


def _useless(name: str, column: pd.Series, remarks: list[Remark]) -> str | None:
    """Why a column can be no input, or None; tells what is worth a sentence."""
    known = column.dropna()
    distinct = int(known.nunique())
    if not len(known):
        remarks.append(
            Remark(
                "all_missing",
                "warning",
                f"列 {name} 全部缺失，已略去。",
                f"Column {name} is missing in every row; it is left out.",
                name,
            )
        )
        return "all missing"
    if distinct == 1 and len(known) == len(column):
        remarks.append(
            Remark(
                "constant",
                "warning",
                f"列 {name} 只有一个值，已略去。",
                f"Column {name} has the same value in every row; it is left out.",
                name,
            )
        )
        return "constant"
    if _is_id(name, column, known, distinct):
        remarks.append(
            Remark(
                "id",
                "suspicious",
                f"列 {name} 有 {distinct:,} 个不同的值，疑为编号，已略去。",
                f"Column {name} has {distinct:,} different values and looks like an id; it is left out.",
                name,
                distinct,
            )
        )
        return "id"
    text = isinstance(column.dtype, pd.CategoricalDtype)
    if text and distinct > MANY_LEVELS:
        remarks.append(
            Remark(
                "many_levels",
                "warning",
                f"类别列 {name} 有 {distinct:,} 个取值；少见的取值合为一类。",
                f"Category {name} has {distinct:,} levels; the rare ones are taken together.",
                name,
                distinct,
            )
        )
    whole = column.dtype.kind == "f" and distinct <= FEW_LEVELS and (known % 1 == 0).all()
    if whole and distinct > 2:
        remarks.append(
            Remark(
                "code_as_number",
                "note",
                f"列 {name} 只有 {distinct} 个整数值，按数字（有序）处理；若是类别代码，请改写为文字。",
                f"Column {name} has {distinct} whole values and is taken as a number, in order; write "
                "texts if they are codes without order.",
                name,
                distinct,
            )
        )
    return None


def _is_id(name: str, column: pd.Series, known: pd.Series, distinct: int) -> bool:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return distinct > FEW and distinct > ID_SHARE * len(known)
    if column.dtype.kind != "f" or distinct <= FEW or not (known % 1 == 0).all():
        return False
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    named = _ID_NAME.search(words) is not None and distinct > 0.9 * len(known)
    # Numbers in sequence, each once, count rows.
    counted = distinct == len(column) and known.max() - known.min() + 1 == len(column)
    return bool(named or counted)


def _days(
    name: str, column: pd.Series, time: pd.Series | None, time_name: str | None, told: list[Remark]
) -> tuple[pd.Series, str]:
    """A date as days: before the row's own time, or since 1970 where the table names no time."""
    if time is not None and time.dtype.kind == "M":
        days = (time - column) / np.timedelta64(1, "s") / _DAY
        later = float((days < 0).mean())
        if later:
            told.append(
                Remark(
                    "date_after",
                    "suspicious",
                    f"日期列 {name} 有 {later:.1%} 的行晚于 {time_name}：决策时可能尚不知道。",
                    f"Date {name} is later than {time_name} in {later:.1%} of the rows: it may not have "
                    "been known at the decision.",
                    name,
                    later,
                )
            )
        told.append(
            Remark(
                "date_as_days",
                "note",
                f"日期列 {name} 换算为距 {time_name} 的天数。",
                f"Date {name} becomes days before {time_name}.",
                name,
            )
        )
        return days.astype(np.float64), f"days before {time_name}"
    days = (column - pd.Timestamp("1970-01-01")) / np.timedelta64(1, "s") / _DAY
    told.append(
        Remark(
            "date_as_days",
            "warning",
            f"日期列 {name} 换算为 1970-01-01 以来的天数；随机划分会高估日期的作用，"
            f"请用 --time 指定决策日期，或用 --drop {name} 略去。",
            f"Date {name} becomes days since 1970-01-01; a random split flatters calendar time. Name the "
            f"day of the decision with --time, or leave it out with --drop {name}.",
            name,
        )
    )
    return days.astype(np.float64), "days since 1970-01-01"


def _refused(name: str, title: str) -> Remark:
    english, _, chinese = title.rpartition(" ")
    return Remark(
        "prohibited",
        "warning",
        f"列 {name} 属于禁止输入（{chinese}），已略去。",
        f"Column {name} is a prohibited input ({english}); it is left out.",
        name,
    )


def _unused_codes(
    special: tuple[float, ...], columns: dict[str, Any], remarks: list[Remark]
) -> None:
    unused = [
        code
        for code in special
        if not any(c.dtype.kind == "f" and (c == code).any() for c in columns.values())
    ]
    if unused:
        codes = ", ".join(f"{code:g}" for code in unused)
        remarks.append(
            Remark(
                "special_unused",
                "warning",
                f"--special：没有任何数字列含有 {codes}。",
                f"--special: no column of numbers holds {codes}.",
            )
        )


def weights(name: str, column: pd.Series) -> Floats:
    """Weights of the rows.

    Raises
    ------
    TrainingError
        When they are no positive numbers, naming the column and how many are not.
    """
    if column.dtype.kind != "f":
        raise TrainingError(f"--weight: column {name!r} holds no numbers.")
    values = column.to_numpy()
    wrong = int((~(values > 0)).sum())
    if wrong:
        raise TrainingError(
            f"--weight: column {name!r} is missing or not positive in {wrong:,} rows.",
            "a weight is a positive number; remove those rows",
        )
    return np.asarray(values, dtype=np.float64)
